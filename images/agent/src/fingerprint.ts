import { createHash } from "node:crypto";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * What a folder looked like: names, sizes, times, owners, modes; not the content itself. Two equal fingerprints mean
 * that nothing was written in between, by the same signs by which restic decides to read a file again
 * (https://restic.readthedocs.io/en/stable/040_backup.html#file-change-detection).
 * Take it before the backup: a write during the backup then shows in the next one.
 */
export async function fingerprint(folder: string): Promise<string> {
  const hash = createHash("sha256");
  await visit(folder, ".", (line) => hash.update(line));
  return hash.digest("hex");
}

async function visit(root: string, path: string, add: (line: string) => void): Promise<void> {
  const stat = await statOrGone(join(root, path));
  if (!stat) return;
  add([path, stat.mode, stat.uid, stat.gid, stat.size, stat.ino, stat.mtimeNs, stat.ctimeNs].join("\0") + "\n");
  if (!stat.isDirectory()) return;
  for (const name of (await readdir(join(root, path))).sort()) await visit(root, join(path, name), add);
}

// A file may go between the listing and the look at it: then it is not part of the picture.
async function statOrGone(path: string) {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
