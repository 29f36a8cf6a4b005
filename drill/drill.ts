import { randomInt } from "node:crypto";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setInterval, setTimeout } from "node:timers/promises";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { quote } from "../components/host/scripts";
import { runOverSsh } from "../components/leftovers";
import { vaultEscrow } from "../contracts/vault";
import { gateResult } from "../contracts/gate";
import { addresses } from "../local-cloud/addresses";
import { cloudReset, cloudUp, type Cloud } from "../local-cloud/cloud";
import { effectiveDeadline, effectiveRpo } from "../plan/graph";
import { plan } from "../plan/plan";
import { seconds } from "../plan/units";
import { ensureToolchain, type Toolchain } from "../toolchain/ensure";
import { cacheRoot } from "../toolchain/paths";
import { ensurePlugins } from "../toolchain/plugins";
import { Backups } from "./backups";
import { EngineSteps, engineEventsTo } from "./engine-events";
import { startLoad, type Load } from "./load";
import { measure } from "./measure";
import { askLastWrites, probeUntilAll, type LastWrites, type Seen } from "./probe";
import { DrillStacks, passphraseFile, UpFailed } from "./pulumi";
import type { DrillResult } from "./result";
import { drillSite, newSecrets, stackSettings, twoFields, type DrillSecrets } from "./settings";
import { seedSite } from "./seed";
import { askDns, type Site } from "./site";
import type { Timeline } from "./timeline";

export interface DrillOptions {
  /** Size that Odoo's database is brought to. */
  readonly sizeBytes: number;
  /** Restore to this time instead of the newest set, ISO 8601. */
  readonly targetTime?: string;
  /** Folder of real provider plugins. */
  readonly plugins?: string;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
}

/** Seconds that the services may take to answer through DNS once `pulumi up` has ended well. */
const answersAfterUp = 60;
/** Seconds in which a backup cycle must have finished: the first one makes a full copy. */
const backupDeadline = 900;

/** Where a drill keeps its state, settings and logs; begun anew each time. */
export const drillFolder = (): string => join(cacheRoot(), "drill");

/** What is known so far of a drill; becomes its record whether it ends well or not. */
type Draft = { -readonly [K in keyof DrillResult]: DrillResult[K] };

/**
 * Loses the primary, recovers it on another provider, and measures. Never rejects for a recovery that fails: that is its result.
 * @throws the signal's reason when it is stopped, and what hindered the drill itself before the loss
 */
export async function runDrill(options: DrillOptions): Promise<DrillResult> {
  const { timeline } = options;
  const draft: Draft = {
    verdict: "failed",
    scenario: "The VPS is lost without warning; everything is recovered at another provider from the backups",
    startedAt: timeline.startedAt,
    failoverSeconds: null,
    databaseBytes: null,
    events: [],
    modules: [],
    gate: { passedAt: null, checks: [] },
    dns: { flippedAt: null, before: null, after: null },
    engine: { pulumi: "unknown", languageHost: "unknown" },
    standIns: [],
  };
  try {
    await lifeAndLoss(options, draft);
  } catch (error) {
    if (options.signal.aborted) throw options.signal.reason;
    if (error instanceof UpFailed && error.stackName === "recovery" && !error.touchedAnything) draft.verdict = "refused";
    timeline.event(`error: ${(error as Error).message}`);
  }
  return { ...draft, events: [...timeline.events] };
}

async function lifeAndLoss(options: DrillOptions, draft: Draft): Promise<void> {
  const { timeline, signal } = options;
  timeline.phase("setup", "the local cloud, the engine and the plugins come up");
  const ground = await prepare(options, draft);
  const { cloud, secrets, stacks } = ground;

  timeline.phase("primary", `pulumi up --stack primary, on the VPS at ${addresses.hostinger}`);
  await stacks.up("primary", { onEvent: engineEventsTo(timeline, 5), signal });
  const escrow = vaultEscrow.parse((await stacks.outputs("primary"))["vaultEscrow"]);
  await stacks.setSecrets("recovery", {
    "smarteros:vaultToken": escrow.token,
    "smarteros:vaultUnsealShares": JSON.stringify(escrow.unsealShares),
  });
  const onVps = (script: string) =>
    runOverSsh(
      { host: addresses.hostinger, user: "root", privateKey: secrets.operator.privateKey, hostKey: twoFields(secrets.vps.publicKey) },
      script,
    );
  const site: Site = {
    domain: drillSite.domain,
    ca: await onVps("cat /srv/smarteros/caddy/caddy/pki/authorities/local/root.crt"),
    token: secrets.drillToken,
    resolve: askDns({ address: addresses.front, port: addresses.dns.port }),
  };

  timeline.phase("seed", "tenants, catalogues, conversations, workflows and files are written");
  const runSql = (database: string, sql: string) =>
    onVps(`docker exec --interactive --user 999 postgres psql -X -q -At -v ON_ERROR_STOP=1 -d ${quote(database)} <<'SQL'\n${sql}\nSQL\n`);
  const seeded = await seedSite({ site, tenants: drillSite.tenants, sizeBytes: options.sizeBytes, runSql });
  draft.databaseBytes = seeded.databaseBytes;
  timeline.event(`${(seeded.databaseBytes / 2 ** 20).toFixed(0)} MiB of databases`);

  const backups = new Backups(cloud.pki.caPem);
  let load: Load | undefined;
  try {
    timeline.phase("backup", "the agent finishes a cycle that holds the seed");
    const cycle = await backups.cycleSince(Date.now(), { generation: 1, seconds: backupDeadline, signal });
    timeline.event(`set of ${cycle.consistentAt} is complete: base copy ${cycle.postgres.backupLabel}, ${Object.keys(cycle.files).length} file sets`);

    timeline.phase("load", "numbered rows are written through every service");
    load = await startLoad({ site });
    await backups.cycleSince(Date.now(), { generation: 1, seconds: backupDeadline, signal });
    // The loss does not wait for a good moment: any within a cycle is as likely.
    await setTimeout(randomInt(seconds(plan.backupCycle) * 1_000), undefined, { signal });
    await recoverAndMeasure(options, draft, { ...ground, site, load });
  } finally {
    await load?.stop();
    backups.close();
  }
}

interface Ground {
  readonly cloud: Cloud;
  readonly secrets: DrillSecrets;
  readonly stacks: DrillStacks;
}

async function prepare({ plugins, targetTime, timeline, signal }: DrillOptions, draft: Draft): Promise<Ground> {
  const log = (line: string) => void timeline.event(line);
  const toolchain: Toolchain = await ensureToolchain({ log });
  signal.throwIfAborted();
  const kinds = await ensurePlugins({ pulumi: toolchain.pulumi, log, ...(plugins ? { from: plugins } : {}) });
  const standInPlugins = Object.entries(kinds).flatMap(([name, kind]) => (kind === "stand-in" ? [name] : []));
  draft.standIns = [...toolchain.standIns, ...(standInPlugins.length > 0 ? [`provider plugins: ${standInPlugins.join(", ")}`] : []), ...localCloudStandIns];

  await cloudReset({ keepImages: true, log });
  const secrets = newSecrets();
  const cloud = await cloudUp({ log, ...toolchain, zones: [{ id: drillSite.zoneId, name: drillSite.domain }] });
  signal.throwIfAborted();

  const folder = drillFolder();
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const privateKeyFile = join(folder, "operator");
  await writeFile(privateKeyFile, secrets.operator.privateKey, { mode: 0o600 });
  await writeFile(passphraseFile(folder), secrets.passphrase, { mode: 0o600 });
  const env = { ...toolchain.env, NODE_EXTRA_CA_CERTS: cloud.pki.caFile, SSL_CERT_FILE: cloud.pki.caFile, AWS_CA_BUNDLE: cloud.pki.caFile };
  const stacks = new DrillStacks({ pulumi: toolchain.pulumi, env, folder });
  draft.engine = { pulumi: await stacks.version(), languageHost: toolchain.languageHost };

  const settings = { cloud, secrets, privateKeyFile, ...(targetTime ? { targetTime } : {}) };
  await Promise.all([
    stacks.create("primary", stackSettings("primary", settings)),
    stacks.create("recovery", stackSettings("recovery", settings)),
    cloud.bootHostinger({ hostKeyPrivate: secrets.vps.privateKey, authorizedKey: secrets.operator.publicKey }),
  ]);
  timeline.event(`the VPS is up; settings and logs: ${folder}`);
  return { cloud, secrets, stacks };
}

async function recoverAndMeasure(options: DrillOptions, draft: Draft, { cloud, stacks, site, load }: Ground & { site: Site; load: Load }): Promise<void> {
  const { timeline, signal } = options;
  const before = await site.resolve(site.domain);
  draft.dns = { ...draft.dns, before };

  timeline.phase("loss", `the VPS at ${before} is destroyed`);
  const destroyedAt = Date.now();
  await cloud.destroyHostinger();
  // Else the writers find the recovered site, and their new rows hide what was lost.
  await load.stop();
  timeline.event(`gone; last acknowledged writes: ${[...load.acks].map(([module, acks]) => `${module} ${acks.at(-1)?.n ?? "none"}`).join(", ")}`);

  timeline.phase("recovery", "pulumi up --stack recovery");
  const stop = new AbortController();
  const watching = AbortSignal.any([signal, stop.signal]);
  const flipped = watchDns(site, before, watching, (address) => timeline.event(`DNS answers ${address}`));
  const seen = probeUntilAll({
    site,
    deadlineSeconds: seconds(plan.overallRto),
    signal: watching,
    onAnswer: (module, { at }) => timeline.event(`${module} answers, ${((at! - destroyedAt) / 1_000).toFixed(1)} s after the loss`),
  });
  try {
    await stacks.up("recovery", { onEvent: recoveryEvents(timeline), signal });
  } catch (error) {
    stop.abort();
    await record(draft, { destroyedAt, load, seen: await seen, last: new Map(), flipped: await flipped, site });
    throw error;
  }
  const outputs = await stacks.outputs("recovery");
  const gate = gateResult.parse(outputs["gate"]);
  draft.gate = { passedAt: gate.passed ? gate.finishedAt : null, checks: gate.checks };

  timeline.phase("verify", "the recovered services are asked from outside, through DNS");
  const tooLate = globalThis.setTimeout(() => stop.abort(), answersAfterUp * 1_000);
  const answers = await seen;
  clearTimeout(tooLate);
  const last = await askLastWrites(site).catch((error: Error) => {
    timeline.event(`error: what came back could not be asked for: ${error.message}`);
    return new Map();
  });
  const flip = await flipped;
  await record(draft, { destroyedAt, load, seen: answers, last, flipped: flip, site });
  stop.abort();
  const complete = draft.modules.every(({ rtoSeconds, restored }) => rtoSeconds !== null && restored);
  draft.verdict = gate.passed && flip !== null && complete ? "recovered" : "failed";
}

async function record(
  draft: Draft,
  seen: { destroyedAt: number; load: Load; seen: Map<never, Seen> | Map<string, Seen>; last: ReadonlyMap<string, LastWrites>; flipped: string | null; site: Site },
): Promise<void> {
  const { destroyedAt, load, last, flipped, site } = seen;
  const modules = measure({ destroyedAt, acks: load.acks, last: last as never, seen: seen.seen as never });
  draft.modules = modules.map(({ name, rtoSeconds, rpoSeconds, restored, evidence }) => ({
    name,
    rtoSeconds,
    rtoTargetSeconds: effectiveDeadline(plan, name),
    rpoSeconds,
    rpoTargetSeconds: effectiveRpo(plan, name) ?? null,
    restored,
    evidence,
  }));
  const times = modules.map(({ rtoSeconds }) => rtoSeconds);
  draft.failoverSeconds = times.includes(null) ? null : Math.max(...(times as number[]));
  draft.dns = { ...draft.dns, flippedAt: flipped, after: await site.resolve(site.domain).catch(() => null) };
}

/** When DNS first answered another address than before; null: it did not until the signal. */
async function watchDns(site: Site, before: string, signal: AbortSignal, onFlip: (address: string) => void): Promise<string | null> {
  try {
    for await (const _ of setInterval(250, undefined, { signal })) {
      const address = await site.resolve(site.domain).catch(() => before);
      if (address === before) continue;
      onFlip(address);
      return new Date().toISOString();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return null;
}

/** The engine's steps in the timeline, each in the phase that it belongs to. */
function recoveryEvents(timeline: Timeline): (event: EngineEvent) => void {
  const steps = new EngineSteps();
  const write = engineEventsTo(timeline, 1);
  return (event) => {
    const step = steps.accept(event);
    if (step?.state === "started" && step.type.endsWith(":Command") && step.name === "gate") timeline.phase("gate", "everything that must hold before DNS moves");
    if (step?.state === "started" && step.type.endsWith(":DnsRecord") && timeline.currentPhase === "gate") timeline.phase("dns", "the records are taken over");
    write(event);
  };
}

const localCloudStandIns = [
  "Hetzner and Cloudflare APIs: emulators that boot real hosts and answer real DNS",
  "hosts: containers with their own sshd, cloud-init and dockerd; faster to boot and pull than a real cloud's",
  "AWS S3 and IAM: versitygw with a front; lifecycle, encryption and replication are kept, not executed",
  "applications (gateway, odoo, chatwoot, botpress, n8n, metabase, dokploy): one small program in seven roles",
];
