import { createHash } from "node:crypto";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Markers of restores, and the file system's own folder: restic's patterns of what is no data. */
export const neverData = [".smarteros-*", "lost+found"];
const isData = (name: string) => !name.startsWith(".smarteros-") && name !== "lost+found";

export interface Fingerprint {
  hash: string;
  /** What is no directory. */
  files: number;
  bytes: number;
  /** Regular files alone: path below the folder, ctime in milliseconds. */
  index: Map<string, number>;
}

/**
 * What a folder looked like: names, sizes, times, owners, modes; not the content itself. Two equal hashes mean
 * that nothing was written in between, by the same signs by which restic decides to read a file again
 * (https://restic.readthedocs.io/en/stable/040_backup.html#file-change-detection).
 * Take it before the backup: a write during the backup then shows in the next one.
 */
export async function fingerprint(folder: string): Promise<Fingerprint> {
  const hash = createHash("sha256");
  const counted = { files: 0, bytes: 0 };
  const index = new Map<string, number>();
  await visit(".");
  return { hash: hash.digest("hex"), ...counted, index };

  async function visit(path: string): Promise<void> {
    const stat = await statOrGone(join(folder, path));
    if (!stat) return;
    const { mode, uid, gid, size, ino, mtimeNs, ctimeNs } = stat;
    hash.update([path, mode, uid, gid, size, ino, mtimeNs, ctimeNs].join("\0") + "\n");
    if (stat.isDirectory()) {
      const names = (await readdir(join(folder, path))).filter(isData).sort();
      for (const name of names) await visit(join(path, name));
    } else {
      counted.files += 1;
      counted.bytes += Number(size);
      if (stat.isFile()) index.set(path, Number(ctimeNs) / 1e6);
    }
  }
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
