import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import { basename, join } from "node:path";
import { livePid, stopProcess } from "./processes";
import { waitUntil } from "./wait";

export interface ChildArgs {
  /** Name of its log and pid file under `dir`, and in errors. @example "versitygw" */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to a minimal environment. Secrets go here, never into `args`, which every user of the machine can read. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where `<name>.log` (appended) and `<name>.pid` are kept; made when missing. */
  readonly dir: string;
  /** A Unix socket on which it answers HTTP (TLS when there is a `ca`) when it is ready, and the path to ask. */
  readonly ready: { readonly socket: string; readonly path: string; readonly ca?: string };
}

export interface Child {
  /** Ends it: SIGTERM, then SIGKILL. */
  close(): Promise<void>;
}

const readySeconds = 20;

/**
 * Starts a server and returns when it answers. One that an earlier, killed owner left running is ended first, so two never
 * share the same data. Rejects with the end of its log when it ends or does not answer in time. It is not restarted when it dies
 * later: what stands before it answers 503 and names the log.
 */
export async function startChild({ name, command, args, env, dir, ready }: ChildArgs): Promise<Child> {
  await mkdir(dir, { recursive: true });
  const pidFile = join(dir, `${name}.pid`);
  const logFile = join(dir, `${name}.log`);

  const orphan = await livePid(pidFile, basename(command));
  if (orphan !== undefined) await stopProcess(orphan, name);
  await rm(ready.socket, { force: true });

  const log = await open(logFile, "a");
  const child = spawn(command, args, {
    stdio: ["ignore", log.fd, log.fd],
    env: { PATH: process.env["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin", ...env },
    // A group of its own: Ctrl-C at the terminal reaches the owner, which then ends its children in order.
    detached: true,
  });
  await spawned(child, command).finally(() => log.close());
  await writeFile(pidFile, String(child.pid));

  const close = async () => {
    if (isRunning(child)) await stopProcess(child.pid!, name);
    await rm(pidFile, { force: true });
  };
  try {
    await waitUntil(async () => !isRunning(child) || (await answers(ready)), {
      what: `${name} to answer on ${ready.socket}`,
      seconds: readySeconds,
      hint: () => lastLines(logFile),
    });
    if (!isRunning(child))
      throw new Error(`${name} ended with ${child.exitCode ?? child.signalCode}; ${await lastLines(logFile)}`);
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

const isRunning = (child: ChildProcess) => child.exitCode === null && child.signalCode === null;

const spawned = (child: ChildProcess, command: string) =>
  new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) => reject(new Error(`${command} could not be started: ${cause.message}`, { cause })));
  });

const answers = ({ socket: socketPath, path, ca }: ChildArgs["ready"]) =>
  new Promise<boolean>((resolve, reject) => {
    const options = { socketPath, path, ca, servername: "localhost", agent: false as const };
    const request = (ca ? https : http).get(options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once("error", reject);
  });

async function lastLines(file: string): Promise<string> {
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  return `the end of ${file}:\n${lines.slice(-8).join("\n")}`;
}
