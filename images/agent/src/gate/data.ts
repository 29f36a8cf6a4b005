import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import type { GateSpec } from "../../../../contracts/gate";
import { type Check, conclusive, requestSeconds } from "./check";

/** The gateway's database, which knows every tenant. */
const gatewayDatabase = "gateway";
/** Files looked at at once. */
const batch = 64;
/** Missing files named in the evidence. */
const shown = 3;

/** What the checks of the data need to know. */
export type DataSpec = Pick<GateSpec, "postgres" | "tenants" | "odoo">;

/** Every database takes a connection, and has a table. */
export function databaseChecks({ postgres }: Pick<DataSpec, "postgres">): Check[] {
  return postgres.databases.map((database) => ({
    name: `database ${database}`,
    look: () =>
      query(postgres, database, async (client) => {
        const { rows } = await client.query(
          `select pg_is_in_recovery() as recovering, pg_size_pretty(pg_database_size(current_database())) as size,
                  (select count(*)::int from pg_tables where schemaname not in ('pg_catalog', 'information_schema')) as tables`,
        );
        const { recovering, size, tables } = rows[0];
        if (recovering) throw new Error(`database ${database} is still in recovery`);
        if (tables === 0) throw conclusive(`database ${database} has no tables: nothing was restored into it`);
        return `${tables} tables, ${size}`;
      }),
  }));
}

/** Each sample tenant has its row in the gateway's database, and every file that Odoo's rows name. */
export function tenantChecks(spec: DataSpec): Check[] {
  return spec.tenants.flatMap(({ rut, name }) => [
    { name: `tenant ${rut} row`, look: () => tenantRow(spec, rut, name) },
    { name: `tenant ${rut} files`, look: () => tenantFiles(spec, rut) },
  ]);
}

async function tenantRow({ postgres }: DataSpec, rut: string, name: string): Promise<string> {
  return query(postgres, gatewayDatabase, async (client) => {
    const { rows } = await client.query<{ name: string }>("select name from tenants where rut = $1", [rut]);
    const found = rows[0]?.name;
    if (found === undefined) throw conclusive(`tenant ${rut} has no row in ${gatewayDatabase}.tenants`);
    if (found !== name) throw conclusive(`tenant ${rut} is named "${found}"; expected: "${name}"`);
    return `row of "${found}" is there`;
  });
}

async function tenantFiles({ postgres, odoo }: DataSpec, rut: string): Promise<string> {
  return query(postgres, odoo.database, async (client) => {
    const { rows } = await client.query<{ path: string; bytes: number | null }>(
      "select store_fname as path, file_size as bytes from ir_attachment where rut = $1 and store_fname is not null",
      [rut],
    );
    if (rows.length === 0) throw conclusive(`tenant ${rut} has no attachment in ${odoo.database}.ir_attachment`);
    const problems = (await problemsOf(odoo.filestore, rows)).map(({ said }) => said);
    if (problems.length === 0) return `${rows.length} of ${rows.length} attachments are in ${odoo.filestore}`;
    const named = problems.slice(0, shown).join("; ");
    throw conclusive(
      `tenant ${rut}: ${problems.length} of ${rows.length} attachments are not as Odoo's rows say: ${named}`,
    );
  });
}

/** A file that is not as its row says. */
export interface FileProblem {
  /** Below the filestore. */
  readonly path: string;
  readonly kind: "missing" | "other-size";
  readonly said: string;
}

/** Every file that a row of Odoo's names and that is not there, or not of its size. */
export async function filesMissing({ postgres, odoo }: DataSpec): Promise<{ total: number; problems: FileProblem[] }> {
  return query(postgres, odoo.database, async (client) => {
    const { rows } = await client.query<NamedFile>(
      "select distinct store_fname as path, file_size as bytes from ir_attachment where store_fname is not null",
    );
    return { total: rows.length, problems: await problemsOf(odoo.filestore, rows) };
  });
}

interface NamedFile {
  readonly path: string;
  readonly bytes: number | null;
}

async function problemsOf(filestore: string, files: readonly NamedFile[]): Promise<FileProblem[]> {
  const problems: FileProblem[] = [];
  for (let start = 0; start < files.length; start += batch) {
    const found = await Promise.all(files.slice(start, start + batch).map((file) => problemOf(filestore, file)));
    problems.push(...found.flatMap((problem) => problem ?? []));
  }
  return problems;
}

async function problemOf(filestore: string, { path, bytes }: NamedFile): Promise<FileProblem | undefined> {
  const file = join(filestore, path);
  try {
    const { size } = await stat(file);
    if (bytes === null || size === bytes) return undefined;
    return { path, kind: "other-size", said: `${file} has ${size} bytes instead of ${bytes}` };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { path, kind: "missing", said: `${file} is missing` };
  }
}

/** A connection to one database, for a few quick queries. */
export async function query<T>(
  { host, user, password }: GateSpec["postgres"],
  database: string,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const milliseconds = requestSeconds * 1000;
  const client = new Client({
    host,
    user,
    password,
    database,
    connectionTimeoutMillis: milliseconds,
    statement_timeout: milliseconds,
  });
  // A connection that breaks between two queries is reported by the next one: without a listener it would end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new Error(`database ${database} at ${host} takes no connection of ${user}`, { cause: error });
  }
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
