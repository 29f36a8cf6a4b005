import { setInterval } from "node:timers/promises";
import { restoringScript } from "../../components/restore-wave";
import { ScriptFailed } from "../../components/host/ssh";
import { setPath } from "../../components/services/agent";
import { postgresMajorVersion } from "../../components/services/base";
import { dataRoot } from "../../components/host/connection";
import { gateResult, type GateCheck } from "../../contracts/gate";
import { postgresPaths, timelineOf } from "../../contracts/pgbackrest";
import type { RecoverSpec } from "../../contracts/recover";
import { bytes, duration } from "../../drill/report/format";
import { databases, dependants } from "../../plan/graph";
import { plan } from "../../plan/plan";
import { operatorName, type ChosenSet } from "../../stacks/backup-store";
import { databaseTarget, restoreBase } from "../../stacks/restore-spec";
import { moment } from "../clock";
import { confirm } from "../confirm";
import { OperatorError, type Context, type Run, type StackOptions } from "../context";
import { exitCodes, type ExitCode } from "../exit-codes";
import { masker, maskedOutput } from "../mask";
import { colours, oneLine } from "../table";
import { parseJournals, readJournalsScript, writeJournalScript, type RecoverJournal } from "./journal";
import { findLiving, type Living } from "./living";
import { locked } from "./locked";
import {
  clusterFolders,
  dropFreshScript,
  factsScript,
  freshFolderScript,
  lastPointScript,
  servesScript,
  startScript,
  stopScript,
  switchScript,
} from "./scripts";
import { chooseOwnSet } from "./set";
import { recoverWords } from "./words";

export interface PostgresOptions extends StackOptions {
  readonly at?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Every service that writes to the cluster, directly or through another. */
export const writers = (): string[] => dependants(plan, "postgres").map(({ name }) => name);

/** Seconds in which a service must be healthy after its start; PostgreSQL replays no WAL then, it was shut down cleanly. */
const healthySeconds = 300;
/** Seconds in which a backup cycle must follow: a base copy of another history may have to be made first. */
const backupSeconds = 1_800;

/** `smarter recover postgres` */
export const run: Run<PostgresOptions> = async (context, options) => {
  const living = await findLiving(options, context.lang, context.signal);
  const output = maskedOutput(context.output, masker(living.clear));
  const recovery = new ClusterRecovery(living, { ...context, output }, options);
  return locked(living, context.lang, () => recovery.run());
};

interface Facts {
  readonly free: number;
  readonly cluster: number;
  readonly image: string;
  readonly serverRuns: boolean;
}

/** One recovery of the cluster on its own host: each step can be done again, and is noted on the host when it is done. */
class ClusterRecovery {
  readonly #say: (text: string) => void;
  readonly #t;

  constructor(
    private readonly living: Living,
    private readonly context: Context,
    private readonly options: PostgresOptions,
  ) {
    this.#say = options.json ? context.output.note : context.output.print;
    this.#t = recoverWords[context.lang];
  }

  async run(): Promise<ExitCode> {
    const { living, options, context } = this;
    const started = performance.now();
    const facts = await this.facts();
    const begun = (await this.journals()).find(({ outcome }) => outcome === null);
    const { set, entry } = await this.choose(begun, facts);
    if (options.dryRun) {
      this.#say(this.#t.dryRun);
      return exitCodes.ok;
    }
    if (!options.yes) await confirm(living.config.site.domain, context);
    if (begun && begun.id !== entry.id) await this.drop(begun);
    let journal = entry;
    const note = async (more: Partial<RecoverJournal>) => {
      journal = { ...journal, ...more };
      await living.run(writeJournalScript(journal));
    };
    try {
      await note({});
      if (journal.switchedAt === null) {
        await this.stop([...writers(), "agent"]);
        if (journal.target === null) await note({ target: await this.targetOf(journal, set, facts) });
        if (journal.checks === null) await note({ checks: await this.restore(journal, set, facts) });
        await note({ switchedAt: await this.switch(journal.id) });
      }
      await this.start(journal.id);
      const key = await this.nextBackup(journal.switchedAt!);
      await note({ finishedAt: new Date().toISOString(), outcome: "recovered" });
      this.#say(this.#t.step.backedUp(key));
    } catch (error) {
      context.output.note(this.#t.resume);
      throw error;
    }
    this.#say(this.#t.recovered(duration((performance.now() - started) / 1_000, context.lang)));
    this.#say(this.#t.keptUntil(clusterFolders(journal.id).damaged));
    if (options.json) context.output.print(JSON.stringify(journal, null, 2));
    return exitCodes.ok;
  }

  private async facts(): Promise<Facts> {
    const lines = (await this.living.run(factsScript)).trim().split("\n");
    const value = (name: string) => lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
    return { free: Number(value("free")), cluster: Number(value("cluster")), image: value("image"), serverRuns: value("postgres") === "running" };
  }

  private async journals(): Promise<RecoverJournal[]> {
    return parseJournals(await this.living.run(readJournalsScript));
  }

  /** Which recovery this is: one that was begun, or a new one. Changes nothing. @throws OperatorError when it cannot be */
  private async choose(begun: RecoverJournal | undefined, facts: Facts): Promise<{ set: ChosenSet; entry: RecoverJournal }> {
    const { lang } = this.context;
    const { config } = this.living;
    const asked = this.options.at;
    const same = begun && (asked === undefined || begun.at === asked);
    if (begun && !same && begun.switchedAt !== null)
      throw this.refused(this.#t.otherBegun(begun.id, begun.at ?? "-", begun.by));
    const at = same ? (begun.at ?? undefined) : asked;
    const set = await chooseOwnSet(config, at ?? (same ? begun.startedAt : undefined));
    if (!set) throw this.refused(this.#t.noSet(config.site.generation, at));
    if (at !== undefined) await this.requireArchived(at);
    if (same) {
      this.#say(this.#t.resumes(begun.id, begun.by, moment(begun.startedAt, lang)));
      return { set, entry: begun };
    }
    if (begun) this.#say(this.#t.replaces(begun.id));
    const needed = set.manifest.body.postgres.databaseBytes * 1.2 + 2 ** 29;
    if (facts.free < needed) throw this.refused(this.#t.noSpace(bytes(needed, lang), bytes(facts.free, lang)));
    const now = new Date();
    const entry: RecoverJournal = {
      id: `pg-${now.toISOString().replaceAll(/[-:]|\.\d+/g, "").toLowerCase()}`,
      what: "postgres",
      by: operatorName(),
      startedAt: now.toISOString(),
      at: at ?? null,
      manifestKey: set.key,
      target: at === undefined ? null : databaseTarget(set.manifest.body, at),
      checks: null,
      switchedAt: null,
      finishedAt: null,
      outcome: null,
    };
    this.#say(this.forecast(entry, set));
    return { set, entry };
  }

  private forecast({ id, at }: RecoverJournal, { key }: ChosenSet): string {
    const { will } = this.#t;
    const lines = [
      will.stop([...writers(), "agent"].join(", ")),
      at === null ? will.newest(key) : will.restore(moment(at, this.context.lang)),
      will.verify,
      will.kept(clusterFolders(id).damaged),
    ];
    return [colours().bold(will.title), ...lines.map((line) => `  ${line}`)].join("\n");
  }

  /** PostgreSQL stops only at a commit after the time: one must be in the archive. */
  private async requireArchived(at: string): Promise<void> {
    const newest = await chooseOwnSet(this.living.config);
    const until = newest?.manifest.body.consistentAt;
    if (until !== undefined && Date.parse(until) < Date.parse(at)) throw this.refused(this.#t.tooNew(at, until));
  }

  private async drop(begun: RecoverJournal): Promise<void> {
    await this.living.run(dropFreshScript(begun.id));
    await this.living.run(writeJournalScript({ ...begun, finishedAt: new Date().toISOString(), outcome: "cancelled" }));
  }

  private async stop(names: readonly string[]): Promise<void> {
    this.#say(this.#t.step.stopping(names.join(", ")));
    await this.living.run(stopScript(names));
    this.#say(this.#t.step.stopped);
  }

  /** The last write, where the server can still say which it was; else the newest set. */
  private async targetOf({ id }: RecoverJournal, { key, manifest }: ChosenSet, { serverRuns }: Facts): Promise<RecoverJournal["target"]> {
    const { step } = this.#t;
    const noPoint = (why: string) => {
      this.#say(step.noLastPoint(why, key));
      return databaseTarget(manifest.body);
    };
    if (!serverRuns) return noPoint("postgres: stopped");
    this.#say(step.lastPoint);
    const name = `smarteros-recover-${id}`;
    try {
      const walFile = (await this.living.run(lastPointScript(name))).trim();
      this.#say(step.lastPointMade);
      return { kind: "restorePoint", name, backupLabel: manifest.body.postgres.backupLabel, timeline: timelineOf(walFile) };
    } catch (error) {
      if (!(error instanceof ScriptFailed)) throw error;
      return noPoint(oneLine(error.stderr).slice(0, 200));
    }
  }

  /** @returns the checks, all of which hold @throws OperatorError when one does not */
  private async restore({ id, target }: RecoverJournal, set: ChosenSet, { image }: Facts): Promise<GateCheck[]> {
    this.#say(this.#t.step.restoring(target!.kind === "time" ? target!.time : target!.name));
    await this.living.run(freshFolderScript(id));
    const mounts = [`${clusterFolders(id).fresh}:${postgresPaths.dataDir}`, `${dataRoot}/odoo:${setPath("odoo")}`];
    const script = restoringScript("smarteros-recover", image, mounts, "recover");
    const input = JSON.stringify(this.specOf(id, target!, set));
    const said = await this.living.run(script, { input }).catch((error: unknown) => {
      // It says on stdout what does not hold.
      if (error instanceof ScriptFailed && error.exitCode === 2) return error.stdout;
      throw error instanceof ScriptFailed ? new Error(lastMessage(error.stderr), { cause: error }) : error;
    });
    const { passed, checks } = gateResult.parse(JSON.parse(said));
    const c = colours();
    for (const { name, ok, evidence } of checks) this.#say(`  ${ok ? c.green("✓") : c.red("✗")} ${name}: ${evidence}`);
    if (!passed) throw new OperatorError(this.#t.checksFailed(checks.filter(({ ok }) => !ok).length), exitCodes.failed);
    this.#say(this.#t.step.verified(checks.length));
    return checks;
  }

  private specOf(id: string, target: NonNullable<RecoverJournal["target"]>, set: ChosenSet): RecoverSpec {
    const { config, readerKeys } = this.living;
    const odoo = set.manifest.body.files["odoo"];
    if (!odoo) throw new Error(`backup set ${set.key}: it has no file set odoo; fix: an earlier set by --at`);
    return {
      restore: {
        ...restoreBase(config, { restoreId: id, sourceGeneration: config.site.generation, keys: readerKeys }),
        postgres: { dataDir: postgresPaths.dataDir, majorVersion: postgresMajorVersion, target },
        fileSets: [],
      },
      databases: databases(plan),
      tenants: [...config.site.tenants],
      odoo: { database: "odoo", filestore: `${setPath("odoo")}/filestore/odoo` },
      files: { path: setPath("odoo"), snapshot: odoo.snapshot },
    };
  }

  private async switch(id: string): Promise<string> {
    await this.living.run(stopScript(["postgres", ...writers(), "agent"]));
    const at = (await this.living.run(switchScript(id))).trim();
    this.#say(this.#t.step.switched(clusterFolders(id).damaged));
    return at;
  }

  private async start(id: string): Promise<void> {
    this.#say(this.#t.step.starting);
    await this.living.run(startScript(["postgres"], healthySeconds));
    await this.living.run(servesScript(id));
    await this.living.run(startScript([...writers(), "agent"].filter((name) => name !== "agent"), healthySeconds));
    this.#say(this.#t.step.serves);
    await this.living.run("docker start agent >/dev/null");
  }

  /** Waits for a set whose database is of after the switch. @returns its key @throws OperatorError when none comes in time */
  private async nextBackup(switchedAt: string): Promise<string> {
    this.#say(this.#t.step.backups);
    const { signal } = this.context;
    const deadline = performance.now() + backupSeconds * 1_000;
    for await (const _ of setInterval(1_000, undefined, { signal })) {
      const newest = await chooseOwnSet(this.living.config);
      if (newest && Date.parse(newest.manifest.body.consistentAt) > Date.parse(switchedAt)) return newest.key;
      if (performance.now() > deadline) break;
    }
    throw new OperatorError(this.#t.backupsLate(backupSeconds), exitCodes.degraded);
  }

  private refused(message: string): OperatorError {
    return new OperatorError(message, exitCodes.refused);
  }
}

/** What the agent said last: a message of its own, else a line of its log. */
const lastMessage = (stderr: string): string => {
  const lines = stderr.trim().split("\n");
  return lines.findLast((line) => line.startsWith("agent: ")) ?? oneLine(lines.at(-1) ?? "the agent said nothing");
};
