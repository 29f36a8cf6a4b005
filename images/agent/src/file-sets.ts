import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type AgentConfig, copiedMark } from "../../../contracts/agent";
import { snapshotReference } from "../../../contracts/manifest";
import { type Fingerprint, fingerprint } from "./fingerprint";
import type { SetEntry } from "./manifests";
import type { RansomwareWatcher } from "./ransomware/watch";
import type { Restic } from "./restic";

type FileSet = AgentConfig["fileSets"][number];

/**
 * The newest snapshot, of all folders in one: a run of restic costs about a second of processor, whatever it holds. When no folder has changed since,
 * by its fingerprint, none is made: the last one still is what they hold, and an entry's `takenAt` says when that was last seen.
 * Known for the life of the process: its first cycle backs up.
 */
export class FileSets {
  private newest: { state: string; snapshot: string } | undefined;

  /** @param watcher compares each set with the one before @default nobody does */
  constructor(
    private readonly restic: Pick<Restic, "backup">,
    private readonly watcher?: Pick<RansomwareWatcher, "measure">,
  ) {}

  /** @param consistentAt of the cycle @returns an entry a set, by name, and what they added to the repository */
  async save(
    sets: readonly FileSet[],
    consistentAt: string,
    signal?: AbortSignal,
  ): Promise<{ entries: Record<string, SetEntry>; addedBytes: number }> {
    if (sets.length === 0) return { entries: {}, addedBytes: 0 };
    const now = new Date();
    // Read before the folders: a copy that is renewed meanwhile shows in the next cycle.
    const takenAt = await Promise.all(sets.map(({ path, copied }) => (copied ? copiedAt(path) : now)));
    const seen: Fingerprint[] = [];
    for (const { path } of sets) seen.push(await fingerprint(path));
    const state = seen.map(({ hash }) => hash).join();
    let [addedBytes, readAt] = [0, now.toISOString()];
    if (this.newest?.state !== state) {
      const folders = sets.map(({ path }) => path);
      const made = await this.restic.backup(folders, signal);
      this.newest = { state, snapshot: made.snapshot };
      [addedBytes, readAt] = [made.addedBytes, new Date().toISOString()];
    }
    const { snapshot } = this.newest;
    const entries: Record<string, SetEntry> = {};
    for (const [i, { name, path }] of sets.entries()) {
      const { files, bytes, index } = seen[i]!;
      const change = await this.watcher?.measure(name, path, { at: consistentAt, readAt, files: index });
      entries[name] = {
        snapshot: snapshotReference(snapshot, basename(path)),
        takenAt: takenAt[i]!.toISOString(),
        files,
        bytes,
        ...(change ? { change } : {}),
      };
    }
    return { entries, addedBytes };
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
