import { randomInt } from "node:crypto";
import { setInterval, setTimeout } from "node:timers/promises";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { gateResult } from "../contracts/gate";
import { addresses } from "../local-cloud/addresses";
import { effectiveDeadline, effectiveRpo } from "../plan/graph";
import type { ServiceName } from "../plan/model";
import { plan } from "../plan/plan";
import { seconds } from "../plan/units";
import { EngineSteps } from "../engine/events";
import { engineEventsTo } from "./engine-events";
import { prepareGround, raisePrimary, type Ground, type GroundArgs } from "./ground";
import { startLoad, type Load } from "./load";
import { measure, type Observations } from "./measure";
import { watchMemory } from "./memory";
import { probeUntilAll } from "../outside/probe";
import { askLastWrites, type LastWrites } from "./last-writes";
import { UpFailed } from "../engine/up";
import type { DrillResult } from "./result";
import type { Site } from "../outside/site";
import type { Timeline } from "./timeline";

export interface DrillOptions extends GroundArgs {
  /** Size that Odoo's database is brought to. */
  readonly sizeBytes: number;
}

/** Seconds that the services may take to answer through DNS once `pulumi up` has ended well. */
const answersAfterUp = 60;
/** Seconds in which a backup cycle must have finished: the first one makes a full copy. */
const backupDeadline = 900;

/** What is known so far of a drill; becomes its record whether it ends well or not. */
type Draft = { -readonly [K in keyof DrillResult]: DrillResult[K] };

/**
 * Loses the primary, recovers it on another provider, and measures. Never rejects for a recovery that fails: that is its result.
 * Nor for what hinders the drill before the loss: that is `failed`, and its last event says what.
 * @throws the signal's reason when it is stopped
 */
export async function runDrill(options: DrillOptions): Promise<DrillResult> {
  const { timeline } = options;
  const draft: Draft = {
    verdict: "failed",
    scenario: "The VPS is lost without warning; everything is recovered at another provider from the backups",
    startedAt: timeline.startedAt,
    failoverSeconds: null,
    databaseBytes: null,
    events: [],
    modules: [],
    gate: { passedAt: null, checks: [] },
    dns: { flippedAt: null, before: null, after: null },
    engine: { pulumi: "unknown", languageHost: "unknown" },
    standIns: [],
  };
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
  timeline.event(`memory: at most ${(memory.peak() / 2 ** 30).toFixed(1)} GiB more in use than before the drill`);
  return { ...draft, events: [...timeline.events] };
}

async function lifeAndLoss(options: DrillOptions, draft: Draft): Promise<void> {
  const { timeline, signal } = options;
  timeline.phase("setup", "the local cloud, the engine and the plugins come up");
  const ground = await prepareGround(options);
  draft.engine = { ...ground.engine };
  draft.standIns = [...ground.standIns];

  timeline.phase("primary", `pulumi up --stack primary, on the VPS at ${addresses.hostinger}`);
  const primary = await raisePrimary(ground, options);

  timeline.phase("seed", "tenants, catalogues, conversations, workflows and files are written");
  draft.databaseBytes = await primary.seed({ sizeBytes: options.sizeBytes });
  timeline.event(`${(draft.databaseBytes / 2 ** 20).toFixed(0)} MiB of databases`);

  const { site, backups } = primary;
  let load: Load | undefined;
  try {
    timeline.phase("backup", "the agent finishes a cycle that holds the seed");
    const cycle = await backups.cycleSince(Date.now(), { generation: 1, seconds: backupDeadline, signal });
    timeline.event(
      `set of ${cycle.consistentAt} is complete: base copy ${cycle.postgres.backupLabel}, ${Object.keys(cycle.files).length} file sets`,
    );

    timeline.phase("load", "numbered rows are written through every service");
    load = await startLoad({ site });
    await backups.cycleSince(Date.now(), { generation: 1, seconds: backupDeadline, signal });
    // The loss does not wait for a good moment: any within a cycle is as likely.
    await setTimeout(randomInt(seconds(plan.backupCycle) * 1_000), undefined, { signal });
    await recoverAndMeasure(options, draft, { ...ground, site, load });
  } finally {
    await load?.stop();
    backups.close();
  }
}

async function recoverAndMeasure(
  options: DrillOptions,
  draft: Draft,
  { cloud, stacks, site, load }: Ground & { site: Site; load: Load },
): Promise<void> {
  const { timeline, signal } = options;
  const before = await site.resolve(site.domain);
  draft.dns = { ...draft.dns, before };

  timeline.phase("loss", `the VPS at ${before} is destroyed`);
  const destroyedAt = Date.now();
  await cloud.destroyHostinger();
  // Else the writers find the recovered site, and their new rows hide what was lost.
  await load.stop();
  timeline.event(
    `gone; last acknowledged writes: ${[...load.acks].map(([module, acks]) => `${module} ${acks.at(-1)?.n ?? "none"}`).join(", ")}`,
  );

  timeline.phase("recovery", "pulumi up --stack recovery");
  const stop = new AbortController();
  const watching = AbortSignal.any([signal, stop.signal]);
  const flipped = watchDns(site, before, watching, (address) => timeline.event(`DNS answers ${address}`));
  const seen = probeUntilAll({
    site,
    deadlineSeconds: seconds(plan.overallRto),
    signal: watching,
    onAnswer: (module, { at }) =>
      timeline.event(`${module} answers, ${((at! - destroyedAt) / 1_000).toFixed(1)} s after the loss`),
  });
  try {
    await stacks.up("recovery", { onEvent: recoveryEvents(timeline), signal });
  } catch (error) {
    stop.abort();
    await record(draft, { destroyedAt, load, seen: await seen, last: new Map(), flipped: await flipped, site });
    throw error;
  }
  const outputs = await stacks.outputs("recovery");
  const gate = gateResult.parse(outputs["gate"]);
  draft.gate = { passedAt: gate.passed ? gate.finishedAt : null, checks: gate.checks };

  timeline.phase("verify", "the recovered services are asked from outside, through DNS");
  const tooLate = globalThis.setTimeout(() => stop.abort(), answersAfterUp * 1_000);
  const answers = await seen;
  clearTimeout(tooLate);
  const last = await askLastWrites(site).catch((error: Error) => {
    timeline.event(`error: what came back could not be asked for: ${error.message}`);
    return new Map<ServiceName, LastWrites>();
  });
  const flip = await flipped;
  await record(draft, { destroyedAt, load, seen: answers, last, flipped: flip, site });
  stop.abort();
  const complete = draft.modules.every(({ rtoSeconds, restored }) => rtoSeconds !== null && restored);
  draft.verdict = gate.passed && flip !== null && complete ? "recovered" : "failed";
}

async function record(
  draft: Draft,
  seen: Omit<Observations, "acks"> & { load: Load; flipped: string | null; site: Site },
): Promise<void> {
  const { load, flipped, site } = seen;
  const modules = measure({ ...seen, acks: load.acks });
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

/** When DNS first answered another address than before; null: it did not until the signal. */
async function watchDns(
  site: Site,
  before: string,
  signal: AbortSignal,
  onFlip: (address: string) => void,
): Promise<string | null> {
  try {
    for await (const _ of setInterval(250, undefined, { signal })) {
      const address = await site.resolve(site.domain).catch(() => before);
      if (address === before) continue;
      onFlip(address);
      return new Date().toISOString();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return null;
}

/** The engine's steps in the timeline, each in the phase that it belongs to. */
function recoveryEvents(timeline: Timeline): (event: EngineEvent) => void {
  const steps = new EngineSteps();
  const write = engineEventsTo(timeline, 1);
  return (event) => {
    const step = steps.accept(event);
    if (step?.state === "started" && step.type.endsWith(":Command") && step.name === "gate")
      timeline.phase("gate", "everything that must hold before DNS moves");
    if (step?.state === "started" && step.type.endsWith(":DnsRecord") && timeline.currentPhase === "gate")
      timeline.phase("dns", "the records are taken over");
    write(event);
  };
}
