import type { GateCheck } from "../../contracts/gate";
import { expandHome } from "../../components/host/paths";
import { operatorName } from "../../stacks/backup-store";
import { OperatorError } from "../context";
import { exitCodes } from "../exit-codes";
import { refused } from "../recover/host";
import type { Opened } from "../recover/locked";
import { sayChecks } from "../recover/steps";
import { operatorHosts } from "./operator-hosts";
import { replaceOperatorKey } from "./operator-key";
import type { Step } from "./plan";
import type { RotationSettings } from "./settings";
import { rotateWords } from "./words";

/**
 * The part of `smarter rotate` that is not the engine's: the file that the settings name keeps its name, so that they need no change.
 * @throws OperatorError when a host is not known, does not answer, or still lets the old key in: the same command goes on
 */
export async function rotateOperatorKey(
  { living, context, say }: Opened,
  settings: RotationSettings,
  steps: readonly Step[],
  now: Date,
): Promise<GateCheck[]> {
  const { site } = living.config;
  const t = rotateWords[context.lang];
  const hosts = operatorHosts(site, living.host);
  if (!hosts) throw refused(t.key.oldSiteUnknown);
  const file = expandHome(site.ssh.privateKeyFile);
  const names = hosts.map(({ host }) => host).join(", ");
  await settings.begin(steps, living.config.secrets.databasePasswords, now.toISOString());
  const checks = await replaceOperatorKey({
    file,
    hosts,
    comment: `smarteros ${operatorName()} ${now.toISOString().slice(0, 10)}`,
    onStep: (step) => say(t.key[step](step === "swapped" ? file : names)),
    signal: context.signal,
  }).catch((error: Error) => {
    if (context.signal.aborted) throw error;
    throw new OperatorError(t.key.stopped(error.message), exitCodes.failed, { cause: error });
  });
  sayChecks(checks, say);
  const failed = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  if (failed.length > 0) throw new OperatorError(t.notProved(failed.join("; ")), exitCodes.failed);
  await settings.finish(steps.map(({ name }) => name));
  say(t.key.replaced(file));
  return checks;
}
