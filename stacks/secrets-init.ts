import { Command } from "commander";
import { ensureToolchain } from "../toolchain/ensure";
import { initSecrets, type InitSecretsResult } from "./secrets/init";
import { PulumiConfig } from "./secrets/pulumi-config";
import { runCommand } from "../toolchain/run-command";

interface Options {
  readonly stack: string;
  readonly from?: string;
  readonly force?: boolean;
  readonly configFile?: string;
}

/** For people: names, never values. */
function report({ made, copied, kept, differing, missing }: InitSecretsResult, { stack, from }: Options): string {
  const section = (title: string, names: readonly string[]) =>
    names.length === 0 ? [] : [title, ...names.map((name) => `  ${name}`)];
  return [
    ...section(`made for ${stack}:`, made),
    ...section(`copied from ${from}:`, copied),
    ...section("kept as set:", kept),
    ...section(
      `kept, BUT NOT THE SAME as those of ${from}, whose backups they cannot read (--force takes ${from}'s):`,
      differing,
    ),
    ...section(
      "still missing:",
      missing.map((m) => `${m.what}: ${m.from}`),
    ),
    ...(made.length > 0
      ? ["Keep a copy of what was made outside the site (the escrow): pulumi config --show-secrets"]
      : []),
  ].join("\n");
}

async function main(options: Options): Promise<void> {
  const { pulumi, env } = await ensureToolchain({ want: ["engine"] });
  // PATH alone: the user's own PULUMI_HOME holds the login.
  const common = {
    pulumi,
    cwd: process.cwd(),
    env: { PATH: env["PATH"] ?? process.env["PATH"] ?? "", PULUMI_SKIP_UPDATE_CHECK: "true" },
  };
  const result = await initSecrets({
    config: new PulumiConfig({ ...common, stack: options.stack, configFile: options.configFile }),
    ...(options.from === undefined ? {} : { from: new PulumiConfig({ ...common, stack: options.from }) }),
    force: options.force,
  });
  console.log(report(result, options));
  if (result.differing.length > 0) process.exitCode = 1;
}

void runCommand(
  new Command("secrets:init")
    .description(
      "Makes the secrets that a stack still lacks, and says where the others come from. Secrets that are set are kept.",
    )
    .requiredOption("--stack <name>", "the stack, which must have been initialised: pulumi stack init NAME")
    .option(
      "--from <stack>",
      "copy the shared secrets from this stack instead of making them: a recovery needs the primary's",
    )
    .option("--force", "with --from: replace shared secrets that differ from that stack's")
    .option("--config-file <file>", "settings file of the stack (default: Pulumi.NAME.yaml)")
    .action(main),
);
