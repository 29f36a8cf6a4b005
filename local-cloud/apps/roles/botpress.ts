import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Hono } from "hono";
import { z } from "zod";
import { countRows, insertRows, openDatabase, type Database } from "../database";
import { drillSchema, numberedContent, numberedWrites, seedFiles, slug } from "../drill";
import { key, postgresUrl, readEnvironment, text } from "../environment";
import { openFileSet, type FileSet } from "../files";
import { box, checkKeys, keyCanarySchema, sealCanaries, type Box, type KeyedColumn } from "../keyring";
import { check, type Role, type SeedRequest } from "../role";

const environment = z.object({
  DATABASE_URL: postgresUrl,
  BP_DATA_FOLDER: text.default("/botpress/data"),
  /** The real one reads it from its configuration file under the same name, appSecret. */
  APP_SECRET: key(16),
});

const schema = `
  CREATE TABLE IF NOT EXISTS srv_bots (
    id text PRIMARY KEY, rut text NOT NULL, name text NOT NULL, config_path text NOT NULL UNIQUE, config_bytes int NOT NULL,
    token text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE IF NOT EXISTS bot_media (
    id bigserial PRIMARY KEY, bot text NOT NULL, path text NOT NULL UNIQUE, bytes int NOT NULL);
  ${keyCanarySchema}
  ${drillSchema}`;

const references = `
  SELECT id, path, bytes FROM bot_media
  UNION ALL SELECT extract(epoch FROM created_at)::bigint, config_path, config_bytes FROM srv_bots`;

/** Botpress: bots in its database, each with a sealed token; their configuration (with sealed secrets) and media in its data folder. */
export const botpress: Role = {
  port: 3000,
  healthPaths: ["/status"],
  healthyBody: () => ({ status: "ok" }),
  async start(env, root) {
    const { DATABASE_URL, BP_DATA_FOLDER, APP_SECRET } = readEnvironment("botpress", environment, env);
    const database = await openDatabase({ connectionString: DATABASE_URL }, schema);
    const folder = join(root, BP_DATA_FOLDER);
    const files = await openFileSet(folder, database.pool, references);
    const secrets = box(APP_SECRET);
    const keys: KeyedColumn[] = [
      {
        key: "APP_SECRET",
        box: secrets,
        sealedValues: "SELECT token AS sealed FROM srv_bots ORDER BY created_at DESC",
      },
    ];
    await sealCanaries(database.pool, keys);
    const numbered = (n: number) => media("drill", n, numberedContent(n).length);
    const writes = numberedWrites(database, {
      insert: (client, n) => insertRows(client, "bot_media", [numbered(n)]),
      files: { set: files, pathOf: (n) => numbered(n).path },
    });
    return {
      routes: new Hono(),
      checks: () =>
        Promise.all([
          database.check(),
          files.check(),
          checkKeys(database.pool, keys),
          check("bots", () => openNewestBot(database, folder, secrets)),
        ]),
      drill: {
        seed: (request) => seed(database, files, secrets, request),
        write: ({ n }) => writes.write(n),
        last: writes.last,
      },
      close: database.close,
    };
  },
};

const botConfig = z.object({ id: z.string(), name: z.string(), rut: z.string(), secrets: z.string() });

/** Loads the newest bot as the server would at its start: its file is read, and its secrets are opened. */
async function openNewestBot({ pool }: Database, folder: string, secrets: Box): Promise<string> {
  const { rows } = await pool.query<{ config_path: string }>(
    "SELECT config_path FROM srv_bots ORDER BY created_at DESC LIMIT 1",
  );
  if (!rows[0]) return "no bot yet";
  const path = join(folder, rows[0].config_path);
  const config = botConfig.parse(JSON.parse(await readFile(path, "utf8")));
  secrets.open(config.secrets);
  return `bot ${config.id} loads`;
}

function media(owner: string, i: number, bytes: number) {
  const bot = slug(owner);
  return { bot, path: `bots/bot-${bot}/media/${i}`, bytes };
}

async function seed(database: Database, files: FileSet, secrets: Box, request: SeedRequest) {
  for (const { rut, name } of request.tenants) {
    const known = await database.pool.query<{ id: string }>("SELECT id FROM srv_bots WHERE rut = $1", [rut]);
    const ids = Array.from({ length: request.workflows }, (_, i) => `bot-${slug(rut)}-${i + 1}`);
    // A known bot keeps its file: it is sealed with a fresh nonce, so writing it again would not give the same bytes.
    const lacking = ids.filter((id) => !known.rows.some((row) => row.id === id));
    const rows = await Promise.all(
      lacking.map(async (id) => {
        const config = JSON.stringify({ id, name, rut, secrets: secrets.seal(`token of ${id}`) });
        const config_path = `bots/${id}/bot.config.json`;
        await files.write(config_path, config, false);
        const config_bytes = Buffer.byteLength(config);
        return {
          id,
          rut,
          name,
          config_path,
          config_bytes,
          token: secrets.seal(id),
          created_at: new Date().toISOString(),
        };
      }),
    );
    await insertRows(database.pool, "srv_bots", rows);
  }
  await seedFiles(database, files, "bot_media", request, (rut, i, content) => {
    const row = media(rut, i, content.length);
    return { path: row.path, row };
  });
  return countRows(database.pool, ["srv_bots", "bot_media"]);
}
