import type { GateCheck } from "../../contracts/gate";
import { duration } from "../../drill/report/format";
import { UpFailed } from "../../engine/up";
import { seconds } from "../../plan/units";
import { plan } from "../../plan/plan";
import { ask, answerOf } from "../ask";
import { confirm } from "../confirm";
import { OperatorError, type Run, type StackOptions } from "../context";
import { exitCodes } from "../exit-codes";
import { nextBackup, refused } from "../recover/host";
import { locked, type Opened } from "../recover/locked";
import { sayChecks } from "../recover/steps";
import { settingsOf } from "../settings";
import { colours } from "../table";
import { accessKeysIn, deleteKeys, orphans } from "./access-keys";
import { apply } from "./apply";
import { measuringAway } from "./away";
import { credentials, roles, s3Name } from "./inventory";
import { agesOf, isNamed, ofGeneration, planRotation, unknownNames, type Step } from "./plan";
import { oldOnes, proveKey, provePassword, type Old } from "./prove";
import { renderSteps } from "./render";
import { databaseOf, RotationSettings } from "./settings";
import { rotateWords } from "./words";

export interface RotateOptions extends StackOptions {
  readonly names: readonly string[];
  /** Seconds. */
  readonly olderThan?: number;
  /** A person has changed them: only the record is written. */
  readonly done?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Seconds for IAM's list of keys. */
const iamSeconds = 20;

/** `smarter rotate` */
export const run: Run<RotateOptions> = async (given, options) => {
  const t = rotateWords[given.lang];
  const unknown = unknownNames(options.names);
  if (unknown.length > 0) throw refused(t.unknown(unknown.join(", "), credentials.map(({ name }) => name).join(", ")));
  return locked(given, options, async (opened) => {
    const { living, context, say } = opened;
    const settings = new RotationSettings(living.engine);
    const { site, aws } = living.config;
    const iam = { access: aws, endpoint: aws.iamEndpoint };
    const now = new Date();
    const keys = answerOf(await ask(iamSeconds, (signal) => accessKeysIn(iam, signal)));
    const steps = planRotation(
      options,
      agesOf(living.config.credentials, keys && ofGeneration(keys, site.generation)),
      now.getTime(),
    );
    const own = steps.filter(({ way }) => way === "program");
    const others = steps.filter(({ way }) => way !== "program");
    if (steps.length === 0) {
      say(t.nothing);
      return exitCodes.ok;
    }
    say(renderSteps(steps, seconds(plan.rotateEvery), given.lang));
    if (options.dryRun) {
      if (options.json) context.output.print(JSON.stringify({ plan: steps }, null, 2));
      say(t.dryRun);
      return exitCodes.ok;
    }
    if (options.done) {
      const wrong = own.filter((step) => isNamed(step, options.names)).map(({ name }) => name);
      if (wrong.length > 0 || options.names.length === 0) throw refused(t.doneOf(wrong.join(", ") || "-"));
      await settings.changedBy(others, now.toISOString());
      say(t.noted(others.map(({ name }) => name).join(", ")));
      return exitCodes.ok;
    }
    if (own.length === 0) throw refused(t.nothingOfOurs);
    if (!options.yes) await confirm(site.domain, context);
    const done = await rotate(opened, settings, own, now);
    if (options.json) context.output.print(JSON.stringify(done, null, 2));
    return others.length > 0 ? exitCodes.degraded : exitCodes.ok;
  });
};

interface Rotated {
  readonly rotated: readonly string[];
  readonly checks: readonly GateCheck[];
  /** Seconds for which each published service did not answer. */
  readonly away: Readonly<Record<string, number>>;
  /** The backup set that was made with the new keys. */
  readonly backup: string;
}

/** Makes the new values, has the engine put them in force all at once, so that each service restarts once, proves them, and notes it. */
async function rotate(
  { living, context, say }: Opened,
  settings: RotationSettings,
  steps: readonly Step[],
  now: Date,
): Promise<Rotated> {
  const { lang, signal, output } = context;
  const t = rotateWords[lang];
  const { secrets, aws } = living.config;
  const iam = { access: aws, endpoint: aws.iamEndpoint };
  const started = performance.now();
  const old = await oldOnes(living);
  const passwords = await settings.begin(steps, secrets.databasePasswords, now.toISOString());
  say(t.begun(steps.length));
  const prove = () => proofs(living, steps, passwords, old);
  try {
    await takeBack(living, await settings.record(), (ids) => say(t.takenBack(ids)));
    say(t.applying);
    const { away } = await measuringAway(settingsOf(living.clear.values).site, signal, () =>
      apply({
        engine: living.engine,
        signal,
        onWait: ({ pid, since }) => say(t.waits(pid, since)),
        heldBy: ({ user, host, pid, since }) => t.heldBy(user, host, pid, since),
      }),
    );
    const applied = new Date().toISOString();
    for (const [service, gone] of Object.entries(away)) if (gone > 0) say(`  ${t.away(service, duration(gone, lang))}`);
    const checks = await prove();
    sayChecks(checks, say);
    const failed = checks.filter(({ ok }) => !ok);
    if (failed.length > 0)
      throw new OperatorError(t.notProved(failed.map(({ name }) => name).join("; ")), exitCodes.failed);
    say(t.backup);
    const backup = await nextBackup(living, context, applied);
    const rotated = steps.map(({ name }) => name);
    await settings.finish(rotated);
    say(t.rotated(rotated.length, backup, duration((performance.now() - started) / 1_000, lang)));
    if (passwords !== secrets.databasePasswords || steps.some(({ about }) => about === "databasePasswords"))
      say(colours().yellow(t.otherStack(living.engine.stack)));
    return { rotated, checks, away, backup };
  } catch (error) {
    if (error instanceof UpFailed) {
      say(t.inForce);
      sayChecks(await prove().catch((cause: Error) => [{ name: "-", ok: false, evidence: cause.message }]), say);
    }
    output.note(t.resume);
    throw error instanceof UpFailed ? new OperatorError(error.message, exitCodes.failed, { cause: error }) : error;
  }

  async function takeBack(
    { engine }: typeof living,
    record: Awaited<ReturnType<RotationSettings["record"]>>,
    tell: (ids: string) => void,
  ): Promise<void> {
    const begun = Object.fromEntries(
      roles.flatMap((role) => (record[s3Name(role)]?.pending ? [[role, record[s3Name(role)]!.madeAt]] : [])),
    );
    if (Object.keys(begun).length === 0) return;
    const known = await engine.idsOf("aws:iam/accessKey:AccessKey");
    const left = orphans(await accessKeysIn(iam), known, begun);
    if (left.length === 0) return;
    await deleteKeys(iam, left);
    tell(left.map(({ user, id }) => `${user}: ${id}`).join(", "));
  }
}

/** What holds of each of the steps, in their order. */
async function proofs(
  living: Opened["living"],
  steps: readonly Step[],
  passwords: Readonly<Record<string, string>>,
  old: Old,
): Promise<GateCheck[]> {
  const checks: GateCheck[] = [];
  for (const { name, about } of steps) {
    const role = roles.find((r) => s3Name(r) === name);
    if (role) checks.push(...(await proveKey(living, role, old)));
    else if (about === "databasePasswords") {
      const database = databaseOf(name);
      checks.push(...(await provePassword(living, database, passwords[database]!, old)));
    }
  }
  return checks;
}
