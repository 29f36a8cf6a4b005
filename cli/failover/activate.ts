import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { handOverClaim, operatorName } from "../../stacks/backup-store";
import { colours } from "../table";
import { confirm, requireTerminal } from "../confirm";
import type { Context } from "../context";
import type { ClearConfig, StackEngine } from "../engine";
import { exitCodes, type ExitCode } from "../exit-codes";
import { masker, maskedOutput } from "../mask";
import { settingsOf } from "../settings";
import type { ActivateOptions } from "./command";
import { lossesOf, renderForecast } from "./forecast";
import { Journal } from "./journal";
import { examine, extraConfig, previewCheck, type Check, type Preflight } from "./preflight";
import { recover } from "./recover";
import { failoverWords } from "./words";

/** A preflight that holds. */
type Sound = Preflight & Required<Pick<Preflight, "config" | "found">>;

const isSound = (preflight: Preflight): preflight is Sound =>
  preflight.config !== undefined && preflight.found !== undefined && preflight.checks.every(({ ok }) => ok);

/** The recovery of one stack, from the preflight to the report. @param clear its settings @param onEvent told of the engine's events too */
export async function activate(
  context: Context,
  options: ActivateOptions,
  engine: StackEngine,
  clear: ClearConfig,
  onEvent?: (event: EngineEvent) => void,
): Promise<ExitCode> {
  const { lang, signal } = context;
  const t = failoverWords[lang];
  if (!options.yes && !options.dryRun) requireTerminal(context);
  const mask = masker(clear);
  const output = maskedOutput(context.output, mask);
  const say = options.json ? output.note : output.print;

  const { site } = settingsOf(clear.values);
  const journal = new Journal(site.domain, site.generation);
  const takeOver = options.takeOver ?? false;
  const { acceptSplitBrain } = options;
  const switchover = options.switchover ? site.generation : undefined;
  const preflight = await examine({
    engine,
    clear,
    asked: { at: options.at, acceptSplitBrain, switchover },
    takeOver,
    journal,
    lang,
  });
  say(renderChecks(t.preflight, preflight.checks, lang));
  const refuse = (checks: readonly Check[]) => {
    say(`${t.refused}. ${t.nothingChanged}`);
    if (options.json) output.print(JSON.stringify({ verdict: "refused", checks }, null, 2));
    return exitCodes.refused;
  };
  if (!isSound(preflight)) return refuse(preflight.checks);

  // A run that is resumed goes on with the time that the first one was asked for.
  const at = options.at ?? preflight.found.claim?.targetTime ?? undefined;
  const extra = extraConfig(clear, { at, acceptSplitBrain, switchover });
  // What was lost was lost when the recovery was begun, however often it is resumed.
  const begun = preflight.serves ? undefined : preflight.found.claim?.claimedAt;
  const losses = lossesOf(preflight.found, begun ? Date.parse(begun) : Date.now(), at);
  // A switchover loses nothing, and what it will restore is not made yet.
  if (!preflight.serves && !options.switchover)
    say(`\n${renderForecast(preflight.config, preflight.found, losses, at, lang)}\n`);

  // With --yes nobody waits for a preview: the program looks at the same before it orders anything.
  if ((options.dryRun || !options.yes) && !preflight.orphan) {
    output.note(t.previewing);
    const program = await previewCheck(engine, extra, lang, signal);
    say(renderChecks(undefined, [program], lang));
    if (!program.ok) return refuse([...preflight.checks, program]);
  }
  if (options.dryRun) {
    say(t.dryRunEnd);
    if (options.json) output.print(JSON.stringify({ verdict: "dry-run", checks: preflight.checks, losses }, null, 2));
    return exitCodes.ok;
  }
  if (!options.yes) await confirm(site.domain, context);

  const operator = operatorName();
  const held = await journal.take(operator);
  if (held?.alive === "smarter") {
    say(t.held.byMachine(held.holder.operator, held.holder.since, held.holder.smarter.pid));
    return refuse(preflight.checks);
  }
  try {
    const { claim } = preflight.found;
    const theirs = claim && !preflight.serves && claim.claimedBy !== undefined && claim.claimedBy !== operator;
    if (theirs) await handOverClaim(preflight.config.aws, site.backups.bucket, claim, operator);
    if (!claim) await journal.forget();
    if (!preflight.serves)
      await journal.note({
        at: new Date().toISOString(),
        by: operator,
        what: theirs ? "took-over" : claim ? "resumed" : "activated",
        detail: options.reason ?? "",
      });
    return await recover({
      options,
      context: { ...context, output },
      mask,
      engine,
      site,
      preflight,
      journal,
      operator,
      extra,
      at,
      orphan: held,
      onEvent,
      say,
    });
  } finally {
    await journal.release();
  }
}

function renderChecks(title: string | undefined, checks: readonly Check[], lang: Context["lang"]): string {
  const t = failoverWords[lang];
  const c = colours();
  return [
    ...(title ? [c.bold(title)] : []),
    ...checks.map(
      ({ id, ok, said }) => `  ${ok ? c.green("✓") : c.red("✗")} ${t.check[id]}: ${said.replaceAll("\n", "\n      ")}`,
    ),
  ].join("\n");
}
