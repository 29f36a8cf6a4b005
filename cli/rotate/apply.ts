import { mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setInterval } from "node:timers/promises";
import { locksIn, staleLocks, type StateLock } from "../../engine/lock";
import { UpFailed } from "../../engine/up";
import { cacheRoot } from "../../toolchain/paths";
import { OperatorError } from "../context";
import type { StackEngine } from "../engine";
import { exitCodes } from "../exit-codes";

export interface ApplyArgs {
  readonly engine: Pick<StackEngine, "up" | "cancel">;
  readonly signal: AbortSignal;
  /** The engine of a run that was killed still works; it is waited for. */
  readonly onWait: (lock: StateLock) => void;
  /** Who holds the lock of the state, in the operator's words. */
  readonly heldBy: (lock: StateLock) => string;
}

/**
 * `pulumi up` with the settings as they are. The engine of a run that was killed outlives it: it is let end first; the lock that a dead one left
 * is removed.
 * @throws UpFailed, OperatorError when somebody on another machine holds the lock, or the signal's reason
 */
export async function apply(args: ApplyArgs): Promise<void> {
  // Each turn waits for a lock's holder, or removes a lock that has none: whoever comes next is asked about anew.
  for (;;) {
    try {
      return await up(args);
    } catch (error) {
      const locks = error instanceof UpFailed ? locksIn(error.reasons) : [];
      if (locks.length === 0) throw error;
      if (await staleLocks(locks)) await args.engine.cancel();
      else await letEnd(locks, args);
    }
  }
}

async function letEnd(locks: readonly StateLock[], { signal, onWait, heldBy }: ApplyArgs): Promise<void> {
  const elsewhere = locks.find(({ host }) => host !== hostname());
  if (elsewhere) throw new OperatorError(heldBy(elsewhere), exitCodes.refused);
  onWait(locks[0]!);
  for await (const _ of setInterval(500, undefined, { signal })) if (await staleLocks(locks)) return;
}

async function up({ engine, signal }: ApplyArgs): Promise<void> {
  const folder = join(cacheRoot(), "rotate");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const log = join(folder, `up-${new Date().toISOString().replaceAll(":", "")}.log`);
  await engine.up({ log, onEvent: () => undefined, signal }, {});
}
