import { Command } from "commander";
import { plan } from "../plan/plan";
import { seconds } from "../plan/units";
import { generationsIn } from "../stacks/backup-store";
import { heldSaid, releaseHolds } from "../stacks/holds";
import { expire, type Expired } from "./expire/run";
import { openBackups } from "./open";
import { runCommand } from "../toolchain/run-command";

interface Options {
  readonly stack: string;
  readonly configFile?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  /** Why what is held is released. */
  readonly release?: string;
}

const rules = {
  retention: seconds(plan.retention),
  thinning: plan.thinning.map(({ olderThan, every }) => ({ olderThan: seconds(olderThan), every: seconds(every) })),
};

/** Every generation, oldest first. */
async function expireAll({ stack, configFile, dryRun = false }: Options): Promise<Expired[]> {
  return openBackups(stack, configFile, async (access) => {
    const done: Expired[] = [];
    for (const generation of await generationsIn(access.store, access.s3.bucket))
      done.push(
        await expire({
          ...access,
          generation,
          rules,
          now: Date.now(),
          dryRun,
          onProgress: (line) => void process.stderr.write(`${line}\n`),
        }),
      );
    return done;
  });
}

/** Releases what is held in every generation, and expires nothing: the schedule does. */
const releaseAll = ({ stack, configFile, release = "" }: Options): Promise<string[]> =>
  openBackups(stack, configFile, async ({ store, s3 }) => {
    const said: string[] = [];
    for (const generation of await generationsIn(store, s3.bucket)) {
      const held = await releaseHolds(store, s3.bucket, generation, release);
      if (held.length > 0) said.push(`g${generation}: released: ${heldSaid(held)("en")}`);
    }
    return said.length > 0 ? said : ["nothing is held"];
  });

const line = ({ generation, sets, invalid, snapshots, vaultSnapshots, replica, held }: Expired) =>
  (held.length > 0
    ? `g${generation}: held, nothing was expired: ${heldSaid(held)("en")}; fix: recover (docs/runbook.md, "Files are encrypted"), and then, or if it was no attack: --release REASON; `
    : "") +
  `g${generation}: ${sets.kept} sets stay, the oldest of ${sets.oldestKept ?? "-"}; went: ${sets.dropped} sets, ${snapshots} snapshots of files, ${vaultSnapshots} of Vault` +
  (replica === null ? "" : `; ${replica} objects from the replica, which were written longer ago than ${plan.retention}`) +
  (invalid.length > 0 ? `; ${invalid.length} manifests do not verify and were left` : "");

void runCommand(
  new Command("backups:expire")
    .description(
      `Hides what the plan keeps no longer: sets older than ${plan.retention}, and of those older than ${plan.thinning.map(({ olderThan, every }) => `${olderThan} all but one each ${every}`).join(", ")}. Deletes no version: backups:rewind undoes it.`,
    )
    .option("--stack <name>", "the stack whose settings name the bucket and hold the ciphers", "recovery")
    .option("--config-file <file>", "its settings (default: Pulumi.NAME.yaml)")
    .option("--dry-run", "say what would go, change nothing")
    .option(
      "--release <reason>",
      "release what is held for looking like ransomware, with a record of who and why; expires nothing",
    )
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExit code: 0 done; 1 not; 2 a generation is held, and nothing of it was expired. Needs restic and pgbackrest (Debian: apt install restic pgbackrest), and rights as docs/decisions/s3-rights.md says.",
    )
    .action(async (options: Options) => {
      if (options.release !== undefined) return console.log((await releaseAll(options)).join("\n"));
      const done = await expireAll(options);
      console.log(options.json ? JSON.stringify(done, undefined, 2) : done.map(line).join("\n"));
      if (options.dryRun && !options.json) console.log("dry run: nothing was changed");
      if (done.some(({ held }) => held.length > 0)) process.exitCode = 2;
    }),
);
