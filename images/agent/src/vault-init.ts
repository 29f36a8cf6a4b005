import type { VaultEscrow, VaultInitSpec } from "../../../contracts/vault";
import type { Log } from "./log";
import { VaultClient } from "./vault-client";
import { ensureAudit, issueSiteToken } from "./vault-site";
import { untilActive, untilAnswers } from "./vault-waits";

/**
 * First start of a Vault that has never held anything: initialises and opens it, turns its audit device on, mounts the site's secrets, and makes the token that the
 * gateway and the backups use. The root token is revoked at the end. What it returns is printed once and kept nowhere else here.
 * @throws when it is initialised already: its shares exist, and only their holders have them
 */
export async function vaultInit({ address, shares, threshold }: VaultInitSpec, log: Log): Promise<VaultEscrow> {
  const empty = new VaultClient(address);
  const status = await untilAnswers(empty);
  if (status.initialized) {
    throw new Error(
      `Vault at ${address} is initialised already, so its shares and token exist elsewhere; fix: give them as smarteros:vaultToken and ` +
        `smarteros:vaultUnsealShares; if an interrupted first start lost them, nothing was stored yet: stop the vault container, empty its data folder, run again`,
    );
  }
  const { shares: unsealShares, token: root } = await empty.init(shares, threshold);
  for (const share of unsealShares.slice(0, threshold)) await empty.unseal(share);
  await untilActive(empty);
  const vault = new VaultClient(address, root);
  await ensureAudit(vault);
  await vault.mountSecrets("secret");
  const { token } = await issueSiteToken(vault);
  await vault.revokeSelf();
  log.info("vault-initialised", { shares, threshold });
  return { token, unsealShares };
}
