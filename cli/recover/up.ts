import { setTimeout } from "node:timers/promises";
import { upUnlocked } from "../up-unlocked";
import type { Living } from "./living";

/** Seconds for an engine that outlived its command to end what it has begun. */
const lockSeconds = 180;

/**
 * `pulumi up` of these resources alone. An engine that a killed run left at work is waited for.
 * @param targets URNs, `**` stands for any part
 * @throws UpFailed
 */
export function upOnly(
  { engine }: Living,
  targets: readonly string[],
  signal: AbortSignal,
  options: readonly string[] = [],
): Promise<void> {
  const deadline = performance.now() + lockSeconds * 1_000;
  return upUnlocked({
    engine,
    signal,
    folder: "recover",
    options: [...options, ...targets.flatMap((target) => ["--target", target])],
    held: async (_, failure) => {
      if (performance.now() > deadline) throw failure;
      await setTimeout(1_000, undefined, { signal });
    },
  });
}
