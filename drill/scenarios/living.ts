import { z } from "zod";
import { gateCheck } from "../../contracts/gate";
import { probeUntilAll } from "../../outside/probe";
import type { ServiceName } from "../../plan/model";
import { dependants } from "../../plan/graph";
import { plan } from "../../plan/plan";
import { seconds } from "../../plan/units";
import { lastWritesOf, record, type Draft } from "../record";
import { runSmarter } from "../smarter";
import type { Telling } from "../../words/said";
import { acknowledged, answersAfterwards, type Stage } from "./scenario";
import { tell } from "../timeline-words";

/** What a recovery on the living host says of itself as JSON, as far as the drill needs it. */
const said = z.object({ checks: z.array(gateCheck).nullable() });

/** The modules that a damaged cluster takes with it. */
export const clusterModules: readonly ServiceName[] = [
  "postgres",
  ...dependants(plan, "postgres").map(({ name }) => name),
];

export interface LivingLoss {
  /** What happens, for the timeline. */
  readonly what: Telling;
  /** Does the damage. */
  readonly damage: () => Promise<void>;
  /** Between the damage and the recovery, writers still at work. */
  readonly unnoticed?: () => Promise<void>;
  /** Arguments of `smarter`: the recovery. */
  readonly recovery: readonly string[];
  /** A line of it after which nobody can be answered by the damaged site. @default the damage itself makes every module dark */
  readonly darkFrom?: RegExp;
  readonly modules: readonly ServiceName[];
  /** What else must be seen of what was recovered. @param said the recovery's own JSON */
  readonly look?: (said: unknown) => Promise<z.infer<typeof gateCheck>[]>;
}

/** A loss that leaves the host alive: recovered by the operator's command, on that host, without DNS. */
export async function loseAndRecover(stage: Stage, draft: Draft, loss: LivingLoss): Promise<void> {
  const { site, load, timeline, signal, stacks } = stage;
  draft.dns = { ...draft.dns, before: await site.resolve(site.domain) };
  timeline.phase("loss", loss.what);
  const destroyedAt = Date.now();
  await loss.damage();
  await loss.unnoticed?.();
  // Else the writers find the recovered site, and their new rows hide what was lost.
  await load.stop();
  timeline.event(tell("writersStopped", acknowledged(load)));

  timeline.phase("recovery", `smarter ${loss.recovery.join(" ")}`);
  const stop = new AbortController();
  let seen: ReturnType<typeof probeUntilAll> | undefined;
  const look = () =>
    (seen ??= probeUntilAll({
      site,
      modules: loss.modules,
      deadlineSeconds: seconds(plan.overallRto),
      signal: AbortSignal.any([signal, stop.signal]),
      onAnswer: (module, { at }) =>
        timeline.event(tell("answers", module, `${((at! - destroyedAt) / 1_000).toFixed(1)} s`)),
    }));
  if (!loss.darkFrom) look();
  const ran = await runSmarter(stacks, "primary", [...loss.recovery, "--yes", "--json"], {
    signal,
    onLine: (line) => {
      timeline.event(line);
      if (loss.darkFrom?.test(line)) look();
    },
  });
  const ended = new Date().toISOString();

  timeline.phase("verify", tell("verifying"));
  const tooLate = setTimeout(() => stop.abort(), ran.exitCode === 0 ? answersAfterwards * 1_000 : 0);
  const answers = await look();
  clearTimeout(tooLate);
  const last = await lastWritesOf(site, timeline);
  await record(draft, { destroyedAt, load, seen: answers, last, flipped: null, site, modules: loss.modules });
  if (ran.exitCode !== 0) throw new Error(`smarter ${loss.recovery.join(" ")} ended with ${ran.exitCode}`);

  const answer: unknown = JSON.parse(ran.stdout);
  const checks = [...(said.parse(answer).checks ?? []), ...((await loss.look?.(answer)) ?? [])];
  const passed = checks.every(({ ok }) => ok);
  draft.gate = { passedAt: passed ? ended : null, checks };
  const complete = draft.modules.every(({ rtoSeconds, restored }) => rtoSeconds !== null && restored);
  draft.verdict = passed && complete ? "recovered" : "failed";
}
