import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/**
 * Rules of a folder that is restored into. What makes them safe:
 *
 * 1. A restore begins only in an empty folder, and first leaves `.smarteros-restoring.json` with its id there.
 * 2. While that file is there nothing else writes to the folder: PostgreSQL's entrypoint refuses to start, and the stack
 *    starts a service only after its restore. So all that lies beside it was written by that very restore, and may be
 *    wiped when the same restore is run again after having been cut off.
 * 3. Two runs of the same restore are kept apart by a lock (`lock.ts`): the second waits, then finds it done.
 * 4. `.smarteros-restored.json` comes last, when all data is on disk. From then on the data belongs to the services: the
 *    same id again is a no-op, another id is refused, and nothing here ever wipes it.
 */
export const markers = { restoring: ".smarteros-restoring.json", restored: ".smarteros-restored.json" } as const;

/** No data: does not make a target "not empty". */
const ours = /^(lost\+found|\.smarteros-.*)$/;
/** What wiping a half-done restore leaves: the file system's folder, the mark of having begun, the lock that is held. */
const kept = /^(lost\+found|\.smarteros-restoring\.json|\.smarteros-restore\.lock)$/;
const markerSchema = z.looseObject({ restoreId: z.string() });

export type TargetState =
  | { kind: "empty" | "half-done" | "already-restored" }
  /** `found` and `fix` go into the message of the refusal. */
  | { kind: "refused"; found: string; fix: string };

/** What may be done with a target; changes nothing. */
export async function inspectTarget(folder: string, restoreId: string): Promise<TargetState> {
  const names = await namesIn(folder);
  if (!names) return { kind: "refused", found: "no such folder", fix: "mount the file set there" };
  const moveAway = "move the data away if it is not needed, or restore into an empty folder";
  if (names.includes(markers.restored)) {
    const { restoreId: found } = await readMarker(join(folder, markers.restored));
    if (found === restoreId) return { kind: "already-restored" };
    return {
      kind: "refused",
      found: `the data of another restore, ${found}, which may have been changed since`,
      fix: moveAway,
    };
  }
  if (names.includes(markers.restoring)) {
    const { restoreId: found } = await readMarker(join(folder, markers.restoring));
    if (found === restoreId) return { kind: "half-done" };
    return {
      kind: "refused",
      found: `a half-done restore of another id, ${found}`,
      fix: `let that restore end, or ${moveAway}`,
    };
  }
  const data = names.filter((name) => !ours.test(name));
  if (data.length === 0) return { kind: "empty" };
  const shown = data.slice(0, 5).join(", ") + (data.length > 5 ? ", ..." : "");
  return { kind: "refused", found: `${data.length} entries without a restore's marker: ${shown}`, fix: moveAway };
}

/** Leaves the mark of a restore that has begun; wipes what an earlier run of it left. */
export async function beginRestore(folder: string, restoreId: string): Promise<void> {
  const state = await inspectTarget(folder, restoreId);
  if (state.kind !== "empty" && state.kind !== "half-done")
    throw new Error(`${folder}: a restore cannot begin on a target that is ${state.kind}`);
  await writeMarker(folder, markers.restoring, { restoreId, startedAt: new Date().toISOString() });
  for (const name of (await namesIn(folder)) ?? []) {
    if (!kept.test(name)) await rm(join(folder, name), { recursive: true });
  }
}

/** Leaves the mark of a finished restore. The data must be on disk already. */
export async function finishRestore(
  folder: string,
  restoreId: string,
  details: Record<string, unknown>,
): Promise<void> {
  await writeMarker(folder, markers.restored, { restoreId, finishedAt: new Date().toISOString(), ...details });
  await rm(join(folder, markers.restoring));
}

async function namesIn(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function readMarker(file: string): Promise<z.infer<typeof markerSchema>> {
  try {
    return markerSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    throw new Error(`${file} cannot be read as a restore's marker; fix: find out what wrote it; nothing was touched`, {
      cause: error,
    });
  }
}

/** Whole or not at all, and on disk when this returns. World-readable: the services' entrypoints look for it. */
async function writeMarker(folder: string, name: string, content: Record<string, unknown>): Promise<void> {
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `${name}.new`);
  await withHandle(temporary, "w", async (file) => {
    await file.writeFile(`${JSON.stringify(content)}\n`);
    await file.chmod(0o644);
    await file.sync();
  });
  await rename(temporary, join(folder, name));
  await withHandle(folder, "r", (directory) => directory.sync());
}

async function withHandle(
  path: string,
  flags: string,
  use: (handle: Awaited<ReturnType<typeof open>>) => Promise<void>,
): Promise<void> {
  const handle = await open(path, flags);
  try {
    await use(handle);
  } finally {
    await handle.close();
  }
}
