import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { quote } from "../components/host/scripts";
import { runOverSsh } from "../components/host/ssh";
import { dataRoot } from "../components/host/connection";
import { vaultEscrow } from "../contracts/vault";
import { addresses } from "../local-cloud/addresses";
import { cloudReset, cloudUp, type Cloud } from "../local-cloud/cloud";
import { ensureToolchain } from "../toolchain/ensure";
import { cacheRoot } from "../toolchain/paths";
import { ensurePlugins } from "../toolchain/plugins";
import { Backups } from "./backups";
import { engineEventsTo } from "./engine-events";
import { DrillStacks, passphraseFile } from "./pulumi";
import { drillSite, newSecrets, stackSettings, twoFields, type DrillSecrets } from "./settings";
import { seedSite, type SeedOptions } from "./seed";
import { askDns, type Site } from "../outside/site";
import type { Timeline } from "./timeline";

/** Where a drill keeps its state, settings and logs; begun anew each time. */
export const drillFolder = (): string => join(cacheRoot(), "drill");

export interface GroundArgs {
  /** Restore to this time instead of the newest set, ISO 8601. */
  readonly targetTime?: string;
  /** Folder of real provider plugins. */
  readonly plugins?: string;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
}

/** An empty local cloud with a bare VPS, and the settings of both stacks. */
export interface Ground {
  readonly cloud: Cloud;
  readonly secrets: DrillSecrets;
  readonly stacks: DrillStacks;
  /** A recovery beside the first, as if begun by another operator on another machine: its own state, the same secrets. */
  anotherRecovery(args: { generation: number; targetTime?: string }): Promise<DrillStacks>;
  readonly engine: { readonly pulumi: string; readonly languageHost: string };
  /** What is not the real thing, a sentence each. */
  readonly standIns: readonly string[];
}

/** Brings up the engine, the plugins and an empty local cloud, and boots the VPS. What a former drill kept is wiped. */
export async function prepareGround({ plugins, targetTime, timeline, signal }: GroundArgs): Promise<Ground> {
  const log = (line: string) => void timeline.event(line);
  const toolchain = await ensureToolchain({ log });
  signal.throwIfAborted();
  const kinds = await ensurePlugins({ pulumi: toolchain.pulumi, log, ...(plugins ? { from: plugins } : {}) });
  await cloudReset({ keepImages: true, log });
  const secrets = newSecrets();
  const cloud = await cloudUp({ log, ...toolchain, zones: [{ id: drillSite.zoneId, name: drillSite.domain }] });
  signal.throwIfAborted();

  const { caFile } = cloud.pki;
  const env = { ...toolchain.env, NODE_EXTRA_CA_CERTS: caFile, SSL_CERT_FILE: caFile, AWS_CA_BUNDLE: caFile };
  const stacksIn = async (folder: string) => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(operatorKeyFile(folder), secrets.operator.privateKey, { mode: 0o600 });
    await writeFile(passphraseFile(folder), secrets.passphrase, { mode: 0o600 });
    return new DrillStacks({ pulumi: toolchain.pulumi, env, folder });
  };
  const folder = drillFolder();
  const stacks = await stacksIn(folder);
  const settings = { cloud, secrets, privateKeyFile: operatorKeyFile(folder), ...(targetTime ? { targetTime } : {}) };
  await Promise.all([
    stacks.create("primary", stackSettings("primary", settings)),
    stacks.create("recovery", stackSettings("recovery", settings)),
    cloud.bootHostinger({ hostKeyPrivate: secrets.vps.privateKey, authorizedKey: secrets.operator.publicKey }),
  ]);
  timeline.event(`the VPS is up; settings and logs: ${folder}`);

  const standInPlugins = Object.entries(kinds).flatMap(([name, kind]) => (kind === "stand-in" ? [name] : []));
  return {
    cloud,
    secrets,
    stacks,
    anotherRecovery: async (recovery) => {
      const own = join(folder, `recovery-g${recovery.generation}`);
      const another = await stacksIn(own);
      const { plain, secrets: clear } = stackSettings("recovery", {
        ...settings,
        ...recovery,
        privateKeyFile: operatorKeyFile(own),
      });
      await another.create("recovery", { plain, secrets: { ...clear, ...(await escrowed(stacks)) } });
      return another;
    },
    engine: { pulumi: await stacks.version(), languageHost: toolchain.languageHost },
    standIns: [
      ...toolchain.standIns,
      ...(standInPlugins.length > 0 ? [`provider plugins: ${standInPlugins.join(", ")}`] : []),
      ...localCloudStandIns,
    ],
  };
}

const localCloudStandIns = [
  "Hetzner and Cloudflare APIs: emulators that boot real hosts and answer real DNS",
  "hosts: containers with their own sshd, cloud-init and dockerd; faster to boot and pull than a real cloud's",
  "AWS S3 and IAM: versitygw with a front; lifecycle, encryption and replication are kept, not executed",
  "applications (gateway, odoo, chatwoot, botpress, n8n, metabase, dokploy): one small program in seven roles",
];

const operatorKeyFile = (folder: string) => join(folder, "operator");

/** What the Vault that the primary opened first needs to be opened again, as a restoring stack's settings want it. */
export async function escrowed(stacks: DrillStacks): Promise<Record<string, string>> {
  const { token, unsealShares } = vaultEscrow.parse((await stacks.outputs("primary"))["vaultEscrow"]);
  return { "smarteros:vaultToken": token, "smarteros:vaultUnsealShares": JSON.stringify(unsealShares) };
}

/** The company's site on the VPS, alive and known to DNS. */
export interface Primary {
  readonly site: Site;
  readonly backups: Backups;
  /** Runs a shell script on the VPS. */
  onVps(script: string): Promise<string>;
  /** Fills it; @returns the size of all databases in bytes */
  seed(args: Pick<SeedOptions, "sizeBytes" | "counts" | "onProgress">): Promise<number>;
}

/** `pulumi up --stack primary`, and its escrow into the recovery's settings. */
export async function raisePrimary(
  { cloud, secrets, stacks }: Ground,
  { timeline, signal }: GroundArgs,
): Promise<Primary> {
  await stacks.up("primary", { onEvent: engineEventsTo(timeline, 5), signal });
  await stacks.setSecrets("recovery", await escrowed(stacks));
  const onVps = sshTo(addresses.hostinger, secrets.operator.privateKey, secrets.vps.publicKey);
  const site: Site = {
    domain: drillSite.domain,
    ca: await onVps(`cat ${dataRoot}/caddy/caddy/pki/authorities/local/root.crt`),
    token: secrets.drillToken,
    resolve: askDns({ address: addresses.front, port: addresses.dns.port }),
  };
  const runSql = (database: string, sql: string) => onVps(psql(database, sql));
  return {
    site,
    backups: new Backups(cloud.pki.caPem),
    onVps,
    seed: async (args) => (await seedSite({ site, tenants: drillSite.tenants, runSql, ...args })).databaseBytes,
  };
}

/** Runs scripts as root on a host whose key is pinned. */
export const sshTo = (host: string, privateKey: string, hostKey: string) => (script: string) =>
  runOverSsh({ host, user: "root", privateKey, hostKey: twoFields(hostKey) }, script);

/** A script that runs SQL as superuser in the cluster of a host and prints as `psql -At` does. */
export const psql = (database: string, sql: string): string =>
  `docker exec --interactive --user 999 postgres psql -X -q -At -v ON_ERROR_STOP=1 -d ${quote(database)} <<'SQL'\n${sql}\nSQL\n`;
