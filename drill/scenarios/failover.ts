import { setInterval } from "node:timers/promises";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { type GateCheck, gateResult, gateResultIn } from "../../contracts/gate";
import { EngineSteps } from "../../engine/events";
import { probeUntilAll } from "../../outside/probe";
import type { Site } from "../../outside/site";
import { plan } from "../../plan/plan";
import { seconds } from "../../plan/units";
import { engineEventsTo } from "../engine-events";
import { lastWritesOf, record, type Draft } from "../record";
import type { Timeline } from "../timeline";
import type { Telling } from "../../words/said";
import { acknowledged, answersAfterwards, tellChecks, type Stage } from "./scenario";
import { tell } from "../timeline-words";

export interface FailoverArgs {
  /** What happens to the VPS at an address, for the timeline. */
  readonly loss: (address: string) => Telling;
  lose(): Promise<void>;
  /** The old site goes on answering: only what answers once DNS has moved counts. @default false */
  readonly answersOn?: boolean;
  /** @default `pulumi up --stack recovery` */
  readonly recovery?: { readonly what: string; run(): Promise<void> };
  /** Looked at when all is recovered, and added to the gate's checks. @default nothing more */
  afterwards?(outputs: Readonly<Record<string, unknown>>): Promise<GateCheck[]>;
}

/** The primary is lost, in one way or another; everything is recovered at another provider. */
export async function failover(
  { stacks, site, load, timeline, signal }: Stage,
  draft: Draft,
  { loss, lose, answersOn = false, recovery, afterwards = async () => [] }: FailoverArgs,
): Promise<void> {
  const recover = recovery ?? {
    what: "pulumi up --stack recovery",
    run: () => stacks.up("recovery", { onEvent: recoveryEvents(timeline), signal }),
  };
  const before = await site.resolve(site.domain);
  draft.dns = { ...draft.dns, before };

  timeline.phase("loss", loss(before));
  const destroyedAt = Date.now();
  await lose();
  // Else the writers find the recovered site, and their new rows hide what was lost.
  await load.stop();
  timeline.event(tell(answersOn ? "writersStopped" : "gone", acknowledged(load)));

  timeline.phase("recovery", recover.what);
  const stop = new AbortController();
  const watching = AbortSignal.any([signal, stop.signal]);
  const flipped = watchDns(site, before, watching, (address) => timeline.event(tell("dnsAnswers", address)));
  const probe = () =>
    probeUntilAll({
      site,
      deadlineSeconds: seconds(plan.overallRto),
      signal: watching,
      onAnswer: (module, { at }) =>
        timeline.event(tell("answers", module, `${((at! - destroyedAt) / 1_000).toFixed(1)} s`)),
    });
  const seen = answersOn ? flipped.then(probe) : probe();
  try {
    await recover.run();
  } catch (error) {
    stop.abort();
    draft.gate = { passedAt: null, checks: gateResultIn((error as Error).message)?.checks ?? [] };
    await record(draft, { destroyedAt, load, seen: await seen, last: new Map(), flipped: await flipped, site });
    throw error;
  }
  const outputs = await stacks.outputs("recovery");
  const gate = gateResult.parse(outputs["gate"]);
  draft.gate = { passedAt: gate.passed ? gate.finishedAt : null, checks: gate.checks };

  timeline.phase("verify", tell("verifying"));
  const tooLate = globalThis.setTimeout(() => stop.abort(), answersAfterwards * 1_000);
  const answers = await seen;
  clearTimeout(tooLate);
  const last = await lastWritesOf(site, timeline);
  const flip = await flipped;
  await record(draft, { destroyedAt, load, seen: answers, last, flipped: flip, site });
  stop.abort();
  const complete = draft.modules.every(({ rtoSeconds, restored }) => rtoSeconds !== null && restored);
  const more = await afterwards(outputs);
  tellChecks(timeline, more);
  draft.gate = { ...draft.gate, checks: [...draft.gate.checks, ...more] };
  const held = gate.passed && more.every(({ ok }) => ok);
  draft.verdict = held && flip !== null && complete ? "recovered" : "failed";
}

/** When DNS first answered another address than before; null: it did not until the signal. */
export async function watchDns(
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
      timeline.phase("gate", tell("gate"));
    if (step?.state === "started" && step.type.endsWith(":DnsRecord") && timeline.currentPhase === "gate")
      timeline.phase("dns", tell("dns"));
    write(event);
  };
}
