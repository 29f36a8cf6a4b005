import * as pulumi from "@pulumi/pulumi";
import { BackupBucket } from "../components/backup-bucket";
import { ExistingHost } from "../components/host/existing-host";
import { OldSiteFence } from "../components/old-site-fence";
import { Switchover } from "../components/switchover";
import { seedId } from "../contracts/generation";
import { plan } from "../plan/plan";
import { seconds } from "../plan/units";
import { readConfig, type StackConfig } from "./config";
import { fenceSpecOf } from "./fence-spec";
import { siteOutputs, standbyOutputs, type StackOutputs } from "./outputs";
import { findRestore, planOf, preflightRestore } from "./preflight";
import { existingRecords } from "./records";
import { dataFolders, deploySite, siteNetwork, type TakeOver } from "./site";
import { standsBy } from "./standing";
import { switchoverSpecOf } from "./switchover-spec";

/**
 * The primary: the backup buckets, and the site on the VPS. With `restoreFrom` it is the same restore in the other direction: from a site that was
 * lost, or, as a switchover, from one that serves. While another generation is active it can stand by: host, network, images and data stay ready, and
 * nothing runs, writes or takes DNS.
 */
export async function primary(): Promise<StackOutputs> {
  const config = readConfig("primary");
  const { site } = config;
  if (site.host.kind !== "existing") throw new Error("the configuration's checks let a host through that the primary cannot be");
  const { address } = site.host;
  const standby = await standsBy(config, "primary");
  const records = standby ? [] : await existingRecords(site);
  // Those that name this host are this stack's own. (The engine would take them over a second time: it knows a record that it made by its id
  // alone, and one that it takes over by zone and id.)
  const others = records.filter(({ content }) => content !== address);
  const inDns = records.map((r) => r.content);
  let switchover: Switchover | undefined;
  const takeOver =
    standby || site.restoreFrom === undefined
      ? undefined
      : config.switchover
        ? await fromLivingSite(config, inDns, (made) => (switchover = made))
        : await fromLostSite(config, inDns);

  const buckets = new BackupBucket("backups", {
    bucket: site.backups.bucket,
    region: site.backups.region,
    replicaRegion: site.backups.replicaRegion,
    retentionDays: seconds(plan.retention) / 86_400,
    tags: { owner: "smarteros", site: site.domain },
  });
  const host = new ExistingHost("primary", { address: site.host.address, hostKey: site.host.hostKey, ssh: site.ssh, folders: dataFolders() });
  if (standby) {
    siteNetwork(config, host);
    return standbyOutputs(config, host.address);
  }
  const deployed = deploySite({ config, host, existingRecords: others, backupsReady: [buckets], ...(takeOver ? { takeOver } : {}) });
  return { ...siteOutputs(config, deployed), ...(switchover ? { switchover: switchover.result } : {}) };
}

/** What is restored is claimed before anything is made. */
async function fromLostSite(config: StackConfig, inDns: readonly string[]): Promise<TakeOver> {
  const restore = await preflightRestore(config);
  const begin = () => ({ restore: pulumi.output(restore), fence: new OldSiteFence("fence", { spec: fenceSpecOf(config, inDns) }) });
  return { sourceGeneration: restore.sourceGeneration, begin };
}

/** What is restored is known once everything is ready and the site that serves has made its last backup. */
async function fromLivingSite(config: StackConfig, inDns: readonly string[], onMade: (made: Switchover) => void): Promise<TakeOver> {
  const { sourceGeneration, claim } = await findRestore(config);
  const seed = { id: seedId(config.site.generation, sourceGeneration), newest: () => findRestore(config) };
  const fenced = fenceSpecOf(config, inDns);
  const spec = switchoverSpecOf(config, fenced.addresses, claim !== undefined);
  const begin = (ready: readonly pulumi.Resource[]) => {
    const switchover = new Switchover("switchover", { spec }, { dependsOn: [...ready] });
    onMade(switchover);
    const restore = switchover.result.apply(({ manifestKey }) => planOf(config, manifestKey));
    return { restore, fence: new OldSiteFence("fence", { spec: fenced }, { dependsOn: [switchover.done] }), quiesced: true };
  };
  return { sourceGeneration, seed, begin };
}
