import { setInterval } from "node:timers/promises";
import { ScriptFailed } from "../../components/host/ssh";
import type { ManifestBody } from "../../contracts/manifest";
import { restoringScript } from "../../components/restore-wave";
import { cleanTime } from "../../contracts/ransomware";
import type { ChosenSet } from "../../stacks/backup-store";
import { heldSaid } from "../../stacks/holds";
import { operatorName } from "../../stacks/backup-store";
import { bytes } from "../../drill/report/format";
import { moment } from "../clock";
import { OperatorError, type Context } from "../context";
import { exitCodes } from "../exit-codes";
import type { Said } from "../said";
import { oneLine } from "../table";
import { parseJournals, readJournalsScript, writeJournalScript, type RecoverJournal } from "./journal";
import type { Living } from "./living";
import { dropFreshScript, factsScript, foldersOf, freshFolderScript, restoring, type Subject } from "./scripts";
import { chooseOwnSet, ownHolds } from "./set";
import { recoverWords } from "./words";

/** Seconds in which a service must be healthy after its start. */
export const healthySeconds = 300;
/** Seconds in which a backup cycle must follow: a base copy of another history may have to be made first. */
const backupSeconds = 1_800;

export interface Facts {
  readonly free: number;
  /** Image of the agent. */
  readonly image: string;
  readonly serverRuns: boolean;
}

export async function factsOf({ run }: Living): Promise<Facts> {
  const lines = (await run(factsScript)).trim().split("\n");
  const value = (name: string) => lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  return { free: Number(value("free")), image: value("image"), serverRuns: value("postgres") === "running" };
}

/** The recovery of this host that has not ended. */
export const unfinished = async ({ run }: Living): Promise<RecoverJournal | undefined> =>
  parseJournals(await run(readJournalsScript)).find(({ outcome }) => outcome === null);

/** What is asked for. */
export interface Wanted {
  readonly folder: string;
  readonly path: string | null;
  readonly at: string | undefined;
}

/** A recovery as it begins or goes on, and the set that it builds on. */
export interface Begun {
  readonly entry: RecoverJournal;
  readonly set: ChosenSet;
  readonly resumed: boolean;
}

/**
 * Which recovery this is: one that was begun, or a new one. One of other data, or that is in place, has to be ended first; one of the same
 * to another time is replaced. Changes nothing. @throws OperatorError when it cannot be
 */
export async function begin(
  living: Living,
  context: Context,
  wanted: Wanted,
  say: (text: string) => void,
): Promise<Begun> {
  const t = recoverWords[context.lang];
  const { generation } = living.config.site;
  const begun = await unfinished(living);
  const ofSame = begun?.folder === wanted.folder && begun.path === wanted.path;
  const resumed = begun && ofSame && (wanted.at === undefined || begun.at === wanted.at);
  if (begun && !resumed && (!ofSame || begun.switchedAt !== null))
    throw refused(t.otherBegun(begun.id, begun.folder, begun.at ?? "-", begun.by));
  const at = resumed ? (begun.at ?? undefined) : wanted.at;
  if (at === undefined && !resumed) await requireUnheld(living, wanted.folder, context);
  // Without a time, one that goes on stays with what was the newest when it began.
  const set = await chooseOwnSet(living.config, at ?? (resumed ? begun.startedAt : undefined));
  if (!set) throw refused(t.noSet(generation, at));
  if (resumed) {
    say(t.resumes(begun.id, begun.by, moment(begun.startedAt, context.lang)));
    return { entry: begun, set, resumed };
  }
  if (begun) say(t.replaces(begun.id));
  const now = new Date().toISOString();
  const entry: RecoverJournal = {
    id: now.replaceAll(/[-:]|\.\d+/g, "").toLowerCase(),
    folder: wanted.folder,
    path: wanted.path,
    by: operatorName(),
    startedAt: now,
    at: at ?? null,
    manifestKey: set.key,
    target: null,
    checks: null,
    switchedAt: null,
    finishedAt: null,
    outcome: null,
  };
  return { entry, set, resumed: false };
}

/** The newest files may be an attacker's. @throws OperatorError with the time before */
async function requireUnheld({ config }: Living, set: string, { lang }: Context): Promise<void> {
  const held = (await ownHolds(config)).filter((one) => one.set === set);
  if (held.length > 0) throw refused(recoverWords[lang].held(heldSaid(held)(lang), cleanTime(held)));
}

/** @throws OperatorError when there is no room for so many bytes more */
export function requireSpace({ free }: Facts, needed: number, { lang }: Context): void {
  if (free < needed) throw refused(recoverWords[lang].noSpace(bytes(needed, lang), bytes(free, lang)));
}

/** Ends a recovery that is not in place, and drops what it restored: all of it is in the backups. */
export async function drop({ run }: Living, begun: RecoverJournal): Promise<void> {
  await run(dropFreshScript(begun));
  await run(writeJournalScript({ ...begun, finishedAt: new Date().toISOString(), outcome: "cancelled" }));
}

/** Runs the agent on the fresh folder. @returns its stdout, also when it ends with 2: what does not hold is on it */
export async function runAgent(
  { run }: Living,
  begun: Subject,
  args: {
    readonly image: string;
    readonly at: string;
    readonly mounts?: readonly string[];
    readonly run: Parameters<typeof restoringScript>[3];
    readonly input: unknown;
    readonly onLine?: (line: string) => void;
  },
): Promise<string> {
  await run(freshFolderScript(begun));
  const mounts = [`${foldersOf(begun).fresh}:${args.at}`, ...(args.mounts ?? [])];
  const script = restoringScript(restoring, args.image, mounts, args.run);
  return run(script, { input: JSON.stringify(args.input), ...(args.onLine ? { onLine: args.onLine } : {}) }).catch(
    (error: unknown) => {
      if (!(error instanceof ScriptFailed)) throw error;
      if (error.exitCode === 2 && error.stdout !== "") return error.stdout;
      throw new Error(lastMessage(error.stderr), { cause: error });
    },
  );
}

/** What the agent said last: a message of its own, else a line of its log. */
export function lastMessage(stderr: string): string {
  const lines = stderr.trim().split("\n");
  return lines.findLast((line) => line.startsWith("agent: ")) ?? oneLine(lines.at(-1) ?? "the agent said nothing");
}

/**
 * Waits for a set that is of after a time.
 * @param takenAt what of it must be @default its database
 * @returns its key
 * @throws OperatorError when none comes in time
 */
export async function nextBackup(
  living: Pick<Living, "config">,
  { lang, signal }: Context,
  since: string,
  takenAt = ({ consistentAt }: ManifestBody): string | undefined => consistentAt,
): Promise<string> {
  const deadline = performance.now() + backupSeconds * 1_000;
  for await (const _ of setInterval(500)) {
    signal.throwIfAborted();
    const newest = await chooseOwnSet(living.config);
    if (newest && Date.parse(takenAt(newest.manifest.body) ?? "") > Date.parse(since)) return newest.key;
    if (performance.now() > deadline) break;
  }
  throw new OperatorError(recoverWords[lang].backupsLate(backupSeconds), exitCodes.degraded);
}

export const refused = (message: string | Said): OperatorError => new OperatorError(message, exitCodes.refused);
