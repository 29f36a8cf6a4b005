import type { GateCheck } from "../../contracts/gate";
import type { Site } from "../../outside/site";
import type { Backups } from "../backups";
import type { Ground, Primary } from "../ground";
import type { Load } from "../load";
import type { Draft } from "../record";
import type { ScenarioName } from "../result";
import type { Timeline } from "../timeline";

/** A living company with backups and steady writers: where every scenario begins. */
export interface Stage extends Ground, Primary {
  readonly site: Site;
  readonly backups: Backups;
  readonly load: Load;
  /** Of the site that lives. */
  readonly generation: number;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
}

/** One disaster, and its recovery. */
export interface Scenario {
  readonly name: ScenarioName;
  /** Loses, recovers, measures: what it saw goes into the record, the verdict too. @throws what hindered the recovery */
  run(stage: Stage, draft: Draft): Promise<void>;
}

/** Seconds that the services may take to answer through DNS once the recovery has ended well. */
export const answersAfterwards = 60;

/** The number of the last write that each module acknowledged. */
export const acknowledged = ({ acks }: Load): string =>
  [...acks].map(([module, all]) => `${module} ${all.at(-1)?.n ?? "–"}`).join(", ");

/** Tells what was looked at when all was over, a line each. */
export function tellChecks(timeline: Timeline, checks: readonly GateCheck[]): void {
  for (const { name, ok, evidence } of checks)
    timeline.event(`${ok ? "holds" : "does not hold"}: it ${name} (${evidence})`);
}
