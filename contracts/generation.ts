import { z } from "zod";

/**
 * A generation is one life of the site. The first primary is generation 1; each recovery or failback begins the next.
 * Every backup is written under the prefix of the generation that wrote it, so two sites never share a write target.
 */
export type Generation = number;

/** Names of everything inside the backup bucket that belongs to one generation. Paths carry no leading slash. */
export function generationLayout(generation: Generation) {
  if (!Number.isInteger(generation) || generation < 1) {
    throw new Error(`generation: received ${generation}; allowed: a whole number from 1 (the first primary); fix: set "generation" in the site's config`);
  }
  const prefix = `g${generation}/`;
  return {
    /** Everything of this generation. */
    prefix,
    /** pgBackRest's repo1-path, with its leading slash. */
    pgbackrestPath: `/${prefix}postgres`,
    /** The restic repository's path inside the bucket. */
    resticPath: `${prefix}files`,
    /** Manifests, one per finished backup cycle and one per renewal of Vault's snapshot in between; names sort by time. */
    manifests: `${prefix}manifests/`,
    /** Vault's raft snapshots. */
    vault: `${prefix}vault/`,
    /** Why its backups must not be expired ({@link hold} of contracts/ransomware.ts). */
    holds: `${prefix}holds/`,
    /** Who begins this generation, with which backup set; put once (a conditional put: one winner). */
    claim: `${prefix}claim.json`,
    /** That this generation is the active one: put when the site that it replaces has been fenced off ({@link activation}). */
    active: `${prefix}active.json`,
  } as const;
}

/** Identity of a restore: the same set onto the same generation is the same restore, however often it is started. */
export const restoreId = (generation: Generation, from: Generation, key: string): string =>
  `g${generation}-from-g${from}-${key.split("/").at(-1)?.replace(".json", "")}`;

/** Identity of what is restored onto a generation's host before it is known which set will be: replaced by a {@link restoreId} of the same generation. */
export const seedId = (generation: Generation, from: Generation): string => restoreId(generation, from, "seed");

/** How the ids of all restores begin that come after a seeding. @param seed a {@link seedId} */
export const seedingScope = (seed: string): string => seed.slice(0, -"seed".length);

/** A time as it is written in keys: sorts, and needs no escaping. @example "2026-11-24T035044120Z" */
export const keyTime = (iso: string): string => iso.replaceAll(":", "").replaceAll(".", "");

/** Name of a cycle's manifest: sorts by time, safe as an object key. @example manifestKey(1, "2026-11-24T03:50:44.120Z") */
export function manifestKey(generation: Generation, startedAt: string): string {
  return `${generationLayout(generation).manifests}${keyTime(startedAt)}.json`;
}

/**
 * Name of the manifest that renews Vault's snapshot in the set of a cycle: it sorts after that cycle's own manifest and before the next
 * cycle's, whose database is newer.
 */
export function renewalKey(generation: Generation, cycleStartedAt: string, renewedAt: string): string {
  return manifestKey(generation, cycleStartedAt).replace(/json$/, `vault-${keyTime(renewedAt)}.json`);
}

/**
 * Name of a raft snapshot's object. It holds the content's SHA-256, so whoever signs the name signs the content.
 * @param sha256 hex
 */
export function vaultSnapshotKey(generation: Generation, takenAt: string, sha256: string): string {
  return `${generationLayout(generation).vault}${keyTime(takenAt)}-${sha256}.tar`;
}

/** The SHA-256 (hex) that {@link vaultSnapshotKey} put into a name; undefined: it is not such a name (a restic snapshot, say). */
export const sha256OfKey = (key: string): string | undefined => /\/vault\/[^/]+-([0-9a-f]{64})\.tar$/.exec(key)?.[1];

/** What lies at `generationLayout(N).active`: from then on every older generation stays down. */
export const activation = z.strictObject({
  generation: z.number().int(),
  activatedAt: z.iso.datetime(),
  /** "user@host" */
  activatedBy: z.string(),
});
export type Activation = z.infer<typeof activation>;

/** The generation of a key or prefix; undefined: it is of none. @example generationOfKey("g12/claim.json") === 12 */
export function generationOfKey(key: string): Generation | undefined {
  const found = /^g([1-9]\d*)\//.exec(key)?.[1];
  return found === undefined ? undefined : Number(found);
}
