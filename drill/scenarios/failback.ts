import { join } from "node:path";
import { setInterval } from "node:timers/promises";
import { z } from "zod";
import { gateCheck, type GateCheck } from "../../contracts/gate";
import { addresses } from "../../local-cloud/addresses";
import { probeUntilAll, type Seen } from "../../outside/probe";
import { databases } from "../../plan/graph";
import type { ServiceName } from "../../plan/model";
import { plan } from "../../plan/plan";
import { seconds } from "../../plan/units";
import { newSshKey } from "../../toolchain/sshkeys";
import { engineEventsTo } from "../engine-events";
import { drillFolder, escrowed, psql, sshTo } from "../ground";
import { startLoad, type Load } from "../load";
import { lastWritesOf, record, type Draft } from "../record";
import { twoFields } from "../settings";
import { runSmarter } from "../smarter";
import { watchDns } from "./failover";
import { answersAfterwards, tellChecks, type Scenario, type Stage } from "./scenario";

/** The line of `smarter failback` with which the write pause begins. */
const pauses = /^stopping everything that writes/;
/** ... and the one from which on nobody writes there. */
const quiesced = /^nobody writes any more/;
/** What it says at its end, as far as the drill needs it. */
const said = z.object({
  activatedAt: z.iso.datetime(),
  gate: z.object({ passedAt: z.string().nullable(), checks: z.array(gateCheck) }),
});
/** Seconds, from the end of the failback, in which each writer must have written again. */
const writesAgain = 60;

/** After a loss the business runs at another provider: it goes back to a new VPS, under load, and loses no write. */
export const failback: Scenario = {
  name: "failback",
  run: async (stage, draft) => {
    const { site, timeline, signal } = stage;
    const onNewVps = await loseAndRebuild(stage);
    const load = await startLoad({ site });
    try {
      await stage.backups.cycleSince(Date.now(), { generation: 2, seconds: 300, signal });
      timeline.event("writers are at work at the other provider, and its backups go on");
      await goBack(stage, draft, load, onNewVps);
    } finally {
      await load.stop();
    }
  },
};

/** What was before: the VPS is lost, the business recovered, and a new VPS is there. @returns how scripts are run on it */
export async function loseAndRebuild({ cloud, load, secrets, stacks, timeline, signal }: Stage) {
  const escrow = await escrowed(stacks);
  await load.stop();
  timeline.event("before: the VPS is lost, and everything is recovered at the other provider");
  await cloud.destroyHostinger();
  await stacks.up("recovery", { onEvent: engineEventsTo(timeline, 10), signal });
  const key = newSshKey("new-vps");
  await cloud.bootHostinger({ hostKeyPrivate: key.privateKey, authorizedKey: secrets.operator.publicKey });
  const values = {
    "smarteros:site.generation": "3",
    "smarteros:site.restoreFrom": "2",
    "smarteros:site.host.hostKey": twoFields(key.publicKey),
    "smarteros:site.fence.hostKey": twoFields(secrets.recoveryHost.publicKey),
  };
  for (const [path, value] of Object.entries(values)) await stacks.set("primary", path, value);
  await stacks.setSecrets("primary", escrow);
  timeline.event(
    `a new VPS is up at ${addresses.hostinger}; the primary's settings name its key, generation 3, and where it restores from`,
  );
  return sshTo(addresses.hostinger, secrets.operator.privateKey, key.publicKey);
}

async function goBack(stage: Stage, draft: Draft, load: Load, onNewVps: (script: string) => Promise<string>) {
  const { site, stacks, timeline, signal } = stage;
  const before = await site.resolve(site.domain);
  draft.dns = { ...draft.dns, before };
  timeline.phase("recovery", "smarter failback");
  const stop = new AbortController();
  const watching = AbortSignal.any([signal, stop.signal]);
  let pausedAt: number | undefined;
  let quiescedAt: number | undefined;
  let seen: Promise<{ flippedAt: string | null; answers: Map<ServiceName, Seen> }> | undefined;
  const ran = await runSmarter(
    stacks,
    "primary",
    ["failback", "--yes", "--json", "--report", join(drillFolder(), "incidents")],
    {
      signal,
      onLine: (line) => {
        timeline.event(line);
        if (quiesced.test(line)) quiescedAt = Date.now();
        if (!pauses.test(line)) return;
        // What the table calls the loss: the first second without writes.
        timeline.phase("loss", "the write pause begins");
        pausedAt = Date.now();
        seen = answersAt(stage, before, pausedAt, watching);
        timeline.phase("recovery", "smarter failback goes on");
      },
    },
  );
  timeline.phase("verify", "what was written before the pause, and after it");
  if (pausedAt === undefined || quiescedAt === undefined || !seen)
    throw new Error(`smarter failback ended with ${ran.exitCode} before the write pause`);
  const tooLate = globalThis.setTimeout(() => stop.abort(), ran.exitCode === 0 ? answersAfterwards * 1_000 : 0);
  const { flippedAt, answers } = await seen;
  clearTimeout(tooLate);
  const pause = await writesAgainAfter(load, quiescedAt, signal);
  await load.stop();
  const last = await lastWritesOf(site, timeline);
  const incident = said.safeParse(jsonIn(ran.stdout)).data;
  // When the first service was told to stop; the line comes before that, and is taken where nothing else is known.
  await record(draft, {
    destroyedAt: incident ? Date.parse(incident.activatedAt) : pausedAt,
    load,
    seen: answers,
    last,
    flipped: flippedAt,
    site,
  });
  if (ran.exitCode !== 0) throw new Error(`smarter failback ended with ${ran.exitCode}`);

  const { gate } = said.parse(jsonIn(ran.stdout));
  const checks = [pause, await withoutGap(onNewVps)];
  tellChecks(timeline, checks);
  draft.gate = { passedAt: gate.passedAt, checks: [...gate.checks, ...checks] };
  const whole = draft.modules.every((m) => m.rtoSeconds !== null && m.restored && (m.rpoSeconds ?? 0) === 0);
  draft.verdict = gate.passedAt !== null && draft.gate.checks.every(({ ok }) => ok) && whole ? "recovered" : "failed";
}

const jsonIn = (text: string): unknown => (text === "" ? undefined : JSON.parse(text));

/** When DNS moved, and then each module's first answer: before, the other site's proxy still answers. */
async function answersAt({ site, timeline }: Stage, before: string, pausedAt: number, signal: AbortSignal) {
  const into = (at: number) => `${((at - pausedAt) / 1_000).toFixed(1)} s into the write pause`;
  const flippedAt = await watchDns(site, before, signal, () =>
    timeline.event(`DNS answers another address, ${into(Date.now())}`),
  );
  if (flippedAt === null) return { flippedAt, answers: new Map<ServiceName, Seen>() };
  const answers = await probeUntilAll({
    site,
    deadlineSeconds: seconds(plan.overallRto),
    signal,
    onAnswer: (module, { at }) => timeline.event(`${module} answers, ${into(at!)}`),
  });
  return { flippedAt, answers };
}

/** Each writer goes on by itself: what it waited for is the write pause that users feel. */
export async function writesAgainAfter(load: Load, quiescedAt: number, signal: AbortSignal): Promise<GateCheck> {
  const end = Date.now() + writesAgain * 1_000;
  const silent = () =>
    [...load.acks].filter(([, acks]) => (acks.at(-1)?.at ?? 0) <= quiescedAt).map(([module]) => module);
  for await (const _ of setInterval(250, undefined, { signal })) if (silent().length === 0 || Date.now() > end) break;
  const waited = [...load.acks].map(([module, acks]) => {
    const after = acks.findIndex(({ at }) => at > quiescedAt);
    return { module, seconds: after < 1 ? Infinity : (acks[after]!.at - acks[after - 1]!.at) / 1_000 };
  });
  const longest = waited.reduce((a, b) => (b.seconds > a.seconds ? b : a));
  return {
    name: "writes again through every module",
    ok: silent().length === 0,
    evidence:
      silent().length === 0
        ? `write pause at most ${longest.seconds.toFixed(1)} s (${longest.module})`
        : `silent: ${silent().join(", ")}`,
  };
}

/** The writers' numbers have no gap: a row that is missing below the highest is an acknowledged write that was lost. */
export async function withoutGap(onHost: (script: string) => Promise<string>): Promise<GateCheck> {
  const sql = "select coalesce(max(n), 0) - count(*) || ' ' || count(*) from drill_writes";
  const found = await Promise.all(
    databases(plan).map(async (database) => {
      const [missing = Number.NaN, rows = Number.NaN] = (await onHost(psql(database, sql)))
        .trim()
        .split(" ")
        .map(Number);
      return { database, missing, rows };
    }),
  );
  const lost = found.reduce((sum, { missing }) => sum + missing, 0);
  const rows = found.reduce((sum, { rows: n }) => sum + n, 0);
  return {
    name: "loses no acknowledged write",
    ok: lost === 0,
    evidence: `${lost} missing of ${rows} numbered rows in ${found.length} databases`,
  };
}
