import * as pulumi from "@pulumi/pulumi";
import type { BackupIdentity } from "../components/backup-identity";
import { folderSets, moduleTargets, ransomwareLimits, setPath } from "../components/services/agent";
import { publicNames } from "../components/services/caddyfile";
import type { ContainerFile } from "../components/services/spec";
import { agentStatusPort, type AgentConfig, type S3Location } from "../contracts/agent";
import type { GateSpec } from "../contracts/gate";
import { pgbackrestConf, postgresPaths } from "../contracts/pgbackrest";
import { databases } from "../plan/graph";
import { plan } from "../plan/plan";
import { seconds } from "../plan/units";
import type { SiteConfig, StackConfig } from "./config";
import { stanza } from "./s3-location";

/** pgBackRest's files and the roles, uploaded into the PostgreSQL container. */
export function postgresFiles(config: StackConfig, s3: S3Location, writer: BackupIdentity | undefined, reader?: BackupIdentity, source?: number): ContainerFile[] {
  const { site, secrets } = config;
  const conf = (identity: BackupIdentity, generation: number, use: "write" | "source") =>
    pulumi.all([identity.accessKey, identity.secretKey]).apply(([s3AccessKey, s3SecretKey]) =>
      pgbackrestConf({ s3, generation, stanza, credentials: { s3AccessKey, s3SecretKey }, cipher: secrets.postgresCipher, use }),
    );
  return [
    ...(writer ? [{ path: postgresPaths.config, content: conf(writer, site.generation, "write") }] : []),
    ...(reader && source !== undefined ? [{ path: postgresPaths.sourceConfig, content: conf(reader, source, "source") }] : []),
    ...(s3.caPem ? [{ path: postgresPaths.ca, content: s3.caPem }] : []),
    { path: postgresPaths.roles, content: JSON.stringify(secrets.databasePasswords) },
  ];
}

/** What the backup agent is told of the site, out of the plan. */
export function agentConfigOf(site: SiteConfig, s3: S3Location): AgentConfig {
  const cluster = plan.services.flatMap((s) => s.backup).find((b) => b.kind === "cluster");
  if (!cluster) throw new Error("plan.services: no service keeps the cluster");
  return {
    site: site.domain,
    generation: site.generation,
    s3,
    stanza,
    cycleSeconds: seconds(plan.backupCycle),
    fullEverySeconds: seconds(cluster.fullCopyEvery),
    incrementalEverySeconds: seconds(cluster.baseCopyAtMost),
    postgres: { dataDir: postgresPaths.dataDir, socketDir: postgresPaths.socketDir },
    vault: { address: "http://vault:8200" },
    fileSets: [...folderSets().map((set) => ({ name: set, path: setPath(set) })), { name: plan.host.set, path: setPath(plan.host.set), copied: true }],
    status: { host: "0.0.0.0", port: agentStatusPort },
    targets: moduleTargets(),
    walQueueLimitSeconds: 2 * seconds(plan.archiveTimeout),
    ransomware: ransomwareLimits(),
  };
}

/** What must hold before DNS moves. Secret: it names what signs webhooks. */
export function gateSpecOf(config: StackConfig): pulumi.Output<GateSpec> {
  const { site, secrets } = config;
  const http = plan.services.filter((s) => s.probe.path !== undefined && s.name !== "vault" && s.name !== "caddy");
  return pulumi.secret({
    domain: site.domain,
    deadlineSeconds: 120,
    services: http.map((s) => ({ name: s.name, url: `http://${s.name}:${s.probe.port}${s.probe.path}` })),
    postgres: { host: postgresPaths.socketDir, user: "postgres", password: "", databases: databases(plan) },
    vault: { address: "http://vault:8200" },
    tenants: site.tenants,
    odoo: { database: "odoo", filestore: `${setPath("odoo")}/filestore/odoo` },
    webhooks: {
      gatewayUrl: "http://gateway:8000",
      shopifySecret: secrets.shopifySecret,
      chatwootUrl: "http://chatwoot:3000",
      odooUrl: "http://odoo:8069",
      whatsappSecret: secrets.whatsappSecret,
    },
    tls: {
      connectTo: "caddy",
      port: 443,
      names: publicNames(site.domain),
      // Caddy's own authority came back with its data: the file set holds its root.
      ...(site.tls.issuer === "internal" ? { caFile: `${setPath("caddy")}/caddy/pki/authorities/local/root.crt` } : {}),
    },
  } satisfies GateSpec);
}
