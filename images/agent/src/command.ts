import { execa } from "execa";
import type { Log } from "./log";

export interface CommandOptions {
  cwd?: string;
  /** Added to the agent's own environment: where secrets go (never in `args`, which every process of the host can read). */
  env?: Record<string, string>;
  /** Each line of output becomes an event of this log. */
  progress?: Log;
  signal?: AbortSignal;
}

/**
 * Runs a program to its end and gives its stdout.
 * @throws with the program's own last lines when it does not end with 0
 */
export async function command(file: string, args: string[], options: CommandOptions = {}): Promise<string> {
  const { cwd, env, progress, signal } = options;
  const child = execa(file, args, { cwd, env, cancelSignal: signal, all: true, stdin: "ignore", reject: false });
  if (progress) for await (const line of child.iterable({ from: "all" })) progress.info(file, { line });
  const result = await child;
  if (!result.failed) return result.stdout;
  const said = (result.all ?? "").trim().split("\n").slice(-8).join(" | ");
  const how = result.isCanceled ? "was stopped" : result.exitCode === undefined ? result.shortMessage : `ended with ${result.exitCode}`;
  throw new Error(`${file} ${args.find((arg) => !arg.startsWith("-")) ?? ""} ${how}: ${said || "it said nothing"}`);
}
