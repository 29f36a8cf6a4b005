import { setInterval } from "node:timers/promises";
import { askSite } from "../../outside/https";
import { lookAt } from "../../outside/probe";
import { askAnyDns, dnsServer, moduleProbes } from "../../outside/site";
import type { ServiceName } from "../../plan/model";
import type { LookedAt } from "../settings";

/** Milliseconds between two looks: the error of what is measured. */
const lookEveryMs = 500;

/** One look at a published service. */
export interface Sample {
  /** Milliseconds. */
  readonly at: number;
  readonly well: boolean;
}

/**
 * The longest time for which a service did not answer, in seconds: from the first look that failed to the next that did not.
 * @param samples in their order; one that has not come back by the last look is away until then
 */
export function longestAway(samples: readonly Sample[]): number {
  let longest = 0;
  let since: number | undefined;
  for (const { at, well } of samples) {
    if (!well) since ??= at;
    if (since !== undefined) longest = Math.max(longest, at - since);
    if (well) since = undefined;
  }
  return longest / 1_000;
}

/** Looks at every published service from outside while something is done. @returns seconds for which each was away, by service */
export async function measuringAway<T>(
  site: LookedAt,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<{ result: T; away: Readonly<Partial<Record<ServiceName, number>>> }> {
  const ask = askSite({
    domain: site.domain,
    ca: site.tls.issuer === "acme" ? "public" : "unknown",
    resolve: askAnyDns(site.dns.resolvers.map(dnsServer)),
  });
  const ended = new AbortController();
  const watching = moduleProbes(site.domain)
    .filter(({ kind }) => kind === "own")
    .map(async (probe) => {
      const samples: Sample[] = [];
      try {
        for await (const _ of setInterval(lookEveryMs, undefined, {
          signal: AbortSignal.any([signal, ended.signal]),
        })) {
          const at = performance.now();
          const well = await lookAt(ask, probe).then(
            () => true,
            () => false,
          );
          samples.push({ at, well });
        }
      } catch (error) {
        if (!signal.aborted && !ended.signal.aborted) throw error;
      }
      return [probe.module, longestAway(samples)] as const;
    });
  try {
    const result = await work();
    ended.abort();
    return { result, away: Object.fromEntries(await Promise.all(watching)) };
  } finally {
    ended.abort();
    await Promise.allSettled(watching);
  }
}
