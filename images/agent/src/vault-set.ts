import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Generation, vaultSnapshotKey } from "../../../contracts/generation";
import { vaultIdentityName, vaultSnapshotName } from "../../../contracts/vault";
import { command } from "./command";
import type { SetEntry } from "./manifests";
import { oneAtATime } from "./serial";
import type { Store } from "./store";
import type { VaultClient } from "./vault-client";

/**
 * File set `vault`: raft snapshots in the store, each an object of its own (docs/decisions/vault-snapshots.md) that holds the
 * snapshot and what one has to know to open it (contracts/vault.ts). Vault encrypts its values itself; the name in the signed
 * manifest holds the content's checksum. The newest is known for the life of the process.
 */
export class VaultSet {
  private readonly queue = oneAtATime();
  private newest: { index: number; entry: SetEntry } | undefined;

  /** @param runDir tmpfs: holds the snapshot while it is sent */
  constructor(
    private readonly vault: VaultClient,
    private readonly store: Store,
    private readonly generation: Generation,
    private readonly runDir: string,
  ) {}

  /** The newest snapshot, `takenAt` now: a new one if Vault has changed since the last. */
  save(): Promise<SetEntry> {
    return this.queue(async () => {
      const takenAt = new Date().toISOString();
      const index = await this.vault.appliedIndex(); // before the snapshot: a change during it then shows in the next one
      const same = this.newest?.index === index ? this.newest.entry : undefined;
      const entry = same ? { ...same, takenAt } : await this.send(takenAt);
      this.newest = { index, entry };
      return entry;
    });
  }

  /** Whether this entry's snapshot was taken of what Vault holds at this index. */
  isOf(entry: SetEntry | undefined, index: number): boolean {
    return this.newest?.index === index && this.newest.entry.snapshot === entry?.snapshot;
  }

  private async send(takenAt: string): Promise<SetEntry> {
    const folder = join(this.runDir, "vault-snapshot");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      await this.vault.saveSnapshot(join(folder, vaultSnapshotName));
      await writeFile(join(folder, vaultIdentityName), JSON.stringify(await this.vault.identity()));
      const archive = join(folder, "set.tar");
      await command("tar", ["-cf", archive, "-C", folder, vaultSnapshotName, vaultIdentityName]);
      const content = await readFile(archive);
      const key = vaultSnapshotKey(this.generation, takenAt, createHash("sha256").update(content).digest("hex"));
      await this.store.put(key, content, "application/x-tar");
      return { snapshot: key, takenAt, files: 2, bytes: content.length };
    } finally {
      await rm(folder, { recursive: true });
    }
  }
}
