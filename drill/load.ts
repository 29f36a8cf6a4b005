import { setMaxListeners } from "node:events";
import { setInterval } from "node:timers/promises";
import { z } from "zod";
import type { ServiceName } from "../plan/model";
import { askOk, askSite, type AskSite } from "../outside/https";
import { drillServices, publicHost, type Site } from "../outside/site";

/** A write that a service has acknowledged: from then on, losing it is a loss. */
export interface Ack {
  /** Number of the write; a module's numbers have no gaps. */
  readonly n: number;
  /** When the acknowledgement arrived, milliseconds since the epoch, by this machine's clock. */
  readonly at: number;
}

export interface LoadOptions {
  readonly site: Site;
  /** Milliseconds between two writes of one module. @default 500 */
  readonly intervalMs?: number;
  /** Seconds in which every module must acknowledge its first write. @default 30 */
  readonly firstAckDeadlineSeconds?: number;
  readonly onAck?: (module: ServiceName, ack: Ack) => void;
}

/** Writers at work. */
export interface Load {
  /** Every acknowledged write so far, in order, by module; PostgreSQL's own are those of the modules that write through it. */
  readonly acks: ReadonlyMap<ServiceName, readonly Ack[]>;
  /** The last failure of each module that has any: after the loss, of them all. */
  readonly failures: ReadonlyMap<ServiceName, string>;
  /** Ends the writers; resolves when none is at work. */
  stop(): Promise<void>;
}

interface Writer {
  readonly module: ServiceName;
  readonly host: string;
  readonly target: "database" | "vault";
}

/** One writer for each published service, and one for Vault, through the gateway. */
function writers(domain: string): Writer[] {
  const own = drillServices.map((module) => ({
    module,
    host: publicHost(module, domain),
    target: "database" as const,
  }));
  return [...own, { module: "vault", host: publicHost("gateway", domain), target: "vault" }];
}

const lastWrites = z.object({ rows: z.number(), vault: z.number().optional() });

/**
 * Starts a steady writer of numbered rows through each service, from outside. A write that fails is tried again under the same
 * number, at the next turn. Resolves when each module has acknowledged its first write.
 * @throws when some module does not within the deadline
 */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const { site, intervalMs = 500, firstAckDeadlineSeconds = 30, onAck } = options;
  const ask = askSite(site);
  const stopped = new AbortController();
  // Every writer listens to it, which Node would take for a leak.
  setMaxListeners(0, stopped.signal);
  const acks = new Map<ServiceName, Ack[]>();
  const failures = new Map<ServiceName, string>();
  const began = writers(site.domain).map((writer) => {
    const own: Ack[] = [];
    acks.set(writer.module, own);
    return startWriter(ask, writer, intervalMs, stopped.signal, {
      acked: (ack) => {
        own.push(ack);
        onAck?.(writer.module, ack);
      },
      failed: (error) => void failures.set(writer.module, error.message),
    });
  });
  const stop = async () => {
    stopped.abort();
    await Promise.all(began.map(({ ended }) => ended));
  };
  await within(
    firstAckDeadlineSeconds,
    began.map(({ first }) => first),
  ).catch(async (cause: unknown) => {
    await stop();
    const silent = [...acks]
      .filter(([, own]) => own.length === 0)
      .map(([module]) => `${module} (${failures.get(module)})`);
    throw new Error(`load: no acknowledged write in ${firstAckDeadlineSeconds} s from ${silent.join(", ")}`, { cause });
  });
  return { acks, failures, stop };
}

async function within(seconds: number, promises: Promise<void>[]): Promise<void> {
  const deadline = AbortSignal.timeout(seconds * 1_000);
  const late = new Promise<never>((_, reject) => deadline.addEventListener("abort", () => reject(deadline.reason)));
  await Promise.race([Promise.all(promises), late]);
}

function startWriter(
  ask: AskSite,
  { host, target }: Writer,
  intervalMs: number,
  signal: AbortSignal,
  on: { acked(ack: Ack): void; failed(error: Error): void },
): { first: Promise<void>; ended: Promise<void> } {
  let firstAcked = () => {};
  const first = new Promise<void>((resolve) => (firstAcked = resolve));
  let n: number | undefined;
  const turn = async () => {
    n ??= await nextNumber(ask, host, target);
    await askOk(ask, { host, path: "/_drill/write", body: { n, target } });
    on.acked({ n, at: Date.now() });
    n += 1;
    firstAcked();
  };
  const work = async () => {
    for await (const _ of setInterval(intervalMs, undefined, { signal })) {
      await turn().catch(on.failed);
    }
  };
  const ended = work().catch((error: Error) => {
    if (error.name !== "AbortError") throw error;
  });
  return { first, ended };
}

/** A site that has been through a drill before goes on from its last number. */
async function nextNumber(ask: AskSite, host: string, target: Writer["target"]): Promise<number> {
  const last = lastWrites.parse(await askOk(ask, { host, path: "/_drill/last" }));
  return 1 + (target === "vault" ? (last.vault ?? 0) : last.rows);
}
