import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { runOverSsh, type SshHost } from "../../components/host/ssh";
import { askAnyDns, dnsServer } from "../../outside/site";
import { activeGeneration, operatorName, readClaim, withStore } from "../../stacks/backup-store";
import type { StackConfig } from "../../stacks/config";
import { PulumiConfig } from "../../stacks/secrets/pulumi-config";
import { dataFolders } from "../../stacks/site";
import { repoRoot } from "../../toolchain/paths";
import { readFile } from "node:fs/promises";
import { expandHome } from "../../components/host/paths";
import { guardSet } from "../../contracts/guard";
import { plan } from "../../plan/plan";
import { writers } from "../../plan/writers";
import { moment } from "../clock";
import { confirm } from "../confirm";
import { OperatorError, type Context } from "../context";
import type { ClearConfig, StackEngine } from "../engine";
import { exitCodes, type ExitCode } from "../exit-codes";
import { activate } from "../failover/activate";
import { upWithLocks } from "../failover/engine-run";
import { Journal } from "../failover/journal";
import { failoverWords } from "../failover/words";
import { masker, maskedOutput } from "../mask";
import { configOf } from "../recover/living";
import { colours } from "../table";
import type { FailbackOptions } from "./command";
import { clearScript, keptAs } from "./scripts";
import { failbackWords } from "./words";

const refused = (message: string, cause?: unknown) => new OperatorError(message, exitCodes.refused, { cause });

/** Both hosts, each known by its key. */
interface Hosts {
  /** Of the site that serves. */
  readonly active: SshHost;
  /** The primary's. */
  readonly target: SshHost;
}

/**
 * Goes back to the primary: makes its host ready while the other site serves, and switches over (`switchover/`): everything that writes there stops, a
 * last backup is made, and the site is recovered from it in the other direction, by the same restore, gate and fence. No acknowledged write is lost:
 * nobody writes after the backup. Killed at any moment, the same command goes on; refused before the takeover, the other site's services start again.
 * @throws OperatorError
 */
export async function failback(
  given: Context,
  options: FailbackOptions,
  engine: StackEngine,
  clear: ClearConfig,
): Promise<ExitCode> {
  const { lang } = given;
  const t = failbackWords[lang];
  const context: Context = { ...given, output: maskedOutput(given.output, masker(clear)) };
  const say = options.json ? context.output.note : context.output.print;
  const config = configOf(clear, "primary");
  const { site } = config;
  const switchOver = () =>
    activate(given, { ...options, yes: true, switchover: true }, engine, clear, told(say, t.step));
  if (await isClaimed(config)) {
    say(t.resumes(site.generation));
    return switchOver();
  }

  await requireNext(config, lang);
  const hosts = await hostsOf(config, lang);
  await requireReached(hosts, lang);
  const address = hosts.target.host;
  const services = writers().join(", ");
  const will = [
    t.will.ready(address),
    t.will.clear(address, keptAs("…", site.generation)),
    t.will.quiesce(hosts.active.host, services),
    t.will.backup,
    t.will.recover(site.generation),
  ];
  say([colours().bold(t.title(site.domain)), ...will.map((line, i) => `  ${i + 1}. ${line}`), ""].join("\n"));
  if (options.dryRun) {
    say(t.dryRun);
    return exitCodes.ok;
  }
  if (!options.yes) await confirm(site.domain, context);

  say(t.step.preparing);
  await standBy(config, engine, context);
  const sets = dataFolders().flatMap(({ set }) => (ofTheHost.includes(set) ? [] : [set]));
  const kept = (await runOverSsh(hosts.target, clearScript(site.domain, site.generation, sets))).trim();
  say(t.step.prepared);
  if (kept !== "") say(t.step.cleared(kept.split("\n").join(", ")));

  const exitCode = await switchOver();
  if (exitCode !== exitCodes.ok && !(await isClaimed(config))) say(t.notTaken(hosts.active.host, writers().join(" ")));
  return exitCode;
}

/** Says when the write pause begins, and when the last backup is there. */
const told =
  (say: (text: string) => void, t: { readonly quiescing: string; readonly quiesced: string }) =>
  ({ resourcePreEvent: begins, resOutputsEvent: ends }: EngineEvent): void => {
    const isIt = (event: typeof begins | typeof ends) =>
      event !== undefined &&
      !event.planning &&
      event.metadata.op === "create" &&
      event.metadata.urn.endsWith("$command:local:Command::switchover");
    if (isIt(begins)) say(t.quiescing);
    if (isIt(ends)) say(t.quiesced);
  };

/** Folders that are the host's own, and no data of the site. */
const ofTheHost: readonly string[] = [guardSet, plan.host.set];

const standbyKey = "smarteros:asStandby";

const isClaimed = ({ site, aws }: StackConfig): Promise<boolean> =>
  withStore(aws, async (s3) => (await readClaim(s3, site.backups.bucket, site.generation)) !== undefined);

/** @throws OperatorError when the settings do not say the generation after the one that serves */
async function requireNext({ site, aws }: StackConfig, lang: Context["lang"]): Promise<void> {
  const t = failbackWords[lang];
  const { generation, restoreFrom, backups } = site;
  if (restoreFrom === undefined) throw refused(t.noRestore);
  const active = await withStore(aws, (s3) => activeGeneration(s3, backups.bucket));
  if (active !== restoreFrom || generation !== active + 1) throw refused(t.notNext(generation, restoreFrom, active));
}

/** @throws OperatorError when the key of the host that serves is not known */
async function hostsOf({ site }: StackConfig, lang: Context["lang"]): Promise<Hosts> {
  const { fence, host, ssh, dns, domain } = site;
  if (!fence.hostKey) throw refused(failbackWords[lang].noHostKey);
  if (host.kind !== "existing")
    throw new Error("the configuration's checks let a host through that the primary cannot be");
  const privateKey = await readFile(expandHome(ssh.privateKeyFile), "utf8");
  const address = fence.address ?? (await askAnyDns(dns.resolvers.map(dnsServer))(domain));
  return {
    active: { host: address, user: fence.user, privateKey, hostKey: fence.hostKey },
    target: { host: host.address, user: ssh.user, privateKey, hostKey: host.hostKey },
  };
}

async function requireReached({ active, target }: Hosts, lang: Context["lang"]): Promise<void> {
  const t = failbackWords[lang];
  const reach = (host: SshHost, script: string, which: string) =>
    runOverSsh(host, script, { deadline: 20_000 }).catch((cause: Error) => {
      throw refused(t.unreachable(which, cause.message), cause);
    });
  await Promise.all([
    reach(active, "docker inspect agent >/dev/null", t.active),
    reach(target, "docker info >/dev/null", t.target),
  ]);
}

/**
 * The host and nothing on it. Its state is looked at by the program's own idea of the host (`--run-program`): the one that the state knows may be
 * gone, with its key.
 */
async function standBy({ site }: StackConfig, engine: StackEngine, { lang, signal, output }: Context): Promise<void> {
  const { held } = failoverWords[lang];
  const journal = new Journal(site.domain, site.generation);
  const other = await journal.take(operatorName());
  if (other?.alive === "smarter")
    throw refused(held.byMachine(other.holder.operator, moment(other.holder.since, lang), other.holder.smarter.pid));
  try {
    await upWithLocks({
      engine,
      journal,
      config: { [standbyKey]: "true" },
      more: ["--refresh", "--run-program"],
      takeOver: false,
      onEvent: () => {},
      onLog: () => {},
      onUnlocked: async ({ user, host, pid }) => output.note(failoverWords[lang].unlocked(`${user}@${host}`, pid)),
      heldBy: ({ user, host, pid, since }) => held.byLock(user, host, pid, moment(since, lang)),
      signal,
    });
    await new PulumiConfig({ ...engine.access, cwd: repoRoot() }).remove(standbyKey);
  } finally {
    await journal.release();
  }
}
