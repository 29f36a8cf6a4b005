import { BackupBucket } from "../components/backup-bucket";
import { ExistingHost } from "../components/host/existing-host";
import { plan } from "../plan/plan";
import { seconds } from "../plan/units";
import { OldSiteFence } from "../components/old-site-fence";
import { readConfig } from "./config";
import { fenceSpecOf } from "./fence-spec";
import { siteOutputs, standbyOutputs, type StackOutputs } from "./outputs";
import { preflightRestore } from "./preflight";
import { existingRecords } from "./records";
import { dataFolders, deploySite, siteNetwork } from "./site";
import { standsBy } from "./standing";

/**
 * The primary: the backup buckets, and the site on the VPS. With `restoreFrom` it is the same restore in the other direction. While another
 * generation is active it can stand by: host, network, images and data stay ready, and nothing runs, writes or takes DNS.
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
  const restore = standby || site.restoreFrom === undefined ? undefined : await preflightRestore(config);

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
  const fence = restore ? new OldSiteFence("fence", { spec: fenceSpecOf(config, records.map((r) => r.content)) }) : undefined;
  const deployed = deploySite({ config, host, existingRecords: others, backupsReady: [buckets], ...(restore ? { restore } : {}), ...(fence ? { fence } : {}) });
  return siteOutputs(config, deployed, restore, fence?.result);
}
