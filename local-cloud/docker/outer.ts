import { execFile, spawn } from "node:child_process";
import { access, mkdir, open, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import Docker from "dockerode";
import { addresses } from "../addresses";
import { commandLine, livePid, stopProcess } from "../processes";
import { waitUntil } from "../wait";
import { paths } from "../../toolchain/paths";

const run = promisify(execFile);

/** The Docker daemon of the local cloud: what a data centre's hypervisor is to servers, it is to the emulated hosts. */
export interface OuterDocker {
  readonly docker: Docker;
  /** Path of its Unix socket: DOCKER_HOST is `unix://` and this. */
  readonly socket: string;
  readonly pid: number;
  /** Stops the daemon (containers that still run are stopped by it), waits until it has gone, and removes its bridge. */
  close(): Promise<void>;
}

/** A bridge of its own: docker0 may belong to the machine's Docker. */
const bridge = "smarteros0";

const runDir = () => join(paths.cloud(), "run");
/** Where its socket is, running or not. */
export const outerDockerSocket = () => join(runDir(), "docker.sock");
const pidFile = () => join(runDir(), "dockerd.pid");
const logFile = () => join(paths.cloud(), "log", "dockerd.log");

/**
 * Starts a private dockerd: own data root, socket, pid file and bridge; the machine's own Docker, if any, is not touched.
 * One that runs already, by our pid file, is adopted.
 *
 * Its hosts get no masquerading: they reach the local cloud on the bridge and nothing beyond it.
 */
export async function startOuterDocker(): Promise<OuterDocker> {
  await Promise.all(
    [runDir(), join(paths.cloud(), "log"), paths.docker()].map((dir) => mkdir(dir, { recursive: true })),
  );
  const running = await livePid(pidFile(), paths.docker());
  const pid = running ?? (await launch());
  const docker = new Docker({ socketPath: outerDockerSocket() });
  await waitUntil(async () => String(await docker.ping()) === "OK", {
    what: `the local cloud's dockerd to answer at ${outerDockerSocket()}`,
    seconds: 60,
    unless: async () => ((await commandLine(pid)) ? undefined : "it has exited"),
    hint: lastLogLines,
  });
  return { docker, socket: outerDockerSocket(), pid, close: () => stop(pid) };
}

/** Stops a dockerd that our pid file names, also when this process did not start it. */
export async function stopOuterDocker(): Promise<void> {
  const pid = await livePid(pidFile(), paths.docker());
  if (pid !== undefined) await stop(pid);
}

async function stop(pid: number): Promise<void> {
  await stopProcess(pid, "the local cloud's dockerd", 40);
  if (await bridgeExists()) await run("ip", ["link", "delete", bridge]);
  // dockerd leaves a network namespace mounted, and with it the folder could not be deleted.
  const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n").map((line) => line.split(" ")[1] ?? "");
  for (const mount of mounts.filter((path) => path.startsWith(`${runDir()}/`))) await run("umount", [mount]);
}

const bridgeExists = () =>
  access(`/sys/class/net/${bridge}`).then(
    () => true,
    () => false,
  );

/** The hosts' network; the local cloud's services listen on its gateway, so it is there before any host is. */
async function makeBridge(): Promise<void> {
  if (!(await bridgeExists())) await run("ip", ["link", "add", bridge, "type", "bridge"]);
  await run("ip", ["address", "replace", addresses.bridgeCidr, "dev", bridge]);
  await run("ip", ["link", "set", bridge, "up"]);
}

async function launch(): Promise<number> {
  await makeBridge();
  await Promise.all([pidFile(), outerDockerSocket()].map((file) => rm(file, { force: true })));
  const log = await open(logFile(), "a");
  const args = [
    `--data-root=${paths.docker()}`,
    `--exec-root=${join(runDir(), "docker")}`,
    `--host=unix://${outerDockerSocket()}`,
    `--pidfile=${pidFile()}`,
    `--config-file=${join(runDir(), "dockerd.json")}`,
  ];
  const config = { bridge, "ip-masq": false, "log-level": "warn" };
  await writeFile(join(runDir(), "dockerd.json"), JSON.stringify(config));
  const child = spawn("dockerd", args, {
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
    env: { ...process.env, PATH: `${await legacyIptables()}:${process.env["PATH"]}` },
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.once("spawn", () => resolve(child.pid!));
    child.once("error", (cause) =>
      reject(new Error("dockerd did not start; fix: apt-get install docker.io (Debian 12)", { cause })),
    );
  });
  child.unref();
  await log.close();
  return pid;
}

/**
 * A folder for PATH in which `iptables` is the legacy variant: a kernel without nftables' compatibility modules refuses
 * the other one, and the machine's own choice (update-alternatives) is not ours to change.
 */
async function legacyIptables(): Promise<string> {
  const dir = join(runDir(), "iptables");
  await mkdir(dir, { recursive: true });
  for (const name of ["iptables", "ip6tables", "iptables-save", "iptables-restore"]) {
    const legacy = `/usr/sbin/${name.replace("tables", "tables-legacy")}`;
    await rm(join(dir, name), { force: true });
    await symlink(legacy, join(dir, name));
  }
  return dir;
}

async function lastLogLines(): Promise<string> {
  const lines = (await readFile(logFile(), "utf8")).trimEnd().split("\n");
  return `the end of ${logFile()}:\n${lines.slice(-8).join("\n")}`;
}
