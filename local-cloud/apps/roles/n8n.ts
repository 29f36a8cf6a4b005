import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Hono } from "hono";
import { z } from "zod";
import { countRows, insertRows, openDatabase, type Database } from "../database";
import { drillSchema, numberedContent, numberedWrites, ruts, seedFiles, slug } from "../drill";
import { key, port, readEnvironment, text } from "../environment";
import { openFileSet, type FileSet } from "../files";
import {
  box,
  checkKeys,
  fingerprint,
  isFirstStart,
  keyCanarySchema,
  sealCanaries,
  type Box,
  type KeyedColumn,
} from "../keyring";
import { check, type Role, type SeedRequest } from "../role";

const environment = z.object({
  DB_TYPE: z.literal("postgresdb"),
  DB_POSTGRESDB_HOST: text,
  DB_POSTGRESDB_PORT: port.default(5432),
  DB_POSTGRESDB_DATABASE: text,
  DB_POSTGRESDB_USER: text,
  DB_POSTGRESDB_PASSWORD: text,
  N8N_ENCRYPTION_KEY: key(8),
});

const schema = `
  CREATE TABLE IF NOT EXISTS workflow_entity (
    id bigserial PRIMARY KEY, rut text NOT NULL, name text NOT NULL, active boolean NOT NULL, nodes jsonb NOT NULL, UNIQUE (rut, name));
  CREATE TABLE IF NOT EXISTS credentials_entity (
    id bigserial PRIMARY KEY, rut text NOT NULL, name text NOT NULL, type text NOT NULL, data text NOT NULL, UNIQUE (rut, name));
  CREATE TABLE IF NOT EXISTS execution_data (
    id bigserial PRIMARY KEY, workflow text NOT NULL, binary_path text NOT NULL UNIQUE, binary_bytes int NOT NULL);
  ${keyCanarySchema}
  ${drillSchema}`;

/** n8n: workflows and sealed credentials in its database; executions' binary data, and its settings file, in its home. */
export const n8n: Role = {
  port: 5678,
  healthPaths: ["/healthz", "/healthz/readiness"],
  healthyBody: () => ({ status: "ok" }),
  async start(env, root) {
    const e = readEnvironment("n8n", environment, env);
    const database = await openDatabase(
      {
        host: e.DB_POSTGRESDB_HOST,
        port: e.DB_POSTGRESDB_PORT,
        database: e.DB_POSTGRESDB_DATABASE,
        user: e.DB_POSTGRESDB_USER,
        password: e.DB_POSTGRESDB_PASSWORD,
      },
      schema,
    );
    const home = join(root, "/home/node/.n8n");
    const files = await openFileSet(
      home,
      database.pool,
      "SELECT id, binary_path AS path, binary_bytes AS bytes FROM execution_data",
    );
    const credentials = box(e.N8N_ENCRYPTION_KEY);
    const keys: KeyedColumn[] = [
      {
        key: "N8N_ENCRYPTION_KEY",
        box: credentials,
        sealedValues: "SELECT data AS sealed FROM credentials_entity ORDER BY id DESC",
      },
    ];
    if (await isFirstStart(database.pool)) await writeSettings(files, e.N8N_ENCRYPTION_KEY);
    await sealCanaries(database.pool, keys);
    const numbered = (n: number) => execution("drill", n, numberedContent(n).length);
    const writes = numberedWrites(database, {
      insert: (client, n) => insertRows(client, "execution_data", [numbered(n)]),
      files: { set: files, pathOf: (n) => numbered(n).binary_path },
    });
    return {
      routes: new Hono(),
      checks: () =>
        Promise.all([
          database.check(),
          files.check(),
          checkKeys(database.pool, keys),
          check("settings", () => checkSettings(join(home, "config"), e.N8N_ENCRYPTION_KEY)),
        ]),
      drill: {
        seed: (request) => seed(database, files, credentials, request),
        write: ({ n }) => writes.write(n),
        last: writes.last,
      },
      close: database.close,
    };
  },
};

const settings = z.object({ encryptionKeyFingerprint: z.string() });

/** The real file holds the key itself; here it is only recognised, so that the key must be delivered as the plan says. */
const writeSettings = (files: FileSet, encryptionKey: string) =>
  files.write("config", JSON.stringify({ encryptionKeyFingerprint: fingerprint(encryptionKey) }), true);

async function checkSettings(path: string, encryptionKey: string): Promise<string> {
  const { encryptionKeyFingerprint } = settings.parse(JSON.parse(await readFile(path, "utf8")));
  if (encryptionKeyFingerprint !== fingerprint(encryptionKey)) {
    throw new Error(
      `the encryption key in ${path} does not match N8N_ENCRYPTION_KEY; fix: deliver the key that this data was written with`,
    );
  }
  return `${path} matches N8N_ENCRYPTION_KEY`;
}

function execution(workflow: string, number: number, bytes: number) {
  const binary_path = `binaryData/workflows/${slug(workflow)}/executions/${number}/binary_data`;
  return { workflow, binary_path, binary_bytes: bytes };
}

async function seed(database: Database, files: FileSet, credentials: Box, request: SeedRequest) {
  await database.pool.query(
    `INSERT INTO workflow_entity (rut, name, active, nodes)
     SELECT rut, 'Flujo ' || i, true, jsonb_build_array(jsonb_build_object('type', 'n8n-nodes-base.webhook', 'name', 'Webhook ' || i))
     FROM unnest($1::text[]) AS rut, generate_series(1, $2::int) AS i ON CONFLICT DO NOTHING`,
    [ruts(request), request.workflows],
  );
  const rows = ruts(request).map((rut) => ({
    rut,
    name: "Shopify",
    type: "shopifyApi",
    data: credentials.seal(JSON.stringify({ accessToken: `shpat-${slug(rut)}` })),
  }));
  await insertRows(database.pool, "credentials_entity", rows);
  await seedFiles(database, files, "execution_data", request, (rut, i, content) => {
    const row = execution(rut, i, content.length);
    return { path: row.binary_path, row };
  });
  return countRows(database.pool, ["workflow_entity", "credentials_entity", "execution_data"]);
}
