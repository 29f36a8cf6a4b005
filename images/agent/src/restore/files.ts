import { chmod, chown, lstat, readdir, rename, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { RestoreSpec } from "../../../../contracts/agent";
import { folderInSnapshot } from "../../../../contracts/manifest";
import { command } from "../command";
import type { Restic } from "../restic";
import type { Part } from "./part";

/** On the same file system as the target, so that what is restored here is moved into place by renaming. */
const staging = ".smarteros-staging";

/** A file set by restic, with owners, modes and times, of the folder itself too. */
export function filesPart(set: RestoreSpec["fileSets"][number], restic: Restic): Part {
  return {
    module: set.name,
    folder: set.path,
    async restore() {
      const restored = await restic.restoreInto(set.snapshot, join(set.path, staging), set.only);
      for (const path of set.only ?? []) await requireRestored(join(restored, path), set.snapshot, path);
      await moveContent(restored, set.path);
      await rm(join(set.path, staging), { recursive: true });
      await command("sync", ["--file-system", set.path]);
      const { files, bytes } = await count(set.path);
      return {
        files,
        bytes,
        detail: `restic snapshot ${folderInSnapshot(set.snapshot).snapshot.slice(0, 8)} in ${set.path}`,
      };
    },
  };
}

async function requireRestored(file: string, snapshot: string, path: string): Promise<void> {
  await lstat(file).catch((cause: unknown) => {
    throw new Error(`snapshot ${snapshot} holds no ${path}; fix: another path, or another time`, { cause });
  });
}

// The target is a mount, which cannot be replaced by the restored folder: it takes over its content, owner, mode and times.
async function moveContent(from: string, to: string): Promise<void> {
  const { uid, gid, mode, atime, mtime } = await lstat(from);
  for (const name of await readdir(from)) await rename(join(from, name), join(to, name));
  await chown(to, uid, gid);
  await chmod(to, mode & 0o7777);
  await utimes(to, atime, mtime);
}

async function count(folder: string): Promise<{ files: number; bytes: number }> {
  const entries = await readdir(folder, { withFileTypes: true });
  const counts = await Promise.all(
    entries
      .filter(({ name }) => !name.startsWith(".smarteros-"))
      .map(async (entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? count(path) : { files: 1, bytes: (await lstat(path)).size };
      }),
  );
  return counts.reduce((sum, one) => ({ files: sum.files + one.files, bytes: sum.bytes + one.bytes }), {
    files: 0,
    bytes: 0,
  });
}
