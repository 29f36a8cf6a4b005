import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { utils } from "ssh2";
import { BackupBucket } from "../../../components/backup-bucket";
import { operatorPublicKey } from "../../../components/host/connection";
import { ExistingHost } from "../../../components/host/existing-host";
import { RecoveryHost } from "../../../components/host/recovery-host";
import { fileSets } from "../../../plan/graph";
import { plan } from "../../../plan/plan";
import { seconds } from "../../../plan/units";
import { readConfig } from "../../../stacks/config";
import type { RestorePlan } from "../../../stacks/preflight";
import { dataFolders, deploySite, siteLabels } from "../../../stacks/site";

/**
 * Both stacks as stacks/primary.ts and stacks/recovery.ts declare them, from their own components and configuration. What those ask of the clouds first
 * (a backup set, a server type that can be had, the zone's records) is given here, so that a preview needs no cloud.
 */
const restore: RestorePlan = {
  restoreId: "g2-from-g1",
  sourceGeneration: 1,
  set: {
    key: "g1/manifests/x.json",
    skipped: [],
    manifest: {
      proofs: { postgres: "", files: "" },
      body: {
        version: 1,
        generation: 1,
        consistentAt: "2026-11-24T03:50:44.120Z",
        finishedAt: "2026-11-24T03:50:45.120Z",
        postgres: {
          stanza: "main",
          backupLabel: "20261124-035000F",
          restorePoint: "cycle-1",
          lsn: "0/3000000",
          walFile: "000000010000000000000003",
          majorVersion: 15,
          databaseBytes: 1,
        },
        files: Object.fromEntries(
          fileSets(plan).map(({ set }) => [
            set,
            { snapshot: "0".repeat(64), takenAt: "2026-11-24T03:50:44.120Z", files: 1, bytes: 1 },
          ]),
        ),
        software: {},
      },
    },
  },
};

function primary(): void {
  const config = readConfig("primary");
  const { site } = config;
  if (site.host.kind !== "existing") throw new Error("the primary's host exists");
  const { bucket, region, replicaRegion } = site.backups;
  const buckets = new BackupBucket("backups", {
    bucket,
    region,
    replicaRegion,
    retentionDays: seconds(plan.retention) / 86_400,
    tags: { owner: "smarteros", site: site.domain },
  });
  // Known at update alone: with an address, the preview would connect to the host's engine.
  const address = new command.local.Command("address", { create: `echo ${site.host.address}` })
    .stdout as unknown as string;
  const host = new ExistingHost("primary", {
    address,
    hostKey: site.host.hostKey,
    ssh: site.ssh,
    folders: dataFolders(),
  });
  deploySite({ config, host, existingRecords: [], backupsReady: [buckets] });
}

function recovery(): void {
  const config = readConfig("recovery");
  const { site, secrets } = config;
  const key = utils.parseKey(secrets.recoveryHostKey ?? "");
  if (site.host.kind !== "hetzner" || key instanceof Error)
    throw new Error("the recovery orders a server, and has its host key");
  const host = new RecoveryHost(`recovery-g${site.generation}`, {
    serverType: site.host.serverTypes[0] ?? "",
    location: site.host.locations[0] ?? "",
    image: site.host.image,
    volumeBytes: site.host.volume,
    ssh: site.ssh,
    authorizedKey: operatorPublicKey(site.ssh),
    operatorNetworks: site.ssh.operatorNetworks,
    hostKey: {
      privateKey: pulumi.secret(secrets.recoveryHostKey ?? ""),
      publicKey: `${key.type} ${key.getPublicSSH().toString("base64")}`,
    },
    labels: siteLabels(site),
    folders: dataFolders(),
  });
  deploySite({ config, host, takeOver: { sourceGeneration: restore.sourceGeneration, begin: () => ({ restore: pulumi.output(restore) }) }, existingRecords: [] });
}

if (pulumi.getStack() === "primary") primary();
else recovery();
