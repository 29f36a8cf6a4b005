import { Command, InvalidArgumentError } from "commander";
import { activeGeneration } from "../stacks/backup-store";
import { checkRepositories, type Checked } from "./check/run";
import { openBackups } from "./open";
import { runCommand } from "../toolchain/run-command";

interface Options {
  readonly stack: string;
  readonly configFile?: string;
  readonly read: number | "everything";
  readonly json?: boolean;
}

const check = ({ stack, configFile, read }: Options): Promise<{ generation: number; checked: Checked[] }> =>
  openBackups(stack, configFile, async ({ store, replica, ...access }) => {
    const { bucket } = access.s3;
    const generation = await activeGeneration(store, bucket);
    if (generation === undefined)
      throw new Error(`s3://${bucket}: no backup cycle of any generation has finished; fix: the site's backup agent`);
    return { generation, checked: await checkRepositories({ ...access, generation, read }) };
  });

function share(text: string): Options["read"] {
  if (text === "everything") return text;
  const percent = Number(text.replace(/%$/, ""));
  if (percent > 0 && percent <= 100) return percent;
  throw new InvalidArgumentError(`received ${text}; allowed: a part such as 5%, or everything; fix: --read 5%`);
}

void runCommand(
  new Command("backups:check")
    .description(
      "Looks at the backup repositories where they are: pgBackRest's catalogue, restic's structure and a random part of its data. Restores and writes nothing.",
    )
    .option("--stack <name>", "the stack whose settings name the bucket and hold the ciphers", "recovery")
    .option("--config-file <file>", "its settings (default: Pulumi.NAME.yaml)")
    .option(
      "--read <part>",
      "how much of the files' data is read back; \"everything\" reads PostgreSQL's too",
      share,
      5,
    )
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExit code: 0 sound; 1 not, or it could not be checked. Needs restic and pgbackrest (Debian: apt install restic pgbackrest).",
    )
    .action(async (options: Options) => {
      const result = await check(options);
      const lines = result.checked.map(
        ({ ok, repository, evidence, seconds }) =>
          `${ok ? "✓" : "✗"} g${result.generation} ${repository} (${seconds} s): ${evidence}`,
      );
      console.log(options.json ? JSON.stringify(result, undefined, 2) : lines.join("\n"));
      process.exitCode = result.checked.every(({ ok }) => ok) ? 0 : 1;
    }),
);
