import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { locksIn, staleLocks, type StateLock } from "../../engine/lock";
import { pulumiUp } from "../../engine/up";
import { cacheRoot, repoRoot } from "../../toolchain/paths";
import { run } from "../../toolchain/run";
import { sweepScratch } from "./sweep";

/** Name of the stack whose program is the rehearsal (stacks/verification.ts, policy/core/settings.ts). */
const stack = "verify";

export interface ScratchArgs {
  /** Absolute path of the executable. */
  readonly pulumi: string;
  /** Merged over process.env: whose backend, login and passphrase. */
  readonly env: Readonly<Record<string, string>>;
  /** The recovery's settings: what is rehearsed is what would be done. */
  readonly configFile: string;
  /** Hetzner's API, as the settings name it. */
  readonly hetzner: { readonly url: string; readonly token: string | undefined };
  readonly domain: string;
  readonly log: (line: string) => void;
}

/** A lock of another machine's is taken for a dead run's when it is older than any run takes. */
const longestRunMs = 2 * 3_600_000;
/** A run whose own process was killed may still have an engine that works: it is waited for. */
const waitForEngineMs = 20 * 60_000;

/**
 * The stack of a rehearsal, in the same backend as the recovery's: its state outlives this process, so that a scratch host of a killed run is
 * known to the next one. It exists only while a rehearsal does.
 */
export class ScratchStack {
  private constructor(
    private readonly args: ScratchArgs,
    private readonly folder: string,
  ) {}

  /** The settings are copied into a private folder: the engine writes nothing into the recovery's own. */
  static async open(args: ScratchArgs): Promise<ScratchStack> {
    const folder = await mkdtemp(join(tmpdir(), "smarteros-verify-"));
    await copyFile(join(repoRoot(), "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    await copyFile(args.configFile, join(folder, `Pulumi.${stack}.yaml`));
    return new ScratchStack(args, folder);
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Destroys what a run that was killed left, if any did. @throws what hinders it */
  async removeLeftover(): Promise<void> {
    if (await this.exists()) this.args.log("a former verification was cut off: its scratch host is destroyed first");
    await this.remove();
  }

  private async exists(): Promise<boolean> {
    const { exitCode, stderr } = await this.run(["stack", "export", "--stack", stack]);
    if (exitCode !== 0 && !/no stack named/.test(stderr))
      throw new Error(`pulumi stack export --stack ${stack}: ${reasonOf(stderr)}`);
    return exitCode === 0;
  }

  /** `pulumi up`. @throws UpFailed, or the signal's reason */
  async up({ onEvent, signal }: { onEvent: (event: EngineEvent) => void; signal: AbortSignal }): Promise<void> {
    const { pulumi, env } = this.args;
    await this.must(["stack", "init", stack, "-C", this.folder]);
    const logs = join(cacheRoot(), "verify");
    await mkdir(logs, { recursive: true, mode: 0o700 });
    const log = join(logs, `up-${new Date().toISOString().replaceAll(":", "")}.log`);
    await pulumiUp({ pulumi, env, stack, options: this.options, cwd: repoRoot(), log, onEvent, signal });
  }

  /** Outputs of the stack, without secrets. */
  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.must(["stack", "output", "--json", "--stack", stack])) as Record<string, unknown>;
  }

  /** Destroys the scratch host with all that belongs to it, and forgets the stack. @throws what hinders it */
  async remove(): Promise<void> {
    if (await this.exists()) {
      await this.unlocked(["destroy", "--yes", "--skip-preview", ...this.options]);
      await this.must(["stack", "rm", stack, "--yes", "--preserve-config", "-C", this.folder]);
    }
    const { hetzner, domain, log } = this.args;
    await sweepScratch({ ...hetzner, domain, log });
  }

  private get options(): string[] {
    return ["--stack", stack, "--config-file", join(this.folder, `Pulumi.${stack}.yaml`)];
  }

  /** A command that needs the state's lock: a dead run's is taken away, a living one's is waited for. */
  private async unlocked(args: readonly string[]): Promise<void> {
    const deadline = Date.now() + waitForEngineMs;
    for (;;) {
      const { exitCode, stdout, stderr } = await this.run(args);
      if (exitCode === 0) return;
      const locks = locksIn(`${stdout}\n${stderr}`);
      if (locks.length === 0) throw new Error(`pulumi ${args[0]} --stack ${stack}: ${reasonOf(stderr || stdout)}`);
      if (locks.every(isOld) || (await staleLocks(locks))) await this.must(["cancel", stack, "--yes"]);
      else if (Date.now() > deadline) throw new Error(heldBy(locks[0]!));
      else await setTimeout(2_000);
    }
  }

  /** @returns stdout @throws Error with what the engine said */
  private async must(args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(args);
    if (exitCode === 0) return stdout;
    throw new Error(`pulumi ${args.slice(0, 2).join(" ")} (stack ${stack}): ${reasonOf(stderr)}`);
  }

  private async run(args: readonly string[]) {
    const { pulumi, env } = this.args;
    // A process group of its own: Ctrl-C in the terminal must not stop what takes the scratch host away.
    const options = {
      cwd: repoRoot(),
      env: { ...env },
      stdin: "ignore",
      reject: false,
      detached: true,
      cleanup: false,
    } as const;
    return run(pulumi, [...args, "--non-interactive"], options);
  }
}

const isOld = ({ since }: StateLock) => Date.now() - Date.parse(since) > longestRunMs;
const heldBy = ({ user, host, pid, since }: StateLock) =>
  `stack ${stack} is locked by ${user}@${host} (process ${pid}) since ${since}; fix: wait for that verification, or, if its process is gone, pulumi cancel ${stack}`;
const reasonOf = (output: string) =>
  output
    .replace(/^error: /, "")
    .trim()
    .split("\n")
    .slice(-8)
    .join("\n");
