import * as pulumi from "@pulumi/pulumi";
import { agentCommand } from "../components/agent-command";
import { identityName, type IdentityRole } from "../components/backup/names";
import { BackupIdentity } from "../components/backup-identity";
import type { HostConnection } from "../components/host/connection";
import type { DataFolder } from "../components/host/scripts";
import { NoWayOut } from "../components/no-way-out";
import type { OldSiteFence } from "../components/old-site-fence";
import { RestoreWave } from "../components/restore-wave";
import { ServiceContainer } from "../components/service-container";
import { agent, folderSets, previousHostFolder, setPath } from "../components/services/agent";
import { bootGuard } from "../components/services/guard";
import * as applications from "../components/services/applications";
import { caddy, emptyVault, postgres, redis, vault } from "../components/services/base";
import { publicNames } from "../components/services/caddyfile";
import { applicationUid, postgresUid, type ContainerSpec, type SiteContext } from "../components/services/spec";
import { SiteDns, type ExistingRecord } from "../components/site-dns";
import { SiteNetwork } from "../components/site-network";
import { ValidationGate } from "../components/validation-gate";
import type { FenceResult } from "../contracts/fence";
import type { GateResult } from "../contracts/gate";
import { guardConfig, guardSet, type GuardSecrets } from "../contracts/guard";
import { vaultCutOffExitCode, vaultEscrow as vaultEscrowSchema, vaultSnapshotName, type VaultEscrow } from "../contracts/vault";
import { waves } from "../plan/graph";
import type { Service, ServiceName } from "../plan/model";
import { plan } from "../plan/plan";
import { seconds } from "../plan/units";
import type { SiteConfig, StackConfig } from "./config";
import { DnsCheck } from "../components/dns-check";
import type { RestorePlan } from "./preflight";
import { restoreSpecOf } from "./restore-spec";
import { s3Location } from "./s3-location";
import { agentConfigOf, gateSpecOf, postgresFiles } from "./site-specs";

/** Labels of everything that belongs to one generation of a site; how it is found again without any state. */
export const siteLabels = (site: SiteConfig): Record<string, string> => ({ "smarteros.site": site.domain, "smarteros.generation": String(site.generation) });

/** Data folders of a host, with the uid that writes there. */
export function dataFolders(): DataFolder[] {
  const shared: DataFolder[] = [
    { set: "postgres", uid: postgresUid },
    { set: "postgres-run", uid: postgresUid },
    { set: "redis", uid: applicationUid },
    { set: "vault", uid: applicationUid },
    { set: "vault-snapshot", uid: 0 },
    { set: "agent", uid: 0 },
    { set: plan.host.set, uid: 0 },
    { set: previousHostFolder, uid: 0 },
    { set: guardSet, uid: 0, mode: "0755" },
  ];
  return [...shared, ...folderSets().map((set) => ({ set, uid: applicationUid }))];
}

/** Data folders that these services' backups come back to. */
const foldersOf = (services: readonly Service[]): string[] =>
  services.flatMap((s) => s.backup.flatMap((b) => (b.kind === "files" ? [b.set] : b.kind === "raft-snapshot" ? ["vault-snapshot"] : b.kind === "cluster" ? ["postgres"] : [])));

/** Network, data volumes and images of the site on its host. */
export const siteNetwork = ({ site }: StackConfig, host: HostConnection, { labels = siteLabels(site), closed = false } = {}): SiteNetwork =>
  new SiteNetwork("site", { host, sets: dataFolders().map((f) => f.set), images: site.images, labels, closed });

/** What a site begins with, and what has to be done to the site that it replaces. */
export interface TakeOver {
  readonly sourceGeneration: number;
  /** What the host is given before the restore is known, so that only what changed since is left to do; its id is that of a seeding. @default nothing */
  readonly seed?: { readonly id: string; readonly newest: () => Promise<RestorePlan> };
  /** @param ready all that can be there before: network, volumes, images, boot guard, keys */
  readonly begin: (ready: readonly pulumi.Resource[]) => Begun;
}

/** A takeover that is under way. */
export interface Begun {
  readonly restore: pulumi.Output<RestorePlan>;
  /** The site that is replaced can do no harm any more; nothing starts on its data before. */
  readonly fence?: OldSiteFence;
  /** Its data is beyond doubt already, so that it is restored while the fence is still at work. @default false */
  readonly quiesced?: boolean;
}

export interface SiteArgs {
  readonly config: StackConfig;
  readonly host: HostConnection;
  /** What to restore; absent: the site begins empty. */
  readonly takeOver?: TakeOver;
  /**
   * A copy that is looked at and thrown away: its network leads nowhere, it publishes no port, takes over no DNS, and writes no backup, for
   * which it has no key. The gate says what does not hold and stops nothing. @default false
   */
  readonly scratch?: boolean;
  /** @default siteLabels */
  readonly labels?: Readonly<Record<string, string>>;
  readonly existingRecords: readonly ExistingRecord[];
  /** The identities wait for these (the bucket, where this stack makes it). */
  readonly backupsReady?: readonly pulumi.Resource[];
}

export interface SiteOutputs {
  readonly address: pulumi.Output<string>;
  readonly restore?: pulumi.Output<RestorePlan>;
  /** How the site that was replaced was kept from serving and writing. */
  readonly fence?: pulumi.Output<FenceResult>;
  /** Evidence of the gate; absent for a site that began empty. */
  readonly gate?: pulumi.Output<GateResult>;
  /** One JSON line per restored module and wave. */
  readonly restored: readonly pulumi.Output<string>[];
  /** Vault's shares and token, when this stack opened it for the first time. Secret. */
  readonly vaultEscrow?: pulumi.Output<unknown>;
  /** Keys that read the backups of this generation. Secret. */
  readonly readerKeys?: pulumi.Output<unknown>;
}

/**
 * The site on a host: the same for both stacks. With a restore: restores and services by wave, Vault opened with its own shares, the gate,
 * then DNS and the agent. Without: the services on empty folders, Vault's first start, DNS and the agent.
 */
export function deploySite(args: SiteArgs): SiteOutputs {
  const { config, host, takeOver, scratch = false } = args;
  const { site, secrets } = config;
  const labels = args.labels ?? siteLabels(site);
  const s3 = s3Location(site);
  const context: SiteContext = { domain: site.domain, generation: site.generation, ...(site.drill ? { drillToken: secrets.drillToken } : {}) };
  const network = siteNetwork(config, host, { labels, closed: scratch });
  const image = (name: string): pulumi.Output<string> => {
    const found = network.images.get(name);
    if (!found) throw new Error(`image ${name}: not in smarteros:site.images`);
    return found.imageId;
  };
  const tags = { owner: "smarteros", site: site.domain };
  const identity = (role: IdentityRole, generation: number) =>
    new BackupIdentity(identityName(role, generation), { bucket: site.backups.bucket, generation, role, tags, keyMadeAt: config.credentials[`s3.${role}`]?.madeAt }, { dependsOn: [...(args.backupsReady ?? [])] });
  const writer = scratch ? undefined : identity("writer", site.generation);
  const reader = takeOver ? identity("reader", takeOver.sourceGeneration) : undefined;
  // For restores on this very host (`smarter recover`): handed to the operator alone.
  const ownReader = scratch ? undefined : identity("reader", site.generation);
  const closed = scratch ? new NoWayOut("no-way-out", { host, network: network.network, image: image("agent"), outside: s3 }).proved : undefined;

  // --- one container ---
  const containers = new Map<string, ServiceContainer>();
  const start = (spec: ContainerSpec, after: readonly pulumi.Resource[]): ServiceContainer => {
    const wayOut = spec.name === "postgres" ? network.wayOut : undefined;
    const container = new ServiceContainer(
      spec.name,
      { spec: closed ? { ...spec, publish: [], unguarded: true } : spec, host, image: image(spec.image ?? spec.name), network: network.network, ...(wayOut ? { wayOut } : {}), volumes: network.volumes, labels },
      { dependsOn: [...after, ...(closed ? [closed] : [])] },
    );
    containers.set(spec.name, container);
    return container;
  };

  // --- the boot guard: nothing else starts without it ---
  const startGuard = (): ServiceContainer => {
    const guardKey = identity("guard", site.generation);
    return start(
      bootGuard({
        config: JSON.stringify(guardConfig.parse({ generation: site.generation, s3, withoutS3: site.guard.withoutS3 })),
        secrets: pulumi.secret(pulumi.all([guardKey.accessKey, guardKey.secretKey]).apply(([s3AccessKey, s3SecretKey]) => JSON.stringify({ s3AccessKey, s3SecretKey } satisfies GuardSecrets))),
      }),
      [],
    );
  };
  // A rehearsal needs none: what the guard keeps a site from, its closed network does not let happen.
  const guard = scratch ? undefined : startGuard();
  const guarded: pulumi.Resource[] = guard ? [guard.healthy] : [];

  // --- restores ---
  const restored: RestoreWave[] = [];
  const restoreSets = (name: string, wave: number, sets: readonly string[], what: pulumi.Input<RestorePlan>, after: readonly pulumi.Resource[]): RestoreWave => {
    if (!reader) throw new Error(`${name}: nothing is restored here`);
    const seed = takeOver?.seed?.id;
    const spec = pulumi.all([what, reader.accessKey, reader.secretKey]).apply(([chosen, s3AccessKey, s3SecretKey]) => restoreSpecOf(config, { ...chosen, seed }, sets, { s3AccessKey, s3SecretKey }));
    return new RestoreWave(name, { wave, host, agentImage: image("agent"), spec, sets }, { dependsOn: [...network.volumes.values(), ...after] });
  };

  // --- Vault: opened with its own shares, or for the first time ---
  let vaultOpened: pulumi.Resource | undefined;
  let vaultEscrow: pulumi.Output<VaultEscrow> | undefined;
  let vaultToken: pulumi.Output<string> = pulumi.secret(secrets.vaultToken ?? "");
  const onVault = (after: readonly pulumi.Resource[]) => ({ host, network: network.network, agentImage: image("agent"), dependsOn: after });
  const restoreVault = (name: string, restoreId: pulumi.Input<string>, after: readonly pulumi.Resource[]): pulumi.Resource => {
    const input = pulumi.secret({
      restoreId,
      ...(takeOver?.seed ? { seed: takeOver.seed.id } : {}),
      address: "http://vault:8200",
      snapshotFile: `${setPath("vault")}/${vaultSnapshotName}`,
      unsealShares: secrets.vaultUnsealShares ?? [],
      secretsRequired: "gateway",
    });
    return agentCommand(name, { ...onVault(after), run: "vault-restore", input, mounts: [{ set: "vault-snapshot", path: setPath("vault") }], mend: { exit: vaultCutOffExitCode, script: emptyVault } }, network);
  };
  const initVault = (after: readonly pulumi.Resource[]): pulumi.Resource => {
    const opened = agentCommand("vault-init", { ...onVault(after), run: "vault-init", input: pulumi.output({ address: "http://vault:8200", shares: 3, threshold: 2 }), mounts: [], secretOutput: true }, network);
    const escrow = opened.stdout.apply((text) => vaultEscrowSchema.parse(JSON.parse(text)));
    vaultEscrow = escrow;
    vaultToken = pulumi.secret(escrow.apply((e) => e.token));
    return opened;
  };

  // --- what can be there while the site that is replaced still serves ---
  const seeded: pulumi.Resource[] = [];
  if (takeOver?.seed) {
    const { id, newest } = takeOver.seed;
    const seedOf = () => newest().then((set) => ({ ...set, restoreId: id }));
    const first = restoreSets("restore-seed", 0, foldersOf(plan.services), seedOf(), []);
    // The first may have taken hours: what was written meanwhile.
    const again = restoreSets("restore-seed-again", 0, foldersOf(plan.services).filter((folder) => folder !== "vault-snapshot"), first.results.apply(seedOf), [first.done]);
    // Nobody reaches them but the site's own containers, of which none runs.
    const ready = [redis(), vault()].map((spec) => start(spec, guarded));
    seeded.push(again.done, ...ready.map((c) => c.healthy), restoreVault("vault-seed", id, [first.done, containers.get("vault")!.healthy]));
  }

  // --- what is restored ---
  const keys = [writer, reader, ownReader].filter((made) => made !== undefined);
  const begun = takeOver?.begin([network.network, ...network.volumes.values(), ...network.images.values(), ...keys, ...guarded, ...seeded]);
  const restore = begun?.restore;
  const fence = begun?.fence;
  const restoreWave = (wave: readonly Service[], number: number): RestoreWave | undefined => {
    if (!restore) return undefined;
    const ofServices = foldersOf(wave).filter((folder) => folder !== "vault-snapshot" || !takeOver?.seed);
    const sets = number === 1 ? [...ofServices, previousHostFolder] : ofServices; // nobody waits for it, and it waits for nobody
    if (sets.length === 0) return undefined;
    const previous = restored.at(-1);
    const made = restoreSets(`restore-wave-${number}`, number, sets, restore, begun.quiesced ? [] : previous ? [previous.done] : fence ? [fence.done] : []);
    restored.push(made);
    return made;
  };

  // --- the waves of the plan ---
  const specOf = (name: ServiceName): ContainerSpec => {
    switch (name) {
      case "postgres":
        return postgres({ files: postgresFiles(config, s3, writer, reader, takeOver?.sourceGeneration), archiveTimeoutSeconds: seconds(plan.archiveTimeout), ...(restore ? { expectRestored: restore.apply((chosen) => chosen.restoreId) } : {}) });
      case "redis":
        return redis();
      case "vault":
        return vault();
      case "caddy":
        return caddy(context, site.tls);
      case "gateway":
        return applications.gateway(context, secrets, vaultToken);
      case "odoo":
      case "chatwoot":
      case "botpress":
      case "n8n":
      case "metabase":
      case "dokploy":
        return applications[name](context, secrets);
      default:
        return name satisfies never;
    }
  };
  const afterServices = (s: Service): pulumi.Resource[] => s.dependsOn.flatMap((d) => [containers.get(d)?.healthy, d === "vault" ? vaultOpened : undefined].filter((r) => r !== undefined));
  const ofVault = restore && takeOver?.seed ? restoreSets("restore-vault", 0, ["vault-snapshot"], restore, []) : undefined;
  if (ofVault) restored.push(ofVault);
  waves(plan).forEach((wave, index) => {
    const data = restoreWave(wave, index + 1);
    for (const s of wave) {
      const container = containers.get(s.name) ?? start(specOf(s.name), [...guarded, ...(fence && begun?.quiesced ? [fence.done] : []), ...afterServices(s), ...(data ? [data.done] : [])]);
      if (s.name !== "vault") continue;
      if (restore) vaultOpened = restoreVault("vault-restore", restore.apply((chosen) => chosen.restoreId), [container.healthy, ...(ofVault ? [ofVault.done] : [])]);
      else if (!secrets.vaultToken) vaultOpened = initVault([container.healthy]);
    }
  });

  // --- the gate, then DNS and the backups of this generation ---
  const serving: pulumi.Resource[] = [...[...containers.values()].map((c) => c.healthy), ...(vaultOpened ? [vaultOpened] : [])];
  const gate = restore ? new ValidationGate("gate", { host, network: network.network, agentImage: image("agent"), spec: gateSpecOf(config), after: serving, tellOnly: scratch }) : undefined;
  const outputs: SiteOutputs = { address: host.address, ...(restore ? { restore } : {}), ...(fence ? { fence: fence.result } : {}), ...(gate ? { gate: gate.result } : {}), restored: restored.map((r) => pulumi.unsecret(r.results)) };
  if (!writer) return outputs;
  const open: pulumi.Resource[] = gate ? [gate.passed] : serving;

  const names = publicNames(site.domain);
  const dns = new SiteDns("dns", { zoneId: site.dns.zoneId, names, address: host.address, ttl: site.dns.ttl, proxied: site.dns.proxied, existing: args.existingRecords, after: open });
  new DnsCheck("dns-from-outside", { names, address: host.address, resolvers: site.dns.resolvers, proxied: site.dns.proxied, ttl: site.dns.ttl, after: dns.records });

  const agentSecrets = pulumi.secret(
    pulumi.all([writer.accessKey, writer.secretKey, vaultToken]).apply(([s3AccessKey, s3SecretKey, token]) =>
      JSON.stringify({ s3AccessKey, s3SecretKey, postgresCipher: secrets.postgresCipher, filesCipher: secrets.filesCipher, ...(token ? { vaultToken: token } : {}) }),
    ),
  );
  start(agent({ config: JSON.stringify(agentConfigOf(site, s3)), secrets: agentSecrets }), [...guarded, ...open]);

  return {
    ...outputs,
    ...(ownReader ? { readerKeys: pulumi.secret({ s3AccessKey: ownReader.accessKey, s3SecretKey: ownReader.secretKey }) } : {}),
    ...(vaultEscrow ? { vaultEscrow: pulumi.secret(vaultEscrow) } : {}),
  };
}
