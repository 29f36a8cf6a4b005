import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { locksIn, staleLocks, type StateLock } from "../engine/lock";
import { UpFailed } from "../engine/up";
import { cacheRoot } from "../toolchain/paths";
import type { StackEngine } from "./engine";

export interface UpUnlockedArgs {
  readonly engine: Pick<StackEngine, "up" | "cancel">;
  readonly signal: AbortSignal;
  /** Folder of the cache for the engine's output. @example "recover" */
  readonly folder: string;
  /** Further options of `pulumi up`. @default none */
  readonly options?: readonly string[];
  /** Somebody holds the state's lock: resolves when it is worth another try. @throws when it is not */
  readonly held: (locks: readonly StateLock[], failure: UpFailed) => Promise<void>;
}

/**
 * `pulumi up` with the settings as they are, by a command that may have been killed before: a lock whose process is gone is removed.
 * @throws UpFailed, what `held` throws, or the signal's reason
 */
export async function upUnlocked({ engine, signal, folder, options = [], held }: UpUnlockedArgs): Promise<void> {
  const logs = join(cacheRoot(), folder);
  await mkdir(logs, { recursive: true, mode: 0o700 });
  // Each turn waits for a lock's holder, or removes a lock that has none: whoever comes next is asked about anew.
  for (;;) {
    try {
      const log = join(logs, `up-${new Date().toISOString().replaceAll(":", "")}.log`);
      return await engine.up({ log, onEvent: () => undefined, signal }, {}, options);
    } catch (error) {
      if (!(error instanceof UpFailed)) throw error;
      const locks = locksIn(error.reasons);
      if (locks.length === 0) throw error;
      if (await staleLocks(locks)) await engine.cancel();
      else await held(locks, error);
    }
  }
}
