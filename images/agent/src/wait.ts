import { setTimeout as delay } from "node:timers/promises";

/**
 * Looks until the condition gives a value.
 * @param what named in the error: what was waited for
 * @throws when `seconds` have passed, with what `state` says of the last look
 */
export async function waitFor<T>(
  what: string,
  seconds: number,
  condition: () => Promise<T | undefined>,
  { everyMilliseconds = 100, state }: { everyMilliseconds?: number; state?: () => string } = {},
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s for ${what}${state ? `; ${state()}` : ""}`);
    await delay(everyMilliseconds);
  }
}
