import { spawn } from "node:child_process";
import { mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { takeLock } from "../toolchain/lock";
import { paths, repoRoot } from "../toolchain/paths";
import { adminClient, type DaemonSettings, type Status } from "./admin";
import { startOuterDocker, stopOuterDocker } from "./docker/outer";
import { otherHolder, stateHolder, taken, type Holder } from "./holder";
import { Hosts } from "./hosts/host";
import { VolumeStore } from "./hosts/volumes";
import { ensureBaseImages } from "./images/base";
import { buildImages, publishImages } from "./images/build";
import type { ImageName } from "./images/catalogue";
import { ensurePki, type Pki } from "./pki";
import { commandLine, livePid, stopProcess } from "./processes";
import { state } from "./state";
import { waitUntil } from "./wait";

export interface CloudArgs {
  readonly log: (line: string) => void;
  /** Paths of executables; promises when they are still being made: what does not need them goes on meanwhile. */
  readonly vault: string | Promise<string>;
  readonly versitygw: string | Promise<string>;
  readonly dockerRegistry: string | Promise<string>;
  /** Zones of the Cloudflare account: id of 32 hex digits, and name. A zone that is there already keeps its records. */
  readonly zones: readonly { readonly id: string; readonly name: string }[];
}

/** The running local cloud. */
export interface Cloud {
  /** By service: "registry.local-cloud.test:5000/NAME:TAG@sha256:DIGEST". */
  readonly images: Record<ImageName, string>;
  readonly pki: Pki;
  /** Boots the VPS that stands for Hostinger's at `addresses.hostinger`; resolves when it is ready for use. */
  bootHostinger(args: { hostKeyPrivate: string; authorizedKey: string }): Promise<void>;
  /** Loses the VPS without warning. */
  destroyHostinger(): Promise<void>;
  /** Cuts the VPS off from the network in both directions, or connects it again; it runs on. */
  connectHostinger(connected: boolean): Promise<void>;
  /** Cuts the VPS' power and gives it back; resolves when it is up, connected to the network. */
  rebootHostinger(): Promise<void>;
  status(): Promise<Status>;
}

/** Deadlines in seconds. The daemon's covers the boot of the hosts of a former run. */
const seconds = { start: 120, stop: 120 };

/** Brings the local cloud up, or finds it up. The daemon outlives this process; `cloudDown` ends it. @throws when another clone's runs */
export async function cloudUp(args: CloudArgs): Promise<Cloud> {
  const { log } = args;
  const release = await takeLock("local-cloud", log);
  try {
    if ((await daemonPid()) === undefined) await refuseIfTaken(otherHolder);
    const { docker } = await startOuterDocker();
    const base = await ensureBaseImages(docker, log);
    const [built] = await Promise.all([
      buildImages({ docker, base: base.base, vault: Promise.resolve(args.vault), log }),
      ensureDaemon(args, base.host),
    ]);
    const pki = await ensurePki(state.pki());
    return { images: await publishImages({ docker, built, pki, log }), pki, ...adminClient };
  } finally {
    await release();
  }
}

/** Ends the local cloud and everything that it started, also when its daemon was killed. State and images stay. */
export async function cloudDown(log: (line: string) => void): Promise<void> {
  const release = await takeLock("local-cloud", log);
  try {
    await refuseIfTaken(stateHolder);
    await down();
  } finally {
    await release();
  }
}

/** Back to an empty cloud: S3, hosts, volumes and the emulators' state are wiped; the cloud is up afterwards if it was before. */
export async function cloudReset({
  keepImages,
  log,
}: {
  keepImages: boolean;
  log: (line: string) => void;
}): Promise<void> {
  const release = await takeLock("local-cloud", log);
  try {
    await refuseIfTaken(stateHolder);
    if (keepImages && (await daemonPid()) !== undefined) return void (await adminClient.reset());
    await down();
    await Promise.all(
      [state.s3(), state.hetzner(), state.cloudflare()].map((path) => rm(path, { recursive: true, force: true })),
    );
    if (keepImages) await deleteHosts();
    else
      await Promise.all(
        [paths.docker(), state.registry(), state.volumes()].map((path) => rm(path, { recursive: true, force: true })),
      );
  } finally {
    await release();
  }
}

/** What runs, or undefined when the cloud is down. */
export async function cloudStatus(): Promise<Status | undefined> {
  return (await daemonPid()) === undefined ? undefined : adminClient.status();
}

/** Another clone's local cloud is left alone: its parts are known by files in the same folder, and would be stopped under it. */
async function refuseIfTaken(find: (own: string) => Promise<Holder | undefined>): Promise<void> {
  const holder = await find(daemonFile);
  if (holder) throw taken(holder);
}

const daemonFile = join(__dirname, "daemon.ts");
const daemonPid = () => livePid(state.daemonPid(), daemonFile);

async function ensureDaemon({ log, zones, ...tools }: CloudArgs, hostImage: string): Promise<void> {
  const [versitygw, dockerRegistry] = await Promise.all([tools.versitygw, tools.dockerRegistry]);
  const settings: DaemonSettings = {
    versitygw,
    dockerRegistry,
    hostImage,
    zones: zones.map(({ id, name }) => ({ id, name })),
  };
  const running = await daemonPid();
  if (running !== undefined) {
    const answer = await adminClient.status().catch(() => undefined); // one that does not answer is replaced
    if (answer && isDeepStrictEqual(answer.settings, settings)) return;
    log("local cloud: starting again with other settings");
    await stopProcess(running, "the local cloud's daemon", seconds.stop);
  }
  await stopOrphans();
  await launchDaemon(settings, log);
}

async function launchDaemon(settings: DaemonSettings, log: (line: string) => void): Promise<void> {
  log("local cloud: starting");
  await mkdir(state.log(), { recursive: true });
  await rm(state.adminSocket(), { force: true });
  const output = await open(state.daemonLog(), "a");
  const child = spawn(process.execPath, ["--import", "tsx", daemonFile, JSON.stringify(settings)], {
    cwd: repoRoot(),
    detached: true,
    stdio: ["ignore", output.fd, output.fd],
  });
  child.unref();
  await output.close();
  await waitUntil(async () => Boolean(await adminClient.status()), {
    what: "the local cloud to be up",
    seconds: seconds.start,
    unless: async () => ((await commandLine(child.pid!)) ? undefined : "its daemon has ended"),
    hint: async () =>
      `the end of ${state.daemonLog()}:\n${(await readFile(state.daemonLog(), "utf8")).trimEnd().split("\n").slice(-12).join("\n")}`,
  });
}

async function down(): Promise<void> {
  const pid = await daemonPid();
  if (pid !== undefined) await stopProcess(pid, "the local cloud's daemon", seconds.stop);
  await stopOrphans();
  await stopOuterDocker();
  const volumes = new VolumeStore(state.volumes());
  for (const id of await volumes.list()) await volumes.unplug(id);
}

/** Ends what a killed daemon left: the processes of pid files under the cloud's folder whose arguments name that folder. */
async function stopOrphans(): Promise<void> {
  await mkdir(paths.cloud(), { recursive: true }); // a machine on which the cloud has never been up
  const files = (await readdir(paths.cloud(), { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.name.endsWith(".pid"),
  );
  for (const { parentPath, name } of files) {
    if (["dockerd.pid", "containerd.pid", "daemon.pid"].includes(name)) continue;
    const pid = await livePid(join(parentPath, name), paths.cloud());
    if (pid !== undefined) await stopProcess(pid, name);
  }
}

/** Deletes hosts and volumes while the cloud is down. */
async function deleteHosts(): Promise<void> {
  const outer = await startOuterDocker();
  const hosts = new Hosts(outer.docker, "", "");
  await Promise.all(Object.keys(await hosts.status()).map((id) => hosts.destroy(id)));
  await outer.close();
  await rm(state.volumes(), { recursive: true, force: true });
}
