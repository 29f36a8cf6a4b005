import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { engineEventsEnv, readEngineEvents } from "../engine/events";
import { ensureToolchain } from "../toolchain/ensure";
import { run } from "../toolchain/run";
import { exitCodes, reportOf, reportText, type PolicyReport } from "./report";

export interface CheckArgs {
  readonly stack: string;
  /** The stack's settings. @default Pulumi's own: Pulumi.<stack>.yaml */
  readonly configFile?: string;
  /** Folder of the Pulumi program. @default the repository */
  readonly program?: string;
  /** Absolute path of `pulumi`, and what is merged over process.env. */
  readonly pulumi: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Previews a stack with the policy pack, changing nothing, and gathers what the policies say. */
export async function checkPolicies({
  stack,
  configFile,
  program = join(__dirname, ".."),
  pulumi,
  env,
}: CheckArgs): Promise<PolicyReport> {
  const folder = await mkdtemp(join(tmpdir(), "smarteros-policy-"));
  try {
    const log = join(folder, "events");
    const started = performance.now();
    const { exitCode, all } = await run(
      pulumi,
      [
        "preview",
        "--stack",
        stack,
        "--policy-pack",
        __dirname,
        "--event-log",
        log,
        "--non-interactive",
        "--color",
        "never",
        ...(configFile ? ["--config-file", configFile] : []),
      ],
      { cwd: program, env: { ...env, ...engineEventsEnv }, stdin: "ignore", all: true, reject: false },
    );
    return reportOf(stack, await readEngineEvents(log), {
      exitCode: exitCode ?? 1,
      output: all,
      seconds: (performance.now() - started) / 1000,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function main(argv: readonly string[]): Promise<void> {
  const command = new Command("policy")
    .description(
      "Checks a stack against the policy pack by a preview. Exit code 0: no violation; 1: violations; 2: it could not be checked.",
    )
    .requiredOption("--stack <name>", "primary or recovery")
    .option("--json <file>", "write the report there, as JSON")
    .option("--config-file <file>", "the stack's settings; Pulumi.<stack>.yaml otherwise")
    .exitOverride();
  const options = command
    .parse([...argv], { from: "user" })
    .opts<{ stack: string; json?: string; configFile?: string }>();
  const { pulumi, env } = await ensureToolchain({ want: ["engine"] });
  // An operator's own PULUMI_HOME holds the login to the state's backend.
  const home = process.env["PULUMI_HOME"];
  const report = await checkPolicies({
    stack: options.stack,
    configFile: options.configFile,
    pulumi,
    env: { ...env, ...(home ? { PULUMI_HOME: home } : {}) },
  });
  if (options.json) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  console.log(reportText(report));
  process.exitCode = exitCodes[report.verdict];
}

if (require.main === module) {
  main(process.argv.slice(2)).catch((error: Error & { code?: string; exitCode?: number }) => {
    // Commander has said what is wrong with the arguments, or has shown the help.
    if (!error.code?.startsWith("commander.")) console.error(`policy: ${error.message}`);
    process.exitCode = error.exitCode === 0 ? 0 : exitCodes.unchecked;
  });
}
