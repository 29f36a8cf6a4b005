import { chmod, chown, lstat, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { RestoreSpec } from "../../../../contracts/agent";
import { folderInSnapshot } from "../../../../contracts/manifest";
import { command } from "../command";
import type { Restic } from "../restic";
import type { Part, PartResult } from "./part";
import { chmodBits, difference, node } from "./tree";

/** On the same file system as the target, so that what is restored here is moved into place by renaming. */
const staging = ".smarteros-staging";

/** What a seeding has brought, by restic's own list of it: what is no data is kept in no backup. */
const seededFiles = ".smarteros-seeded-files.json";
/** Paths that are brought one by one at most: restic compares each file of the snapshot with each of them. */
const singlyAtMost = 1_000;

/**
 * A file set by restic, with owners, modes and times, of the folder itself too. What a seeding brought is made what it is in another snapshot by what
 * differs alone.
 * @param seeding what is restored is to be updated later
 */
export function filesPart(set: RestoreSpec["fileSets"][number], restic: Restic, seeding: boolean): Part {
  const { snapshot, path: target } = set;
  const settle = async (): Promise<PartResult> => {
    if (seeding) await writeFile(join(target, seededFiles), JSON.stringify(await restic.list(snapshot)));
    await command("sync", ["--file-system", target]);
    const detail = `restic snapshot ${folderInSnapshot(snapshot).snapshot.slice(0, 8)} in ${target}`;
    return { ...(await count(target)), detail };
  };
  const restore = async () => {
    const restored = await restic.restoreInto(snapshot, join(target, staging), set.only);
    for (const path of set.only ?? []) await requireRestored(join(restored, path), snapshot, path);
    await moveContent(restored, target);
    await rm(join(target, staging), { recursive: true });
    return settle();
  };
  const update = async () => {
    const list = join(target, seededFiles);
    const before = z.array(node).parse(JSON.parse(await readFile(list, "utf8")));
    const { bring, remove, folders } = difference(before, await restic.list(snapshot));
    if (bring.length > singlyAtMost) {
      for (const name of await dataIn(target)) await rm(join(target, name), { recursive: true });
      await rm(list);
      return restore();
    }
    const inTarget = (path: string) => join(target, belowFolder(path));
    for (const path of remove) await rm(inTarget(path), { recursive: true, force: true });
    if (bring.length > 0) {
      const restored = await restic.restoreInto(snapshot, join(target, staging), bring.map(belowFolder));
      for (const path of bring) await rename(join(restored, belowFolder(path)), inTarget(path));
      await rm(join(target, staging), { recursive: true });
    }
    await rm(list);
    for (const { path, uid, gid, mode, mtime } of folders) {
      await chown(inTarget(path), uid, gid);
      await chmod(inTarget(path), chmodBits(mode));
      await command("touch", ["--date", mtime, inTarget(path)]); // to the nanosecond, which Node cannot say
    }
    return settle();
  };
  return { module: set.name, folder: target, restore, update };
}

/** @example "/odoo/filestore/a" becomes "filestore/a" */
const belowFolder = (path: string): string => path.split("/").slice(2).join("/");

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

const dataIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => !name.startsWith(".smarteros-") && name !== "lost+found");

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
