import { link, lstat, mkdir, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { RecoverSpec } from "../../../../contracts/recover";
import { command } from "../command";
import type { DataSpec } from "../gate/data";
import { filesMissing } from "../gate/data";
import type { Log } from "../log";
import type { Restic } from "../restic";

/** Beside the files, on the same file system. */
const staging = ".smarteros-missing";
/** Files that are asked of restic at once: each is named on its command line. */
const batch = 500;

/**
 * Brings back what rows name and the filestore lacks, from a snapshot that holds it (B6): to an earlier time than now, files may have been
 * deleted since. Nothing that exists is replaced. @returns how many files were brought
 */
export async function bringMissing(spec: RecoverSpec, data: DataSpec, restic: Restic, log: Log): Promise<number> {
  const { problems } = await filesMissing(data);
  const wanted = problems
    .filter(({ kind }) => kind === "missing")
    .map(({ path }) => join(relative(spec.files.path, spec.odoo.filestore), path));
  const folder = join(spec.files.path, staging);
  let brought = 0;
  for (let start = 0; start < wanted.length; start += batch) {
    const paths = wanted.slice(start, start + batch);
    await rm(folder, { recursive: true, force: true });
    const restored = await restic.restoreInto(spec.files.snapshot, folder, paths);
    for (const path of paths)
      brought += await place(join(restored, path), join(spec.files.path, path), restored, spec.files.path);
  }
  await rm(folder, { recursive: true, force: true });
  if (brought > 0) await command("sync", ["--file-system", spec.files.path]);
  log.info("missing-files-brought", { wanted: wanted.length, brought });
  return brought;
}

/** By a hard link, which never replaces what is there; owner, mode and times are the snapshot's. */
async function place(from: string, to: string, fromRoot: string, toRoot: string): Promise<number> {
  await sameFolders(dirname(from), dirname(to), fromRoot, toRoot);
  try {
    await link(from, to);
    return 1;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" || code === "ENOENT") return 0; // there by now, or not in the snapshot: the check says so
    throw error;
  }
}

async function sameFolders(from: string, to: string, fromRoot: string, toRoot: string): Promise<void> {
  if (from === fromRoot || to === toRoot || (await exists(to))) return;
  await sameFolders(dirname(from), dirname(to), fromRoot, toRoot);
  await mkdir(to, { recursive: true });
  if (await exists(from)) await command("chown", ["--reference", from, to]);
  if (await exists(from)) await command("chmod", ["--reference", from, to]);
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
