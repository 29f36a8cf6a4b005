import { createHash } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { join } from "node:path";
import { Hono } from "hono";
import { z } from "zod";
import { countRows, insertRows, openDatabase, type Database } from "../database";
import { drillSchema, numberedContent, numberedWrites, ruts, seedFiles, slug } from "../drill";
import { key, port, readEnvironment, text } from "../environment";
import { openFileSet, type FileSet } from "../files";
import { box, checkKeys, keyCanarySchema, sealCanaries, type Box, type KeyedColumn } from "../keyring";
import { openQueue, type Queue } from "../queue";
import type { Role, SeedRequest } from "../role";
import { signatureHolds, whatsappWebhook, type IncomingMessage } from "../webhooks";

/** Milliseconds in which a queued message must be in its conversation. */
const deliveryDeadlineMs = 10_000;

const environment = z.object({
  RAILS_ENV: text,
  POSTGRES_HOST: text,
  POSTGRES_PORT: port.default(5432),
  POSTGRES_USERNAME: text,
  POSTGRES_PASSWORD: text,
  POSTGRES_DATABASE: text,
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: "a URL redis://[:password@]host:port" }),
  SECRET_KEY_BASE: key(16),
  ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY: key(8),
  ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY: key(8),
  ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT: key(8),
  /** When set, a webhook must carry Meta's signature. Unset: only the gateway, which has checked it, may reach this path. */
  WHATSAPP_APP_SECRET: text.optional(),
});

const schema = `
  CREATE TABLE IF NOT EXISTS accounts (id bigserial PRIMARY KEY, rut text NOT NULL UNIQUE, name text NOT NULL);
  CREATE TABLE IF NOT EXISTS users (id bigserial PRIMARY KEY, rut text NOT NULL UNIQUE, otp_secret text NOT NULL);
  CREATE TABLE IF NOT EXISTS channel_whatsapp (id bigserial PRIMARY KEY, rut text NOT NULL UNIQUE, provider_config text NOT NULL);
  CREATE TABLE IF NOT EXISTS contacts (id bigserial PRIMARY KEY, rut text NOT NULL UNIQUE, phone_number text NOT NULL);
  CREATE TABLE IF NOT EXISTS conversations (
    id bigserial PRIMARY KEY, inbox text NOT NULL, contact text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (inbox, contact));
  CREATE TABLE IF NOT EXISTS messages (
    id bigserial PRIMARY KEY, conversation_id bigint NOT NULL REFERENCES conversations, source_id text NOT NULL UNIQUE,
    content text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE IF NOT EXISTS active_storage_blobs (
    id bigserial PRIMARY KEY, key text NOT NULL UNIQUE, filename text NOT NULL, byte_size bigint NOT NULL);
  ${keyCanarySchema}
  ${drillSchema}`;

/** Chatwoot: conversations in its database, their attachments in its storage folder; what comes in passes through Redis first. */
export const chatwoot: Role = {
  port: 3000,
  healthPaths: ["/api"],
  healthyBody: () => ({
    version: "4.0.0",
    timestamp: new Date().toISOString(),
    queue_services: "ok",
    data_services: "ok",
  }),
  async start(env, root) {
    const e = readEnvironment("chatwoot", environment, env);
    const database = await openDatabase(
      {
        host: e.POSTGRES_HOST,
        port: e.POSTGRES_PORT,
        user: e.POSTGRES_USERNAME,
        password: e.POSTGRES_PASSWORD,
        database: e.POSTGRES_DATABASE,
      },
      schema,
    );
    const boxes = openBoxes(e);
    const keys = keyedColumns(boxes);
    await sealCanaries(database.pool, keys);
    const storage = await openFileSet(join(root, "/app/storage"), database.pool, blobReferences);
    const delivered = new EventEmitter().setMaxListeners(0);
    const queue = await openQueue<IncomingMessage>(e.REDIS_URL, "queue:incoming_messages", async (message) => {
      await deliver(database, message);
      delivered.emit(message.id);
    });
    const numbered = (n: number) => blob("drill", n, numberedContent(n).length);
    const writes = numberedWrites(database, {
      insert: (client, n) => insertRows(client, "active_storage_blobs", [numbered(n)]),
      files: { set: storage, pathOf: (n) => storagePath(numbered(n).key) },
    });
    return {
      routes: routes(database, queue, e.WHATSAPP_APP_SECRET),
      checks: () => Promise.all([database.check(), queue.check(), storage.check(), checkKeys(database.pool, keys)]),
      drill: {
        seed: (request) => seed(database, storage, boxes, request),
        // The message takes the whole way, through Redis, before its number counts as written.
        async write({ n }) {
          const arrived = once(delivered, `drill-${n}`, { signal: AbortSignal.timeout(deliveryDeadlineMs) });
          await Promise.all([
            arrived,
            queue.push({ id: `drill-${n}`, from: "drill", inbox: "drill", content: numberedContent(n) }),
          ]);
          await writes.write(n);
        },
        last: writes.last,
      },
      async close() {
        await queue.close();
        await database.close();
      },
    };
  },
};

type Boxes = ReturnType<typeof openBoxes>;

function openBoxes(e: z.infer<typeof environment>) {
  const salt = e.ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT;
  return {
    session: box(e.SECRET_KEY_BASE),
    primary: box(e.ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY, salt),
    deterministic: box(e.ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY, salt),
  };
}

const keyedColumns = ({ session, primary, deterministic }: Boxes): KeyedColumn[] => [
  { key: "SECRET_KEY_BASE", box: session, sealedValues: "SELECT otp_secret AS sealed FROM users ORDER BY id DESC" },
  {
    key: "ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY",
    box: primary,
    sealedValues: "SELECT provider_config AS sealed FROM channel_whatsapp ORDER BY id DESC",
  },
  {
    key: "ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY",
    box: deterministic,
    sealedValues: "SELECT phone_number AS sealed FROM contacts ORDER BY id DESC",
  },
];

function routes(database: Database, queue: Queue<IncomingMessage>, appSecret: string | undefined): Hono {
  const app = new Hono();
  app.post("/webhooks/whatsapp", async (c) => {
    const body = await c.req.text();
    const claimed = c.req.header("X-Hub-Signature-256") ?? "";
    if (appSecret !== undefined && !signatureHolds(body, appSecret, claimed, "hex")) {
      return c.json({ error: "X-Hub-Signature-256 is not the HMAC of this body" }, 401);
    }
    const messages = whatsappWebhook.parse(JSON.parse(body));
    for (const message of messages) await queue.push(message);
    return c.json({ queued: messages.map(({ id }) => id) });
  });
  app.get("/api/conversations", async (c) => {
    const messageId = c.req.query("message_id");
    if (!messageId) return c.json({ error: "message_id: missing; fix: ask for ?message_id=ID" }, 400);
    const { rows } = await database.pool.query(
      `SELECT c.id AS conversation_id, c.inbox, c.contact, m.source_id AS message_id, m.content, m.created_at
       FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.source_id = $1`,
      [messageId],
    );
    return c.json({ payload: rows }, rows.length > 0 ? 200 : 404);
  });
  return app;
}

/** Puts a message into its contact's conversation, which begins with it if need be; a message that is there stays as it is. */
async function deliver(database: Database, message: IncomingMessage): Promise<void> {
  await database.transaction(async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `INSERT INTO conversations (inbox, contact) VALUES ($1, $2)
       ON CONFLICT (inbox, contact) DO UPDATE SET contact = excluded.contact RETURNING id`,
      [message.inbox, message.from],
    );
    await client.query(
      "INSERT INTO messages (conversation_id, source_id, content) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
      [rows[0]?.id, message.id, message.content],
    );
  });
}

/** ActiveStorage's layout on disk: two folders named after the key's first four letters. */
const storagePath = (blobKey: string) => `${blobKey.slice(0, 2)}/${blobKey.slice(2, 4)}/${blobKey}`;
const blobReferences = `SELECT id, left(key, 2) || '/' || substr(key, 3, 2) || '/' || key AS path, byte_size AS bytes FROM active_storage_blobs`;

/** The real keys are random; these follow from owner and number, so that a numbered file can be found again. */
function blob(owner: string, i: number, bytes: number) {
  const filename = `adjunto-${slug(owner)}-${i}.bin`;
  return { key: createHash("sha256").update(filename).digest("hex").slice(0, 28), filename, byte_size: bytes };
}

async function seed(
  database: Database,
  storage: FileSet,
  { session, primary, deterministic }: Boxes,
  request: SeedRequest,
) {
  const { pool } = database;
  await insertRows(pool, "accounts", request.tenants);
  const sealedFor = (column: string, seal: Box, what: string) =>
    ruts(request).map((rut) => ({ rut, [column]: seal.seal(`${what} of ${rut}`) }));
  await insertRows(pool, "users", sealedFor("otp_secret", session, "one-time password secret"));
  await insertRows(pool, "channel_whatsapp", sealedFor("provider_config", primary, "API key"));
  await insertRows(pool, "contacts", sealedFor("phone_number", deterministic, "phone"));
  await pool.query(
    `INSERT INTO conversations (inbox, contact)
     SELECT rut, '+569' || lpad(i::text, 8, '0') FROM unnest($1::text[]) AS rut, generate_series(1, $2::int) AS i
     ON CONFLICT DO NOTHING`,
    [ruts(request), request.conversations],
  );
  await pool.query(
    `INSERT INTO messages (conversation_id, source_id, content)
     SELECT c.id, 'seed-' || c.id || '-' || i, 'Mensaje ' || i || ' de ' || c.contact
     FROM conversations c, generate_series(1, 3) AS i WHERE c.inbox = ANY ($1) ON CONFLICT DO NOTHING`,
    [ruts(request)],
  );
  await seedFiles(database, storage, "active_storage_blobs", request, (rut, i, content) => {
    const row = blob(rut, i, content.length);
    return { path: storagePath(row.key), row };
  });
  return countRows(pool, ["accounts", "conversations", "messages", "active_storage_blobs"]);
}
