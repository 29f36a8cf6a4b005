import { resolve } from "node:path";
import { Command } from "commander";
import { z } from "zod";
import { duration } from "../drill/report/format";
import { interrupted, stopSignal } from "../engine/stop-signal";
import { plan } from "../plan/plan";
import { hetznerApi } from "../stacks/hetzner-api";
import { PulumiConfig } from "../stacks/secrets/pulumi-config";
import { ensureToolchain } from "../toolchain/ensure";
import { repoRoot, settingsFile } from "../toolchain/paths";
import {
  readVerification,
  verificationAges,
  verificationFolder,
  type ModuleAge,
  type VerificationRecord,
} from "./verify/record";
import { verifyBackups } from "./verify/run";
import { runCommand } from "../toolchain/run-command";

interface Options {
  readonly stack: string;
  readonly configFile?: string;
  readonly record: string;
  readonly status?: boolean;
  readonly json?: boolean;
}

const exitCodes = { verified: 0, failed: 1, stale: 2 } as const;

/** For people, on a terminal. */
function report(record: VerificationRecord): string {
  const took = (s: number | null) => (s === null ? "-" : duration(s, "en"));
  return [
    ...record.modules.flatMap(({ name, result, seconds, evidence }) => [
      `${result === "verified" ? "✓" : "✗"} ${name.padEnd(10)} ${result.padEnd(12)} ${took(seconds)}`,
      ...(result === "verified" ? [] : evidence.slice(0, 3).map((line) => `    ${line.replaceAll(/\s+/g, " ")}`)),
    ]),
    `set: ${record.set ? `${record.set.manifest}, ${took(record.set.ageSeconds)} old` : "none"}${record.set?.skipped.length ? `; ${record.set.skipped.length} newer ones are not valid` : ""}`,
    `${record.verdict} in ${took(record.seconds)}${record.leftBehind === null ? "" : `; the scratch host was NOT removed: ${record.leftBehind}`}`,
  ].join("\n");
}

function ageLine({ module, at, ageSeconds, stale }: ModuleAge): string {
  const last = ageSeconds === undefined ? "never verified" : `verified ${duration(ageSeconds, "en")} ago (${at})`;
  return `${stale ? "✗ stale" : "✓"} ${module}: ${last}; allowed: ${plan.verifyEvery}`;
}

async function status({ json }: Options, folder: string): Promise<number> {
  const ages = verificationAges(await readVerification(folder), plan, Date.now());
  console.log(json ? JSON.stringify(ages, undefined, 2) : ages.map(ageLine).join("\n"));
  return ages.some(({ stale }) => stale) ? exitCodes.stale : exitCodes.verified;
}

async function verify({ stack, configFile, json }: Options, recordFolder: string): Promise<number> {
  const { pulumi, env } = await ensureToolchain({ want: ["engine"] });
  // An operator's own PULUMI_HOME holds the login to the state's backend.
  const home = process.env["PULUMI_HOME"];
  const access = { pulumi, env: { ...env, ...(home ? { PULUMI_HOME: home } : {}) } };
  const file = settingsFile(stack, configFile);
  const keys = ["smarteros:site", "hcloud:endpoint", "hcloud:token"];
  const values = await new PulumiConfig({ ...access, cwd: repoRoot(), stack, configFile: file }).values(keys);
  const { domain } = z.looseObject({ domain: z.string() }).parse(JSON.parse(values.get("smarteros:site") ?? "{}"));
  const hetzner = {
    url: values.get("hcloud:endpoint") ?? hetznerApi,
    token: values.get("hcloud:token") ?? process.env["HCLOUD_TOKEN"],
  };
  const signal = stopSignal(
    "stopping; the scratch host is destroyed (again: at once, and the next verification destroys it)",
  );
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  try {
    const record = await verifyBackups({
      ...access,
      configFile: file,
      hetzner,
      domain,
      recordFolder,
      log,
      signal,
    });
    console.log(json ? JSON.stringify(record, undefined, 2) : report(record));
    return record.verdict === "verified" && record.leftBehind === null ? exitCodes.verified : exitCodes.failed;
  } catch (error) {
    if (!signal.aborted) throw error;
    return interrupted;
  }
}

void runCommand(
  new Command("backups:verify")
    .description(
      "Restores the newest valid set of every module onto a scratch host by the recovery's own program and settings, looks at rows, files and keys, destroys the host, and keeps the evidence.",
    )
    .option("--stack <name>", "the recovery's stack, whose settings and backend are used", "recovery")
    .option("--config-file <file>", "its settings (default: Pulumi.NAME.yaml)")
    .option(
      "--record <folder>",
      "where the evidence is kept, as latest.json and latest.md",
      resolve(repoRoot(), verificationFolder),
    )
    .option("--status", "restore nothing: say when each module was verified last")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExit code: 0 all verified; 1 not; 2 with --status: a module's last verification is older than the plan allows; 130 stopped by Ctrl-C.",
    )
    .action(async (options: Options) => {
      const folder = resolve(options.record);
      process.exitCode = options.status ? await status(options, folder) : await verify(options, folder);
    }),
);
