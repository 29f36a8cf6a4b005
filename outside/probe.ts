import { setMaxListeners } from "node:events";
import { setInterval } from "node:timers/promises";
import { z } from "zod";
import type { ServiceName } from "../plan/model";
import { askSite, type Answer, type AskSite } from "./https";
import { moduleProbes, type ModuleProbe, type Site } from "./site";

/** Milliseconds between two looks at one module: the error of a measured RTO. */
const lookEveryMs = 250;
/** Milliseconds for one look: a dead address is given up soon, as DNS may have moved meanwhile. */
const lookTimeoutMs = 2_000;

export interface ProbeOptions {
  readonly site: Site;
  /** Seconds after which what does not answer is given up. */
  readonly deadlineSeconds: number;
  /** @default every module of the plan */
  readonly modules?: readonly ServiceName[];
  /** Ends the probing before its deadline: what has not answered by then never did. */
  readonly signal?: AbortSignal;
  /** A module answers for the first time. */
  readonly onAnswer?: (module: ServiceName, seen: Seen) => void;
}

/** The first answer of a module, or why there was none. */
export interface Seen {
  /** Milliseconds since the epoch; null: it never answered. */
  readonly at: number | null;
  /** Address that DNS gave for it; null: it never answered. */
  readonly address: string | null;
  /** What was asked, where, and what came back; no words of ours, so that it reads the same in every language. */
  readonly evidence: string;
}

/** Looks at every module from outside, DNS first, until each has answered or the deadline is over. Never rejects for a silent one. */
export async function probeUntilAll(options: ProbeOptions): Promise<Map<ServiceName, Seen>> {
  const ask = askSite(options.site);
  const deadline = AbortSignal.timeout(options.deadlineSeconds * 1_000);
  const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline;
  // Every module listens to it, which Node would take for a leak.
  setMaxListeners(0, signal);
  const wanted = moduleProbes(options.site.domain).filter(({ module }) => options.modules?.includes(module) ?? true);
  const seen = await Promise.all(
    wanted.map(async (probe) => {
      const first = await lookUntilWell(ask, probe, signal);
      if (first.at !== null) options.onAnswer?.(probe.module, first);
      return [probe.module, first] as const;
    }),
  );
  return new Map(seen);
}

/** A module that answered well. */
export interface Look {
  readonly address: string;
  readonly seconds: number;
  readonly certificateUntil: string;
  readonly evidence: string;
}

/** It answered, and said that it is not well. */
export class NotWell extends Error {}

/** Looks once at a module. @throws NotWell with what it said, or what kept it from answering */
export async function lookAt(ask: AskSite, probe: ModuleProbe, timeoutMs = lookTimeoutMs): Promise<Look> {
  const started = performance.now();
  const answer = await ask({ host: probe.host, path: probe.path, timeoutMs });
  const said = wellBeing(probe, answer);
  return {
    address: answer.address,
    seconds: (performance.now() - started) / 1_000,
    certificateUntil: answer.certificate.validTo,
    evidence: `https://${probe.host}${probe.path} → ${answer.address}: ${said}`,
  };
}

async function lookUntilWell(ask: AskSite, probe: ModuleProbe, signal: AbortSignal): Promise<Seen> {
  let problem: string | undefined;
  try {
    for await (const _ of setInterval(lookEveryMs, undefined, { signal })) {
      try {
        const { address, evidence } = await lookAt(ask, probe);
        return { at: Date.now(), address, evidence };
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  const asked = `https://${probe.host}${probe.path}`;
  return { at: null, address: null, evidence: problem === undefined ? asked : `${asked}: ${problem}` };
}

const dependencies = z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string() }));

/** What the answer says of the module. @throws when it is not well */
function wellBeing({ module, kind }: ModuleProbe, { status, body, certificate }: Answer): string {
  const says = `HTTP ${status} ${JSON.stringify(body)?.slice(0, 300)}`;
  switch (kind) {
    case "own":
      if (status !== 200) throw new NotWell(says);
      return says;
    case "dependency": {
      const dependency = dependencies.safeParse(body).data?.[module];
      if (!dependency) throw new Error(says);
      if (!dependency.ok) throw new NotWell(dependency.detail);
      return dependency.detail;
    }
    case "proxy":
      return `HTTP ${status}, subject=${certificate.subject}, issuer=${certificate.issuer}, notAfter=${certificate.validTo}`;
    default:
      throw new Error(`unknown kind of probe: ${kind satisfies never}`);
  }
}
