import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "vitest";
import { repoRoot } from "../../toolchain/paths";
import { run } from "../../toolchain/run";
import { log } from "../local-stage";

export interface Ran {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

const executable = join(repoRoot(), "bin", "smarter");
/** Neither colour nor the tester's own language. */
const plain = { LANG: "C", LC_ALL: "C", NO_COLOR: "1" };

/** Runs the executable as an operator does. */
export async function smarter(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const started = performance.now();
  const { exitCode, stdout, stderr } = await run(executable, args, {
    env: { ...plain, ...env },
    stdin: "ignore",
    reject: false,
  });
  return { exitCode, stdout, stderr, seconds: (performance.now() - started) / 1_000 };
}

/** One that was started. */
export interface Running {
  readonly child: ChildProcess;
  /** What it has said so far. */
  readonly lines: readonly string[];
}

/** Starts it. @param onLine each line of its output, as it comes */
function startSmarter(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  onLine: (line: string, run: Running) => void,
): Running {
  const child = spawn(executable, args, {
    env: { ...process.env, ...env, ...plain },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const started = { child, lines };
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    onLine(line, started);
  });
  return started;
}

/** Starts it, and waits until a line of it matches. @returns the run, which goes on */
export async function smarterUntil(
  pattern: RegExp,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  say: (line: string) => void = log,
): Promise<Running> {
  let started: Running | undefined;
  await new Promise<void>((resolve, reject) => {
    started = startSmarter(args, env, (line) => {
      say(line);
      if (pattern.test(line)) resolve();
    });
    const { child, lines } = started;
    child.on("exit", (code) => reject(new Error(`it ended with ${code} before ${pattern}:\n${lines.join("\n")}`)));
  });
  return started!;
}

/** Starts it, and kills it at the first line that matches. @returns what it had said */
export async function smarterKilledAt(
  pattern: RegExp,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const { child, lines } = startSmarter(args, env, (line, run) => {
    log(line);
    if (pattern.test(line)) run.child.kill("SIGKILL");
  });
  expect(await once(child, "exit"), `it ended by itself before ${pattern}:\n${lines.join("\n")}`).toEqual([
    null,
    "SIGKILL",
  ]);
  return lines;
}
