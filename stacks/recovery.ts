import * as pulumi from "@pulumi/pulumi";
import { utils } from "ssh2";
import { operatorPublicKey } from "../components/host/connection";
import { RecoveryHost } from "../components/host/recovery-host";
import { OldSiteFence } from "../components/old-site-fence";
import { readConfig } from "./config";
import { fenceSpecOf } from "./fence-spec";
import { chooseServer } from "./hetzner";
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
  const { site, secrets } = config;
  if (site.host.kind !== "hetzner" || !secrets.recoveryHostKey) throw new Error("the configuration's checks let a host through that the recovery cannot order");
  await standsBy(config, "recovery");
  const labels = siteLabels(site);
  const [restore, server, records] = await Promise.all([preflightRestore(config, site.host.volume), chooseServer(site.host, labels, operatorPublicKey(site.ssh)), existingRecords(site)]);

  const fence = new OldSiteFence("fence", { spec: fenceSpecOf(config, records.map((r) => r.content)) });
  const host = new RecoveryHost(`recovery-g${site.generation}`, {
    serverType: server.serverType,
    location: server.location,
    image: site.host.image,
    volumeBytes: site.host.volume,
    ssh: site.ssh,
    authorizedKey: operatorPublicKey(site.ssh),
    operatorNetworks: site.ssh.operatorNetworks,
    hostKey: { privateKey: pulumi.secret(secrets.recoveryHostKey), publicKey: publicHostKey(secrets.recoveryHostKey) },
    leftovers: server.leftovers,
    labels,
    folders: dataFolders(),
  });
  const deployed = deploySite({ config, host, restore, fence, existingRecords: records });
  return siteOutputs(config, deployed, restore, fence.result);
}

/** "ssh-ed25519 AAAA..." of a private host key. @throws when it is not one. */
function publicHostKey(privateKey: string): string {
  const parsed = utils.parseKey(privateKey);
  if (parsed instanceof Error) throw new pulumi.RunError(`smarteros:recoveryHostKey: not a private key (${parsed.message}); fix: npm run secrets:init`);
  return `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`;
}
