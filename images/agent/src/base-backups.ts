import { z } from "zod";
import { isAncestor, type Lineage } from "./lineage";
import type { Log } from "./log";
import { dueBackup, type BaseBackup, type Pgbackrest } from "./pgbackrest";
import { Remembered } from "./state";

const begun = z.object({ type: z.enum(["full", "incr"]), begunAt: z.iso.datetime() });

/** Seconds for which a list of the backups holds: nobody but this agent makes any; one that another took away is noticed so late. */
const listHoldsSeconds = 300;

export interface BaseBackupsArgs {
  pgbackrest: Pgbackrest;
  /** Of the running cluster. */
  lineage: () => Promise<Lineage>;
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
  private known: { readonly backups: readonly BaseBackup[]; readonly at: number } | undefined;

  constructor(private readonly args: BaseBackupsArgs) {
    this.unfinished = new Remembered(args.stateDir, "base-backup-begun", begun, args.log);
  }

  /** The newest that the cluster's history goes through. */
  async newest(): Promise<BaseBackup | undefined> {
    return (await this.usable()).at(-1);
  }

  async backUpIfDue(): Promise<void> {
    const { pgbackrest, every, log, signal } = this.args;
    const cutOff = await this.unfinished.read();
    const type = dueBackup(await this.usable(), Date.now() / 1000, every, cutOff !== undefined);
    if (type === undefined) return;
    if (cutOff) log.info("base-backup-was-cut-off", { ...cutOff, consequence: "this one is full" });
    await this.unfinished.write({ type, begunAt: new Date().toISOString() });
    log.info("base-backup-started", { type });
    this.known = undefined;
    await pgbackrest.backup(type, log, signal);
    this.known = undefined; // a cycle beside it has read the list meanwhile
    await this.unfinished.forget();
    log.info("base-backup-finished", { type });
  }

  private async usable(): Promise<BaseBackup[]> {
    const [backups, lineage] = await Promise.all([this.all(), this.args.lineage()]);
    return backups.filter((backup) => isAncestor(lineage, backup));
  }

  private async all(): Promise<readonly BaseBackup[]> {
    const at = performance.now();
    if (!this.known || at - this.known.at > listHoldsSeconds * 1000)
      this.known = { backups: await this.args.pgbackrest.backups(this.args.signal), at };
    return this.known.backups;
  }
}
