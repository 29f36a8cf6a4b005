import { join } from "node:path";
import { Hono } from "hono";
import { z } from "zod";
import { countRows, insertRows, openDatabase, type Database } from "../database";
import { drillSchema, numberedContent, numberedWrites, ruts, seedFiles, slug } from "../drill";
import { key, postgresUrl, readEnvironment } from "../environment";
import { openFileSet, type FileSet } from "../files";
import { box, checkKeys, keyCanarySchema, sealCanaries, type Box, type KeyedColumn } from "../keyring";
import type { Role, SeedRequest } from "../role";

const environment = z.object({ DATABASE_URL: postgresUrl, DOKPLOY_ENCRYPTION_KEY: key(16) });

const schema = `
  CREATE TABLE IF NOT EXISTS application (
    id bigserial PRIMARY KEY, rut text NOT NULL, app_name text NOT NULL UNIQUE, env text NOT NULL);
  CREATE TABLE IF NOT EXISTS application_file (
    id bigserial PRIMARY KEY, app_name text NOT NULL, path text NOT NULL UNIQUE, bytes int NOT NULL);
  ${keyCanarySchema}
  ${drillSchema}`;

/** Dokploy: applications and their sealed environment in its database; their code in /etc/dokploy. */
export const dokploy: Role = {
  port: 3000,
  healthPaths: ["/api/health"],
  healthyBody: () => ({ ok: true }),
  async start(env, root) {
    const { DATABASE_URL, DOKPLOY_ENCRYPTION_KEY } = readEnvironment("dokploy", environment, env);
    const database = await openDatabase({ connectionString: DATABASE_URL }, schema);
    const files = await openFileSet(
      join(root, "/etc/dokploy"),
      database.pool,
      "SELECT id, path, bytes FROM application_file",
    );
    const environments = box(DOKPLOY_ENCRYPTION_KEY);
    const keys: KeyedColumn[] = [
      {
        key: "DOKPLOY_ENCRYPTION_KEY",
        box: environments,
        sealedValues: "SELECT env AS sealed FROM application ORDER BY id DESC",
      },
    ];
    await sealCanaries(database.pool, keys);
    const numbered = (n: number) => applicationFile("drill", n, numberedContent(n).length);
    const writes = numberedWrites(database, {
      insert: (client, n) => insertRows(client, "application_file", [numbered(n)]),
      files: { set: files, pathOf: (n) => numbered(n).path },
    });
    return {
      routes: new Hono(),
      checks: () => Promise.all([database.check(), files.check(), checkKeys(database.pool, keys)]),
      drill: {
        seed: (request) => seed(database, files, environments, request),
        write: ({ n }) => writes.write(n),
        last: writes.last,
      },
      close: database.close,
    };
  },
};

function applicationFile(owner: string, i: number, bytes: number) {
  const app_name = `app-${slug(owner)}`;
  return { app_name, path: `applications/${app_name}/code/file-${i}`, bytes };
}

async function seed(database: Database, files: FileSet, environments: Box, request: SeedRequest) {
  const applications = ruts(request).flatMap((rut) =>
    Array.from({ length: request.workflows }, (_, i) => ({
      rut,
      app_name: `app-${slug(rut)}-${i + 1}`,
      env: environments.seal(`TENANT=${rut}`),
    })),
  );
  await insertRows(database.pool, "application", applications);
  await seedFiles(database, files, "application_file", request, (rut, i, content) => {
    const row = applicationFile(rut, i, content.length);
    return { path: row.path, row };
  });
  return countRows(database.pool, ["application", "application_file"]);
}
