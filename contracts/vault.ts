import { z } from "zod";

/** What `agent vault-restore` reads on stdin. The shares are used in memory alone. */
export const vaultRestoreSpec = z.strictObject({
  restoreId: z.string(),
  /** The seeding that may have brought an older snapshot, which this one then replaces; its own id: this is that seeding (contracts/agent.ts). */
  seed: z.string().optional(),
  /** @example "http://vault:8200" */
  address: z.url(),
  /** The raft snapshot, as the restore of file set `vault` wrote it: `<path of the set>/vault.snap`, beside its `vault.json`. */
  snapshotFile: z.string(),
  /** Shares of the Vault that made the snapshot, from the escrow: at least its threshold. */
  unsealShares: z.array(z.string().min(1)).min(1),
  /** Who needs this Vault's secrets, in words: what the recovery stops before when it cannot be unsealed. @example "odoo, n8n" */
  secretsRequired: z.string(),
});
export type VaultRestoreSpec = z.infer<typeof vaultRestoreSpec>;

/** File set `vault` holds two files: the raft snapshot, and beside it what one has to know before it can be opened. */
export const vaultSnapshotName = "vault.snap";
export const vaultIdentityName = "vault.json";

/** `vault.json`: of the Vault that made the snapshot. */
export const vaultIdentity = z.strictObject({
  /** Comes back with the snapshot: by it a restored Vault is told from an empty one. */
  clusterId: z.string(),
  /** Unseal shares that exist, and how many of them open it. */
  shares: z.number().int().min(1),
  threshold: z.number().int().min(1),
});
export type VaultIdentity = z.infer<typeof vaultIdentity>;

/** Exit code of `agent vault-restore` when the shares are wrong or too few. */
export const vaultSharesExitCode = 4;

/**
 * Exit code of `agent vault-restore` when this Vault is what an earlier run began with an empty one and was cut off from before the snapshot was
 * in place: proved by that run's mark beside the snapshot. Whoever may stop Vault empties it and runs this again.
 */
export const vaultCutOffExitCode = 5;

/** What `agent vault-init` reads on stdin: the first start of a Vault that has never held anything. */
export const vaultInitSpec = z.strictObject({
  /** @example "http://vault:8200" */
  address: z.url(),
  /** Unseal shares to make, and how many of them open it. */
  shares: z.number().int().min(1),
  threshold: z.number().int().min(1),
});
export type VaultInitSpec = z.infer<typeof vaultInitSpec>;

/**
 * What `agent vault-init` prints on stdout, once: what must be kept outside the VPS and outside Vault. The root token is revoked; the
 * token reads and writes the gateway's secrets, takes raft snapshots, and nothing else.
 */
export const vaultEscrow = z.strictObject({ token: z.string(), unsealShares: z.array(z.string()) });
export type VaultEscrow = z.infer<typeof vaultEscrow>;
