import { execFile } from "node:child_process";
import { readlink } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { addresses } from "./addresses";
import { commandLine, livePid } from "./processes";
import { state } from "./state";

const run = promisify(execFile);

/** A process that holds what this clone's local cloud needs: there is one set of addresses on a machine. */
export interface Holder {
  readonly pid: number;
  readonly command: string;
  /** Where it was started; of another clone's local cloud, that clone. */
  readonly folder: string;
  /** It is the local cloud of another clone. */
  readonly isCloud: boolean;
  /** What it holds. @example "127.10.0.1:8080" */
  readonly holds: string;
}

/** The file that every clone's daemon runs, below the clone. */
const daemon = "/local-cloud/daemon.ts";

/** Every address on which the local cloud listens for the operator. */
const wanted = [
  addresses.registry.port,
  addresses.s3.port,
  addresses.iam.port,
  addresses.hetzner.port,
  addresses.cloudflare.port,
  addresses.dns.port,
].map((port) => `${addresses.front}:${port}`);

/** Whoever has the state's folder, or an address, and is not this clone; undefined: nobody. @param ownDaemon this clone's daemon file */
export async function otherHolder(ownDaemon: string): Promise<Holder | undefined> {
  return (await stateHolder(ownDaemon)) ?? (await addressHolder(ownDaemon));
}

/** The running local cloud of another clone that has the same state's folder. */
export async function stateHolder(ownDaemon: string): Promise<Holder | undefined> {
  const pid = await livePid(state.daemonPid(), daemon);
  const holder = pid === undefined ? undefined : await holderOf(pid, state.run());
  return holder && !holder.command.includes(ownDaemon) ? holder : undefined;
}

async function addressHolder(ownDaemon: string): Promise<Holder | undefined> {
  const { stdout } = await run("ss", ["--no-header", "--listening", "--tcp", "--numeric", "--processes"]);
  for (const { address, pid } of listeners(stdout)) {
    if (!wanted.includes(address)) continue;
    const holder = await holderOf(pid, address);
    if (holder && !holder.command.includes(ownDaemon)) return holder;
  }
  return undefined;
}

/** What listens, by the output of `ss --listening --tcp --numeric --processes`. An address on all interfaces counts for each wanted one. */
export function listeners(output: string): { address: string; pid: number }[] {
  return output.split("\n").flatMap((line) => {
    const [, , , local = ""] = line.trim().split(/\s+/);
    const pid = Number(/pid=(\d+)/.exec(line)?.[1]);
    if (!pid) return [];
    const everywhere = /^(\*|0\.0\.0\.0|\[::\]):(\d+)$/.exec(local)?.[2];
    return everywhere === undefined
      ? [{ address: local, pid }]
      : [{ address: `${addresses.front}:${everywhere}`, pid }];
  });
}

/** Undefined when it has ended meanwhile. */
async function holderOf(pid: number, holds: string): Promise<Holder | undefined> {
  const args = await commandLine(pid);
  if (args === undefined) return undefined;
  const file = args.find((arg) => arg.endsWith(daemon));
  const folder = file === undefined ? await readlink(`/proc/${pid}/cwd`).catch(() => "?") : dirname(dirname(file));
  return { pid, command: args.join(" "), folder, isCloud: file !== undefined, holds };
}

/** The refusal: cause, consequence and fix. */
export function taken({ pid, command, folder, isCloud, holds }: Holder): Error {
  const who = isCloud
    ? `the local cloud of ${folder} runs (process ${pid})`
    : `process ${pid} (${command.slice(0, 100)}), started in ${folder}, listens there`;
  const fix = isCloud ? `npm run cloud:down in ${folder}` : `end process ${pid}`;
  return new Error(
    `${holds} is taken: ${who}; consequence: a machine has room for one local cloud, so nothing was done; fix: ${fix}`,
  );
}
