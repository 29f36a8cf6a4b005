import { join } from "node:path";
import { z } from "zod";
import { pgbackrestConf, type PgbackrestConfArgs } from "../../../contracts/pgbackrest";
import { command, type CommandOptions } from "./command";
import type { Log } from "./log";
import { writeSecretFile } from "./secret-file";

/** A finished backup in the repository. */
export interface BaseBackup {
  label: string;
  type: "full" | "diff" | "incr";
  /** Unix time, seconds. */
  stoppedAt: number;
  /** The first WAL segment that it needs. */
  walStart: string;
  /** The last one, which names its timeline, and the position where it ended. */
  walStop: string;
  lsnStop: string;
}

const infoSchema = z.array(
  z.object({
    status: z.object({ code: z.number(), message: z.string() }),
    backup: z.array(
      z.object({
        label: z.string(),
        type: z.enum(["full", "diff", "incr"]),
        error: z.boolean().optional(),
        timestamp: z.object({ stop: z.number() }),
        archive: z.object({ start: z.string(), stop: z.string() }),
        lsn: z.object({ stop: z.string() }),
      }),
    ),
  }),
);

/** pgBackRest on one repository, by a configuration file of its own in `runDir`. */
export class Pgbackrest {
  private constructor(
    private readonly stanza: string,
    private readonly configFile: string,
  ) {}

  /** Writes the configuration (and the store's CA) where only this user reads it. */
  static async configure(runDir: string, args: PgbackrestConfArgs & { stanza: string }): Promise<Pgbackrest> {
    const folder = join(runDir, `pgbackrest-${args.use}`);
    const caFile = join(folder, "ca.pem");
    if (args.s3.caPem !== undefined) await writeSecretFile(caFile, args.s3.caPem);
    const configFile = join(folder, "pgbackrest.conf");
    await writeSecretFile(configFile, pgbackrestConf({ ...args, caFile }));
    return new Pgbackrest(args.stanza, configFile);
  }

  run(name: string, options: string[] = [], how: CommandOptions = {}): Promise<string> {
    return command("pgbackrest", [`--config=${this.configFile}`, `--stanza=${this.stanza}`, ...options, name], how);
  }

  /** Makes the stanza, or finds that it is there and belongs to this cluster. */
  async createStanza(signal?: AbortSignal): Promise<void> {
    await this.run("stanza-create", [], { signal });
  }

  async backup(type: "full" | "incr", progress: Log, signal?: AbortSignal): Promise<void> {
    await this.run("backup", [`--type=${type}`, "--log-level-console=info"], {
      progress,
      progressOnStdout: true,
      signal,
    });
  }

  /** Finished backups, oldest first. */
  async backups(signal?: AbortSignal): Promise<BaseBackup[]> {
    const [stanza] = infoSchema.parse(JSON.parse(await this.run("info", ["--output=json"], { signal })));
    return (stanza?.backup ?? [])
      .filter((backup) => backup.error !== true)
      .map(({ label, type, timestamp, archive, lsn }) => ({
        label,
        type,
        stoppedAt: timestamp.stop,
        walStart: archive.start,
        walStop: archive.stop,
        lsnStop: lsn.stop,
      }));
  }
}

/**
 * Which backup is due, if any: the first one and every one after `fullEverySeconds` is full.
 * @param cutOff the one before did not end: then one that is due is full
 */
export function dueBackup(
  backups: readonly BaseBackup[],
  nowSeconds: number,
  every: { fullEverySeconds: number; incrementalEverySeconds: number },
  cutOff: boolean,
): "full" | "incr" | undefined {
  const age = (backup: BaseBackup | undefined) => (backup ? nowSeconds - backup.stoppedAt : Infinity);
  if (age(backups.findLast(({ type }) => type === "full")) >= every.fullEverySeconds) return "full";
  if (age(backups.at(-1)) < every.incrementalEverySeconds) return undefined;
  return cutOff ? "full" : "incr";
}
