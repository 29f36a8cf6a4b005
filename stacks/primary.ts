import { BackupBucket } from "../components/backup-bucket";
import { ExistingHost } from "../components/host/existing-host";
import { plan } from "../plan/plan";
import { seconds } from "../plan/units";
import { readConfig } from "./config";
import { siteOutputs, type StackOutputs } from "./outputs";
import { preflightRestore } from "./preflight";
import { existingRecords } from "./records";
import { dataFolders, deploySite } from "./site";

/** The primary: the backup buckets, and the site on the VPS. With `restoreFrom` it is the same restore in the other direction. */
export async function primary(): Promise<StackOutputs> {
  const config = readConfig("primary");
  const { site } = config;
  if (site.host.kind !== "existing") throw new Error("the configuration's checks let a host through that the primary cannot be");
  const records = await existingRecords(site);
  const restore = site.restoreFrom === undefined ? undefined : await preflightRestore(config);

  const buckets = new BackupBucket("backups", {
    bucket: site.backups.bucket,
    region: site.backups.region,
    replicaRegion: site.backups.replicaRegion,
    retentionDays: seconds(plan.retention) / 86_400,
    tags: { owner: "smarteros", site: site.domain },
  });
  const host = new ExistingHost("primary", { address: site.host.address, hostKey: site.host.hostKey, ssh: site.ssh, folders: dataFolders() });
  const deployed = deploySite({ config, host, existingRecords: records, backupsReady: [buckets], ...(restore ? { restore } : {}) });
  return siteOutputs(config, deployed, restore);
}
