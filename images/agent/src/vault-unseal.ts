import { messageOf } from "./log";
import { type VaultClient, VaultError } from "./vault-client";
import { untilActive } from "./vault-waits";

/** Shares that do not open it. */
export class SharesRefused extends Error {}

/** The different ones of these shares, as many as open it. @throws SharesRefused when they are too few */
export function enoughShares(given: readonly string[], threshold: number): string[] {
  const shares = [...new Set(given)];
  if (shares.length >= threshold) return shares.slice(0, threshold);
  throw new SharesRefused(`unsealShares: ${shares.length} different shares were given, its threshold is ${threshold}`);
}

/** Opens a sealed Vault. @throws SharesRefused when one of the shares is wrong, or they are too few */
export async function unseal(vault: VaultClient, shares: readonly string[]): Promise<void> {
  await vault.resetUnseal(); // what an earlier run gave must not count
  try {
    for (const share of shares) await vault.unseal(share);
  } catch (error) {
    if (!(error instanceof VaultError) || error.status !== 400) throw error;
    throw new SharesRefused(`unsealShares: at least one is wrong (${messageOf(error)})`);
  }
  if ((await vault.sealStatus()).sealed)
    throw new SharesRefused(`${shares.length} shares were taken, and it is still sealed`);
  await untilActive(vault);
}
