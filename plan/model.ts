import type { Duration, Size } from "./units";

export const serviceNames = [
  "postgres",
  "redis",
  "vault",
  "caddy",
  "gateway",
  "odoo",
  "chatwoot",
  "botpress",
  "n8n",
  "metabase",
  "dokploy",
] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Keys without which restored data cannot be read (requirement B4). They travel outside the VPS and outside Vault. */
export const keyNames = [
  "n8nEncryptionKey",
  "metabaseEncryptionKey",
  "chatwootSecretKeyBase",
  "chatwootEncryptionPrimaryKey",
  "chatwootEncryptionDeterministicKey",
  "chatwootEncryptionSalt",
  "botpressAppSecret",
  "dokployEncryptionKey",
] as const;
export type KeyName = (typeof keyNames)[number];

/** Why a service's state comes back, or why it need not. */
export type Backup =
  /** Its database, in the one PostgreSQL cluster, by continuous WAL: its RPO is the cycle of restore points. */
  | { kind: "database" }
  /** A folder under /srv/smarteros, by restic in each backup cycle. */
  | { kind: "files"; set: string }
  /** Vault's raft snapshot, within seconds of a change. */
  | { kind: "raft-snapshot"; set: string }
  /** The whole cluster: base copies at most this old, WAL on top. */
  | { kind: "cluster"; baseCopyAtMost: Duration; fullCopyEvery: Duration }
  | { kind: "none"; because: string };

export interface Service {
  readonly name: ServiceName;
  /** As the plan calls it. */
  readonly title: string;
  /** Counts for the declaration of a disaster (P1). */
  readonly critical: boolean;
  /** The plan's own figures (O3, O4). Undefined where the plan states none: derived. */
  readonly rto?: Duration;
  readonly rpo?: Duration;
  /** What must serve before this can. */
  readonly dependsOn: readonly ServiceName[];
  /** Prediction of the time from "dependencies serve" to "this serves", restore of its files included. */
  readonly startEstimate: Duration;
  readonly backup: readonly Backup[];
  readonly keys: readonly KeyName[];
  /** Health path inside the site's network. */
  readonly probe: { readonly port: number; readonly path?: string };
  /** Label under the domain at which it is reached from outside; "@" is the domain itself. */
  readonly publicLabels: readonly string[];
}

export interface Plan {
  readonly services: readonly Service[];
  /**
   * The host's own configuration (B3), of no service: what is needed to understand it or to build its like. Held to the longest RPO, since the
   * plan states none; restored beside another host's own configuration, never over it.
   */
  readonly host: { readonly title: string; readonly set: string };
  /** O1. */
  readonly overallRto: Duration;
  /** Prediction of the time from the start of the recovery to a host that can restore. */
  readonly hostEstimate: Duration;
  /** WAL is archived at least this often (O4). */
  readonly archiveTimeout: Duration;
  /** Restore points, file sets and manifests are made this often (O4). */
  readonly backupCycle: Duration;
  /** Object Lock and history (B5). */
  readonly retention: Duration;
  /** Backup sets older than `olderThan` are thinned to one for each `every`, until the retention ends them (B5). PostgreSQL's WAL is not thinned. */
  readonly thinning: readonly { readonly olderThan: Duration; readonly every: Duration }[];
  /** E7: when backups look as if ransomware had been at work (docs/decisions/ransomware.md). */
  readonly ransomware: {
    /** Files of a set that are looked into in one cycle, at most. */
    readonly sampleFiles: number;
    /** Share of random bytes' entropy from which a file without a known signature looks encrypted. */
    readonly randomness: number;
    /** So many replaced files must look encrypted, and this share of all that were replaced, in a cycle or in the window. */
    readonly files: number;
    readonly share: number;
    readonly window: Duration;
    /** What a cycle writes is a surge when it is so many times the usual, and at least so much. */
    readonly surge: { readonly times: number; readonly wal: Size; readonly added: Size };
  };
  /** D1. */
  readonly drillEvery: Duration;
  /** Every module's newest backup is restored and looked at, at least this often. */
  readonly verifyEvery: Duration;
  /** No credential is older than this. */
  readonly rotateEvery: Duration;
}
