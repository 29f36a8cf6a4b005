import * as pulumi from "@pulumi/pulumi";
import { utils } from "ssh2";
import { operatorPublicKey } from "../components/host/connection";
import { RecoveryHost, type RecoveryHostArgs } from "../components/host/recovery-host";
import { OldSiteFence } from "../components/old-site-fence";
import { readConfig, type HetznerHostConfig, type StackConfig } from "./config";
import { fenceSpecOf } from "./fence-spec";
import { chooseServer, type ChosenServer } from "./hetzner";
import { siteOutputs, type StackOutputs } from "./outputs";
import { preflightRestore } from "./preflight";
import { existingRecords } from "./records";
import { dataFolders, deploySite, siteLabels } from "./site";
import { standsBy } from "./standing";

/**
 * The recovery: preflight -> host, and the old site fenced off meanwhile -> restores and services by wave -> gate -> DNS. It reads no state
 * of the primary and needs none of its hosts: both may be what was lost.
 */
export async function recovery(): Promise<StackOutputs> {
  const config = readConfig("recovery");
  const { site } = config;
  const labels = siteLabels(site);
  const ordered = orderedHost(config);
  // The preflight claims the generation: only who may run this site gets that far.
  const [restore, server, records] = await Promise.all([
    standsBy(config, "recovery").then(() => preflightRestore(config, ordered.volume)),
    chooseServer(ordered, labels, operatorPublicKey(site.ssh)),
    existingRecords(site),
  ]);

  const fence = new OldSiteFence("fence", { spec: fenceSpecOf(config, records.map((r) => r.content)) });
  const host = new RecoveryHost(`recovery-g${site.generation}`, hostArgs(config, server, labels));
  const takeOver = { sourceGeneration: restore.sourceGeneration, begin: () => ({ restore: pulumi.output(restore), fence }) };
  return siteOutputs(config, deploySite({ config, host, takeOver, existingRecords: records }));
}

/** The host that the settings want to be ordered at Hetzner. */
export function orderedHost({ site }: StackConfig): HetznerHostConfig {
  if (site.host.kind !== "hetzner") throw new Error("the configuration's checks let a host through that the recovery cannot order");
  return site.host;
}

/** The server of a recovery, or of its rehearsal, as the settings want it. */
export function hostArgs(config: StackConfig, server: ChosenServer, labels: Readonly<Record<string, string>>): RecoveryHostArgs {
  const { site, secrets } = config;
  const { image, volume } = orderedHost(config);
  const hostKey = secrets.recoveryHostKey;
  if (!hostKey) throw new Error("the configuration's checks let a host through that has no key");
  return {
    serverType: server.serverType,
    location: server.location,
    image,
    volumeBytes: volume,
    ssh: site.ssh,
    authorizedKey: operatorPublicKey(site.ssh),
    operatorNetworks: site.ssh.operatorNetworks,
    hostKey: { privateKey: pulumi.secret(hostKey), publicKey: publicHostKey(hostKey) },
    leftovers: server.leftovers,
    labels,
    folders: dataFolders(),
  };
}

/** "ssh-ed25519 AAAA..." of a private host key. @throws when it is not one. */
function publicHostKey(privateKey: string): string {
  const parsed = utils.parseKey(privateKey);
  if (parsed instanceof Error) throw new pulumi.RunError(`smarteros:recoveryHostKey: not a private key (${parsed.message}); fix: npm run secrets:init`);
  return `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`;
}
