import { writeFile } from "node:fs/promises";
import { Command } from "commander";
import { ensureToolchain } from "../toolchain/ensure";
import { checkDrift } from "./check";
import { exitCodes } from "./model";
import { keepDriftRecord } from "./record";
import { reportText } from "./report";
import { runCommand } from "../toolchain/run-command";

interface Options {
  stack: string;
  json?: string;
  configFile?: string;
  policies: boolean;
}

const program = new Command("drift")
  .description("Compares a stack's state with the world, and the program with the policies; changes nothing.")
  .requiredOption("--stack <name>", "primary or recovery")
  .option("--json <file>", "write the report there, as JSON")
  .option("--config-file <file>", "the stack's settings; Pulumi.<stack>.yaml otherwise")
  .option("--no-policies", "leave the policy pack out")
  .addHelpText("after", "\nExit code: 0 no drift; 7 drift; 1 it could not be checked, which says nothing of drift.");

program.action(async ({ stack, json, configFile, policies }: Options) => {
  const { pulumi, env } = await ensureToolchain({ want: ["engine"] });
  // An operator's own PULUMI_HOME holds the login to the state's backend.
  const home = process.env["PULUMI_HOME"];
  const report = await checkDrift({
    stack,
    configFile,
    policies,
    pulumi,
    env: { ...env, ...(home ? { PULUMI_HOME: home } : {}) },
  });
  await keepDriftRecord(report, { configFile, policies });
  if (json) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  console.log(reportText(report));
  process.exitCode = exitCodes[report.verdict];
});

void runCommand(program);
