import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AgentConfig } from "../../../contracts/agent";
import type { ManifestBody } from "../../../contracts/manifest";
import { vaultIdentityName, vaultSnapshotName } from "../../../contracts/vault";
import { fingerprint } from "./fingerprint";
import type { Restic } from "./restic";
import type { VaultClient } from "./vault-client";

export type SetEntry = ManifestBody["files"][string];
type FileSet = AgentConfig["fileSets"][number];

/**
 * The newest snapshot of each set. A set that has not changed since (by its fingerprint, or by Vault's raft index) is
 * not backed up again: its snapshot still is what it holds, and the entry's `takenAt` says when that was last seen.
 * Known for the life of the process: the first cycle of each process backs up every set.
 */
export class FileSets {
  private readonly newest = new Map<string, { state: string; entry: SetEntry }>();

  constructor(private readonly restic: Restic) {}

  async folder(set: FileSet, signal?: AbortSignal): Promise<SetEntry> {
    return this.unlessUnchanged(set.name, await fingerprint(set.path), () =>
      this.restic.backup(set.path, set.name, set.exclude, signal),
    );
  }

  /** Vault's raft snapshot, and what one has to know to open it (contracts/vault.ts), as set `vault`. It is encrypted by Vault itself; on disk only while it is backed up. */
  async vault(vault: VaultClient, runDir: string, signal?: AbortSignal): Promise<SetEntry> {
    return this.unlessUnchanged("vault", String(await vault.appliedIndex()), async () => {
      const folder = join(runDir, "snapshot", "vault");
      await mkdir(folder, { recursive: true, mode: 0o700 });
      try {
        await vault.saveSnapshot(join(folder, vaultSnapshotName));
        await writeFile(join(folder, vaultIdentityName), JSON.stringify(await vault.identity()));
        return await this.restic.backup(folder, "vault", [], signal);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }

  private async unlessUnchanged(
    name: string,
    state: string,
    backup: () => Promise<{ id: string; files: number; bytes: number }>,
  ): Promise<SetEntry> {
    const takenAt = new Date().toISOString();
    const before = this.newest.get(name);
    if (before?.state === state) return { ...before.entry, takenAt };
    const { id, files, bytes } = await backup();
    const entry = { snapshot: id, takenAt, files, bytes };
    this.newest.set(name, { state, entry });
    return entry;
  }
}
