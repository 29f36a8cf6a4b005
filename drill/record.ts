import { effectiveDeadline, effectiveRpo } from "../plan/graph";
import type { ServiceName } from "../plan/model";
import { plan } from "../plan/plan";
import type { Site } from "../outside/site";
import { askLastWrites, type LastWrites } from "./last-writes";
import type { Load } from "./load";
import { measure, type Observations } from "./measure";
import type { DrillResult, ScenarioName } from "./result";
import type { Timeline } from "./timeline";
import { tell } from "./timeline-words";

/** What is known so far of a drill; becomes its record whether it ends well or not. */
export type Draft = { -readonly [K in keyof DrillResult]: DrillResult[K] };

/** The record of a drill of which nothing is known yet. */
export const newDraft = (scenario: ScenarioName, startedAt: string): Draft => ({
  verdict: "failed",
  scenario,
  startedAt,
  failoverSeconds: null,
  databaseBytes: null,
  events: [],
  modules: [],
  gate: { passedAt: null, checks: [] },
  dns: { flippedAt: null, before: null, after: null },
  engine: { pulumi: "unknown", languageHost: "unknown" },
  standIns: [],
});

export interface Recorded extends Omit<Observations, "acks"> {
  readonly load: Load;
  readonly flipped: string | null;
  readonly site: Site;
  /** @default every module of the plan */
  readonly modules?: readonly ServiceName[];
}

/** Writes the figures of the modules concerned into the record. */
export async function record(draft: Draft, seen: Recorded): Promise<void> {
  const { load, flipped, site } = seen;
  const modules = measure({ ...seen, acks: load.acks }).filter(({ name }) => seen.modules?.includes(name) ?? true);
  draft.modules = modules.map(({ name, rtoSeconds, rpoSeconds, restored, evidence }) => ({
    name,
    rtoSeconds,
    rtoTargetSeconds: effectiveDeadline(plan, name),
    rpoSeconds,
    rpoTargetSeconds: effectiveRpo(plan, name) ?? null,
    restored,
    evidence,
  }));
  const times = modules.map(({ rtoSeconds }) => rtoSeconds);
  draft.failoverSeconds = times.includes(null) ? null : Math.max(...(times as number[]));
  draft.dns = { ...draft.dns, flippedAt: flipped, after: await site.resolve(site.domain).catch(() => null) };
}

/** What the services still have; a site that does not say is an event, not the end. */
export const lastWritesOf = (site: Site, timeline: Timeline): Promise<Map<ServiceName, LastWrites>> =>
  askLastWrites(site).catch((error: Error) => {
    timeline.event(tell("notAsked", error.message));
    return new Map<ServiceName, LastWrites>();
  });
