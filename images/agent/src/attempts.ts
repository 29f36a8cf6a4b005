import type { Log } from "./log";

/** Work that is tried again and again: its failures are logged, and what matters is whether it succeeded. */
export async function succeeds(
  what: string,
  work: () => Promise<unknown>,
  log: Log,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (signal.aborted) log.info(`${what}-stopped`);
    else log.error(`${what}-failed`, error);
    return false;
  }
}

/** {@link succeeds} for what is done every few moments: of failures in a row the first is logged, and then the end of them. */
export function often(what: string, log: Log, signal: AbortSignal): (work: () => Promise<unknown>) => Promise<void> {
  let failing = false;
  return async (work) => {
    try {
      await work();
      if (failing) log.info(`${what}-works-again`);
      failing = false;
    } catch (error) {
      if (!failing && !signal.aborted) log.error(`${what}-failed`, error);
      failing = true;
    }
  };
}
