import { z } from "zod";
import { gateCheck } from "./gate";

const base = {
  /** @example "http://vault:8200" */
  address: z.url(),
  /** At least as many as the threshold, of the Vault as it is at that step. Used in memory alone. */
  unsealShares: z.array(z.string().min(1)).min(1),
};

/**
 * What `agent vault-harden` reads on stdin: one step on a Vault that others may have had a hand in. Each opens it first if it is sealed, works
 * with a root token that it makes of the shares and revokes at its end, and can be done again.
 */
export const vaultHardenSpec = z.discriminatedUnion("step", [
  /** Who has access. Changes nothing. */
  z.strictObject({ step: z.literal("look"), ...base }),
  /** Turns the audit device on, makes the site's token anew, revokes everything else, rotates the barrier key. */
  z.strictObject({ step: z.literal("clean"), ...base }),
  /** New shares. In clear they open nothing before `verify`; for PGP keys they are the shares from now on. */
  z.strictObject({
    step: z.literal("rekey"),
    ...base,
    /** Public keys of the new holders, base64 of the binary key. @default shares in clear, as many as there were */
    pgpKeys: z.array(z.string().min(1)).min(1).optional(),
    /** The site's new token: reads the encrypted shares of a run that was killed before it could hand them on. */
    siteToken: z.string().min(1),
  }),
  /** Makes the shares of `rekey` those that open it. */
  z.strictObject({ step: z.literal("verify"), ...base, newShares: z.array(z.string().min(1)).min(1) }),
]);
export type VaultHardenSpec = z.infer<typeof vaultHardenSpec>;

/** A token, by its accessor, which is no secret. */
export const vaultTokenFound = z.strictObject({
  accessor: z.string(),
  kind: z.enum(["root", "site", "other"]),
  displayName: z.string(),
  policies: z.array(z.string()),
  issuedAt: z.string(),
});

/** What `look` prints. Nothing of it is secret. */
export const vaultFound = z.strictObject({
  shares: z.number().int(),
  threshold: z.number().int(),
  /** Term of the barrier key; each rotation begins the next. */
  keyTerm: z.number().int(),
  /** Audit devices that were on. */
  auditDevices: z.array(z.string()),
  tokens: z.array(vaultTokenFound),
  /** Leases of secrets; those of tokens are the tokens' own. */
  leases: z.array(z.string()),
  /** AppRole secret ids, by role. */
  secretIds: z.array(z.strictObject({ role: z.string(), ids: z.number().int() })),
  /** Ways to log in, and policies, that the site has not made. They are told, and left. */
  foreign: z.strictObject({ authMethods: z.array(z.string()), policies: z.array(z.string()) }),
});
export type VaultFound = z.infer<typeof vaultFound>;

/** What `clean` prints, once. Secret: the token. */
export const vaultCleaned = z.strictObject({
  token: z.string(),
  revoked: z.strictObject({
    tokens: z.number().int(),
    leases: z.number().int(),
    secretIds: z.number().int(),
  }),
  checks: z.array(gateCheck),
});

/** What `rekey` prints. Secret: shares in clear. */
export const vaultRekeyed = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("clear"), shares: z.array(z.string()) }),
  z.strictObject({
    kind: z.literal("pgp"),
    /** PGP messages, base64 of the binary; what is in them is the share in hexadecimal. */
    shares: z.array(z.strictObject({ fingerprint: z.string(), message: z.string() })),
    checks: z.array(gateCheck),
  }),
]);
export type VaultRekeyed = z.infer<typeof vaultRekeyed>;

/** What `verify` prints. `lost`: this Vault does not know these shares (it was sealed since `rekey`), and the old ones still open it. */
export const vaultVerified = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("active"), checks: z.array(gateCheck) }),
  z.strictObject({ state: z.literal("lost") }),
]);

/** One secret path, as the audit log says it was read or listed. */
export const vaultRead = z.strictObject({
  path: z.string(),
  count: z.number().int(),
  lastAt: z.string(),
  by: z.array(
    z.strictObject({ accessor: z.string(), displayName: z.string(), address: z.string(), count: z.number().int() }),
  ),
});

/** What `agent vault-reads` prints of an audit log on stdin. Paths and counts; values are in no audit log. */
export const vaultReads = z.strictObject({
  /** Time of the first entry, i.e. how far back the log goes; null: there is none. */
  from: z.string().nullable(),
  entries: z.number().int(),
  reads: z.array(vaultRead),
});
export type VaultReads = z.infer<typeof vaultReads>;
