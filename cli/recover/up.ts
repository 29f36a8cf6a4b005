import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { locksIn, staleLocks } from "../../engine/lock";
import { UpFailed } from "../../engine/up";
import { cacheRoot } from "../../toolchain/paths";
import type { Living } from "./living";

/** Seconds for an engine that outlived its command to end what it has begun. */
const lockSeconds = 180;

/**
 * `pulumi up` of these resources alone. An engine that a killed run left at work is waited for; a lock whose process is gone is removed.
 * @param targets URNs, `**` stands for any part
 * @throws UpFailed
 */
export async function upOnly(
  { engine }: Living,
  targets: readonly string[],
  signal: AbortSignal,
  options: readonly string[] = [],
): Promise<void> {
  const folder = join(cacheRoot(), "recover");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const up = () => {
    const log = join(folder, `up-${new Date().toISOString().replaceAll(":", "")}.log`);
    return engine.up({ log, onEvent: () => undefined, signal }, {}, [
      ...options,
      ...targets.flatMap((target) => ["--target", target]),
    ]);
  };
  for (const deadline = performance.now() + lockSeconds * 1_000; ;) {
    try {
      return await up();
    } catch (error) {
      const locks = error instanceof UpFailed ? locksIn(error.reasons) : [];
      if (locks.length === 0 || performance.now() > deadline) throw error;
      if (await staleLocks(locks)) await engine.cancel();
      else await setTimeout(1_000, undefined, { signal });
    }
  }
}
