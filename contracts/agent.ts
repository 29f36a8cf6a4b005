import { z } from "zod";
import { moduleTarget } from "./freshness";
import { ransomwareWatch } from "./ransomware";

/** Where backups are: an S3-compatible store. */
export const s3Location = z.strictObject({
  /** Host name, which must be in its certificate. @example "s3.eu-central-1.amazonaws.com" */
  host: z.string(),
  port: z.number().int().default(443),
  region: z.string(),
  bucket: z.string(),
  /** "path" for S3-compatible stores, "host" for AWS. */
  uriStyle: z.enum(["path", "host"]),
  /** Certificate of the store's CA, when it is not a public one. */
  caPem: z.string().optional(),
});
export type S3Location = z.infer<typeof s3Location>;

/** Where the agent serves its status; the image's `agent health` asks there. */
export const agentStatusPort = 9108;

/** In a folder that is a copy: renewed (its time of modification) by whoever makes the copy, each time that it is known to be true. No data. */
export const copiedMark = ".smarteros-copied";

/** What the agent container is told: `/etc/smarteros/agent.json`, nothing secret in it. */
export const agentConfig = z.strictObject({
  site: z.string(),
  generation: z.number().int().min(1),
  s3: s3Location,
  stanza: z.string().default("main"),
  /** Seconds between the starts of two cycles; each cycle makes one restore point and one manifest. */
  cycleSeconds: z.number().positive(),
  /** A full or differential copy is never older than these (requirement O5 and retention). */
  fullEverySeconds: z.number().positive(),
  incrementalEverySeconds: z.number().positive(),
  /**
   * PostgreSQL is reached by its socket folder. `dataDir` is the mounted data folder (PGDATA is `pgdata` in it, see
   * `contracts/pgbackrest.ts`), mounted at the same path as in its own container.
   */
  postgres: z.strictObject({ dataDir: z.string(), socketDir: z.string() }),
  /** Unset: no Vault is backed up. */
  vault: z.strictObject({ address: z.string() }).optional(),
  /**
   * File sets, by the plan's name; the paths are folders of one parent, each mounted read-only in the agent. The folder's own owner and mode are
   * kept too. `copied`: the folder is a copy of something else, as old as `copiedMark` in it.
   */
  fileSets: z.array(z.strictObject({ name: z.string(), path: z.string(), copied: z.boolean().optional() })),
  /** Where `/metrics` and `/health` are served: on the site's own network, which no port leaves. */
  status: z
    .strictObject({ host: z.string().default("0.0.0.0"), port: z.number().int().default(agentStatusPort) })
    .prefault({}),
  /** What is held to an RPO: exported as metrics, judged by `/health`. */
  targets: z.array(moduleTarget).default([]),
  /** A WAL segment that waits longer for the store than this, in seconds, makes the agent unhealthy. */
  walQueueLimitSeconds: z.number().positive().default(120),
  /** Unset: what changes in the file sets is not looked at. */
  ransomware: ransomwareWatch.optional(),
});
export type AgentConfig = z.infer<typeof agentConfig>;

/** `/run/secrets/agent.json` in the agent; a restore gets the same on stdin. */
export const agentSecrets = z.strictObject({
  s3AccessKey: z.string(),
  s3SecretKey: z.string(),
  postgresCipher: z.string(),
  filesCipher: z.string(),
  /** A Vault token whose policy allows only sys/storage/raft/snapshot and raft configuration. */
  vaultToken: z.string().optional(),
});
export type AgentSecrets = z.infer<typeof agentSecrets>;

/**
 * Which history a target lies on. After a restore on a living host the repository holds two that part at its target: pgBackRest would take
 * the newest of both.
 */
const lineage = {
  /** Base backup that the target is reached from. @default by time: the newest that ended before it */
  backupLabel: z.string().optional(),
  /** PostgreSQL's timeline of the target. @default the newest */
  timeline: z.number().int().min(1).optional(),
};

/** One wave of the recovery: what `agent restore` reads on stdin. Targets must be empty, or hold the marker of this same restore or of its seeding. */
export const restoreSpec = z.strictObject({
  /** Identity of this restore: a finished target holds it in `.smarteros-restored.json`; the same id again is a no-op. */
  restoreId: z.string(),
  /**
   * The seeding (`seedId`) that may have brought an older state onto the targets, which this restore then replaces. Its own id: this is that seeding,
   * and no service may start on what it brings.
   */
  seed: z.string().optional(),
  sourceGeneration: z.number().int().min(1),
  s3: s3Location,
  stanza: z.string(),
  secrets: agentSecrets.pick({ s3AccessKey: true, s3SecretKey: true, postgresCipher: true, filesCipher: true }),
  postgres: z
    .strictObject({
      /** The mounted data folder: PGDATA is made as `pgdata` in it, the marker beside it. */
      dataDir: z.string(),
      /** A named restore point of a manifest, or a time ISO 8601 (PITR). */
      target: z.discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("restorePoint"), name: z.string(), ...lineage }),
        z.strictObject({ kind: z.literal("time"), time: z.iso.datetime(), ...lineage }),
      ]),
      majorVersion: z.number().int(),
    })
    .optional(),
  fileSets: z.array(
    z.strictObject({
      name: z.string(),
      path: z.string(),
      snapshot: z.string(),
      /** Below the set's folder: only these files and folders, each of which the snapshot must hold. @default all of it */
      only: z.array(z.string()).optional(),
    }),
  ),
});
export type RestoreSpec = z.infer<typeof restoreSpec>;

/** What `agent restore` prints on stdout, one JSON line per module, when all of them are done. */
export const restoreResult = z.strictObject({
  module: z.string(),
  outcome: z.enum(["restored", "already-restored"]),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  files: z.number().int().optional(),
  bytes: z.number().int().optional(),
  detail: z.string(),
});
export type RestoreResult = z.infer<typeof restoreResult>;
