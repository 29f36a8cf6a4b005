import { makeRecoveryHostKey, makeShared, vaultSecrets } from "./make";
import { missingElsewhere } from "./missing";
import type { ListedConfig, PulumiConfig } from "./pulumi-config";
import { credentialNames, parseRecord, recordKey, type CredentialRecord } from "./record";
import type { SecretName } from "./schema";
import { operatorName } from "../backup-store";

export interface InitSecretsArgs {
  readonly config: PulumiConfig;
  /** The stack whose shared secrets are copied. Absent: a new site, whose secrets are made. */
  readonly from?: PulumiConfig;
  /** Replaces shared secrets that differ from those of `from`. @default false */
  readonly force?: boolean;
  /** Where else credentials may be. @default process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** What became of each secret: names alone, never values. */
export interface InitSecretsResult {
  readonly made: readonly string[];
  readonly copied: readonly string[];
  readonly kept: readonly string[];
  /** Kept, although the other stack has another value: a restore with these would fail. */
  readonly differing: readonly string[];
  /** Still to be set, and where each comes from. */
  readonly missing: readonly { readonly what: string; readonly from: string }[];
}

const keyOf = (name: SecretName) => `smarteros:${name}`;
const sharedNames = [...(Object.keys(makeShared) as (keyof typeof makeShared)[]), ...vaultSecrets];

/**
 * What decides which secrets a site needs. Its other properties may still be wrong: `pulumi preview` says so.
 * @throws Error without a site: secrets made for one that is in truth restored would be the wrong ones
 */
function siteOf(set: ListedConfig): { restores: boolean; ordersServer: boolean } {
  const raw = set["smarteros:site"]?.value;
  if (raw === undefined)
    throw new Error(
      "smarteros:site: missing; allowed: see docs/configuration.md; fix: fill in the stack's settings file first",
    );
  const site = JSON.parse(raw) as { restoreFrom?: unknown; host?: { kind?: unknown } };
  return { restores: site.restoreFrom !== undefined, ordersServer: site.host?.kind === "hetzner" };
}

/**
 * Sets the secrets that a stack still lacks: copied from the stack `from`, else made. One that is set is never made anew: the backups that
 * were made with it could not be read any more.
 * @throws Error with what the engine said, before or between settings: run again, it goes on where it stopped
 */
export async function initSecrets({
  config,
  from,
  force = false,
  environment = process.env,
}: InitSecretsArgs): Promise<InitSecretsResult> {
  if (force && !from)
    throw new Error(
      "--force: received without --from; allowed: with --from STACK, whose secrets replace differing ones; fix: add --from, or leave it out: secrets that are set are never made anew",
    );
  const set = await config.list();
  const theirs = await from?.values(sharedNames.map(keyOf));
  const ours = from && (await config.values(sharedNames.map(keyOf)));
  const { restores, ordersServer } = siteOf(set);
  const made: string[] = [];
  const copied: string[] = [];
  const kept: string[] = [];
  const differing: string[] = [];
  const missing: { what: string; from: string }[] = [];
  const recorded = parseRecord(set[recordKey]?.value);
  const theirRecord = parseRecord((await from?.list())?.[recordKey]?.value);
  const record = { ...recorded };
  const note = (name: SecretName, entryOf: (credential: string) => CredentialRecord[string] | undefined) => {
    for (const credential of credentialNames(name)) {
      const entry = entryOf(credential);
      if (entry) record[credential] = entry;
      else delete record[credential];
    }
  };

  const make = async (name: SecretName, value: string) => {
    await config.setSecret(keyOf(name), value);
    made.push(keyOf(name));
    note(name, () => ({ madeAt: new Date().toISOString(), by: operatorName() }));
  };
  const copy = async (name: SecretName, value: string) => {
    await config.setSecret(keyOf(name), value);
    copied.push(keyOf(name));
    note(name, (credential) => theirRecord[credential]);
  };

  for (const name of sharedNames) {
    const key = keyOf(name);
    const value = theirs?.get(key);
    if (set[key]) {
      const differs = value !== undefined && ours?.get(key) !== value;
      if (differs && force) await copy(name, value);
      else (differs ? differing : kept).push(key);
    } else if (value !== undefined) await copy(name, value);
    else if (name === "vaultToken" || name === "vaultUnsealShares") {
      if (restores)
        missing.push({
          what: key,
          from: `${name === "vaultToken" ? "token" : "unsealShares"} in the escrow, or of "pulumi stack output vaultEscrow --show-secrets" of the stack that is restored`,
        });
    } else if (restores || from)
      missing.push({
        what: key,
        from: from
          ? `stack ${from.stack}, which has none: run this for it first`
          : "the stack that is restored: --from STACK; or the escrow. A new one could not read its backups",
      });
    else await make(name, makeShared[name]());
  }

  if (set[keyOf("recoveryHostKey")]) kept.push(keyOf("recoveryHostKey"));
  else if (ordersServer) await make("recoveryHostKey", makeRecoveryHostKey());

  if (made.length + copied.length > 0) await config.set(recordKey, JSON.stringify(record));
  return {
    made,
    copied,
    kept,
    differing,
    missing: [...missing, ...missingElsewhere(set, environment, ordersServer)],
  };
}
