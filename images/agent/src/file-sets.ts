import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type AgentConfig, copiedMark } from "../../../contracts/agent";
import { snapshotReference } from "../../../contracts/manifest";
import { type Fingerprint, fingerprint } from "./fingerprint";
import type { SetEntry } from "./manifests";
import type { Restic } from "./restic";

type FileSet = AgentConfig["fileSets"][number];

/**
 * The newest snapshot, of all folders in one: a run of restic costs about a second of processor, whatever it holds. When no folder has changed since,
 * by its fingerprint, none is made: the last one still is what they hold, and an entry's `takenAt` says when that was last seen.
 * Known for the life of the process: its first cycle backs up.
 */
export class FileSets {
  private newest: { state: string; snapshot: string } | undefined;

  constructor(private readonly restic: Pick<Restic, "backup">) {}

  /** @returns an entry a set, by name */
  async save(sets: readonly FileSet[], signal?: AbortSignal): Promise<Record<string, SetEntry>> {
    if (sets.length === 0) return {};
    const now = new Date();
    // Read before the folders: a copy that is renewed meanwhile shows in the next cycle.
    const takenAt = await Promise.all(sets.map(({ path, copied }) => (copied ? copiedAt(path) : now)));
    const seen: Fingerprint[] = [];
    for (const { path } of sets) seen.push(await fingerprint(path));
    const state = seen.map(({ hash }) => hash).join();
    if (this.newest?.state !== state) {
      const folders = sets.map(({ path }) => path);
      this.newest = { state, snapshot: await this.restic.backup(folders, signal) };
    }
    const { snapshot } = this.newest;
    return Object.fromEntries(
      sets.map(({ name, path }, i) => {
        const { files, bytes } = seen[i]!;
        const at = takenAt[i]!.toISOString();
        return [name, { snapshot: snapshotReference(snapshot, basename(path)), takenAt: at, files, bytes }];
      }),
    );
  }
}

/** A copy that was never made is as old as can be: its module is stale, and nothing else is held up. */
async function copiedAt(folder: string): Promise<Date> {
  try {
    return (await stat(join(folder, copiedMark))).mtime;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Date(0);
    throw error;
  }
}
