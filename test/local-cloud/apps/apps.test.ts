import { createHmac } from "node:crypto";
import { Agent, get, type IncomingMessage } from "node:http";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setInterval } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { roles, type RoleName } from "../../../local-cloud/apps/roles";
import { startApp, type RunningApp } from "../../../local-cloud/apps/server";
import { waitUntil } from "../../../local-cloud/wait";
import { dataFolders, environmentOf, secret, vaultToken } from "./environment";
import { startPostgres, startRedis, startVaultStub, testAddress } from "./services";

const token = "drill-token-of-the-test";
const tenants = [
  { rut: "76.123.456-0", name: "Panadería Aurora" },
  { rut: "77.654.321-K", name: "Ferretería Sur" },
];
const names = Object.keys(roles) as RoleName[];
const fileRoles = Object.keys(dataFolders) as RoleName[];

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let postgres: Awaited<ReturnType<typeof startPostgres>>;
let redis: Awaited<ReturnType<typeof startRedis>>;
let vault: Awaited<ReturnType<typeof startVaultStub>>;
let root: string;
const running: RunningApp[] = [];

beforeAll(async () => {
  [postgres, redis, vault] = await Promise.all([startPostgres(names), startRedis(), startVaultStub(vaultToken)]);
  root = await mkdtemp(join(tmpdir(), "apps-root-"));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});

afterAll(async () => {
  await Promise.all([postgres, redis, vault].map((service) => service?.stop()));
  if (root) await rm(root, { recursive: true, force: true });
});

async function start(role: RoleName, changed: Record<string, string> = {}, below = root): Promise<RunningApp> {
  const app = await startApp(
    roles[role],
    { ...environmentOf(role, { postgres, redis, vault }), DRILL_TOKEN: token, ...changed },
    { hostname: testAddress, port: 0, root: below },
  );
  running.push(app);
  return app;
}

async function ask(app: RunningApp, path: string, init?: RequestInit): Promise<{ status: number; body: any }> {
  const answer = await fetch(`${app.url}${path}`, init);
  return { status: answer.status, body: await answer.json() };
}

const health = (app: RunningApp, role: RoleName) => ask(app, roles[role].healthPaths[0]!);

const drill = (app: RunningApp, action: string, body?: object) =>
  ask(app, `/_drill/${action}`, {
    method: body ? "POST" : "GET",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });

const seedBody = { tenants, products: 3, conversations: 2, workflows: 2, files: 4, fileBytes: 100 };

async function sql(database: RoleName, query: string): Promise<any[]> {
  const client = new Client({ host: testAddress, port: postgres.port, user: database, database });
  await client.connect();
  try {
    return (await client.query(query)).rows;
  } finally {
    await client.end();
  }
}

describe.each(names)("%s", (role) => {
  it("is well on an empty database, seeds twice to the same end, and counts its numbered writes", async () => {
    const app = await start(role);
    expect(await health(app, role)).toMatchObject({ status: 200 });
    expect((await drill(app, "last")).body.rows).toBe(0);

    const first = await drill(app, "seed", seedBody);
    expect(first).toMatchObject({ status: 200 });
    expect(await drill(app, "seed", seedBody)).toEqual(first);

    for (const n of [1, 2, 3, 3]) {
      expect(await drill(app, "write", { n })).toMatchObject({ status: 200, body: { n, at: expect.any(String) } });
    }
    expect((await drill(app, "last")).body).toMatchObject({ rows: 3, ...(dataFolders[role] && { files: 3 }) });
    expect(await health(app, role)).toMatchObject({ status: 200 });
  });

  it("keeps the drill's endpoints to who has the token, and to a drill", async () => {
    const app = await start(role);
    expect(await ask(app, "/_drill/last", { headers: { Authorization: "Bearer another" } })).toMatchObject({
      status: 401,
    });
    expect(await drill(app, "write", { n: -1 })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("at n") },
    });
    const without = await start(role, { DRILL_TOKEN: "" });
    expect(await drill(without, "last")).toMatchObject({ status: 404 });
  });

  it("names every variable that is not set", async () => {
    await expect(roles[role].start({}, root)).rejects.toThrow(
      /environment variables missing or wrong:\n.*not set[^]*fix:/,
    );
  });
});

describe.each(fileRoles)("the files of %s", (role) => {
  const folder = () => join(root, dataFolders[role]!);

  it("are missed: every one that is referenced", async () => {
    const app = await start(role);
    const entries = await readdir(folder(), { recursive: true, withFileTypes: true });
    const path = entries
      .filter((entry) => entry.isFile() && entry.name !== "config")
      .map((entry) => join(entry.parentPath, entry.name))[0]!;
    const content = await readFile(path);
    await rm(path);
    const sick = await health(app, role);
    expect(sick.status).toBe(503);
    expect(sick.body.reason).toContain(path);
    await writeFile(path, content.subarray(1));
    expect((await health(app, role)).body.reason).toContain(
      `has ${content.length - 1} bytes instead of ${content.length}`,
    );
    await writeFile(path, content);
    expect((await health(app, role)).status).toBe(200);
  });

  it("are missed all together, when the set was not restored", async () => {
    const empty = await mkdtemp(join(tmpdir(), "apps-empty-"));
    const app = await start(role, {}, empty);
    expect(await health(app, role)).toMatchObject({
      status: 503,
      body: { reason: expect.stringContaining("files: ") },
    });
    expect((await drill(app, "last")).body).toMatchObject({ rows: 3, files: 0 });
    await rm(empty, { recursive: true });
  });

  it("may be newer than the rows, as a backup reads them later", async () => {
    const app = await start(role);
    await drill(app, "write", { n: 4 });
    await sql(role, "DELETE FROM drill_writes WHERE n = 4");
    expect((await drill(app, "last")).body).toMatchObject({ rows: 3, files: 4 });
  });
});

describe.each<[RoleName, string]>([
  ["chatwoot", "SECRET_KEY_BASE"],
  ["chatwoot", "ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY"],
  ["chatwoot", "ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY"],
  ["chatwoot", "ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT"],
  ["botpress", "APP_SECRET"],
  ["n8n", "N8N_ENCRYPTION_KEY"],
  ["metabase", "MB_ENCRYPTION_SECRET_KEY"],
  ["dokploy", "DOKPLOY_ENCRYPTION_KEY"],
])("the key of %s, %s", (role, name) => {
  it("is found out when it is another one", async () => {
    const app = await start(role, { [name]: "another-key-of-sufficient-length" });
    const sick = await health(app, role);
    expect(sick.status).toBe(503);
    expect(sick.body.reason).toMatch(/keys: \w+ does not decrypt what the database holds/);
  });
});

describe("n8n's settings file", () => {
  it("is missed, and not made anew, once the database has been served", async () => {
    await rm(join(root, dataFolders.n8n!, "config"));
    const app = await start("n8n");
    expect((await health(app, "n8n")).body.reason).toMatch(/^settings: .*ENOENT/);
  });
});

describe("the database", () => {
  it("is missed when it is gone", async () => {
    const other = await startPostgres(["metabase"]);
    const app = await start("metabase", { MB_DB_PORT: String(other.port) });
    expect((await health(app, "metabase")).status).toBe(200);
    await other.stop();
    expect(await health(app, "metabase")).toMatchObject({
      status: 503,
      body: { reason: expect.stringMatching(/^database: .*ECONNREFUSED/) },
    });
  });
});

describe("webhooks", () => {
  const sign = (body: string, encoding: "base64" | "hex", key = secret) =>
    createHmac("sha256", key).update(body).digest(encoding);
  const post = (app: RunningApp, path: string, body: string, headers: Record<string, string>) =>
    ask(app, path, { method: "POST", body, headers: { "Content-Type": "application/json", ...headers } });

  it("of Shopify reach Odoo as an order, once, when the signature holds", async () => {
    const odoo = await start("odoo");
    const gateway = await start("gateway", { ODOO_URL: odoo.url });
    const body = JSON.stringify({
      id: 5678901234567,
      total_price: "409.94",
      note_attributes: [{ name: "rut", value: tenants[0]!.rut }],
    });
    const path = "/webhooks/shopify";
    expect(await post(gateway, path, body, {})).toMatchObject({ status: 401 });
    expect(await post(gateway, path, body, { "X-Shopify-Hmac-Sha256": sign(body, "base64", "another") })).toMatchObject(
      { status: 401 },
    );
    for (const _ of [1, 2]) {
      expect(await post(gateway, path, body, { "X-Shopify-Hmac-Sha256": sign(body, "base64") })).toMatchObject({
        status: 200,
      });
    }
    const order = await ask(odoo, `/api/orders/${JSON.parse(body).id}`);
    expect(order).toMatchObject({ status: 200, body: { rut: tenants[0]!.rut, amount: 409.94 } });
    expect(await ask(odoo, "/api/orders/1")).toMatchObject({ status: 404 });
    expect(await sql("odoo", "SELECT count(*)::int FROM sale_order")).toEqual([{ count: 1 }]);
  });

  it("say that Odoo is away, so that Shopify tries again", async () => {
    const gateway = await start("gateway");
    const body = JSON.stringify({ id: 1 });
    const answer = await post(gateway, "/webhooks/shopify", body, { "X-Shopify-Hmac-Sha256": sign(body, "base64") });
    expect(answer).toMatchObject({
      status: 502,
      body: { error: expect.stringMatching(/^Odoo did not take the order: .*/) },
    });
  });

  it("of WhatsApp reach a conversation in Chatwoot, when the signature holds", async () => {
    const chatwoot = await start("chatwoot", { WHATSAPP_APP_SECRET: secret });
    const gateway = await start("gateway", { CHATWOOT_URL: chatwoot.url });
    const message = {
      from: "56911112222",
      id: "wamid.TEST",
      timestamp: "1700000000",
      type: "text",
      text: { body: "Hola" },
    };
    const value = { messaging_product: "whatsapp", metadata: { phone_number_id: "123" }, messages: [message] };
    const body = JSON.stringify({
      object: "whatsapp_business_account",
      entry: [{ id: "1", changes: [{ field: "messages", value }] }],
    });
    const path = "/webhooks/whatsapp";
    expect(
      await post(gateway, path, body, { "X-Hub-Signature-256": `sha256=${sign(body, "hex", "another")}` }),
    ).toMatchObject({ status: 401 });
    expect(await post(chatwoot, path, body, {})).toMatchObject({ status: 401 });
    expect(await ask(chatwoot, "/api/conversations?message_id=wamid.TEST")).toMatchObject({
      status: 404,
      body: { payload: [] },
    });
    expect(await post(gateway, path, body, { "X-Hub-Signature-256": `sha256=${sign(body, "hex")}` })).toMatchObject({
      status: 200,
    });
    const found = async () => (await ask(chatwoot, "/api/conversations?message_id=wamid.TEST")).status === 200;
    await waitUntil(found, { what: "the message in its conversation", seconds: 5 });
    expect((await ask(chatwoot, "/api/conversations?message_id=wamid.TEST")).body.payload).toMatchObject([
      { contact: "56911112222", content: "Hola" },
    ]);
  });
});

describe("the gateway", () => {
  it("answers for a tenant", async () => {
    const gateway = await start("gateway");
    expect(await ask(gateway, `/tenants/${tenants[0]!.rut}`)).toMatchObject({ status: 200, body: tenants[0] });
    expect(await ask(gateway, "/tenants/1-9")).toMatchObject({ status: 404 });
  });

  it("writes numbered secrets to Vault", async () => {
    const gateway = await start("gateway");
    expect((await drill(gateway, "last")).body).toMatchObject({ vault: 0 });
    await drill(gateway, "write", { n: 7, target: "vault" });
    expect((await drill(gateway, "last")).body).toEqual({ rows: 3, vault: 7 });
  });

  it("is unwell while Vault is sealed, and with a token of another Vault", async () => {
    const gateway = await start("gateway", { REDIS_URL: redis.url });
    expect(await ask(gateway, "/health/deps")).toMatchObject({
      status: 200,
      body: {
        postgres: { ok: true },
        vault: { ok: true },
        redis: { ok: true, detail: expect.stringMatching(/^answers \(\d/) },
      },
    });
    vault.sealed = true;
    expect(await health(gateway, "gateway")).toMatchObject({ status: 503, body: { reason: "vault: Vault is sealed" } });
    expect(await ask(gateway, "/health/deps")).toMatchObject({
      status: 503,
      body: { postgres: { ok: true }, vault: { ok: false } },
    });
    vault.sealed = false;
    const stranger = await start("gateway", { VAULT_TOKEN: "of-another-vault" });
    expect((await health(stranger, "gateway")).body.reason).toContain("VAULT_TOKEN is not accepted");
  });

  it("asks Chatwoot about Redis when it is not told where Redis is", async () => {
    const chatwoot = await start("chatwoot");
    const gateway = await start("gateway", { CHATWOOT_URL: chatwoot.url });
    expect((await ask(gateway, "/health/deps")).body.redis).toEqual({ ok: true, detail: "answers Chatwoot" });
  });
});

describe("chatwoot without Redis", () => {
  it("is unwell, refuses writes, and is well again when Redis is back", async () => {
    const own = await startRedis();
    const app = await start("chatwoot", { REDIS_URL: own.url });
    expect((await health(app, "chatwoot")).status).toBe(200);
    await own.stop();
    await waitUntil(async () => (await health(app, "chatwoot")).status === 503, {
      what: "Chatwoot to notice",
      seconds: 5,
    });
    expect((await health(app, "chatwoot")).body.reason).toMatch(/^redis: /);
    expect((await drill(app, "write", { n: 100 })).status).toBe(500);
    const again = await startRedis(own.port);
    await waitUntil(async () => (await health(app, "chatwoot")).status === 200, {
      what: "Chatwoot to come back",
      seconds: 10,
    });
    expect(await drill(app, "write", { n: 100 })).toMatchObject({ status: 200 });
    await again.stop();
  });
});

it("ends although a proxy goes on asking on a connection that it keeps open", async () => {
  const app = await start("odoo");
  const proxy = new Agent({ keepAlive: true, maxSockets: 1 });
  const asks = () =>
    new Promise<number>((resolve, reject) => {
      get(`${app.url}${roles.odoo.healthPaths[0]!}`, { agent: proxy }, (answer: IncomingMessage) => {
        answer.resume().on("end", () => resolve(answer.statusCode!));
      }).on("error", reject);
    });
  expect(await asks()).toBe(200);
  const asking = (async () => {
    for await (const _ of setInterval(100)) await asks();
  })();
  await running.pop()!.close();
  await expect(asking).rejects.toThrow(/ECONN|hang up/);
  proxy.destroy();
});
