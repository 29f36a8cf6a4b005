import type { VaultClient } from "./vault-client";

/** Name of the site's policy, and what its token is called in Vault. */
export const sitePolicyName = "smarteros-site";

/**
 * What the site's own token may do: the gateway's secrets, snapshots, and nothing else. (`sys/rekey/backup`: shares that are encrypted for
 * their holders, so that a rekey which was cut off can still hand them on.)
 */
const sitePolicy = `
path "secret/data/smarteros/*" { capabilities = ["create", "read", "update"] }
path "secret/metadata/smarteros/*" { capabilities = ["list", "read"] }
path "sys/storage/raft/snapshot" { capabilities = ["read"] }
path "sys/rekey/backup" { capabilities = ["read"] }
`;

/** @returns a token of the site's, under its policy as it is now */
export async function issueSiteToken(root: VaultClient): Promise<{ token: string; accessor: string }> {
  await root.writePolicy(sitePolicyName, sitePolicy);
  return root.createToken(sitePolicyName);
}

/**
 * Turns on the audit device of the site: to the container's log, which Docker bounds and rotates, so that it can never be full, and which a
 * restored Vault finds on its new host too. Accessors are in clear: by them a token is found and revoked; they open nothing.
 */
export async function ensureAudit(root: VaultClient): Promise<void> {
  if ((await root.auditDevices()).length > 0) return;
  const options = { file_path: "stdout", hmac_accessor: "false" };
  await root.write("sys/audit/stdout", { type: "file", options });
}
