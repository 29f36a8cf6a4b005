import { writeFile } from "node:fs/promises";
import { Command } from "commander";
import { z } from "zod";
import { generationLayout } from "../contracts/generation";
import { openStack } from "./stack";
import { Journal } from "./rewind/journal";
import { rewind, type Progress, type RewindResult } from "./rewind/rewind";
import { openStore } from "./rewind/store";
import { runCommand } from "../toolchain/run-command";

interface Options {
  readonly stack: string;
  readonly configFile?: string;
  readonly generation: number;
  readonly to: string;
  readonly replica?: boolean;
  readonly dryRun?: boolean;
  readonly parallel: number;
  readonly journal?: string;
  readonly json?: string;
}

/** @throws Error unless it is a moment in the past */
function parseTime(text: string): Date {
  const parsed = z.iso.datetime({ offset: true }).safeParse(text);
  const time = new Date(text);
  if (parsed.success && time.getTime() < Date.now()) return time;
  throw new Error(
    `--to: received ${JSON.stringify(text)}; allowed: a moment in the past, ISO 8601 with a zone; fix: write 2026-11-23T21:05:00Z, a moment before the attack`,
  );
}

const thousands = (n: number) => n.toLocaleString("en-US");
const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;
const changed = ({ counts }: Progress) => counts.uncover + counts.putBack + counts.hide;

/** A line a few times a minute, on stderr. */
function progressLine(dryRun: boolean) {
  let last = Date.now();
  return (progress: Progress) => {
    if (Date.now() - last < 5_000) return;
    last = Date.now();
    console.error(
      `${thousands(progress.keys)} keys seen, ${thousands(changed(progress))} ${dryRun ? "to change" : "changed"}`,
    );
  };
}

function report(result: RewindResult, bucket: string, { dryRun = false, generation, to, replica }: Options): string {
  const { counts, bytes, failures, keys, firstChange, newestManifest } = result;
  const would = dryRun ? "would be " : "";
  return [
    `s3://${bucket}/${generationLayout(generation).prefix} as of ${to}${dryRun ? " (dry run: nothing is changed)" : ""}: ${thousands(keys)} keys`,
    `  ${thousands(counts.same)} are as they were`,
    `  ${thousands(counts.uncover)} were hidden by delete markers, which ${would}removed`,
    `  ${thousands(counts.putBack)} were written over and ${would}copied back (${gigabytes(bytes)})`,
    `  ${thousands(counts.hide)} came later and ${would}hidden`,
    `  ${thousands(counts.leave)} came later and stay: locks, and data that nothing names`,
    `first change that is undone: ${firstChange ?? "none"}`,
    `a recovery then takes: ${newestManifest ?? "nothing, there is no manifest as of then"}`,
    ...failures.slice(0, 20).map(({ key, reason }) => `FAILED ${key}: ${reason}`),
    ...(failures.length > 0 ? [`${failures.length} keys failed; fix: their reasons, then run it again`] : []),
    ...(replica ? [] : ["its replica is a bucket of its own: rewind it too, by the same command with --replica"]),
  ].join("\n");
}

async function main(options: Options): Promise<void> {
  const { generation, dryRun = false, parallel } = options;
  const to = parseTime(options.to);
  const { config } = await openStack(options.stack, options.configFile);
  const { s3, bucket } = await openStore(config, options);
  try {
    const journal = await Journal.open(options.journal ?? `rewind-${bucket}-g${generation}.jsonl`);
    const args = { s3, bucket, generation, to, journal, parallel };
    const result = await rewind({ ...args, dryRun, onProgress: progressLine(dryRun) });
    console.log(report(result, bucket, options));
    // Whoever still writes would undo it: what is left to change right after is what came in between.
    const left = dryRun ? 0 : changed(await rewind({ ...args, dryRun: true })) - result.failures.length;
    if (left > 0)
      console.error(
        `${left} keys were changed meanwhile: somebody still writes; fix: disable the writer's access key, then run it again`,
      );
    if (options.json !== undefined)
      await writeFile(
        options.json,
        `${JSON.stringify({ bucket, generation, to: to.toISOString(), dryRun, ...result, left }, null, 2)}\n`,
      );
    if (result.failures.length > 0 || left > 0) process.exitCode = 1;
  } finally {
    s3.destroy();
  }
}

void runCommand(
  new Command("backups:rewind")
    .description(
      "Makes what was current in the backup bucket at a time current again. Deletes nothing that holds data.",
    )
    .requiredOption("--stack <name>", "the stack whose settings name the bucket and how to reach it")
    .requiredOption("--generation <number>", "the generation that was attacked", Number)
    .requiredOption("--to <time>", "a moment before the attack, ISO 8601 with a zone")
    .option("--replica", "the bucket's replica in the other region instead of the bucket itself")
    .option("--dry-run", "count, change nothing")
    .option("--parallel <number>", "keys that are worked on side by side", Number, 16)
    .option(
      "--journal <file>",
      "what was done, one line a key; a second run reads it (default: rewind-BUCKET-gN.jsonl)",
    )
    .option("--config-file <file>", "settings file of the stack (default: Pulumi.NAME.yaml)")
    .option("--json <file>", "write the counts as JSON")
    .action(main),
);
