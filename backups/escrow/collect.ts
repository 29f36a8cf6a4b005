import { vaultEscrow } from "../../contracts/vault";
import type { EscrowContent } from "./content";
import { recordKey } from "../../stacks/secrets/record";
import type { OpenStack } from "../stack";

export interface CollectArgs {
  /** The stack under which the site runs. */
  readonly stack: OpenStack;
  /** The recovery's own stack, when it is prepared: its server and host key are taken from there. */
  readonly recovery?: OpenStack;
}

const hostKey = "smarteros:recoveryHostKey";

interface Prepared {
  readonly host: EscrowContent["recoveryHost"];
  readonly secrets: Readonly<Record<string, string>>;
}

/** Of the providers' settings: what is no credential. Credentials are the operator's own and can be made anew at each cloud. */
const isProviderSetting = (key: string) =>
  /^(aws|cloudflare|hcloud):/.test(key) && !/key|token|secret|password|profile|email/i.test(key.split(":")[1]!);

/**
 * Reads everything that a recovery needs from the stack's settings, and Vault's shares and token from its output.
 * @throws Error when a secret without which no restore is possible is nowhere
 */
export async function collect({ stack, recovery }: CollectArgs): Promise<EscrowContent> {
  const { config } = stack;
  const listed = await config.list();
  const ours = Object.keys(listed).filter(
    // When each credential was made is of this stack: its S3 keys are not the recovery's, and are in no bundle.
    (key) => (key.startsWith("smarteros:") && key !== recordKey) || isProviderSetting(key),
  );
  const values = await config.values(ours);
  const part = (secret: boolean) =>
    Object.fromEntries([...values].filter(([key]) => listed[key]?.secret === secret).sort(byKey));
  const settings = part(false);
  const site = settings["smarteros:site"];
  if (site === undefined)
    throw new Error(
      `smarteros:site: missing in stack ${config.stack}; allowed: see docs/configuration.md; fix: name the stack under which the site runs`,
    );
  const secrets = { ...part(true), ...(await vaultKeys(stack, values)) };
  const prepared = recovery && (await preparedRecovery(recovery));
  const own = hostOf(site);
  return {
    version: 1,
    stack: config.stack,
    ...(recovery ? { recoveryStack: recovery.config.stack } : {}),
    sealedAt: new Date().toISOString(),
    settings,
    secrets: { ...secrets, ...prepared?.secrets },
    recoveryHost: prepared?.host ?? own ?? { kind: "hetzner" },
  };
}

const byKey = ([a]: readonly [string, string], [b]: readonly [string, string]) => (a < b ? -1 : 1);

/** Vault's token and shares: as set, else as Vault's first start put them out. */
async function vaultKeys(stack: OpenStack, set: ReadonlyMap<string, string>): Promise<Record<string, string>> {
  if (set.has("smarteros:vaultToken") && set.has("smarteros:vaultUnsealShares")) return {};
  const output = await stack.output("vaultEscrow");
  if (output === undefined)
    throw new Error(
      `vaultEscrow: stack ${stack.config.stack} has no such output, and smarteros:vaultToken and smarteros:vaultUnsealShares are not set; without them no Vault can be restored; fix: pulumi up --stack ${stack.config.stack} first, which opens Vault`,
    );
  const { token, unsealShares } = vaultEscrow.parse(output);
  return { "smarteros:vaultToken": token, "smarteros:vaultUnsealShares": JSON.stringify(unsealShares) };
}

async function preparedRecovery({ config }: OpenStack): Promise<Prepared> {
  const values = await config.values(["smarteros:site", hostKey]);
  const site = values.get("smarteros:site");
  const host = site === undefined ? undefined : hostOf(site);
  if (!host)
    throw new Error(
      `stack ${config.stack}: orders no server at Hetzner (smarteros:site.host.kind); fix: name the recovery's stack, or leave --recovery out`,
    );
  const key = values.get(hostKey);
  return { host, secrets: key === undefined ? {} : { [hostKey]: key } };
}

/** The server that a site's settings order, if they order one. */
function hostOf(site: string): EscrowContent["recoveryHost"] | undefined {
  const { host } = JSON.parse(site) as { host?: { kind?: string } };
  return host?.kind === "hetzner" ? { ...host, kind: "hetzner" } : undefined;
}
