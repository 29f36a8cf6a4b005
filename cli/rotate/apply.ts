import { hostname } from "node:os";
import { setInterval } from "node:timers/promises";
import { staleLocks, type StateLock } from "../../engine/lock";
import { OperatorError } from "../context";
import { exitCodes } from "../exit-codes";
import { upUnlocked, type UpUnlockedArgs } from "../up-unlocked";

export interface ApplyArgs extends Pick<UpUnlockedArgs, "engine" | "signal"> {
  /** The engine of a run that was killed still works; it is waited for. */
  readonly onWait: (lock: StateLock) => void;
  /** Who holds the lock of the state, in the operator's words. */
  readonly heldBy: (lock: StateLock) => string;
}

/**
 * `pulumi up` with the settings as they are. The engine of a run that was killed outlives it: it is let end first.
 * @throws UpFailed, OperatorError when somebody on another machine holds the lock, or the signal's reason
 */
export const apply = (args: ApplyArgs): Promise<void> =>
  upUnlocked({ engine: args.engine, signal: args.signal, folder: "rotate", held: (locks) => letEnd(locks, args) });

async function letEnd(locks: readonly StateLock[], { signal, onWait, heldBy }: ApplyArgs): Promise<void> {
  const elsewhere = locks.find(({ host }) => host !== hostname());
  if (elsewhere) throw new OperatorError(heldBy(elsewhere), exitCodes.refused);
  onWait(locks[0]!);
  for await (const _ of setInterval(500, undefined, { signal })) if (await staleLocks(locks)) return;
}
