import { z } from "zod";
import type { GateCheck } from "../../contracts/gate";
import { vaultEscrow } from "../../contracts/vault";
import { networkName } from "../../components/services/spec";
import { areIts, asRoot } from "../../images/agent/src/harden/root";
import { VaultClient, VaultError } from "../../images/agent/src/vault-client";
import { addresses } from "../../local-cloud/addresses";
import { twoFields } from "../settings";
import { openTunnel } from "../tunnel";
import { loseAndRecover } from "./living";
import type { Scenario, Stage } from "./scenario";
import { tell } from "../timeline-words";

/** Seconds of work that the recovery may take, besides its humans'. */
const workSeconds = 60;
/** Who the thief says to be. */
const thief = "contractor";
const tenants = "smarteros/drill/tenants/";

/** What the recovery says of itself, as far as it is judged here. */
const said = z.object({
  workSeconds: z.number(),
  handedOut: z.array(z.object({ path: z.string(), by: z.array(z.string()) })),
});
const token = z.object({ auth: z.object({ client_token: z.string() }) });

/**
 * S3, E9, E10: somebody who has the unseal shares makes a root token, and reads a tenant's secret with it, from outside, while the company
 * works. Afterwards neither that token nor those shares may be good for anything.
 */
export const vaultCompromised: Scenario = {
  name: "vault-compromised",
  run: async (stage, draft) => {
    const { unsealShares } = vaultEscrow.parse((await stage.stacks.outputs("primary"))["vaultEscrow"]);
    const since = new Date().toISOString();
    let stolen = "";
    let read = "";
    await loseAndRecover(stage, draft, {
      what: tell("vaultStolen"),
      damage: () =>
        withVault(stage, async (address) => {
          stolen = await asRoot(address, unsealShares, async (root) => {
            const request = { policies: ["root"], ttl: "24h", display_name: thief };
            return token.parse(await root.write("auth/token/create-orphan", request)).auth.client_token;
          });
          const vault = new VaultClient(address, stolen);
          read = `secret/data/${tenants}${(await vault.list(`secret/metadata/${tenants}`))[0]}`;
          await vault.read(read);
          stage.timeline.event(`${thief} has read ${read}`);
        }),
      recovery: ["recover", "vault", "--since", since],
      darkFrom: /nobody but you reaches Vault/,
      modules: ["vault", "gateway"],
      look: (answer) =>
        withVault(stage, (address) => judge(stage, address, { unsealShares, stolen, read, said: said.parse(answer) })),
    });
  },
};

interface Evidence {
  readonly unsealShares: readonly string[];
  readonly stolen: string;
  readonly read: string;
  readonly said: z.infer<typeof said>;
}

async function judge(stage: Stage, address: string, seen: Evidence): Promise<GateCheck[]> {
  const status = await new VaultClient(address, seen.stolen).read("auth/token/lookup-self").then(
    () => 200,
    (error: unknown) => {
      if (error instanceof VaultError) return error.status;
      throw error;
    },
  );
  const oldOpen = await areIts(address, seen.unsealShares);
  const setting = await stage.stacks.secretSetting("primary", "smarteros:vaultUnsealShares");
  const newOpen = await areIts(address, z.array(z.string()).parse(JSON.parse(setting)));
  const told = seen.said.handedOut.find(({ path }) => path === seen.read);
  const seconds = seen.said.workSeconds;
  return [
    { name: "stolen token", ok: status === 403, evidence: `Vault answers it with ${status}` },
    { name: "stolen shares", ok: !oldOpen, evidence: oldOpen ? "they open it still" : "Vault refuses them" },
    {
      name: "new shares",
      ok: newOpen,
      evidence: `those of the stack's settings ${newOpen ? "open" : "do not open"} it`,
    },
    {
      name: "the theft in the audit log",
      ok: told?.by.some((who) => who.includes(thief)) ?? false,
      evidence: told ? `${told.path}: ${told.by.join("; ")}` : `${seen.read} is not named`,
    },
    {
      name: `work of at most ${workSeconds} s`,
      ok: seconds <= workSeconds,
      evidence: `${seconds.toFixed(1)} s from the command's start to a snapshot under the new shares`,
    },
  ];
}

/** Vault, which no port leads to, through the VPS. */
export async function withVault<T>(
  { onVps, secrets }: Pick<Stage, "onVps" | "secrets">,
  use: (address: string) => Promise<T>,
): Promise<T> {
  const format = `{{(index .NetworkSettings.Networks "${networkName}").IPAddress}}`;
  const host = (await onVps(`docker inspect --format '${format}' vault`)).trim();
  const { operator, vps } = secrets;
  const vpsHost = { host: addresses.hostinger, privateKey: operator.privateKey, hostKey: twoFields(vps.publicKey) };
  const tunnel = await openTunnel(vpsHost, { host, port: 8200 });
  try {
    return await use(tunnel.address);
  } finally {
    await tunnel.close();
  }
}
