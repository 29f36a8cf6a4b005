import { often } from "./attempts";
import type { Log } from "./log";
import type { Manifests } from "./manifests";
import { ticks } from "./ticks";
import type { VaultClient } from "./vault-client";
import type { VaultSet } from "./vault-set";

/** Seconds. Together they keep a change within 5 s of the store, while Vault is written to without pause too. */
export const pace = {
  /** Between two looks at Vault's index. */
  look: 0.5,
  /** A change is saved when Vault has been still for so long, ... */
  quiet: 0.5,
  /** ... or so long after it was first seen, ... */
  patience: 1.5,
  /** ... and not before so long after the last one was begun to be saved. */
  apart: 3.5,
} as const;

/** Decides when a change is due to be saved. Times are milliseconds. */
export class Debounce {
  private index: number | undefined;
  private movedAt = 0;
  private unsavedSince: number | undefined;
  private savedAt = -Infinity;

  /**
   * @param index what a look has found
   * @param isSaved whether the newest manifest holds just that
   */
  isDue(index: number, isSaved: boolean, now: number): boolean {
    if (index !== this.index) this.movedAt = now;
    this.index = index;
    this.unsavedSince = isSaved ? undefined : (this.unsavedSince ?? now);
    if (this.unsavedSince === undefined || now - this.savedAt < pace.apart * 1000) return false;
    return now - this.movedAt >= pace.quiet * 1000 || now - this.unsavedSince >= pace.patience * 1000;
  }

  /** A save begins. */
  begins(now: number): void {
    this.savedAt = now;
    this.unsavedSince = undefined;
  }
}

/**
 * Renews Vault's snapshot between two cycles, within seconds of a change, until the signal. Told by Vault's raft index, which any write
 * moves (docs/decisions/vault-snapshots.md).
 */
export async function watchVault(
  { vault, set, manifests }: { vault: VaultClient; set: VaultSet; manifests: Manifests },
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const debounce = new Debounce();
  const attempt = often("vault-watch", log, signal);
  for await (const _ of ticks(pace.look, signal)) {
    await attempt(async () => {
      const seenAt = new Date();
      const index = await vault.appliedIndex();
      const isSaved = set.isOf(manifests.body?.files["vault"], index);
      if (isSaved) manifests.vaultUnchanged(seenAt.toISOString());
      if (!manifests.body || !debounce.isDue(index, isSaved, seenAt.getTime())) return;
      debounce.begins(seenAt.getTime());
      const renewed = await manifests.renewVault(await set.save());
      log.info("vault-renewed", { manifest: renewed?.key, seconds: (Date.now() - seenAt.getTime()) / 1000 });
    });
  }
}
