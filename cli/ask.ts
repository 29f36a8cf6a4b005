import { within } from "../outside/within";
import { errorSaid, oneLine, type Said } from "../words/said";

/** What came of a question that has a deadline of its own. */
export type Asked<T> =
  | { readonly state: "answered"; readonly value: T; readonly seconds: number }
  /** It answered that it cannot, or cannot be reached. */
  | { readonly state: "failed"; readonly reason: string; readonly said?: Said; readonly seconds: number }
  /** It took the question and did not answer in time. */
  | { readonly state: "silent"; readonly seconds: number }
  | { readonly state: "not-asked"; readonly because: NotAsked };

/** Why something was not asked. */
export type NotAsked = "proxied" | "no-address" | "gateway-silent";

/**
 * Asks, and gives up at the deadline whether the work heeds its signal or not: a look never takes longer than its slowest deadline.
 * @param seconds the deadline
 */
export async function ask<T>(seconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<Asked<T>> {
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1_000;
  const asked = (signal: AbortSignal) =>
    Promise.resolve()
      .then(() => work(signal))
      .then(
        (value): Asked<T> => ({ state: "answered", value, seconds: elapsed() }),
        (error: unknown): Asked<T> => ({ state: "failed", ...reasonOf(error), seconds: elapsed() }),
      );
  // What the work itself throws is its answer: only the deadline is left to reject.
  return within(seconds, asked).catch((): Asked<T> => ({ state: "silent", seconds }));
}

/** The answer, or undefined. */
export const answerOf = <T>(asked: Asked<T>): T | undefined => (asked.state === "answered" ? asked.value : undefined);

/** In English, for JSON, and as it is said where it carries its words. */
function reasonOf(error: unknown): { reason: string; said?: Said } {
  if (!(error instanceof Error)) return { reason: oneLine(String(error)) };
  if ("said" in error) return { reason: oneLine(error.message), said: errorSaid(error) };
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return { reason: oneLine(error.message + cause) };
}
