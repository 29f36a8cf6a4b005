import { Command } from "commander";
import { z } from "zod";
import { moduleTargets } from "../components/services/agent";
import { plan } from "../plan/plan";
import { humanSeconds, seconds } from "../plan/units";
import { explainStoreError } from "../stacks/backup-store";
import { type Freshness, readFreshness, type Verdict } from "./freshness";
import { openStore } from "./rewind/store";
import { SaidError } from "../words/said";
import { openStack } from "./stack";
import { runCommand } from "../toolchain/run-command";

interface Options {
  readonly stack: string;
  readonly configFile?: string;
  readonly json?: boolean;
}

const exitCodes: Record<Verdict, number> = { fresh: 0, stale: 2, unknown: 1 };

function report({ verdict, manifest, skipped, modules }: Freshness): string {
  const lines = modules.map(({ module, verdict: own, ageSeconds, rpoTargetSeconds, newestRestorableAt }) => {
    const age = ageSeconds === undefined ? "no restorable point" : `${humanSeconds(ageSeconds)} old`;
    return `  ${own.padEnd(8)} ${module.padEnd(10)} ${age.padEnd(20)} RPO ${humanSeconds(rpoTargetSeconds).padEnd(8)} ${newestRestorableAt ?? ""}`;
  });
  return [
    `${verdict}: ${manifest ?? "no valid manifest"}`,
    ...lines.map((line) => line.trimEnd()),
    ...skipped.map(({ key, reason }) => `  passed over ${key}: ${reason}`),
  ].join("\n");
}

/** @throws Error when the stack's settings or the store cannot be read */
async function freshness({ stack, configFile }: Options): Promise<Freshness> {
  const { config } = await openStack(stack, configFile);
  const values = await config.values(["smarteros:site", "smarteros:postgresCipher", "smarteros:filesCipher"]);
  const need = (key: string): string => {
    const value = values.get(key);
    if (value !== undefined) return value;
    throw new Error(
      `${key}: stack ${stack} has none; fix: fill in its settings, npm run secrets:init -- --stack ${stack}`,
    );
  };
  const site = z.looseObject({ generation: z.number().int().min(1) }).parse(JSON.parse(need("smarteros:site")));
  const passwords = { postgres: need("smarteros:postgresCipher"), files: need("smarteros:filesCipher") };
  const { s3, bucket } = await openStore(config);
  try {
    const { generation } = site;
    const common = { targets: moduleTargets(), cycleSeconds: seconds(plan.backupCycle), now: new Date() };
    return await readFreshness({ s3, bucket, generation, passwords, ...common });
  } catch (error) {
    throw new SaidError(explainStoreError(`s3://${bucket}`, error), { cause: error });
  } finally {
    s3.destroy();
  }
}

void runCommand(
  new Command("backups:freshness")
    .description(
      "Age of each module's newest restorable point, from the bucket alone. Ends with 0 fresh, 2 stale, 1 could not tell.",
    )
    .requiredOption("--stack <name>", "the stack whose site is backed up")
    .option("--config-file <file>", "settings file of the stack (default: Pulumi.NAME.yaml)")
    .option("--json", "print JSON")
    .action(async (options: Options) => {
      const result = await freshness(options);
      console.log(options.json ? JSON.stringify(result, undefined, 2) : report(result));
      process.exitCode = exitCodes[result.verdict];
    }),
);
