import { join } from "node:path";
import { repoRoot } from "../../toolchain/paths";
import { run } from "../../toolchain/run";

export interface Ran {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Runs the executable as an operator does. Neither colour nor the tester's own language. */
export async function smarter(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const started = performance.now();
  const { exitCode, stdout, stderr } = await run(join(repoRoot(), "bin", "smarter"), args, {
    env: { LANG: "C", LC_ALL: "C", NO_COLOR: "1", ...env },
    stdin: "ignore",
    reject: false,
  });
  return { exitCode, stdout, stderr, seconds: (performance.now() - started) / 1_000 };
}
