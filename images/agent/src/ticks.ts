import { setTimeout as delay } from "node:timers/promises";

/** By which a tick is asked for before its time. */
export class Bell {
  #rung = new AbortController();

  ring(): void {
    this.#rung.abort();
  }

  /** Aborted when it is rung from now on. */
  listen(): AbortSignal {
    this.#rung = new AbortController();
    return this.#rung.signal;
  }
}

/**
 * Now, and then every so many seconds from start to start; a tick that comes late is not made up for. Ends by the signal.
 * @param bell rung, the next tick comes at once; rung while one is worked on, another follows it
 */
export async function* ticks(everySeconds: number, signal: AbortSignal, bell = new Bell()): AsyncGenerator<void> {
  while (!signal.aborted) {
    const next = Date.now() + everySeconds * 1000;
    const rung = bell.listen();
    yield;
    const early = AbortSignal.any([signal, rung]);
    await delay(Math.max(0, next - Date.now()), undefined, { signal: early }).catch((error: unknown) => {
      if (!early.aborted) throw error;
    });
  }
}
