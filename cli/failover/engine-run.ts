import { hostname } from "node:os";
import { setInterval } from "node:timers/promises";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { followEngineEvents } from "../../engine/events";
import { eventsOf, UpFailed } from "../../engine/up";
import { OperatorError } from "../context";
import type { StackEngine } from "../engine";
import { exitCodes } from "../exit-codes";
import type { Held, Journal } from "./journal";
import { locksIn, staleLocks, type StateLock } from "../../engine/lock";
import { isAlive } from "../../engine/process";

/** How often a process is looked at that is not our child. */
const lookEveryMs = 500;

/** Follows the engine of a run that was killed to its end, however that is: the next `up` says what is left to do. */
export async function followOrphan(
  { holder }: Held,
  onEvent: (event: EngineEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  if (!holder.engine || !holder.log) return;
  const follower = await followEngineEvents(eventsOf(holder.log), onEvent);
  try {
    for await (const _ of setInterval(lookEveryMs, undefined, { signal })) if (!(await isAlive(holder.engine))) return;
  } finally {
    await follower.stop();
  }
}

export interface UpWithLocksArgs {
  readonly engine: StackEngine;
  readonly journal: Journal;
  readonly config: Readonly<Record<string, string>>;
  /** Further options of `pulumi up`. @default none */
  readonly more?: readonly string[];
  /** Another operator's lock on another machine may be removed: they cannot go on. */
  readonly takeOver: boolean;
  readonly onEvent: (event: EngineEvent) => void;
  readonly onLog: (log: string) => void;
  /** A lock was removed whose process is gone. */
  readonly onUnlocked: (lock: StateLock) => Promise<void>;
  /** Who holds it, in the operator's words. */
  readonly heldBy: (lock: StateLock) => string;
  readonly signal: AbortSignal;
}

/**
 * `pulumi up`; a lock that a killed engine left behind is removed first, one that a living process holds never.
 * @throws UpFailed, OperatorError when somebody holds the lock, or the signal's reason
 */
export async function upWithLocks(args: UpWithLocksArgs): Promise<void> {
  try {
    await up(args);
  } catch (error) {
    const locks = error instanceof UpFailed ? locksIn(error.reasons) : [];
    if (locks.length === 0) throw error;
    if (!(await mayUnlock(locks, args.takeOver))) throw new OperatorError(args.heldBy(locks[0]!), exitCodes.refused);
    await args.engine.cancel();
    await args.onUnlocked(locks[0]!);
    await up(args);
  }
}

const mayUnlock = async (locks: readonly StateLock[], takeOver: boolean): Promise<boolean> =>
  staleLocks(takeOver ? locks.filter(({ host }) => host === hostname()) : locks).then(
    (stale) => stale || (takeOver && locks.every(({ host }) => host !== hostname())),
  );

async function up({ engine, journal, config, more, onEvent, onLog, signal }: UpWithLocksArgs): Promise<void> {
  const log = journal.logFile(new Date());
  onLog(log);
  let noted: Promise<void> | undefined;
  try {
    await engine.up({ log, onEvent, signal, onStart: (pid) => (noted = journal.engineStarted(pid, log)) }, config, more);
  } finally {
    await noted;
  }
}
