import { AbortError } from "p-retry";
import { within } from "../../../../outside/within";

/** One thing that must hold before DNS moves. `look` gives the evidence, or throws why it does not hold (yet). */
export interface Check {
  name: string;
  look(): Promise<string>;
}

/** What no waiting mends: restored data that is missing. */
export const conclusive = (message: string): Error => new AbortError(message);

/** Seconds for one request of a check. */
export const requestSeconds = 5;

/** The body of an answer 2xx. @throws with status and body otherwise */
export async function ask(url: string | URL, init: RequestInit = {}): Promise<{ status: number; text: string }> {
  const method = init.method ?? "GET";
  const { ok, status, text } = await within(requestSeconds, async (signal) => {
    const response = await fetch(url, { redirect: "manual", ...init, signal });
    return { ok: response.ok, status: response.status, text: await response.text() };
  }).catch((cause: unknown) => {
    throw new Error(`${method} ${url} got no answer`, { cause });
  });
  if (!ok) throw new Error(`${method} ${url} answered ${status}: ${text.slice(0, 300)}`);
  return { status, text };
}
