import { setTimeout as delay } from "node:timers/promises";

/** Now, and then every so many seconds from start to start; a tick that comes late is not made up for. Ends by the signal. */
export async function* ticks(everySeconds: number, signal: AbortSignal): AsyncGenerator<void> {
  while (!signal.aborted) {
    const next = Date.now() + everySeconds * 1000;
    yield;
    await delay(Math.max(0, next - Date.now()), undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
