import { z } from "zod";
import { PulumiConfig, type PulumiConfigArgs } from "../stacks/secrets/pulumi-config";
import { ensureToolchain } from "../toolchain/ensure";
import { run } from "../toolchain/run";

/** A stack, by the engine: its settings, and what it put out. */
export interface OpenStack {
  readonly config: PulumiConfig;
  /** An output in clear; undefined when the stack has none of that name. */
  output(name: string): Promise<unknown>;
}

/** The user's own backend and passphrase, in the current folder. */
export async function openStack(stack: string, configFile?: string): Promise<OpenStack> {
  const { pulumi, env } = await ensureToolchain({ want: ["engine"] });
  const args: PulumiConfigArgs = {
    pulumi,
    cwd: process.cwd(),
    // PATH alone: the user's own PULUMI_HOME holds the login.
    env: { PATH: env["PATH"] ?? process.env["PATH"] ?? "", PULUMI_SKIP_UPDATE_CHECK: "true" },
    stack,
    ...(configFile === undefined ? {} : { configFile }),
  };
  return { config: new PulumiConfig(args), output: async (name) => (await outputs(args))[name] };
}

/** @throws Error with what the engine said; its output is not repeated, since it holds secrets */
async function outputs({ pulumi, cwd, env, stack }: PulumiConfigArgs): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await run(
    pulumi,
    ["stack", "output", "--json", "--show-secrets", "--stack", stack, "--non-interactive"],
    { cwd, env, reject: false, stdin: "ignore" },
  );
  if (exitCode !== 0) throw new Error(`pulumi stack output --stack ${stack}: ${stderr.replace(/^error: /, "").trim()}`);
  return z.record(z.string(), z.unknown()).parse(JSON.parse(stdout));
}
