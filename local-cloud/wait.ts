import { setTimeout as delay } from "node:timers/promises";

export interface WaitOptions {
  /** Named in the error. @example "sshd of web-1 to answer at 127.10.1.1:22" */
  readonly what: string;
  /** Deadline. */
  readonly seconds: number;
  /** Time between two looks. @default 50 */
  readonly everyMilliseconds?: number;
  /** Says why waiting has become pointless, if it has: then the error comes at once. */
  readonly unless?: () => Promise<string | undefined>;
  /** Appended to the error: where to look. */
  readonly hint?: () => string | Promise<string>;
}

/** Looks until the condition holds. A condition that throws counts as not yet; its last error is the timeout's cause. */
export async function waitUntil(condition: () => Promise<boolean> | boolean, options: WaitOptions): Promise<void> {
  const deadline = Date.now() + options.seconds * 1000;
  let cause: unknown;
  let pointless: string | undefined;
  for (;;) {
    try {
      if (await condition()) return;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    pointless = await options.unless?.();
    if (pointless !== undefined || Date.now() > deadline) break;
    await delay(options.everyMilliseconds ?? 50);
  }
  const hint = options.hint ? `; ${await options.hint()}` : "";
  const reason = pointless ?? (cause instanceof Error ? cause.message : "not yet");
  throw new Error(`waited up to ${options.seconds} s for ${options.what}: ${reason}${hint}`, { cause });
}
