import type { VaultEscrow, VaultInitSpec } from "../../../contracts/vault";
import type { Log } from "./log";
import { VaultClient } from "./vault-client";
import { untilActive, untilAnswers } from "./vault-waits";

/** What the site's own token may do: the gateway's secrets, snapshots, and nothing else. */
const sitePolicy = `
path "secret/data/smarteros/*" { capabilities = ["create", "read", "update"] }
path "secret/metadata/smarteros/*" { capabilities = ["list", "read"] }
path "sys/storage/raft/snapshot" { capabilities = ["read"] }
`;

/**
 * First start of a Vault that has never held anything: initialises and opens it, mounts the site's secrets, and makes the token that the
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
  await vault.mountSecrets("secret");
  await vault.writePolicy("smarteros-site", sitePolicy);
  const token = await vault.createToken("smarteros-site");
  await vault.revokeSelf();
  log.info("vault-initialised", { shares, threshold });
  return { token, unsealShares };
}
