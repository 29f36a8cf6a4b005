import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { repoRoot } from "../toolchain/paths";
import type { DrillStacks, StackName } from "./pulumi";

export interface SmarterArgs {
  /** Each line of its progress. */
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Runs the operator's command on a stack of the drill, in English. Never rejects for what it ends with. */
export async function runSmarter(
  stacks: DrillStacks,
  stack: StackName,
  args: readonly string[],
  { onLine, signal }: SmarterArgs,
): Promise<{ exitCode: number | null; stdout: string }> {
  const onStack = ["--stack", stack, "--config-file", stacks.settingsFile(stack)];
  const child = spawn(join(repoRoot(), "bin", "smarter"), [...args, ...onStack], {
    cwd: repoRoot(),
    env: { ...process.env, ...stacks.engine(stack).env, LANG: "C", LC_ALL: "C", NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const interrupt = () => void child.kill("SIGINT");
  signal.addEventListener("abort", interrupt, { once: true });
  createInterface({ input: child.stderr }).on("line", onLine);
  const [stdout, [exitCode]] = await Promise.all([
    text(child.stdout),
    once(child, "close") as Promise<[number | null]>,
  ]);
  signal.removeEventListener("abort", interrupt);
  signal.throwIfAborted();
  return { exitCode, stdout };
}
