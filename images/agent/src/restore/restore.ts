import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RestoreResult, RestoreSpec } from "../../../../contracts/agent";
import { sha256OfKey } from "../../../../contracts/generation";
import { exitCodes, Failure } from "../failure";
import type { Log } from "../log";
import { Restic } from "../restic";
import type { Places } from "../settings";
import { Store } from "../store";
import { filesPart } from "./files";
import { objectPart } from "./object";
import { withLocks } from "./lock";
import type { Part } from "./part";
import { postgresPart } from "./postgres";
import { beginRestore, finishRestore, type Identity, inspectTarget, type TargetState } from "./target";

export interface RestorePlaces extends Places {
  /** Where the *postgres container* has the configuration of the same repository, to fetch WAL from while it recovers. */
  sourceConf: string;
  /** Of the server with which a seeding replays: where it is, and its entrypoint. */
  serverDir: string;
  entrypoint: string;
}

/**
 * Restores every part of the spec side by side. Every target is looked at before the first is touched.
 * @throws Failure with exit code 3 when a target is neither empty nor this same restore's: nothing was touched then
 */
export async function restore(spec: RestoreSpec, places: RestorePlaces, log: Log): Promise<RestoreResult[]> {
  await mkdir(places.cacheDir, { recursive: true, mode: 0o700 });
  const cacheDir = await mkdtemp(join(places.cacheDir, "restore-"));
  try {
    const parts = await partsOf(spec, { ...places, cacheDir }, log);
    await inspectAll(parts, spec); // before the locks, which are files in these folders
    return await withLocks(
      parts.map(({ folder }) => folder),
      async () => {
        const states = await inspectAll(parts, spec);
        return await settle(parts.map((part, i) => restorePart(part, states[i]!, spec, log)));
      },
    );
  } finally {
    await rm(cacheDir, { recursive: true });
  }
}

async function partsOf(spec: RestoreSpec, places: RestorePlaces, log: Log): Promise<Part[]> {
  const { runDir, cacheDir } = places;
  const { s3, sourceGeneration: generation, secrets } = spec;
  const restic = await Restic.configure({
    s3,
    generation,
    keys: secrets,
    password: secrets.filesCipher,
    cacheDir,
    runDir,
    log,
  });
  const parts = spec.fileSets.map((set) =>
    sha256OfKey(set.snapshot) === undefined
      ? filesPart(set, restic, spec.restoreId === spec.seed)
      : objectPart(set, () => new Store(s3, secrets), runDir),
  );
  if (spec.postgres) parts.unshift(await postgresPart({ ...places, spec, postgres: spec.postgres, log }));
  return parts;
}

async function restorePart(part: Part, state: TargetState, identity: Identity, log: Log): Promise<RestoreResult> {
  const { module, folder } = part;
  const startedAt = new Date().toISOString();
  if (state.kind === "already-restored") {
    const detail = `${folder} holds the marker of restore ${identity.restoreId}`;
    return { module, outcome: "already-restored", startedAt, finishedAt: startedAt, detail };
  }
  log.info("restore-started", { module, folder, target: state.kind });
  const update = state.kind === "seeded" ? part.update : undefined;
  await beginRestore(folder, identity, update !== undefined);
  const result = await (update ?? part.restore)();
  await finishRestore(folder, identity, { module, ...result });
  log.info("restore-finished", { module, ...result });
  return { module, outcome: "restored", startedAt, finishedAt: new Date().toISOString(), ...result };
}

/** @throws Failure naming every target that may not be restored into */
async function inspectAll(parts: readonly Part[], identity: Identity): Promise<TargetState[]> {
  const states = await Promise.all(parts.map(({ folder }) => inspectTarget(folder, identity)));
  const reasons = parts.flatMap(({ module, folder }, i) => {
    const state = states[i]!;
    return state.kind === "refused"
      ? [`${module}: ${folder} must be empty; found: ${state.found}; fix: ${state.fix}`]
      : [];
  });
  if (reasons.length > 0)
    throw new Failure(`restore refused, nothing was touched:\n  ${reasons.join("\n  ")}`, exitCodes.refused);
  return states;
}

/** Waits for all, also when one fails: what was restored whole stays, and a second run restores the rest. */
async function settle(parts: Promise<RestoreResult>[]): Promise<RestoreResult[]> {
  const settled = await Promise.allSettled(parts);
  const failures = settled.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  if (failures.length > 0) throw new AggregateError(failures);
  return settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}
