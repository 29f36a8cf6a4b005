import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { seedingScope } from "../../../../contracts/generation";

/**
 * Rules of a folder that is restored into. What makes them safe:
 *
 * 1. A restore begins only in an empty folder, and first leaves `.smarteros-restoring.json` with its id there.
 * 2. While that file is there nothing else writes to the folder: PostgreSQL's entrypoint refuses to start, and the stack
 *    starts a service only after its restore. So all that lies beside it was written by that very restore, and may be
 *    wiped when the same restore is run again after having been cut off.
 * 3. Two runs of the same restore are kept apart by a lock (`lock.ts`): the second waits, then finds it done.
 * 4. A seeding ends with `.smarteros-seeded.json` instead: no service starts on such a folder, so what it holds is still that seeding's own, and a
 *    restore that names the seeding may replace it. Beside a restore of the seeding's own generation it is out of date, and leaves all as it is.
 * 5. `.smarteros-restored.json` comes last, when all data is on disk. From then on the data belongs to the services: the
 *    same id again is a no-op, another id is refused, and nothing here ever wipes it.
 */
export const markers = {
  restoring: ".smarteros-restoring.json",
  seeded: ".smarteros-seeded.json",
  restored: ".smarteros-restored.json",
} as const;

/** Which restore it is, and what may be there before it. */
export interface Identity {
  readonly restoreId: string;
  /** The seeding whose work it may replace; its own id: it is that seeding. */
  readonly seed?: string | undefined;
}

/** No data: does not make a target "not empty". */
const ours = /^(lost\+found|\.smarteros-.*)$/;
/** What wiping leaves: the file system's folder, the mark of having begun, the lock that is held, and what is known of a seeded Vault. */
const kept = /^(lost\+found|\.smarteros-restoring\.json|\.smarteros-restore\.lock|\.smarteros-vault-seed\.json)$/;
const markerSchema = z.looseObject({ restoreId: z.string() });

export type TargetState =
  | { kind: "empty" | "half-done" | "seeded" | "already-restored" }
  /** `found` and `fix` go into the message of the refusal. */
  | { kind: "refused"; found: string; fix: string };

/** What may be done with a target; changes nothing. */
export async function inspectTarget(folder: string, { restoreId, seed }: Identity): Promise<TargetState> {
  const names = await namesIn(folder);
  if (!names) return { kind: "refused", found: "no such folder", fix: "mount the file set there" };
  const moveAway = "move the data away if it is not needed, or restore into an empty folder";
  if (names.includes(markers.restored)) {
    const { restoreId: found } = await readMarker(join(folder, markers.restored));
    if (found === restoreId || (restoreId === seed && isAfterSeeding(found, seed))) return { kind: "already-restored" };
    return {
      kind: "refused",
      found: `the data of another restore, ${found}, which may have been changed since`,
      fix: moveAway,
    };
  }
  if (names.includes(markers.restoring)) {
    const { restoreId: found } = await readMarker(join(folder, markers.restoring));
    if (found === restoreId || found === seed) return { kind: "half-done" };
    if (restoreId === seed && isAfterSeeding(found, seed)) return { kind: "already-restored" };
    return {
      kind: "refused",
      found: `a half-done restore of another id, ${found}`,
      fix: `let that restore end, or ${moveAway}`,
    };
  }
  if (names.includes(markers.seeded)) {
    const { restoreId: found } = await readMarker(join(folder, markers.seeded));
    if (found === seed) return { kind: "seeded" };
    return { kind: "refused", found: `what another seeding, ${found}, brought`, fix: moveAway };
  }
  const data = names.filter((name) => !ours.test(name));
  if (data.length === 0) return { kind: "empty" };
  const shown = data.slice(0, 5).join(", ") + (data.length > 5 ? ", ..." : "");
  return { kind: "refused", found: `${data.length} entries without a restore's marker: ${shown}`, fix: moveAway };
}

/** A restore of the very generation that was seeded for. */
const isAfterSeeding = (restoreId: string, seed: string): boolean => restoreId.startsWith(seedingScope(seed));

/**
 * Leaves the mark of a restore that has begun; wipes what an earlier run of it, or its seeding, left.
 * @param update what the seeding left stays; cut off, it is wiped by the next run @default false
 */
export async function beginRestore(folder: string, identity: Identity, update = false): Promise<void> {
  const { restoreId } = identity;
  const state = await inspectTarget(folder, identity);
  if (state.kind === "refused" || state.kind === "already-restored")
    throw new Error(`${folder}: a restore cannot begin on a target that is ${state.kind}`);
  await writeMarker(folder, markers.restoring, { restoreId, startedAt: new Date().toISOString() });
  if (update && state.kind === "seeded") return;
  for (const name of (await namesIn(folder)) ?? []) {
    if (!kept.test(name)) await rm(join(folder, name), { recursive: true });
  }
}

/** Leaves the mark of a finished restore, or seeding. The data must be on disk already. */
export async function finishRestore(
  folder: string,
  { restoreId, seed }: Identity,
  details: Record<string, unknown>,
): Promise<void> {
  const mark = restoreId === seed ? markers.seeded : markers.restored;
  await writeMarker(folder, mark, { restoreId, finishedAt: new Date().toISOString(), ...details });
  if (mark !== markers.seeded) await rm(join(folder, markers.seeded), { force: true });
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
