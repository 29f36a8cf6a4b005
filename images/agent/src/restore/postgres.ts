import { chown, mkdir, readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { RestoreSpec } from "../../../../contracts/agent";
import { pgdata } from "../../../../contracts/pgbackrest";
import { command } from "../command";
import type { Log } from "../log";
import { Pgbackrest } from "../pgbackrest";
import type { Part } from "./part";

type PostgresSpec = NonNullable<RestoreSpec["postgres"]>;

export interface PostgresPartArgs {
  spec: RestoreSpec;
  postgres: PostgresSpec;
  runDir: string;
  spoolDir: string;
  /** Where the *postgres container* has the configuration of the same repository, to fetch WAL from while it recovers. */
  sourceConf: string;
  log: Log;
}

/**
 * The cluster by pgBackRest. This brings the base backup and the recovery's settings; WAL is replayed by the server
 * when it starts, to the target, and then it promotes itself. Where it archives from then on is told by its container.
 * @throws when the image's PostgreSQL is not of the backup's major version
 */
export async function postgresPart(args: PostgresPartArgs): Promise<Part> {
  const { spec, postgres, runDir, spoolDir, log } = args;
  await requireMajorVersion(postgres.majorVersion);
  const source = await Pgbackrest.configure(runDir, {
    s3: spec.s3,
    generation: spec.sourceGeneration,
    stanza: spec.stanza,
    dataDir: postgres.dataDir,
    credentials: spec.secrets,
    cipher: spec.secrets.postgresCipher,
    use: "source",
    processMax: availableParallelism(),
    lockDir: runDir,
    spoolDir,
  });
  return {
    module: "postgres",
    folder: postgres.dataDir,
    async restore() {
      const owner = await postgresIds();
      const data = pgdata(postgres.dataDir);
      await mkdir(data, { mode: 0o700 });
      for (const folder of [postgres.dataDir, data]) await chown(folder, owner.uid, owner.gid);
      await source.run(
        "restore",
        [...targetOptions(postgres.target), ...recoveryOptions(args.sourceConf, spec.stanza)],
        {
          progress: log,
          progressOnStdout: true,
        },
      );
      const major = Number(await readFile(join(data, "PG_VERSION"), "utf8"));
      if (major !== postgres.majorVersion)
        throw new Error(`restored a cluster of PostgreSQL ${major}; expected: ${postgres.majorVersion}`);
      return { detail: describeTarget(postgres.target) };
    },
  };
}

/** pgBackRest's options for a target, on the history that it lies on. */
export function targetOptions(target: PostgresSpec["target"]): string[] {
  const { backupLabel, timeline } = target;
  return [
    ...(backupLabel === undefined ? [] : [`--set=${backupLabel}`]),
    ...(timeline === undefined ? [] : [`--target-timeline=${timeline}`]),
    ...whereOptions(target),
    "--target-action=promote",
  ];
}

function whereOptions(target: PostgresSpec["target"]): string[] {
  switch (target.kind) {
    case "restorePoint":
      return ["--type=name", `--target=${target.name}`];
    case "time":
      return ["--type=time", `--target=${postgresTime(target.time)}`];
    default:
      return target satisfies never;
  }
}

/** @example "2026-11-24T03:50:44.120Z" becomes "2026-11-24 03:50:44.120+00", the form that pgBackRest reads */
const postgresTime = (iso: string) => new Date(iso).toISOString().replace("T", " ").replace("Z", "+00");

function recoveryOptions(sourceConf: string, stanza: string): string[] {
  return [`--recovery-option=restore_command=pgbackrest --config=${sourceConf} --stanza=${stanza} archive-get %f "%p"`];
}

function describeTarget(target: PostgresSpec["target"]): string {
  const to = target.kind === "time" ? target.time : target.name;
  return `base backup ${target.backupLabel ?? "before it"}; WAL follows at start, to ${to}`;
}

async function requireMajorVersion(expected: number): Promise<void> {
  const version = await command("postgres", ["--version"]);
  const major = Number(/\(PostgreSQL\) (\d+)/.exec(version)?.[1]);
  if (major === expected) return;
  throw new Error(
    `postgres.majorVersion: the backup is of PostgreSQL ${expected}, this image has ${major}; a physical backup starts only on its own ` +
      `major version; fix: use images of PostgreSQL ${expected} for this recovery`,
  );
}

/** Of the user that runs the server. */
export async function postgresIds(): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all([command("id", ["-u", "postgres"]), command("id", ["-g", "postgres"])]);
  return { uid: Number(uid), gid: Number(gid) };
}
