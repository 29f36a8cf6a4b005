import { seconds } from "../../plan/units";
import { plan } from "../../plan/plan";
import { ask, answerOf } from "../ask";
import { confirm } from "../confirm";
import type { Run, StackOptions } from "../context";
import { exitCodes } from "../exit-codes";
import { refused } from "../recover/host";
import { locked } from "../recover/locked";
import { accessKeysIn } from "./access-keys";
import { credentials } from "./inventory";
import { rotateOperatorKey } from "./operator-key-command";
import { agesOf, isNamed, ofGeneration, planRotation, unknownNames, type Step } from "./plan";
import { renderSteps } from "./render";
import { nothingRotated, rotate } from "./rotate";
import { RotationSettings } from "./settings";
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
    // The operator's key last: whatever stops the others, it stays the one that they began with.
    const isKey = ({ about }: Step) => about === "operatorKey";
    const [key, byEngine] = [own.filter(isKey), own.filter((step) => !isKey(step))];
    const done = byEngine.length > 0 ? await rotate(opened, settings, byEngine, now) : nothingRotated;
    const checks = key.length > 0 ? await rotateOperatorKey(opened, settings, key, now) : [];
    if (options.json) {
      const all = {
        ...done,
        rotated: [...done.rotated, ...key.map(({ name }) => name)],
        checks: [...done.checks, ...checks],
      };
      context.output.print(JSON.stringify(all, null, 2));
    }
    return others.length > 0 ? exitCodes.degraded : exitCodes.ok;
  });
};
