import { Command, InvalidArgumentError } from "commander";
import { activeGeneration, explainStoreError } from "../stacks/backup-store";
import { siteSchema } from "../stacks/config-schema";
import { s3Location } from "../stacks/s3-location";
import { checkRepositories, type Checked } from "./check/run";
import { openStore } from "./rewind/store";
import { openStack } from "./stack";

interface Options {
  readonly stack: string;
  readonly configFile?: string;
  readonly read: number | "everything";
  readonly json?: boolean;
}

async function check({ stack, configFile, read }: Options): Promise<{ generation: number; checked: Checked[] }> {
  const { config } = await openStack(stack, configFile);
  const values = await config.values(["smarteros:site", "smarteros:postgresCipher", "smarteros:filesCipher"]);
  const need = (key: string): string => {
    const value = values.get(key);
    if (value !== undefined) return value;
    throw new Error(`${key}: stack ${stack} has none; fix: npm run secrets:init -- --stack ${stack}`);
  };
  const { backups } = siteSchema
    .pick({ backups: true })
    .loose()
    .parse(JSON.parse(need("smarteros:site")));
  const ciphers = { postgres: need("smarteros:postgresCipher"), files: need("smarteros:filesCipher") };
  const { s3, bucket } = await openStore(config);
  try {
    const generation = await activeGeneration(s3, bucket);
    if (generation === undefined)
      throw new Error(`s3://${bucket}: no backup cycle of any generation has finished; fix: the site's backup agent`);
    // Whatever the operator has: keys, a profile, a role.
    const keys = await s3.config.credentials();
    return {
      generation,
      checked: await checkRepositories({ s3: s3Location({ backups }), generation, keys, ciphers, read }),
    };
  } catch (error) {
    if (error instanceof Error && !("$metadata" in error)) throw error;
    throw new Error(explainStoreError(`s3://${bucket}`, error), { cause: error });
  } finally {
    s3.destroy();
  }
}

function share(text: string): Options["read"] {
  if (text === "everything") return text;
  const percent = Number(text.replace(/%$/, ""));
  if (percent > 0 && percent <= 100) return percent;
  throw new InvalidArgumentError(`received ${text}; allowed: a part such as 5%, or everything; fix: --read 5%`);
}

void new Command("backups:check")
  .description(
    "Looks at the backup repositories where they are: pgBackRest's catalogue, restic's structure and a random part of its data. Restores and writes nothing.",
  )
  .option("--stack <name>", "the stack whose settings name the bucket and hold the ciphers", "recovery")
  .option("--config-file <file>", "its settings (default: Pulumi.NAME.yaml)")
  .option("--read <part>", "how much of the files' data is read back; \"everything\" reads PostgreSQL's too", share, 5)
  .option("--json", "print JSON")
  .addHelpText(
    "after",
    "\nExit code: 0 sound; 1 not, or it could not be checked. Needs restic and pgbackrest (Debian: apt install restic pgbackrest).",
  )
  .action(async (options: Options) => {
    try {
      const result = await check(options);
      const lines = result.checked.map(
        ({ ok, repository, evidence, seconds }) =>
          `${ok ? "✓" : "✗"} g${result.generation} ${repository} (${seconds} s): ${evidence}`,
      );
      console.log(options.json ? JSON.stringify(result, undefined, 2) : lines.join("\n"));
      process.exitCode = result.checked.every(({ ok }) => ok) ? 0 : 1;
    } catch (error) {
      console.error(`backups:check: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  })
  .parseAsync();
