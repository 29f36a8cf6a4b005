import { readEngineEvents } from "../../engine/events";
import { eventsOf } from "../../engine/up";
import type { Incident } from "../incident/record";
import { documented } from "./documentation";
import type { Journal } from "./journal";
import { Progress } from "./progress";

/** Which runs are earlier ones of the same recovery. */
export interface Window {
  /** The activation. */
  readonly since: Date;
  /** The beginning of the run that is not an earlier one. */
  readonly before: Date;
}

/**
 * What the runs before this one did, as their engines recorded it: whole seconds, and to the end of a killed run. One that came to no
 * resource is not counted.
 */
export async function earlierEvents(journal: Journal, { since, before }: Window): Promise<Incident["events"]> {
  const logs = await journal.logs(since, before);
  const recorded = await Promise.all(logs.map((log) => readEngineEvents(eventsOf(log))));
  const runs = recorded.map((events) => {
    const progress = new Progress(() => 0);
    return events.flatMap((event) =>
      progress.accept(event).map((step) => ({ step, at: new Date(event.timestamp * 1_000) })),
    );
  });
  return runs
    .filter((steps) => steps.length > 0)
    .flatMap((steps, i) => steps.map(({ step, at }) => documented(step, i + 1, at)));
}
