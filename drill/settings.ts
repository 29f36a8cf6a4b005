import { addresses, credentials } from "../local-cloud/addresses";
import type { Cloud } from "../local-cloud/cloud";
import { databases } from "../plan/graph";
import { keyNames } from "../plan/model";
import { plan } from "../plan/plan";
import { newSecret, newSshKey, type SshKey } from "../toolchain/sshkeys";
import type { StackName, StackSettings } from "./pulumi";

/** The company that is lost and recovered. */
export const drillSite = {
  domain: "smarterbot.test",
  zoneId: "5a27e2b07".padEnd(32, "0"),
  bucket: "smarteros-backups",
  region: "us-east-1",
  replicaRegion: "eu-central-1",
  tenants: [
    { rut: "76192083-9", name: "Rompecabezas del Sur SpA" },
    { rut: "77543210-1", name: "Comercial Los Aromos Ltda." },
    { rut: "76840311-2", name: "Transportes Cordillera SpA" },
  ],
} as const;

/** Every key and password of one drill, made anew for it. */
export interface DrillSecrets {
  readonly operator: SshKey;
  readonly vps: SshKey;
  readonly recoveryHost: SshKey;
  readonly passphrase: string;
  /** By configuration key; the same for both stacks. */
  readonly site: Readonly<Record<string, string>>;
  readonly drillToken: string;
}

export function newSecrets(): DrillSecrets {
  const drillToken = newSecret();
  const each = (names: readonly string[]) =>
    JSON.stringify(Object.fromEntries(names.map((name) => [name, newSecret(24)])));
  return {
    operator: newSshKey("operator"),
    vps: newSshKey("vps"),
    recoveryHost: newSshKey("recovery"),
    passphrase: newSecret(),
    drillToken,
    site: {
      "smarteros:postgresCipher": newSecret(),
      "smarteros:filesCipher": newSecret(),
      "smarteros:databasePasswords": each(databases(plan)),
      "smarteros:applicationKeys": each(keyNames),
      "smarteros:shopifySecret": newSecret(),
      "smarteros:whatsappSecret": newSecret(),
      "smarteros:drillToken": drillToken,
    },
  };
}

export interface SettingsArgs {
  readonly cloud: Pick<Cloud, "images" | "pki">;
  readonly secrets: DrillSecrets;
  /** File of the operator's private key. */
  readonly privateKeyFile: string;
  /** Restore to this time instead of the newest set, ISO 8601. */
  readonly targetTime?: string;
  /** Of the recovery. @default 2 */
  readonly generation?: number;
}

/** The settings of a stack on the local cloud: the same keys as on real clouds, with its endpoints beside them. */
export function stackSettings(stack: StackName, args: SettingsArgs): StackSettings {
  const { cloud, secrets, privateKeyFile, targetTime, generation = 2 } = args;
  const site = {
    domain: drillSite.domain,
    ...(stack === "primary" ? { generation: 1 } : { generation, restoreFrom: 1 }),
    host:
      stack === "primary"
        ? { kind: "existing", address: addresses.hostinger, hostKey: twoFields(secrets.vps.publicKey) }
        : { kind: "hetzner", volume: "20 GiB" },
    ssh: { privateKeyFile, operatorNetworks: ["127.0.0.0/8", addresses.bridgeCidr.replace(/\.\d+\//, ".0/")] },
    images: cloud.images,
    backups: {
      bucket: drillSite.bucket,
      region: drillSite.region,
      replicaRegion: drillSite.replicaRegion,
      endpoint: { host: addresses.s3.host, port: addresses.s3.port, caPem: cloud.pki.caPem },
    },
    tls: { issuer: "internal" },
    dns: {
      zoneId: drillSite.zoneId,
      ttl: "60 seconds",
      resolvers: [`${addresses.front}:${addresses.dns.port}`],
      permitLoopback: true,
    },
    tenants: drillSite.tenants,
    // Of the VPS nothing else is told to the recovery: where it is, the zone says.
    ...(stack === "recovery" ? { fence: { hostKey: twoFields(secrets.vps.publicKey) } } : {}),
    drill: true,
  };
  return {
    plain: {
      "smarteros:site": site,
      ...(stack === "recovery" && targetTime ? { "recovery:targetTime": targetTime } : {}),
      "aws:region": drillSite.region,
      "aws:endpoints": [{ s3: addresses.s3.operatorUrl, iam: addresses.iam.operatorUrl }],
      "aws:s3UsePathStyle": true,
      "aws:skipCredentialsValidation": true,
      "aws:skipMetadataApiCheck": true,
      "aws:skipRequestingAccountId": true,
      "cloudflare:baseUrl": addresses.cloudflare.url,
      "hcloud:endpoint": addresses.hetzner.url,
    },
    secrets: {
      ...secrets.site,
      ...(stack === "recovery"
        ? { "smarteros:recoveryHostKey": secrets.recoveryHost.privateKey, "hcloud:token": credentials.hetznerToken }
        : {}),
      "aws:accessKey": credentials.awsAccessKey,
      "aws:secretKey": credentials.awsSecretKey,
      "cloudflare:apiToken": credentials.cloudflareToken,
    },
  };
}

/** "ssh-ed25519 AAAA...", without the comment. */
export const twoFields = (publicKey: string): string => publicKey.split(" ").slice(0, 2).join(" ");
