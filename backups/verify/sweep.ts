import pRetry, { AbortError } from "p-retry";
import { z } from "zod";
import { scratchLabels } from "../../stacks/scratch";

export interface SweepArgs {
  /** Hetzner's API. */
  readonly url: string;
  /** Undefined: none is at hand. */
  readonly token: string | undefined;
  readonly domain: string;
  readonly log: (line: string) => void;
}

/** In the order in which they can be deleted: a volume and a firewall once no server holds them. */
const kinds = ["servers", "volumes", "firewalls", "ssh_keys"] as const;
const found = z.object({ id: z.number(), name: z.string() });

/** Hetzner answers 409, 422 or 423 while a server that was deleted is still going. */
const deadlineMs = 120_000;

/**
 * Deletes whatever carries the label of this site's rehearsals, whether a state knows it or not: what the engine had just ordered when it was
 * killed. Nothing else carries that label.
 * @throws Error naming what could not be deleted
 */
export async function sweepScratch({ url, token, domain, log }: SweepArgs): Promise<void> {
  if (!token) throw new Error("Hetzner: no token; fix: hcloud:token in the stack's settings, or HCLOUD_TOKEN");
  const [label] = Object.entries(scratchLabels({ domain })).map(([key, value]) => `${key}=${value}`);
  const ask = (method: string, path: string) =>
    fetch(`${url}${path}`, { method, headers: { Authorization: `Bearer ${token}` } });
  for (const kind of kinds) {
    const response = await ask("GET", `/${kind}?label_selector=${encodeURIComponent(label!)}`);
    if (!response.ok) throw new Error(`Hetzner: ${kind}: HTTP ${response.status}`);
    const all = z.array(found).parse(((await response.json()) as Record<string, unknown>)[kind]);
    for (const { id, name } of all) {
      log(`${kind} ${name} (${id}) is in no state and is deleted`);
      const remove = async () => {
        const { status } = await ask("DELETE", `/${kind}/${id}`);
        if (status < 300 || status === 404) return;
        const error = new Error(`Hetzner: ${kind} ${name} (${id}) could not be deleted: HTTP ${status}`);
        throw [409, 422, 423].includes(status) ? error : new AbortError(error);
      };
      await pRetry(remove, { maxRetryTime: deadlineMs, retries: deadlineMs / 1_000, factor: 1, minTimeout: 1_000 });
    }
  }
}
