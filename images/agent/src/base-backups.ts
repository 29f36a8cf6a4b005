import { z } from "zod";
import type { Log } from "./log";
import { dueBackup, type BaseBackup, type Pgbackrest } from "./pgbackrest";
import { Remembered } from "./state";

const begun = z.object({ type: z.enum(["full", "incr"]), begunAt: z.iso.datetime() });

export interface BaseBackupsArgs {
  pgbackrest: Pgbackrest;
  every: { fullEverySeconds: number; incrementalEverySeconds: number };
  /** Outlives the container. */
  stateDir: string;
  log: Log;
  signal: AbortSignal;
}

/**
 * The cluster's base backups. One that has begun is remembered until it has ended: after one that has not, however it was cut
 * off, the next is full, since an incremental one may fail on what was left behind (docs/decisions/s3-rights.md).
 */
export class BaseBackups {
  private readonly unfinished: Remembered<z.infer<typeof begun>>;

  constructor(private readonly args: BaseBackupsArgs) {
    this.unfinished = new Remembered(args.stateDir, "base-backup-begun", begun, args.log);
  }

  async newest(): Promise<BaseBackup | undefined> {
    return (await this.args.pgbackrest.backups(this.args.signal)).at(-1);
  }

  async backUpIfDue(): Promise<void> {
    const { pgbackrest, every, log, signal } = this.args;
    const cutOff = await this.unfinished.read();
    const type = dueBackup(await pgbackrest.backups(signal), Date.now() / 1000, every, cutOff !== undefined);
    if (type === undefined) return;
    if (cutOff) log.info("base-backup-was-cut-off", { ...cutOff, consequence: "this one is full" });
    await this.unfinished.write({ type, begunAt: new Date().toISOString() });
    log.info("base-backup-started", { type });
    await pgbackrest.backup(type, log, signal);
    await this.unfinished.forget();
    log.info("base-backup-finished", { type });
  }
}
