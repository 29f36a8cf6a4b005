import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { setChange } from "./ransomware";

const bytes = z.number().int().nonnegative();
/** What a cycle wrote, and the median of the cycles before it; absent: too few. */
const volume = z.strictObject({ bytes, usual: bytes.optional() });
export type Volume = z.infer<typeof volume>;

/**
 * What one finished backup cycle holds: written last, by the backup agent, and read first, by the recovery's preflight.
 * The cycle is consistent (requirement B6): the database's named restore point is made first, the file sets are read
 * after it, so every file that a row at the restore point names is in its file set.
 * Between two cycles a change of Vault makes another manifest: the last cycle's set with a newer snapshot of Vault.
 */
export const manifestBody = z.strictObject({
  version: z.literal(1),
  generation: z.number().int().min(1),
  /** Time of the database's restore point, ISO 8601 UTC: what a restore of this cycle brings back. */
  consistentAt: z.iso.datetime(),
  /** Time at which the cycle was complete. */
  finishedAt: z.iso.datetime(),
  /** Only when this is the last cycle's set with a newer snapshot of Vault: when that was taken. See {@link asOf}. */
  vaultRenewedAt: z.iso.datetime().optional(),
  postgres: z.strictObject({
    stanza: z.string(),
    /** Label of the newest full or incremental backup that the restore point builds on. */
    backupLabel: z.string(),
    /** The first WAL segment that a restore needs: where that backup began. Absent: an older agent did not say. */
    walStart: z.string().optional(),
    /** Name given to pg_create_restore_point; a restore uses recovery_target_name. */
    restorePoint: z.string(),
    /** LSN of the restore point, and the WAL segment that holds it (it was archived before this was written). */
    lsn: z.string(),
    walFile: z.string(),
    majorVersion: z.number().int(),
    databaseBytes: z.number().int().nonnegative(),
  }),
  /** By file set name (the plan's). `vault` is the raft snapshot and what one has to know to open it (contracts/vault.ts). */
  files: z.record(
    z.string(),
    z.strictObject({
      /** A folder of restic's snapshot ({@link snapshotReference}), or the key of an object of its own (`vaultSnapshotKey`). */
      snapshot: z.string(),
      /** The set as of this time: when it was read, or when it was last seen to be unchanged since. */
      takenAt: z.iso.datetime(),
      files: z.number().int().nonnegative(),
      bytes: z.number().int().nonnegative(),
      /** Absent: it was not compared, since nothing is known of a set before it. */
      change: setChange.optional(),
    }),
  ),
  /** Absent where it was not measured. */
  volumes: z
    .strictObject({
      /** WAL that the cluster generated since the cycle before. */
      wal: volume.optional(),
      /** What the file sets added to the repository, after deduplication. */
      added: volume.optional(),
    })
    .optional(),
  software: z.record(z.string(), z.string()),
});
export type ManifestBody = z.infer<typeof manifestBody>;

/** One folder of a snapshot that holds several, as restic names it. @param id long form @example "4f0c...:/odoo" */
export const snapshotReference = (id: string, folder: string): string => `${id}:/${folder}`;

/** Reads {@link snapshotReference}. @throws when it is none */
export function folderInSnapshot(reference: string): { snapshot: string; folder: string } {
  const [, snapshot, folder] = /^([0-9a-f]{64}):(\/[^/]+)$/.exec(reference) ?? [];
  if (!snapshot || !folder) throw new Error(`snapshot: received ${reference}; allowed: <long id>:/<folder>`);
  return { snapshot, folder };
}

/**
 * The moment that a set must be judged by when a restore is to stop at a time: a set whose Vault was renewed after that time holds a
 * Vault that is too new, though its database is old enough.
 */
export const asOf = (body: ManifestBody): string => body.vaultRenewedAt ?? body.consistentAt;

/** The two passwords without which a restore is impossible. Each signs the manifest, so each can be checked before anything is provisioned. */
export interface CipherPasswords {
  readonly postgres: string;
  readonly files: string;
}

export const manifest = z.strictObject({
  body: manifestBody,
  /** HMAC-SHA256 (hex) over the canonical JSON of the body, one per cipher password. */
  proofs: z.strictObject({ postgres: z.string(), files: z.string() }),
});
export type Manifest = z.infer<typeof manifest>;

/** JSON with sorted keys: the same bytes for the same content. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

const proof = (password: string, which: string, body: ManifestBody) =>
  createHmac("sha256", password).update(`smarteros manifest ${which}\n${canonicalJson(body)}`).digest("hex");

/** Signs a cycle's body with both cipher passwords. */
export function signManifest(body: ManifestBody, passwords: CipherPasswords): Manifest {
  return { body, proofs: { postgres: proof(passwords.postgres, "postgres", body), files: proof(passwords.files, "files", body) } };
}

/** Which of the two proofs hold. Both false: another password or a tampered body; one false: that password is wrong. */
export function checkManifest(m: Manifest, passwords: CipherPasswords): { postgres: boolean; files: boolean } {
  const holds = (claimed: string, expected: string) =>
    claimed.length === expected.length && timingSafeEqual(Buffer.from(claimed), Buffer.from(expected));
  const expected = signManifest(m.body, passwords).proofs;
  return { postgres: holds(m.proofs.postgres, expected.postgres), files: holds(m.proofs.files, expected.files) };
}
