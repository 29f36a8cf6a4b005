import { setInterval } from "node:timers/promises";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { switchoverResult } from "../../contracts/switchover";
import { fenceResult } from "../../contracts/fence";
import { gateResult } from "../../contracts/gate";
import { duration } from "../../drill/report/format";
import { findRestore } from "../../stacks/preflight";
import { UpFailed } from "../../engine/up";
import { askAnyDns, dnsServer } from "../../outside/site";
import { plan } from "../../plan/plan";
import { seconds } from "../../plan/units";
import { answerOf, ask } from "../ask";
import { checkAll } from "../checklist/check";
import { renderChecklist } from "../checklist/command";
import { inLanguage, type Item } from "../checklist/evaluate";
import { moment } from "../clock";
import { OperatorError, type Context } from "../context";
import type { StackEngine } from "../engine";
import { exitCodes, type ExitCode } from "../exit-codes";
import type { Incident } from "../incident/record";
import { writeIncident } from "../incident/write";
import type { LookedAt } from "../settings";
import { oneLine } from "../table";
import type { ActivateOptions } from "./command";
import { documented, earlierIncident, firstActivation, incidentFrom, type Draft } from "./documentation";
import { earlierEvents } from "./earlier";
import { followOrphan, upWithLocks } from "./engine-run";
import { explainFailure, resumeCommand } from "./failure";
import type { Entry, Held, Journal } from "./journal";
import type { Preflight } from "./preflight";
import { Progress, type Step } from "./progress";
import { Answers } from "./verify";
import { openView } from "./view";
import { failoverWords } from "./words";

export interface RecoverArgs {
  readonly options: ActivateOptions;
  readonly context: Context;
  readonly mask: (text: string) => string;
  readonly engine: StackEngine;
  readonly site: LookedAt;
  readonly preflight: Preflight & Required<Pick<Preflight, "config" | "found">>;
  readonly journal: Journal;
  readonly operator: string;
  /** Configuration beside the settings file. */
  readonly extra: Readonly<Record<string, string>>;
  /** The time that is restored to; undefined: the newest set's. */
  readonly at: string | undefined;
  /** A killed run whose engine goes on. */
  readonly orphan: Held | undefined;
  /** Told of the engine's events too. */
  readonly onEvent?: ((event: EngineEvent) => void) | undefined;
  /** For people. */
  readonly say: (text: string) => void;
}

/** Seconds that the services may take to answer through DNS once `pulumi up` has ended well. */
const answersAfterUp = 60;
/** Seconds in which the checklist must hold: the first backup cycle of the new generation makes a full copy. */
const checklistDeadline = 120;
/** Seconds between two looks at it. */
const checklistEvery = 3;

/**
 * Runs the recovery to its end and documents it, whether it ends well or not.
 * @throws OperatorError when somebody else holds the state, or on Ctrl-C
 */
export async function recover(args: RecoverArgs): Promise<ExitCode> {
  const { context, engine, journal, operator, options, preflight, site, say } = args;
  const { lang } = context;
  const t = failoverWords[lang];
  let { found } = preflight;
  let activatedAt = await firstActivation(journal, found, preflight.serves);
  const sinceActivation = (at: number) => (at - Date.parse(activatedAt)) / 1_000;
  const elapsed = () => sinceActivation(Date.now());
  const { claim } = found;
  const earlier = claim && (await earlierIncident(options.report, site.domain, site.generation));
  const before = earlier?.dns.before ?? (await addressNow(site)) ?? null;

  const begun = new Date();
  const progress = new Progress(elapsed);
  const steps: { readonly step: Step; readonly at: Date }[] = [];
  const view = openView({
    progress,
    elapsed,
    lang,
    write: say,
    terminal: process.stdout.isTTY === true && !options.json,
  });
  const answers = new Answers(
    site,
    (module, { at }) => view.say(t.answers(module, duration(sinceActivation(at!), lang))),
    failoverWords[context.documentLang].stillOld,
    seconds(plan.overallRto),
  );
  const note = (what: Entry["what"], detail: string) =>
    journal.note({ at: new Date().toISOString(), by: operator, what, detail: args.mask(oneLine(detail)) });
  const draft = async (known: Pick<Draft, "verdict"> & Partial<Draft>): Promise<Incident> => {
    const dns = { before, after: before };
    const entries = await journal.entries();
    const earlierRuns = await earlierEvents(journal, { since: new Date(activatedAt), before: begun });
    const run = Math.max(0, ...earlierRuns.map((event) => event.run)) + 1;
    const { domain, generation } = site;
    const record = incidentFrom({
      domain,
      generation,
      found,
      at: args.at,
      activatedAt,
      entries,
      events: [...earlierRuns, ...steps.map(({ step, at }) => documented(step, run, at))],
      dns,
      ...known,
    });
    return JSON.parse(args.mask(JSON.stringify(record))) as Incident;
  };

  const ended = await runEngine(args, {
    view,
    note,
    onEvent: (event, ofThisRun) => {
      args.onEvent?.(event);
      for (const step of progress.accept(event)) {
        if (ofThisRun) steps.push({ step, at: new Date() });
        view.step(step);
        // From here on DNS says where the new site is.
        if (step.stage === "dns" && step.state === "working" && !answers.begun)
          answers.begin((address) => address !== before);
      }
    },
  }).finally(() => view.close());
  if (ended.failure) {
    await answers.stop();
    await note("failed", ended.failure.reasons);
    const begunBefore = claim !== undefined;
    say(
      explainFailure(
        { reasons: ended.failure.reasons, progress, begunBefore, elapsed: elapsed(), log: ended.log },
        lang,
      ),
    );
    await publish(args, await draft({ verdict: "failed" }));
    return progress.touchedAnything || begunBefore ? exitCodes.failed : exitCodes.refused;
  }

  const outputs = await engine.outputs();
  const switched = switchoverResult.safeParse(outputs["switchover"]).data;
  if (switched) {
    // Its users missed it from the pause on, and the set was made by the run itself.
    activatedAt = switched.pausedAt ?? claim?.claimedAt ?? activatedAt;
    found = await findRestore(preflight.config);
  }
  const address = String(outputs["address"]);
  if (!answers.begun) answers.begin((answered) => answered === address);
  say(t.verifying);
  const tooLate = setTimeout(() => void answers.stop(), answersAfterUp * 1_000);
  const seen = await answers.all();
  clearTimeout(tooLate);
  const silent = [...seen].filter(([, { at }]) => at === null).map(([module]) => module);
  if (silent.length > 0) say(t.notAnswering(silent.join(", ")));

  const unchanged = preflight.serves && !progress.touchedAnything;
  if (unchanged) say(t.unchanged(site.generation));
  else await note("recovered", address);
  const gate = gateResult.safeParse(outputs["gate"]).data;
  const fence = fenceResult.safeParse(outputs["fence"]).data;
  const known = {
    verdict: silent.length === 0 ? ("recovered" as const) : ("failed" as const),
    dns: { before, after: address },
    seen,
    ...(fence ? { fence } : {}),
    ...(gate ? { gate } : {}),
  };
  // An incident that is documented and closed is not written over by a later look. The checklist asks for the report, which tells of the
  // checklist: so it is written twice.
  const closed = unchanged ? earlier : undefined;
  if (!closed) await writeIncident(options.report, await draft(known), context.documentLang);
  const items = await untilComplete(args);
  say(renderChecklist(items, lang));
  const written = inLanguage(items, context.documentLang);
  const record = closed ?? (await draft({ ...known, items: written }));
  if (silent.length === 0) {
    const last = Math.max(0, ...record.modules.map(({ rtoSeconds }) => rtoSeconds ?? 0));
    say(`\n${(switched ? t.switchedOver : t.recovered)(site.domain, duration(last, lang))}`);
  }
  await publish(args, record, closed === undefined);
  if (silent.length > 0) return exitCodes.failed;
  return items.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.degraded;
}

/** Where DNS says that the site is, before anything is changed. */
const addressNow = async ({ dns, domain }: LookedAt): Promise<string | undefined> =>
  answerOf(await ask(2, () => askAnyDns(dns.resolvers.map(dnsServer))(domain)));

interface EngineRun {
  readonly view: { say(text: string): void };
  readonly note: (what: Entry["what"], detail: string) => Promise<void>;
  /** @param ofThisRun false: the engine of a run that was killed did it, and has recorded it */
  readonly onEvent: (event: EngineEvent, ofThisRun: boolean) => void;
}

/** The engine's work, that of a killed run first. @returns why it failed, if it did, and the file of its output @throws as `recover` */
async function runEngine(
  args: RecoverArgs,
  { view, note, onEvent }: EngineRun,
): Promise<{ failure?: UpFailed; log: string }> {
  const { orphan, say } = args;
  const { lang, signal } = args.context;
  const t = failoverWords[lang];
  let log = orphan?.holder.log ?? "";
  try {
    if (orphan?.holder.engine) {
      view.say(t.attached(orphan.holder.engine.pid));
      await followOrphan(orphan, (event) => onEvent(event, false), signal);
    }
    await upWithLocks({
      engine: args.engine,
      journal: args.journal,
      config: args.extra,
      takeOver: args.options.takeOver ?? false,
      onEvent: (event) => onEvent(event, true),
      onLog: (file) => void (log = file),
      onUnlocked: async ({ user, host, pid }) => {
        view.say(t.unlocked(`${user}@${host}`, pid));
        await note("unlocked", `${user}@${host} (${pid})`);
      },
      heldBy: ({ user, host, pid, since }) => t.held.byLock(user, host, pid, moment(since, lang)),
      signal,
    });
    return { log };
  } catch (error) {
    if (signal.aborted) {
      await note("stopped", "Ctrl-C");
      say(t.stopped);
      throw new OperatorError(t.resume(resumeCommand()), exitCodes.interrupted);
    }
    if (!(error instanceof UpFailed)) throw error;
    return { failure: error, log };
  }
}

/** Looks at the checklist until it holds, or its deadline is over. */
async function untilComplete({ options, context: { signal } }: RecoverArgs): Promise<Item[]> {
  const deadline = Date.now() + checklistDeadline * 1_000;
  for await (const _ of setInterval(checklistEvery * 1_000, undefined, { signal })) {
    const { items } = await checkAll(options, options.report);
    if (items.every(({ ok }) => ok) || Date.now() > deadline) return items;
  }
  throw signal.reason;
}

/** Hands the record to whoever wants it. @param write false: it lies there already @default true */
async function publish({ options, context, say }: RecoverArgs, record: Incident, write = true): Promise<void> {
  if (write) say(failoverWords[context.lang].report(await writeIncident(options.report, record, context.documentLang)));
  if (options.json) context.output.print(JSON.stringify(record, null, 2));
}
