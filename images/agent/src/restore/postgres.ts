import { chown, mkdir, readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { RestoreSpec } from "../../../../contracts/agent";
import { pgdata } from "../../../../contracts/pgbackrest";
import { command } from "../command";
import type { Log } from "../log";
import { Pgbackrest } from "../pgbackrest";
import { replay } from "../recover/server";
import type { Part, PartResult } from "./part";
import { postgresIds } from "./postgres-ids";
import { type Action, targetOptions, withTarget } from "./postgres-target";
import type { RestorePlaces } from "./restore";
import { writeSourceConf } from "./source-conf";

type PostgresSpec = NonNullable<RestoreSpec["postgres"]>;

export interface PostgresPartArgs extends RestorePlaces {
  spec: RestoreSpec;
  postgres: PostgresSpec;
  log: Log;
}

/**
 * The cluster by pgBackRest. This brings the base backup and the recovery's settings; WAL is replayed by the server
 * when it starts, to the target, and then it promotes itself. Where it archives from then on is told by its container. A seeding replays to its target
 * itself, and stops there: what comes after it goes on from there (https://www.postgresql.org/docs/15/runtime-config-wal.html#GUC-RECOVERY-TARGET-ACTION).
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
  const data = pgdata(postgres.dataDir);
  const seeding = spec.restoreId === spec.seed;
  const action: Action = seeding ? "shutdown" : "promote";
  const fetchBy = async () => ({
    sourceConf: seeding ? await writeSourceConf(spec, postgres.dataDir, args.serverDir) : args.sourceConf,
    stanza: spec.stanza,
  });
  const settle = async (): Promise<PartResult> => {
    if (seeding) await replay({ ...args, dataDir: postgres.dataDir });
    return { detail: describeTarget(postgres.target) };
  };
  return {
    module: "postgres",
    folder: postgres.dataDir,
    async restore() {
      const owner = await postgresIds();
      await mkdir(data, { mode: 0o700 });
      for (const folder of [postgres.dataDir, data]) await chown(folder, owner.uid, owner.gid);
      await source.run("restore", targetOptions(postgres.target, action, await fetchBy()), {
        progress: log,
        progressOnStdout: true,
      });
      const major = Number(await readFile(join(data, "PG_VERSION"), "utf8"));
      if (major !== postgres.majorVersion)
        throw new Error(`restored a cluster of PostgreSQL ${major}; expected: ${postgres.majorVersion}`);
      return settle();
    },
    async update() {
      const settings = join(data, "postgresql.auto.conf");
      await writeFile(settings, withTarget(await readFile(settings, "utf8"), postgres.target, action, await fetchBy()));
      return settle();
    },
  };
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
