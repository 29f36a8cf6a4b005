import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, open, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Pool } from "pg";
import { check, describe, type Check } from "./role";

/** Up to this many referenced files are all checked; of more, the newest `newest` and `sampled` others. */
const bounds = { all: 500, newest: 100, sampled: 200 };

/** A folder of files that rows of the database refer to. */
export interface FileSet {
  /** Writes a file, creating its folders. @param durable true: resolves only after file and folder are synced to disk */
  write(relative: string, content: Buffer | string, durable: boolean): Promise<void>;
  has(relative: string): Promise<boolean>;
  /** Passes when the folder can be written and the referenced files exist, each of the size that its row says. */
  check(): Promise<Check>;
}

/**
 * Opens a file set; the folder is made when it is not there, as the real applications do at their first start.
 * @param root the data folder, where the real application keeps it
 * @param references SQL of every reference: columns `id` (ascending with age), `path` (below `root`), `bytes`
 */
export async function openFileSet(root: string, pool: Pool, references: string): Promise<FileSet> {
  await mkdir(root, { recursive: true });
  return {
    async write(relative, content, durable) {
      const path = join(root, relative);
      await mkdir(dirname(path), { recursive: true });
      if (!durable) return writeFile(path, content);
      await writeDurably(path, content);
    },
    has: (relative) =>
      stat(join(root, relative)).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === "ENOENT" || error.code === "ENOTDIR") return false;
          throw error;
        },
      ),
    check: () =>
      check("files", async () => {
        await access(root, constants.R_OK | constants.W_OK);
        const { total, checked } = await referencesToCheck(pool, references);
        const problems = (await Promise.all(checked.map((reference) => problemOf(root, reference)))).filter(Boolean);
        if (problems.length > 0) {
          const shown = problems.slice(0, 3).join("; ");
          throw new Error(
            `${problems.length} of ${checked.length} checked files are not as the database says: ${shown}`,
          );
        }
        return `${checked.length} of ${total} referenced files checked under ${root}`;
      }),
  };
}

interface Reference {
  readonly path: string;
  readonly bytes: number;
}

async function referencesToCheck(pool: Pool, references: string): Promise<{ total: number; checked: Reference[] }> {
  const counted = await pool.query<{ total: number }>(`SELECT count(*)::int AS total FROM (${references}) AS r`);
  const total = counted.rows[0]?.total ?? 0;
  const select = `SELECT path, bytes::int FROM (${references}) AS r`;
  const { rows } = await pool.query<Reference>(
    total <= bounds.all
      ? select
      : `(${select} ORDER BY id DESC LIMIT ${bounds.newest}) UNION (${select} ORDER BY random() LIMIT ${bounds.sampled})`,
  );
  return { total, checked: rows };
}

async function problemOf(root: string, { path, bytes }: Reference): Promise<string | undefined> {
  try {
    const { size } = await stat(join(root, path));
    return size === bytes ? undefined : `${join(root, path)} has ${size} bytes instead of ${bytes}`;
  } catch (error) {
    return `${join(root, path)}: ${describe(error)}`;
  }
}

/** Whole or not at all, and on disk when it resolves: a backup that reads meanwhile sees no half-written file. */
async function writeDurably(path: string, content: Buffer | string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  const file = await open(temporary, "w");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
