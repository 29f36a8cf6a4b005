import { Hono } from "hono";
import { z } from "zod";
import { countRows, insertRows, openDatabase, type Database } from "../database";
import { drillSchema, numberedWrites, slug } from "../drill";
import { key, postgresUrl, readEnvironment, text } from "../environment";
import { pingRedis } from "../queue";
import { check, describe, type Check, type Role, type SeedRequest } from "../role";
import { secretStore, type SecretStore } from "../vault";
import { shopifyOrder, signatureHolds } from "../webhooks";

/** Milliseconds for Odoo or Chatwoot to take what a webhook brought; Shopify itself gives up after 5 s. */
const forwardTimeoutMs = 4_000;

const environment = z.object({
  DATABASE_URL: postgresUrl,
  VAULT_ADDR: z.url({ error: "a URL http://host:port" }),
  VAULT_TOKEN: text,
  ODOO_URL: z.url({ error: "a URL http://host:port" }),
  CHATWOOT_URL: z.url({ error: "a URL http://host:port" }),
  SHOPIFY_WEBHOOK_SECRET: key(8),
  WHATSAPP_APP_SECRET: key(8),
  /** Unset: Redis is judged by what Chatwoot says of it. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: "a URL redis://[:password@]host:port" }).optional(),
});
type Environment = z.infer<typeof environment>;

const schema = `
  CREATE TABLE IF NOT EXISTS tenants (rut text PRIMARY KEY, name text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
  ${drillSchema}`;

/** Where the numbered secrets are: the newest version of one secret, whose versions Vault keeps. */
const numberedSecret = "smarteros/drill/writes";

/** The API gateway: tenants in its database, their secrets in Vault; it checks the webhooks' signatures and passes them on. */
export const gateway: Role = {
  port: 8000,
  healthPaths: ["/health"],
  healthyBody: (checks) => ({ status: "ok", checks }),
  async start(env) {
    const e = readEnvironment("gateway", environment, env);
    const database = await openDatabase({ connectionString: e.DATABASE_URL }, schema);
    const secrets = secretStore(e.VAULT_ADDR, e.VAULT_TOKEN);
    const writes = numberedWrites(database, { insert: async () => undefined });
    return {
      routes: new Hono()
        .route("/", tenantRoutes(database))
        .route("/", webhookRoutes(e))
        .route("/", dependencyRoutes(e, database, secrets)),
      checks: () => Promise.all([database.check(), secrets.check()]),
      drill: {
        seed: (request) => seed(database, secrets, request),
        write: ({ n, target }) => (target === "vault" ? secrets.write(numberedSecret, { n }) : writes.write(n)),
        last: async () => ({ ...(await writes.last()), vault: numberOf(await secrets.read(numberedSecret)) }),
      },
      close: database.close,
    };
  },
};

const numberOf = (secret: Record<string, unknown> | undefined) =>
  secret === undefined ? 0 : z.object({ n: z.number() }).parse(secret).n;

function tenantRoutes({ pool }: Database): Hono {
  const app = new Hono();
  app.get("/tenants/:rut", async (c) => {
    const { rows } = await pool.query("SELECT rut, name, created_at FROM tenants WHERE rut = $1", [c.req.param("rut")]);
    return rows[0] ? c.json(rows[0]) : c.json({ error: `no tenant ${c.req.param("rut")}` }, 404);
  });
  return app;
}

/** What the other modules cannot say for themselves, as they are not published: 503 when any of them fails. */
function dependencyRoutes(e: Environment, database: Database, secrets: SecretStore): Hono {
  const app = new Hono();
  app.get("/health/deps", async (c) => {
    const checks = await Promise.all([
      database.check().then((result) => ({ ...result, name: "postgres" })),
      secrets.check(),
      check("redis", () => askRedis(e)),
    ]);
    const body = Object.fromEntries(checks.map(({ name, ok, detail }: Check) => [name, { ok, detail }]));
    return c.json(body, checks.every(({ ok }) => ok) ? 200 : 503);
  });
  return app;
}

async function askRedis({ REDIS_URL, CHATWOOT_URL }: Environment): Promise<string> {
  if (REDIS_URL !== undefined) return `answers (${await pingRedis(REDIS_URL)})`;
  const answer = await fetch(new URL("/api", CHATWOOT_URL), { signal: AbortSignal.timeout(forwardTimeoutMs) });
  const body = z.looseObject({ queue_services: z.literal("ok", "Chatwoot does not say that its queue is well") });
  body.parse(await answer.json());
  return "answers Chatwoot";
}

function webhookRoutes(e: Environment): Hono {
  const app = new Hono();
  app.post("/webhooks/shopify", async (c) => {
    const body = await c.req.text();
    if (!signatureHolds(body, e.SHOPIFY_WEBHOOK_SECRET, c.req.header("X-Shopify-Hmac-Sha256") ?? "", "base64")) {
      return c.json({ error: "X-Shopify-Hmac-Sha256 is not the HMAC of this body" }, 401);
    }
    const order = shopifyOrder.parse(JSON.parse(body));
    const problem = await forward(new URL("/api/orders", e.ODOO_URL), JSON.stringify(order));
    return problem === undefined
      ? c.json({ order: order.id })
      : c.json({ error: `Odoo did not take the order: ${problem}` }, 502);
  });
  app.post("/webhooks/whatsapp", async (c) => {
    const body = await c.req.text();
    const signature = c.req.header("X-Hub-Signature-256") ?? "";
    if (!signatureHolds(body, e.WHATSAPP_APP_SECRET, signature, "hex")) {
      return c.json({ error: "X-Hub-Signature-256 is not the HMAC of this body" }, 401);
    }
    const problem = await forward(new URL("/webhooks/whatsapp", e.CHATWOOT_URL), body, {
      "X-Hub-Signature-256": signature,
    });
    return problem === undefined
      ? c.json({ status: "queued" })
      : c.json({ error: `Chatwoot did not take it: ${problem}` }, 502);
  });
  return app;
}

/** Posts JSON; resolves with what went wrong, or undefined. The sender of a webhook tries again on an error. */
async function forward(url: URL, body: string, headers: Record<string, string> = {}): Promise<string | undefined> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json", ...headers },
      signal: AbortSignal.timeout(forwardTimeoutMs),
    });
    return answer.ok ? undefined : `HTTP ${answer.status} ${await answer.text()}`;
  } catch (error) {
    return describe(error);
  }
}

async function seed({ pool }: Database, secrets: SecretStore, request: SeedRequest): Promise<Record<string, number>> {
  await insertRows(
    pool,
    "tenants",
    request.tenants.map((tenant) => ({ ...tenant, created_at: new Date().toISOString() })),
  );
  for (const { rut, name } of request.tenants) {
    await secrets.write(`smarteros/drill/tenants/${slug(rut)}`, { name, shopifyToken: `shpat-${slug(rut)}` });
  }
  return { ...(await countRows(pool, ["tenants"])), secrets: request.tenants.length };
}
