import { Hono } from "hono";
import { z } from "zod";
import { countRows, insertRows, openDatabase, type Database } from "../database";
import { drillSchema, numberedWrites, ruts, slug } from "../drill";
import { key, port, readEnvironment, text } from "../environment";
import { box, checkKeys, keyCanarySchema, sealCanaries, type Box, type KeyedColumn } from "../keyring";
import type { Role, SeedRequest } from "../role";

const environment = z.object({
  MB_DB_TYPE: z.literal("postgres"),
  MB_DB_HOST: text,
  MB_DB_PORT: port.default(5432),
  MB_DB_DBNAME: text,
  MB_DB_USER: text,
  MB_DB_PASS: text,
  MB_ENCRYPTION_SECRET_KEY: key(16),
});

const schema = `
  CREATE TABLE IF NOT EXISTS metabase_database (
    id bigserial PRIMARY KEY, rut text NOT NULL UNIQUE, name text NOT NULL, engine text NOT NULL, details text NOT NULL);
  CREATE TABLE IF NOT EXISTS report_card (
    id bigserial PRIMARY KEY, rut text NOT NULL, name text NOT NULL, dataset_query jsonb NOT NULL, UNIQUE (rut, name));
  ${keyCanarySchema}
  ${drillSchema}`;

/** Metabase: everything in its database; the connection details of the sources are sealed. */
export const metabase: Role = {
  port: 3000,
  healthPaths: ["/api/health"],
  healthyBody: () => ({ status: "ok" }),
  async start(env) {
    const e = readEnvironment("metabase", environment, env);
    const database = await openDatabase(
      { host: e.MB_DB_HOST, port: e.MB_DB_PORT, database: e.MB_DB_DBNAME, user: e.MB_DB_USER, password: e.MB_DB_PASS },
      schema,
    );
    const details = box(e.MB_ENCRYPTION_SECRET_KEY);
    const keys: KeyedColumn[] = [
      {
        key: "MB_ENCRYPTION_SECRET_KEY",
        box: details,
        sealedValues: "SELECT details AS sealed FROM metabase_database ORDER BY id DESC",
      },
    ];
    await sealCanaries(database.pool, keys);
    const writes = numberedWrites(database, {
      insert: (client, n) =>
        insertRows(client, "report_card", [
          { rut: "drill", name: `Informe ${n}`, dataset_query: { native: `SELECT ${n}` } },
        ]),
    });
    return {
      routes: new Hono(),
      checks: () => Promise.all([database.check(), checkKeys(database.pool, keys)]),
      drill: {
        seed: (request) => seed(database, details, request),
        write: ({ n }) => writes.write(n),
        last: writes.last,
      },
      close: database.close,
    };
  },
};

async function seed(database: Database, details: Box, request: SeedRequest): Promise<Record<string, number>> {
  const sources = request.tenants.map(({ rut, name }) => ({
    rut,
    name,
    engine: "postgres",
    details: details.seal(JSON.stringify({ host: "postgres", user: slug(rut) })),
  }));
  await insertRows(database.pool, "metabase_database", sources);
  await database.pool.query(
    `INSERT INTO report_card (rut, name, dataset_query)
     SELECT rut, 'Informe ' || i, jsonb_build_object('native', 'SELECT count(*) FROM product_template WHERE id > ' || i)
     FROM unnest($1::text[]) AS rut, generate_series(1, $2::int) AS i ON CONFLICT DO NOTHING`,
    [ruts(request), request.products],
  );
  return countRows(database.pool, ["metabase_database", "report_card"]);
}
