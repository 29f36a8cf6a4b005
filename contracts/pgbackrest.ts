import { join } from "node:path";
import type { S3Location } from "./agent";
import { type Generation, generationLayout } from "./generation";

/** Where things are inside the postgres container; the agent mounts the same data and socket folders at the same paths. */
export const postgresPaths = {
  /** The file set's mount: PGDATA and the restore's marker lie in it, side by side. */
  dataDir: "/var/lib/postgresql/data",
  socketDir: "/var/run/postgresql",
  /** Where this generation writes. */
  config: "/etc/pgbackrest/pgbackrest.conf",
  /** Where a restore reads; only in a recovery. */
  sourceConfig: "/etc/pgbackrest/source.conf",
  /** The store's CA certificate, when `S3Location.caPem` is set. */
  ca: "/etc/pgbackrest/ca.pem",
  roles: "/run/secrets/roles.json",
} as const;

/** PostgreSQL's own data directory in the mounted data folder. A sub-folder, because pgBackRest restores only into an empty one. */
export const pgdata = (dataDir: string): string => join(dataDir, "pgdata");

/** The timeline that a WAL segment's name begins with. @example timelineOf("00000002000000000000000A") === 2 */
export const timelineOf = (walFile: string): number => Number.parseInt(walFile.slice(0, 8), 16);

export interface PgbackrestConfArgs {
  s3: S3Location;
  /** Whose backups: the generation written to, or the one restored from. */
  generation: Generation;
  /** @default "main" */
  stanza?: string;
  /** The mounted data folder (not PGDATA). @default postgresPaths.dataDir */
  dataDir?: string;
  /** @default postgresPaths.socketDir */
  socketDir?: string;
  /** The writer's keys for `write`, the reader's for `source`. */
  credentials: { s3AccessKey: string; s3SecretKey: string };
  /** The repository's cipher password (`AgentSecrets.postgresCipher`). */
  cipher: string;
  /** `write`: archive and back up, nothing is ever expired. `source`: restore only. */
  use: "write" | "source";
  /** Processes that compress or fetch side by side. @default 2 */
  processMax?: number;
  /** Where the CA's file is. @default postgresPaths.ca */
  caFile?: string;
  /** Writable by the user that runs pgBackRest. @default "/run/pgbackrest" */
  lockDir?: string;
  /** WAL fetched ahead waits here. @default "/var/spool/pgbackrest" */
  spoolDir?: string;
}

/**
 * pgBackRest's whole configuration, as one file that holds secrets: mode 0600 where one user reads it.
 * https://pgbackrest.org/configuration.html
 *
 * Archiving is synchronous: PostgreSQL's own archiver then says truthfully which segment is in the store, with the store's
 * error in its log, and one segment a minute needs no more. Fetching is asynchronous: WAL is fetched ahead while the
 * server replays.
 * Backups are never expired here: the writer cannot delete, and the bucket's retention decides.
 * @throws when a value cannot be written as one line of the file
 */
export function pgbackrestConf(args: PgbackrestConfArgs): string {
  const { s3, use } = args;
  const repository = {
    "repo1-type": "s3",
    "repo1-path": generationLayout(args.generation).pgbackrestPath,
    "repo1-s3-endpoint": s3.host,
    "repo1-storage-port": s3.port,
    "repo1-s3-region": s3.region,
    "repo1-s3-bucket": s3.bucket,
    "repo1-s3-uri-style": s3.uriStyle,
    "repo1-s3-key": args.credentials.s3AccessKey,
    "repo1-s3-key-secret": args.credentials.s3SecretKey,
    ...(s3.caPem === undefined ? {} : { "repo1-storage-ca-file": args.caFile ?? postgresPaths.ca }),
    "repo1-cipher-type": "aes-256-cbc",
    "repo1-cipher-pass": args.cipher,
    "repo1-bundle": "y",
  };
  const writing = {
    "compress-type": "zst",
    "compress-level": 1,
    "start-fast": "y",
    "archive-async": "n",
    "archive-timeout": 60,
    resume: "n",
    "expire-auto": "n",
    "repo1-retention-full": 9999999,
  };
  const reading = { "archive-async": "y", "archive-get-queue-max": "256MiB" };
  const local = {
    // PostgreSQL tries a segment three times while it shuts down: a store that is away must not hold it up for minutes.
    "io-timeout": 15,
    "process-max": args.processMax ?? 2,
    "lock-path": args.lockDir ?? "/run/pgbackrest",
    "spool-path": args.spoolDir ?? "/var/spool/pgbackrest",
    "log-level-file": "off",
    "log-level-console": "warn",
    "log-level-stderr": "off",
  };
  const stanza = {
    "pg1-path": pgdata(args.dataDir ?? postgresPaths.dataDir),
    "pg1-socket-path": args.socketDir ?? postgresPaths.socketDir,
    "pg1-user": "postgres",
  };
  return [
    ...section("global", { ...repository, ...(use === "write" ? writing : reading), ...local }),
    "",
    ...section(args.stanza ?? "main", stanza),
    "",
  ].join("\n");
}

function section(name: string, options: Record<string, string | number>): string[] {
  return [`[${name}]`, ...Object.entries(options).map(([key, value]) => `${key}=${oneLine(key, String(value))}`)];
}

function oneLine(key: string, value: string): string {
  if (value.length > 0 && value === value.trim() && !/[\r\n\0]/.test(value)) return value;
  throw new Error(
    `pgbackrest ${key}: the value is empty, begins or ends with a blank, or spans lines (it is not shown: it may be a secret); ` +
      `allowed: one line without outer blanks; fix: correct the value that the stack's config gives for it`,
  );
}
