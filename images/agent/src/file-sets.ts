import type { AgentConfig } from "../../../contracts/agent";
import { fingerprint } from "./fingerprint";
import type { SetEntry } from "./manifests";
import type { Restic } from "./restic";

type FileSet = AgentConfig["fileSets"][number];

/**
 * The newest snapshot of each folder. A set that has not changed since, by its fingerprint, is not backed up again: its snapshot
 * still is what it holds, and the entry's `takenAt` says when that was last seen.
 * Known for the life of the process: the first cycle of each process backs up every set.
 */
export class FileSets {
  private readonly newest = new Map<string, { state: string; entry: SetEntry }>();

  constructor(private readonly restic: Restic) {}

  async save(set: FileSet, signal?: AbortSignal): Promise<SetEntry> {
    const takenAt = new Date().toISOString();
    const state = await fingerprint(set.path);
    const before = this.newest.get(set.name);
    if (before?.state === state) return { ...before.entry, takenAt };
    const { id, files, bytes } = await this.restic.backup(set.path, set.name, set.exclude, signal);
    const entry = { snapshot: id, takenAt, files, bytes };
    this.newest.set(set.name, { state, entry });
    return entry;
  }
}
