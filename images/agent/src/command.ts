import { execa } from "execa";
import type { Log } from "./log";

export interface CommandOptions {
  cwd?: string;
  /** Added to the agent's own environment: where secrets go (never in `args`, which every process of the host can read). */
  env?: Record<string, string>;
  /** Each line of stderr becomes an event of this log. */
  progress?: Log;
  /** ... and each line of stdout. @default false */
  progressOnStdout?: boolean;
  signal?: AbortSignal;
  /** A line of stderr after which waiting is pointless: the program is ended. Needs `progress`. */
  giveUpOn?: RegExp;
}

/** A program said what it was to be given up for. */
export class GivenUp extends Error {}

/**
 * Runs a program to its end and gives its stdout.
 * @throws with the program's own last lines when it does not end with 0
 */
export async function command(file: string, args: string[], options: CommandOptions = {}): Promise<string> {
  const { cwd, env, progress, signal } = options;
  const from = options.progressOnStdout ? "all" : "stderr";
  // SIGINT, not SIGTERM: at it restic takes its lock away before it ends.
  const child = execa(file, args, {
    cwd,
    env,
    cancelSignal: signal,
    killSignal: "SIGINT",
    all: true,
    stdin: "ignore",
    reject: false,
  });
  let givenUpFor: string | undefined;
  if (progress) {
    for await (const line of child.iterable({ from })) {
      progress.info(file, { line });
      if (!options.giveUpOn?.test(line)) continue;
      givenUpFor ??= line;
      child.kill();
    }
  }
  const result = await child;
  if (givenUpFor !== undefined) throw new GivenUp(`${file} was ended, because it said: ${givenUpFor}`);
  if (!result.failed) return result.stdout;
  const said = whatMatters(result.all ?? "");
  const how = result.isCanceled
    ? "was stopped"
    : result.exitCode === undefined
      ? result.shortMessage
      : `ended with ${result.exitCode}`;
  throw new Error(`${file} ${args.find((arg) => !arg.startsWith("-")) ?? ""} ${how}: ${said}`);
}

/** From the first line that tells of an error, else the last few lines. */
function whatMatters(output: string): string {
  const lines = output.trim().split("\n");
  const first = lines.findIndex((line) => /\bERROR\b|\bFatal\b|\bFATAL\b/.test(line));
  const chosen = first === -1 ? lines.slice(-8) : lines.slice(first);
  return (
    chosen
      .map((line) => line.trim())
      .join(" | ")
      .slice(0, 1500) || "it said nothing"
  );
}
