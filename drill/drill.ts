import { randomInt } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { addresses } from "../local-cloud/addresses";
import { UpFailed } from "../engine/up";
import { plan } from "../plan/plan";
import { seconds } from "../plan/units";
import { prepareGround, raisePrimary, type GroundArgs } from "./ground";
import { startLoad, type Load } from "./load";
import { watchMemory } from "./memory";
import { newDraft, type Draft } from "./record";
import type { DrillResult, ScenarioName } from "./result";
import { scenarios } from "./scenarios";
import { tell } from "./timeline-words";

export interface DrillOptions extends GroundArgs {
  readonly scenario: ScenarioName;
  /** Size that Odoo's database is brought to. */
  readonly sizeBytes: number;
}

/** Seconds in which a backup cycle must have finished: the first one makes a full copy. */
const backupDeadline = 900;

/**
 * Raises a living site, lets the scenario lose and recover it, and measures. Never rejects for a recovery that fails: that is its result.
 * Nor for what hinders the drill before the loss: that is `failed`, and its last event says what.
 * @throws the signal's reason when it is stopped
 */
export async function runDrill(options: DrillOptions): Promise<DrillResult> {
  const { timeline } = options;
  const draft = newDraft(options.scenario, timeline.startedAt);
  const memory = await watchMemory();
  try {
    await lifeAndLoss(options, draft);
  } catch (error) {
    if (options.signal.aborted) throw options.signal.reason;
    if (error instanceof UpFailed && error.stackName === "recovery" && !error.touchedAnything)
      draft.verdict = "refused";
    timeline.event(`error: ${(error as Error).message}`);
  } finally {
    memory.stop();
  }
  timeline.event(tell("memory", `${(memory.peak() / 2 ** 30).toFixed(1)} GiB`));
  return { ...draft, events: [...timeline.events] };
}

async function lifeAndLoss(options: DrillOptions, draft: Draft): Promise<void> {
  const { timeline, signal } = options;
  timeline.phase("setup", tell("cloudUp"));
  const ground = await prepareGround(options);
  draft.engine = { ...ground.engine };
  draft.standIns = [...ground.standIns];

  timeline.phase("primary", tell("primaryUp", addresses.hostinger));
  const primary = await raisePrimary(ground, options);

  timeline.phase("seed", tell("seeding"));
  draft.databaseBytes = await primary.seed({ sizeBytes: options.sizeBytes });
  timeline.event(tell("databases", `${(draft.databaseBytes / 2 ** 20).toFixed(0)} MiB`));

  const { site, backups } = primary;
  let load: Load | undefined;
  try {
    timeline.phase("backup", tell("backup"));
    const cycle = await backups.cycleSince(Date.now(), { generation: 1, seconds: backupDeadline, signal });
    timeline.event(tell("backedUp", cycle.consistentAt, cycle.postgres.backupLabel, Object.keys(cycle.files).length));

    timeline.phase("load", tell("loading"));
    load = await startLoad({ site });
    await backups.cycleSince(Date.now(), { generation: 1, seconds: backupDeadline, signal });
    // The loss does not wait for a good moment: any within a cycle is as likely.
    await setTimeout(randomInt(seconds(plan.backupCycle) * 1_000), undefined, { signal });
    await scenarios[options.scenario].run({ ...ground, ...primary, load, generation: 1, timeline, signal }, draft);
  } finally {
    await load?.stop();
    backups.close();
  }
}
