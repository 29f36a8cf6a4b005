import { setInterval } from "node:timers/promises";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { gateResult, type GateResult } from "../../contracts/gate";
import { duration } from "../../drill/report/format";
import { UpFailed } from "../../engine/up";
import type { Seen } from "../../outside/probe";
import { askAnyDns, dnsServer } from "../../outside/site";
import type { ServiceName } from "../../plan/model";
import { contacts } from "../../plan/organisation";
import { plan } from "../../plan/plan";
import { seconds } from "../../plan/units";
import { answerOf, ask } from "../ask";
import { checkAll } from "../checklist/check";
import { renderChecklist } from "../checklist/command";
import type { Item } from "../checklist/evaluate";
import { moment } from "../clock";
import { OperatorError, type Context } from "../context";
import type { StackEngine } from "../engine";
import { exitCodes, type ExitCode } from "../exit-codes";
import { incidentOf } from "../incident/files";
import { followUpsOf, incident as incidentSchema, type Incident } from "../incident/record";
import { writeIncident } from "../incident/write";
import type { LookedAt } from "../settings";
import { oneLine } from "../table";
import type { ActivateOptions } from "./command";
import { followOrphan, upWithLocks } from "./engine-run";
import { lossesOf } from "./forecast";
import type { Entry, Held, Journal } from "./journal";
import type { Preflight } from "./preflight";
import { Progress, type Stage, type Step } from "./progress";
import { Answers } from "./verify";
import { openView } from "./view";
import { failoverWords } from "./words";

export interface RecoverArgs extends ActivateOptions {
  readonly context: Context;
  readonly mask: (text: string) => string;
  readonly engine: StackEngine;
  readonly site: LookedAt;
  readonly preflight: Preflight & Required<Pick<Preflight, "config" | "found">>;
  readonly journal: Journal;
  readonly operator: string;
  /** Configuration beside the settings file. */
  readonly extra: Readonly<Record<string, string>>;
  readonly at: string | undefined;
  readonly orphan: Held | undefined;
  readonly takeOver: boolean;
  readonly say: (text: string) => void;
}

/** Seconds that the services may take to answer through DNS once `pulumi up` has ended well. */
const answersAfterUp = 60;
/** Seconds in which the checklist must hold: the first backup cycle of the new generation makes a full copy. */
const checklistDeadline = 120;
/** Seconds between two looks at it. */
const checklistEvery = 3;

/** Runs the recovery to its end and documents it. Never throws for a recovery that fails. @throws when somebody else holds the state, or Ctrl-C */
export async function recover(args: RecoverArgs): Promise<ExitCode> {
  const { context, engine, journal, operator, preflight, site, say, at } = args;
  const { lang, signal } = context;
  const t = failoverWords[lang];
  const activatedAt = await firstActivation(journal, preflight);
  const elapsed = () => (Date.now() - Date.parse(activatedAt)) / 1_000;
  const time = (s: number) => duration(s, lang);
  const note = (what: Entry["what"], detail: string) =>
    journal.note({ at: new Date().toISOString(), by: operator, what, detail: args.mask(oneLine(detail)) });
  const earlier = await earlierIncident(args);
  const before =
    earlier?.dns.before ??
    answerOf(await ask(2, () => askAnyDns(site.dns.resolvers.map(dnsServer))(site.domain))) ??
    null;

  const progress = new Progress(elapsed);
  const events: Incident["events"] = [];
  const view = openView({ progress, elapsed, lang, write: say, terminal: process.stdout.isTTY === true && !args.json });
  const answers = new Answers(
    site,
    (module, { at: answered }) => view.say(t.answers(module, time((answered! - Date.parse(activatedAt)) / 1_000))),
    seconds(plan.overallRto),
  );
  const onEvent = (event: EngineEvent) => {
    for (const step of progress.accept(event)) {
      events.push(documented(step));
      view.step(step);
      // From here on DNS says where the new site is.
      if (step.stage === "dns" && step.state === "working" && !answers.begun)
        answers.begin((address) => address !== before);
    }
  };

  let log = args.orphan?.holder.log ?? "";
  let failure: UpFailed | undefined;
  try {
    if (args.orphan?.holder.engine) {
      view.say(t.attached(args.orphan.holder.engine.pid));
      await followOrphan(args.orphan, onEvent, signal);
    }
    await upWithLocks({
      engine,
      journal,
      config: args.extra,
      takeOver: args.takeOver,
      onEvent,
      onLog: (file) => void (log = file),
      onUnlocked: async ({ user, host, pid }) => {
        view.say(t.unlocked(`${user}@${host}`, pid));
        await note("unlocked", `${user}@${host} (${pid})`);
      },
      heldBy: ({ user, host, pid, since }) => t.held.byLock(user, host, pid, moment(since, lang)),
      signal,
    });
  } catch (error) {
    await view.close();
    await answers.stop();
    if (signal.aborted) {
      await note("stopped", "Ctrl-C");
      say(`${t.stopped}\n${t.resume(resumeCommand())}`);
      throw new OperatorError(t.resume(resumeCommand()), exitCodes.interrupted);
    }
    if (!(error instanceof UpFailed)) throw error;
    failure = error;
  }
  if (failure) {
    await note("failed", failure.reasons);
    say(explainFailure(failure, progress, elapsed(), log, lang));
    const record = await build({ ...args, activatedAt, before, events, progress, verdict: "failed" });
    await document(args, record);
    return progress.touchedAnything ? exitCodes.failed : exitCodes.refused;
  }

  await view.close();
  const outputs = await engine.outputs();
  const gate = gateResult.safeParse(outputs["gate"]);
  const address = String(outputs["address"]);
  if (!answers.begun) answers.begin((answered) => answered === address);
  say(t.verifying);
  const tooLate = setTimeout(() => void answers.stop(), answersAfterUp * 1_000);
  const seen = await answers.all();
  clearTimeout(tooLate);
  const silent = [...seen].filter(([, { at: answered }]) => answered === null).map(([module]) => module);
  if (silent.length > 0) say(t.notAnswering(silent.join(", ")));

  if (preflight.serves && !progress.touchedAnything) say(t.unchanged(site.generation));
  else await note("recovered", address);
  const draft = {
    ...args,
    activatedAt,
    before,
    after: address,
    events,
    progress,
    seen,
    verdict: silent.length === 0 ? ("recovered" as const) : ("failed" as const),
    ...(gate.success ? { gate: gate.data } : {}),
  };
  // An incident that is documented and closed is not written over by a later look.
  const keep = preflight.serves && !progress.touchedAnything && earlier !== undefined;
  if (!keep) await writeIncident(args.report, masked(await build(draft), args.mask), context.documentLang);
  const items = await checklist(args);
  say(renderChecklist(items, lang));
  const record = keep ? earlier : await build({ ...draft, items });
  if (silent.length === 0)
    say(`\n${t.recovered(site.domain, time(Math.max(0, ...record.modules.map((m) => m.rtoSeconds ?? 0))))}`);
  if (keep) {
    if (args.json) context.output.print(JSON.stringify(record, null, 2));
  } else await document(args, record);
  if (silent.length > 0) return exitCodes.failed;
  return items.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.degraded;
}

const documented = ({ stage, subject, state }: Step): Incident["events"][number] => ({
  at: new Date().toISOString(),
  stage,
  what: `${subject}: ${state}`,
});

/** When the recovery of this generation was first activated, by whichever run. */
async function firstActivation(journal: Journal, { found, serves }: RecoverArgs["preflight"]): Promise<string> {
  const now = new Date().toISOString();
  const known = [found.claim?.claimedAt, ...(await journal.entries()).map(({ at }) => at)].filter(
    (at) => at !== undefined,
  );
  return serves ? now : [now, ...known].reduce((a, b) => (Date.parse(b) < Date.parse(a) ? b : a));
}

async function earlierIncident({ report, site }: RecoverArgs): Promise<Incident | undefined> {
  const file = await incidentOf(report, site.domain, site.generation);
  if (!file) return undefined;
  const { readFile } = await import("node:fs/promises");
  return incidentSchema.safeParse(JSON.parse(await readFile(file, "utf8"))).data;
}

async function checklist({ report, context, ...options }: RecoverArgs): Promise<Item[]> {
  const deadline = Date.now() + checklistDeadline * 1_000;
  for await (const _ of setInterval(checklistEvery * 1_000, undefined, { signal: context.signal })) {
    const { items } = await checkAll(options, report);
    if (items.every(({ ok }) => ok) || Date.now() > deadline) return items;
  }
  throw context.signal.reason;
}

interface Draft extends RecoverArgs {
  readonly verdict: Incident["verdict"];
  readonly activatedAt: string;
  readonly before: string | null;
  readonly after?: string;
  readonly events: Incident["events"];
  readonly progress: Progress;
  readonly seen?: ReadonlyMap<ServiceName, Seen>;
  readonly gate?: GateResult;
  readonly items?: readonly Item[];
}

/** The record of what is known by now. */
async function build(draft: Draft): Promise<Incident> {
  const { preflight, site, journal, activatedAt, seen, gate, items = [] } = draft;
  const { set, sourceGeneration } = preflight.found;
  const modules = lossesOf(preflight.found, Date.parse(activatedAt), draft.at).map(
    (loss): Incident["modules"][number] => {
      const answer = seen?.get(loss.module as ServiceName);
      return {
        module: loss.module,
        rtoSeconds: answer?.at ? Math.max(0, answer.at - Date.parse(activatedAt)) / 1_000 : null,
        rtoTargetSeconds: loss.deadlineSeconds,
        backAsOf: loss.backAsOf ?? null,
        lostSeconds: loss.lostSeconds ?? null,
        rpoTargetSeconds: loss.rpoSeconds ?? null,
        evidence: answer?.evidence ?? "it was not asked",
      };
    },
  );
  const entries = await journal.entries();
  const facts = {
    modules,
    checklist: [...items],
    skippedSets: set.skipped.map(({ key, reason }) => ({ key, reason })),
    generation: site.generation,
    dns: { before: draft.before, after: draft.after ?? draft.before },
  };
  return {
    version: 1,
    verdict: draft.verdict,
    domain: site.domain,
    restoredFrom: sourceGeneration,
    reason:
      entries.findLast(({ what, detail }) => ["activated", "resumed", "took-over"].includes(what) && detail !== "")
        ?.detail ?? null,
    activatedAt,
    finishedAt: new Date().toISOString(),
    manifest: set.key,
    consistentAt: set.manifest.body.consistentAt,
    targetTime: draft.at ?? null,
    decisions: entries,
    gate: { passedAt: gate?.passed ? gate.finishedAt : null, checks: gate?.checks ?? [] },
    events: draft.events,
    contacts: contacts.map((c) => ({ ...c })),
    ...facts,
    followUps: followUpsOf(facts),
  };
}

const masked = (record: Incident, mask: (text: string) => string): Incident =>
  JSON.parse(mask(JSON.stringify(record))) as Incident;

/** Writes the report, and says where it is. */
async function document({ report, context, say, mask, json }: RecoverArgs, record: Incident): Promise<void> {
  const shown = masked(record, mask);
  const file = await writeIncident(report, shown, context.documentLang);
  say(failoverWords[context.lang].report(file));
  if (json) context.output.print(JSON.stringify(shown, null, 2));
}

/** The cause first, then what is safe, what to do, and how to go on. */
function explainFailure(
  failure: UpFailed,
  progress: Progress,
  elapsed: number,
  log: string,
  lang: Context["lang"],
): string {
  const t = failoverWords[lang];
  const indent = (text: string) =>
    text
      .split("\n")
      .map((line) => `  ${line}`)
      .join("\n");
  const safe = !progress.touchedAnything
    ? t.safeNothing
    : progress.stage("dns") === "waiting"
      ? t.safeBeforeDns
      : t.safeAfterDns;
  const failed: Stage = progress.current;
  return [
    `\n${t.failed(t.stage[failed], duration(elapsed, lang))}`,
    `${t.cause}:`,
    indent(failure.reasons),
    `${t.safe}:`,
    indent(safe),
    `${t.next}:`,
    indent(progress.stage("gate") === "failed" ? t.nextGate : t.nextOther),
    indent(t.resume(resumeCommand())),
    t.log(log),
  ].join("\n");
}

/** What was typed. */
const resumeCommand = (): string =>
  ["smarter", ...process.argv.slice(2)]
    .map((word) => (/^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(" ");
