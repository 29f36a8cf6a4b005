import { z } from "zod";
import type { ServiceName } from "../plan/model";
import { askOk, askSite } from "../outside/https";
import { drillServices, publicHost, type Site } from "../outside/site";

/** Milliseconds in which one service must have written its part: thousands of files and rows. */
const seedTimeoutMs = 120_000;
/** Rows of one INSERT: about 60 MB, so that a size is met within as much. */
const rowsPerStatement = 150_000;
/** Bytes of one row of `history`, its index entry included (measured: 395). The loop corrects what this is off by. */
const bytesPerRow = 395;

export interface SeedOptions {
  readonly site: Site;
  readonly tenants: readonly { readonly rut: string; readonly name: string }[];
  /** Size that Odoo's database is brought to. */
  readonly sizeBytes: number;
  /** Per tenant; what is left out takes the application's defaults. */
  readonly counts?: Partial<Record<"products" | "conversations" | "workflows" | "files" | "fileBytes", number>>;
  /** Runs SQL as superuser in a database of the primary, and returns what `psql -At` prints. */
  readonly runSql: (database: string, sql: string) => Promise<string>;
  /** @param bytes size of Odoo's database by now */
  readonly onProgress?: (bytes: number) => void;
}

export interface Seeded {
  /** What each service holds now, by kind. */
  readonly services: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Size of all databases. */
  readonly databaseBytes: number;
}

const counts = z.record(z.string(), z.number());

/** Fills a site: tenants, catalogues, conversations, workflows and files through the services, then the bulk inside PostgreSQL. */
export async function seedSite(options: SeedOptions): Promise<Seeded> {
  const ask = askSite(options.site);
  const body = { tenants: options.tenants, ...options.counts };
  const seedService = async (service: ServiceName) => {
    const host = publicHost(service, options.site.domain);
    return [
      service,
      counts.parse(await askOk(ask, { host, path: "/_drill/seed", body, timeoutMs: seedTimeoutMs })),
    ] as const;
  };
  const services = Object.fromEntries(await Promise.all(drillServices.map(seedService)));
  await growHistory(options);
  return { services, databaseBytes: await bytes(options.runSql, "SELECT sum(pg_database_size(oid)) FROM pg_database") };
}

/** The tenants' history of events: rows as an application writes them, which compress about as well as its would. */
async function growHistory({ tenants, sizeBytes, runSql, onProgress }: SeedOptions): Promise<void> {
  await runSql("odoo", historyTable);
  const ruts = `ARRAY[${tenants.map(({ rut }) => quote(rut)).join(", ")}]`;
  for (;;) {
    const size = await bytes(runSql, "SELECT pg_database_size('odoo')");
    onProgress?.(size);
    if (size >= sizeBytes) return;
    await runSql("odoo", historyRows(ruts, Math.min(rowsPerStatement, Math.ceil((sizeBytes - size) / bytesPerRow))));
  }
}

const historyTable = `
  CREATE TABLE IF NOT EXISTS history (
    id bigserial PRIMARY KEY, rut text NOT NULL, happened_at timestamptz NOT NULL, event text NOT NULL, detail text NOT NULL);
  ALTER TABLE history OWNER TO odoo;`;

/** Hexadecimal digests: no two rows share a substring, so a compressor saves about half, as on real text. */
const historyRows = (ruts: string, rows: number) => `
  INSERT INTO history (rut, happened_at, event, detail)
  SELECT (${ruts})[1 + i % cardinality(${ruts})], now() - i * interval '1 minute',
    (ARRAY['pedido', 'pago', 'despacho', 'mensaje'])[1 + i % 4],
    encode(sha512(int8send(i * 3)) || sha512(int8send(i * 3 + 1)) || substr(sha512(int8send(i * 3 + 2)), 1, 16), 'hex')
  FROM (SELECT coalesce(max(id), 0) AS last FROM history) AS existing, generate_series(last + 1, last + ${rows}) AS i;`;

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;

async function bytes(runSql: SeedOptions["runSql"], sql: string): Promise<number> {
  const printed = (await runSql("odoo", sql)).trim();
  const size = Number(printed);
  if (!/^\d+$/.test(printed))
    throw new Error(`seed: received "${printed}" from PostgreSQL; expected a number of bytes, as psql -At prints it`);
  return size;
}
