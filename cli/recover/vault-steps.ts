import { join } from "node:path";
import type { z } from "zod";
import { agentScript } from "../../components/agent-command";
import { ScriptFailed } from "../../components/host/ssh";
import { emptyVault } from "../../components/services/base";
import { setPath } from "../../components/services/agent";
import type { GateCheck } from "../../contracts/gate";
import {
  vaultCutOffExitCode,
  vaultSharesExitCode,
  vaultSnapshotName,
  type VaultRestoreSpec,
} from "../../contracts/vault";
import {
  vaultCleaned,
  vaultFound,
  vaultReads,
  vaultRekeyed,
  vaultVerified,
  type VaultHardenSpec,
} from "../../contracts/vault-harden";
import { PulumiConfig } from "../../stacks/secrets/pulumi-config";
import { restoreBase } from "../../stacks/restore-spec";
import { repoRoot } from "../../toolchain/paths";
import { OperatorError } from "../context";
import { exitCodes } from "../exit-codes";
import { healthySeconds, lastMessage, nextBackup, refused, runAgent, type Begun } from "./host";
import type { RecoverJournal, VaultStep } from "./journal";
import type { Opened } from "./locked";
import { dropFreshScript, foldersOf, startScript, stopScript } from "./scripts";
import type { Note } from "./steps";
import { upOnly } from "./up";
import { writeShares } from "./vault-pgp";
import { apart, isolateScript, readsScript, reopenScript, setAsideScript } from "./vault-scripts";
import { settingNames, sharesIn } from "./vault-shares";
import { vaultWords } from "./vault-words";

const address = "http://vault:8200";

/** What the steps work with. */
export interface VaultWork extends Opened {
  readonly begun: Begun;
  /** As far as it has come. */
  readonly journal: () => RecoverJournal;
  readonly note: Note;
  /** Image of the agent on the host. */
  readonly image: string;
  /** The shares that open Vault now; asked for at most once. */
  readonly shares: () => Promise<string[]>;
  readonly since: string | null;
  /** Public keys of the new holders, as Vault wants them; undefined: the shares go into the stack's settings. */
  readonly pgpKeys: readonly string[] | undefined;
  /** Where the holders' shares are written, in a folder of this recovery's. */
  readonly folder: string;
}

/** The steps, in the order of {@link RecoverJournal.vault}. Each can be done again. */
export const vaultWork: Readonly<Record<VaultStep, (work: VaultWork) => Promise<void>>> = {
  async sealed({ living, say, context }) {
    say(vaultWords[context.lang].step.sealing);
    await living.run(stopScript(["vault"]));
  },

  async isolated({ living, say, context }) {
    const t = vaultWords[context.lang].step;
    say(t.isolating);
    await living.run(isolateScript);
    say(t.isolated);
  },

  async restored(work) {
    const { living, begun, journal, note, image, say, context } = work;
    const t = vaultWords[context.lang];
    const entry = journal();
    if (entry.at === null) return;
    const { snapshot, takenAt } = snapshotOf(begun, context.lang);
    say(t.step.restoring(takenAt));
    const path = setPath("vault");
    const base = restoreBase(living.config, {
      restoreId: entry.id,
      sourceGeneration: living.config.site.generation,
      keys: living.readerKeys,
    });
    const input = { ...base, fileSets: [{ name: "vault", path, snapshot }] };
    await runAgent(living, entry, { image, run: "restore", at: path, input });
    const { fresh, damaged } = foldersOf(entry);
    await living.run(`chown 0:0 ${fresh}`); // the agent that puts it in place is root without a capability
    await living.run(setAsideScript(entry));
    await note({ switchedAt: journal().switchedAt ?? new Date().toISOString() });
    const spec: VaultRestoreSpec = {
      restoreId: entry.id,
      address,
      snapshotFile: `${path}/${vaultSnapshotName}`,
      unsealShares: await work.shares(),
      secretsRequired: "gateway",
    };
    const mounts = [{ set: fresh.slice(fresh.lastIndexOf("/") + 1), path }];
    const mend = { exit: vaultCutOffExitCode, script: emptyVault };
    await agent(work, "restored", agentScript("vault-restore", image, apart, mounts, { mend }), spec);
    await living.run(dropFreshScript(entry));
    say(t.step.restored(damaged));
  },

  async looked(work) {
    const { living, journal, note, image, since, say, context } = work;
    const t = vaultWords[context.lang];
    say(t.step.looking);
    const found = await harden(work, "looked", vaultFound, {
      step: "look",
      address,
      unsealShares: await work.shares(),
    });
    const said = await living.run(readsScript(image, since));
    const reads = vaultReads.parse(JSON.parse(said));
    const roots = found.tokens.filter(({ kind }) => kind === "root").length;
    const ids = found.secretIds.reduce((sum, one) => sum + one.ids, 0);
    say(t.step.found(t.counts(found.tokens.length, roots, found.leases.length, ids)));
    for (const { kind, displayName, policies, issuedAt } of found.tokens)
      say(`  ${t.step.token(kind, displayName, policies.join(", "), issuedAt)}`);
    const foreign = [...found.foreign.authMethods, ...found.foreign.policies];
    if (foreign.length > 0) say(`  ${t.step.foreign(foreign.join(", "))}`);
    await note({ vault: { done: journal().vault?.done ?? [], found, reads } });
  },

  async cleaned(work) {
    const { living, pgpKeys, say, context } = work;
    const t = vaultWords[context.lang].step;
    say(t.cleaning);
    const unsealShares = await work.shares();
    const { token, revoked, checks } = await harden(work, "cleaned", vaultCleaned, {
      step: "clean",
      address,
      unsealShares,
    });
    const settings = settingsOf(work);
    await settings.setSecret(settingNames.token, token);
    // They were an output, which goes with the next `up`: until there are new ones, these open Vault.
    if (pgpKeys === undefined && living.vaultEscrow && living.clear.values[settingNames.shares] === undefined)
      await settings.setSecret(settingNames.shares, JSON.stringify(unsealShares));
    await add(work, checks);
    say(t.cleaned(revoked.tokens, revoked.leases, revoked.secretIds));
  },

  async rekeyed(work) {
    const { pgpKeys, say, context } = work;
    const t = vaultWords[context.lang].step;
    say(t.rekeying);
    await (pgpKeys === undefined ? rekeyIntoSettings(work) : rekeyForHolders(work, pgpKeys));
    say(t.rekeyed);
  },

  async reopened(work) {
    const { living, say, context } = work;
    const t = vaultWords[context.lang].step;
    say(t.reopening);
    await living.run(reopenScript);
    const made = ["gateway", "agent"];
    const containers = made.map((name) => `**docker:index/container:Container::${name}`);
    await upOnly(living, containers, context.signal);
    await living.run(startScript(["vault", ...made], healthySeconds));
    say(t.reopened);
  },

  async backedUp(work) {
    const { living, say, context } = work;
    const t = vaultWords[context.lang].step;
    say(t.snapshot);
    // Of after the agent's start with the new token: an older one is not under the new shares.
    const since = (await living.run(`docker inspect --format '{{.State.StartedAt}}' agent`)).trim();
    const key = await nextBackup(living, context, since, ({ files }) => files["vault"]?.takenAt);
    await add(work, [{ name: "snapshot", ok: true, evidence: `${key}, after ${since}` }]);
    say(t.backedUp(key));
  },
};

/** The snapshot of the set that is gone back to. @throws OperatorError when it has none */
export function snapshotOf({ set }: Begun, lang: Opened["context"]["lang"]) {
  const found = set.manifest.body.files["vault"];
  if (!found) throw refused(vaultWords[lang].noSnapshot(set.key));
  return found;
}

/** Whether the shares that the recovery began with are useless already. */
export const isRekeyed = ({ checks }: RecoverJournal): boolean =>
  checks?.some(({ name, ok }) => ok && name === "old shares") ?? false;

/** New shares in clear: kept beside the old ones first, then made Vault's, then put in the old ones' place. */
async function rekeyIntoSettings(work: VaultWork): Promise<void> {
  const settings = settingsOf(work);
  const kept = await settings.values([settingNames.next, settingNames.token]);
  let next = sharesIn(kept.get(settingNames.next));
  if (!isRekeyed(work.journal())) {
    const unsealShares = await work.shares();
    const verify = (newShares: string[]) =>
      harden(work, "rekeyed", vaultVerified, { step: "verify", address, unsealShares, newShares });
    let verified = next && (await verify(next));
    if (!next || verified?.state !== "active") {
      const siteToken = kept.get(settingNames.token) ?? "";
      const made = await harden(work, "rekeyed", vaultRekeyed, { step: "rekey", address, unsealShares, siteToken });
      if (made.kind !== "clear") throw new Error("the agent encrypted shares for nobody");
      next = made.shares;
      await settings.setSecret(settingNames.next, JSON.stringify(next));
      verified = await verify(next);
    }
    if (verified?.state !== "active") throw new Error("Vault did not take the new shares; the old ones open it still");
    await add(work, verified.checks);
  }
  if (!next) return; // they are in place, and it was killed just after
  await settings.setSecret(settingNames.shares, JSON.stringify(next));
  await settings.remove(settingNames.next);
}

async function rekeyForHolders(work: VaultWork, pgpKeys: readonly string[]): Promise<void> {
  const { living, journal, folder, say, context } = work;
  const settings = settingsOf(work);
  if (!isRekeyed(journal())) {
    const made = await harden(work, "rekeyed", vaultRekeyed, {
      step: "rekey",
      address,
      unsealShares: await work.shares(),
      siteToken: (await settings.values([settingNames.token])).get(settingNames.token) ?? "",
      pgpKeys: [...pgpKeys],
    });
    if (made.kind !== "pgp") throw new Error("the agent made shares in clear");
    const files = await writeShares(join(folder, `vault-shares-${journal().id}`), made.shares);
    say(vaultWords[context.lang].step.sharesWritten(files.map((file) => `  ${file}`).join("\n")));
    await add(work, made.checks);
  }
  // A stack that restores has to have some; these open the snapshots of before.
  if (living.config.site.restoreFrom === undefined) await settings.remove(settingNames.shares);
}

const settingsOf = ({ living }: VaultWork): PulumiConfig =>
  new PulumiConfig({ ...living.engine.access, cwd: repoRoot() });

/** Notes checks; one of the same name is replaced. @throws OperatorError when one does not hold: its step is not done */
async function add({ journal, note, context }: VaultWork, checks: readonly GateCheck[]): Promise<void> {
  const others = (journal().checks ?? []).filter((old) => !checks.some(({ name }) => name === old.name));
  await note({ checks: [...others, ...checks] });
  const failed = checks.filter(({ ok }) => !ok).map(({ name, evidence }) => `${name}: ${evidence}`);
  if (failed.length > 0)
    throw new OperatorError(vaultWords[context.lang].checksFailed(failed.join("; ")), exitCodes.failed);
}

async function harden<T extends z.ZodType>(
  work: VaultWork,
  step: VaultStep,
  schema: T,
  spec: VaultHardenSpec,
): Promise<z.infer<T>> {
  const said = await agent(work, step, agentScript("vault-harden", work.image, apart, []), spec);
  return schema.parse(jsonOf(said));
}

/** JSON.parse's own error quotes the text, which may be secret. */
function jsonOf(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    throw new Error(`the agent's answer is no JSON (${said.length} characters; not shown: they may be secret)`);
  }
}

/** Runs the agent where Vault is. What it prints may be secret, and is not repeated. */
async function agent({ living, context }: VaultWork, step: VaultStep, script: string, spec: unknown): Promise<string> {
  try {
    return await living.run(script, { input: JSON.stringify(spec) });
  } catch (error) {
    if (!(error instanceof ScriptFailed)) throw error;
    const said = lastMessage(error.stderr);
    if (error.exitCode !== vaultSharesExitCode) throw new Error(said, { cause: error });
    throw new OperatorError(vaultWords[context.lang].sharesWrong(step, said.replace(/^agent: /, "")), exitCodes.failed);
  }
}
