import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { execa } from "execa";
import { Hono } from "hono";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type GateResult, gateResult, type GateSpec } from "../../contracts/gate";
import { agentBundle, bundleAgent } from "../../images/agent/build";
import { signatureHolds } from "../../local-cloud/apps/webhooks";
import { ensurePki, type Pki } from "../../local-cloud/pki";
import { startTlsFront } from "../../local-cloud/tls-front";
import { Cleanup, type Ground, Host } from "./site";

const cleanup = new Cleanup();
const address = "127.10.9.41";
const [apps, tls] = [18_041, 18_042];
const tenant = { rut: "76.123.456-0", name: "Comercial Uno" };
let dir: string;
let host: Host;
let pki: Pki;
let filestore: string;

beforeAll(async () => {
  await bundleAgent();
  dir = mkdtempSync(join(tmpdir(), "smarteros-gate-"));
  cleanup.add(() => rm(dir, { recursive: true }));
  await execa("chmod", ["0755", dir]);
  pki = await ensurePki(join(dir, "pki"));
  host = new Host(groundWithoutStore(), "site", address, cleanup);
  await host.startPostgres({ generation: 1 });
  await host.query("gateway", "create table tenants (rut text primary key, name text)");
  await host.query("gateway", "insert into tenants values ($1, $2)", [tenant.rut, tenant.name]);
  await host.query("odoo", "create table ir_attachment (id serial, store_fname text, file_size int, rut text)");
  await host.query("odoo", "insert into ir_attachment (store_fname, file_size, rut) values ('ab/abc', 5, $1)", [
    tenant.rut,
  ]);
  filestore = join(host.set("odoo"), "filestore", "odoo");
  const server = serve({ fetch: application().fetch, hostname: address, port: apps });
  cleanup.add(async () => void server.close());
  const front = await startTlsFront({
    hostnames: [address],
    port: tls,
    pki,
    handler: (_, response) => response.end("ok"),
  });
  cleanup.add(() => front.close());
}, 60_000);

beforeEach(() => {
  mkdirSync(join(filestore, "ab"), { recursive: true });
  writeFileSync(join(filestore, "ab", "abc"), "bytes");
});

afterAll(() => cleanup.run(), 30_000);

/** Archiving fails all the while, which is not the gate's question. */
function groundWithoutStore(): Ground {
  const s3 = { host: "localhost", port: 1, region: "none", bucket: "none", uriStyle: "path" as const };
  return { dir, s3, keysOf: async () => ({ s3AccessKey: "none", s3SecretKey: "none" }) };
}

/** What gateway, Odoo, Chatwoot and Vault answer to the gate. */
function application(): Hono {
  const orders = new Set<string>();
  const messages = new Set<string>();
  return new Hono()
    .get("/health", (c) => c.text("ok"))
    .get("/v1/sys/seal-status", (c) =>
      c.json({ initialized: true, sealed: false, t: 2, n: 3, progress: 0, version: "1.19.0" }),
    )
    .post("/webhooks/shopify", async (c) => {
      const body = await c.req.text();
      if (!signatureHolds(body, "shopify secret", c.req.header("X-Shopify-Hmac-Sha256") ?? "", "base64"))
        return c.text("bad HMAC", 401);
      orders.add(String(JSON.parse(body).id));
      return c.json({});
    })
    .get("/api/orders/:id", (c) =>
      orders.has(c.req.param("id")) ? c.json({ id: c.req.param("id") }) : c.text("no such order", 404),
    )
    .post("/webhooks/whatsapp", async (c) => {
      const body = await c.req.text();
      if (!signatureHolds(body, "whatsapp secret", c.req.header("X-Hub-Signature-256") ?? "", "hex"))
        return c.text("bad HMAC", 401);
      messages.add(JSON.parse(body).entry[0].changes[0].value.messages[0].id);
      return c.json({});
    })
    .get("/api/conversations", (c) => {
      const id = c.req.query("message_id") ?? "";
      return c.json({ payload: messages.has(id) ? [{ message_id: id }] : [] });
    });
}

function spec(changes: Partial<GateSpec> = {}): GateSpec {
  const url = `http://${address}:${apps}`;
  return {
    domain: "local-cloud.test",
    deadlineSeconds: 4,
    services: [{ name: "gateway", url: `${url}/health` }],
    postgres: { host: host.socketDir, user: "postgres", password: "", databases: ["gateway", "odoo"] },
    vault: { address: url },
    tenants: [tenant],
    odoo: { database: "odoo", filestore },
    webhooks: {
      gatewayUrl: url,
      odooUrl: url,
      chatwootUrl: url,
      shopifySecret: "shopify secret",
      whatsappSecret: "whatsapp secret",
    },
    tls: { connectTo: address, port: tls, names: ["api.local-cloud.test"], caFile: pki.caFile },
    ...changes,
  };
}

async function gate(input: GateSpec): Promise<{ exitCode: number | undefined; result: GateResult; failed: string[] }> {
  const { exitCode, stdout } = await execa(process.execPath, [agentBundle, "gate"], {
    input: JSON.stringify(input),
    reject: false,
  });
  const result = gateResult.parse(JSON.parse(stdout));
  return {
    exitCode,
    result,
    failed: result.checks.flatMap(({ ok, name, evidence }) => (ok ? [] : [`${name}: ${evidence}`])),
  };
}

describe("the gate", () => {
  test("passes with evidence of each check", async () => {
    const { exitCode, result } = await gate(spec());
    expect(result.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(exitCode).toBe(0);
    const evidence = Object.fromEntries(result.checks.map((check) => [check.name, check.evidence]));
    expect(evidence[`tenant ${tenant.rut} row`]).toBe('row of "Comercial Uno" is there');
    expect(evidence[`tenant ${tenant.rut} files`]).toBe(`1 of 1 attachments are in ${filestore}`);
    expect(evidence["shopify webhook reaches odoo"]).toMatch(/^order \d+ was accepted with its HMAC, and is in Odoo$/);
    expect(evidence["tls api.local-cloud.test"]).toMatch(/^valid certificate until .* answered 200$/);
    expect(evidence["database odoo"]).toMatch(/^1 tables, /);
  });

  test("does not wait for a tenant's file that is missing", async () => {
    rmSync(join(filestore, "ab", "abc"));
    const { exitCode, failed } = await gate(spec({ deadlineSeconds: 60 }));
    expect(exitCode).toBe(2);
    expect(failed).toEqual([
      `tenant ${tenant.rut} files: tenant ${tenant.rut}: 1 of 1 attachments are not as Odoo's rows say: ${join(filestore, "ab/abc")} is missing`,
    ]);
  });

  test.each<[string, () => Partial<GateSpec>, RegExp]>([
    [
      "a tenant without a row",
      () => ({ tenants: [{ rut: "1-9", name: "x" }] }),
      /tenant 1-9 has no row in gateway.tenants/,
    ],
    [
      "a wrong webhook secret",
      () => ({ webhooks: { ...spec().webhooks, shopifySecret: "wrong" } }),
      /answered 401: bad HMAC/,
    ],
    [
      "a certificate of another name",
      () => ({ tls: { ...spec().tls, names: ["odoo.example.com"] } }),
      /does not match certificate/,
    ],
    ["a certificate of an unknown CA", () => ({ tls: { ...spec().tls, caFile: undefined } }), /unable to (verify|get)/],
    [
      "a service that does not answer",
      () => ({ services: [{ name: "n8n", url: `http://${address}:18049/healthz` }] }),
      /service n8n: .*ECONNREFUSED/,
    ],
    [
      "a database that is not there",
      () => ({ postgres: { ...spec().postgres, databases: ["n8n"] } }),
      /database "n8n" does not exist/,
    ],
  ])("fails for %s", async (_, changes, evidence) => {
    const { exitCode, failed } = await gate(spec({ deadlineSeconds: 1, ...changes() }));
    expect(exitCode).toBe(2);
    expect(failed.join("\n")).toMatch(evidence);
  });
});
