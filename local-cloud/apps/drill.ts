import { createCipheriv, createHash } from "node:crypto";
import type { PoolClient } from "pg";
import { insertRows, type Database } from "./database";
import type { FileSet } from "./files";
import type { LastWrites, SeedRequest } from "./role";

/** Schema of the numbered rows: one per write that the drill made through this role. */
export const drillSchema = `CREATE TABLE IF NOT EXISTS drill_writes (n bigint PRIMARY KEY, written_at timestamptz NOT NULL DEFAULT now());`;

/** Numbers above the newest row at which a file is looked for: a backup reads files after the rows, so it may hold later ones. */
const horizon = 1_000;

/** Content of the file of number n. */
export const numberedContent = (n: number): string => `numbered write ${n}\n`;

/** What one numbered write puts into a role, beside its number. */
export interface NumberedWrite {
  /** The role's own row, in the same transaction as the number. */
  insert(client: PoolClient, n: number): Promise<void>;
  /** For a role with files: the set, and the file of number n, named by `insert`'s row. */
  readonly files?: { readonly set: FileSet; pathOf(n: number): string };
}

/** The numbered writes of one role; writing a number again changes nothing. */
export function numberedWrites(database: Database, { insert, files }: NumberedWrite) {
  return {
    /** The file first, then the row that names it: a row whose file is missing is always a loss. */
    async write(n: number): Promise<void> {
      if (files) await files.set.write(files.pathOf(n), numberedContent(n), true);
      await database.transaction(async (client) => {
        const { rowCount } = await client.query("INSERT INTO drill_writes (n) VALUES ($1) ON CONFLICT DO NOTHING", [n]);
        if (rowCount === 1) await insert(client, n);
      });
    },
    async last(): Promise<LastWrites> {
      const { rows } = await database.pool.query<{ n: number }>(
        "SELECT coalesce(max(n), 0)::int AS n FROM drill_writes",
      );
      const newest = rows[0]?.n ?? 0;
      if (!files) return { rows: newest };
      return { rows: newest, files: await highest(newest, (n) => files.set.has(files.pathOf(n))) };
    },
  };
}

/** Highest number whose file exists: looked for above the newest row first, then below it. */
async function highest(newest: number, exists: (n: number) => Promise<boolean>): Promise<number> {
  for (let n = newest + horizon; n > 0; n--) {
    if (await exists(n)) return n;
  }
  return 0;
}

/** A tenant's RUT as part of a file name. @example "76.123.456-7" becomes "76123456-7" */
export const slug = (rut: string) => rut.replace(/[^0-9A-Za-z-]/g, "");

/** A file of a seed, and the row that names it. */
export interface SeededFile {
  readonly path: string;
  readonly row: object;
}

/** Files that are written at once: a large seed must not open them all. */
const batchSize = 64;

/**
 * Writes `request.files` files for each tenant, then the rows that name them.
 * @param one path and row of a tenant's i-th file (from 1) with this content
 */
export async function seedFiles(
  { pool }: Database,
  set: FileSet,
  table: string,
  request: SeedRequest,
  one: (rut: string, i: number, content: Buffer) => SeededFile,
): Promise<void> {
  const items = request.tenants.flatMap(({ rut }) =>
    Array.from({ length: request.files }, (_, i) => ({ rut, i: i + 1 })),
  );
  for (let start = 0; start < items.length; start += batchSize) {
    const rows = await Promise.all(
      items.slice(start, start + batchSize).map(async ({ rut, i }) => {
        const content = document(`${table} ${rut} ${i}`, request.fileBytes);
        const { path, row } = one(rut, i, content);
        await set.write(path, content, false);
        return row;
      }),
    );
    await insertRows(pool, table, rows);
  }
}

/** What begins as a PDF does, and then looks random to a compressor; the same for the same name: seeding again writes the same files. */
function document(name: string, bytes: number): Buffer {
  const key = createHash("md5").update(name).digest();
  const noise = createCipheriv("aes-128-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
  return Buffer.concat([Buffer.from("%PDF-1.7\n"), noise]).subarray(0, bytes);
}

/** The tenants' RUTs, as a parameter for `unnest($1::text[])`. */
export const ruts = (request: SeedRequest): string[] => request.tenants.map(({ rut }) => rut);
