import { duration } from "../../drill/report/format";
import { confirm } from "../confirm";
import type { Context } from "../context";
import { exitCodes, type ExitCode } from "../exit-codes";
import { colours } from "../table";
import type { GateCheck } from "../../contracts/gate";
import { begin, drop, healthySeconds, nextBackup, unfinished, type Begun, type Wanted } from "./host";
import { writeJournalScript, type RecoverJournal } from "./journal";
import type { Living } from "./living";
import { foldersOf, startScript, stopScript } from "./scripts";
import { recoverWords } from "./words";

export interface RecoverOptions {
  readonly at?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What one kind of recovery does of its own. Each can be done again. */
export interface Recovery {
  readonly wanted: Wanted;
  /** Containers that must not run while the folder is replaced, in the order in which they start again; the agent comes by itself. */
  readonly stops: readonly string[];
  /** Containers that are stopped for the switch only. */
  readonly stopsAtSwitch?: readonly string[];
  /** Looked at before anything is changed. @returns what will happen, a line each @throws OperatorError */
  readonly forecast: (begun: Begun) => Promise<string[]>;
  /** Restores beside what serves. @returns what was checked, all of which holds @throws when it does not */
  readonly restore: (begun: Begun, note: Note) => Promise<GateCheck[]>;
  /** The script that puts it in place, and prints the time. */
  readonly switchScript: (entry: RecoverJournal, begun: Begun) => string;
  /** After the first start, before the others'. */
  readonly served?: (entry: RecoverJournal) => Promise<void>;
}

/** Writes more into the host's journal. */
export type Note = (more: Partial<RecoverJournal>) => Promise<RecoverJournal>;

/**
 * One recovery on a living host: stop, restore beside, check, put in place, start, back up. Each step is noted on the host when it is done;
 * killed at any moment, the same command goes on.
 */
export async function recover(
  living: Living,
  context: Context,
  options: RecoverOptions,
  recovery: Recovery,
): Promise<ExitCode> {
  const { lang, output } = context;
  const t = recoverWords[lang];
  const say = options.json ? output.note : output.print;
  const started = performance.now();
  const before = await unfinished(living);
  const begun = await begin(living, context, recovery.wanted, say);
  if (!begun.resumed)
    say([colours().bold(t.will.title), ...(await recovery.forecast(begun)).map((line) => `  ${line}`)].join("\n"));
  if (options.dryRun) {
    say(t.dryRun);
    return exitCodes.ok;
  }
  if (!options.yes) await confirm(living.config.site.domain, context);
  if (before && !begun.resumed) await drop(living, before);
  let journal = begun.entry;
  const note: Note = async (more) => {
    journal = { ...journal, ...more };
    await living.run(writeJournalScript(journal));
    return journal;
  };
  try {
    await note({});
    if (journal.switchedAt === null) {
      say(t.step.stopping([...recovery.stops, "agent"].join(", ")));
      await living.run(stopScript([...recovery.stops, "agent"]));
      say(t.step.stopped);
      if (journal.checks === null) {
        const checks = await recovery.restore({ ...begun, entry: journal }, note);
        say(t.step.verified(checks.length));
        await note({ checks });
      }
      await living.run(stopScript([...(recovery.stopsAtSwitch ?? []), ...recovery.stops, "agent"]));
      await note({ switchedAt: (await living.run(recovery.switchScript(journal, begun))).trim() });
    }
    say(t.step.switched(foldersOf(journal).damaged));
    await startAll(living, journal, recovery, () => say(t.step.starting));
    say(t.step.serves);
    say(t.step.backups);
    const key = await nextBackup(living, context, journal.switchedAt!);
    await note({ finishedAt: new Date().toISOString(), outcome: "recovered" });
    say(t.step.backedUp(key));
  } catch (error) {
    output.note(t.resume);
    throw error;
  }
  say(t.recovered(duration((performance.now() - started) / 1_000, lang)));
  say(t.keptUntil(foldersOf(journal).damaged));
  if (options.json) output.print(JSON.stringify(journal, null, 2));
  return exitCodes.ok;
}

async function startAll(living: Living, journal: RecoverJournal, recovery: Recovery, say: () => void): Promise<void> {
  say();
  for (const name of recovery.stopsAtSwitch ?? []) await living.run(startScript([name], healthySeconds));
  await recovery.served?.(journal);
  await living.run(startScript(recovery.stops, healthySeconds));
  await living.run("docker start agent >/dev/null");
}

/** Shows checks, a line each. */
export function sayChecks(checks: readonly GateCheck[], say: (text: string) => void): void {
  const c = colours();
  for (const { name, ok, evidence } of checks) say(`  ${ok ? c.green("✓") : c.red("✗")} ${name}: ${evidence}`);
}
