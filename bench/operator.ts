/**
 * How long people wait, on the local cloud: an operator for `smarter` (the help, the status of a healthy and of a lost site, from typing
 * `failover activate --yes` to the first resource), an engineer for a drift check of the primary, and for a preview of the unchanged recovery
 * without and with the policy pack, taken in turns. Each is the executable, as people start it.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import Table from "cli-table3";
import { Command } from "commander";
import { prepareGround, raisePrimary } from "../drill/ground";
import { Timeline } from "../drill/timeline";
import { cloudDown } from "../local-cloud/cloud";
import { repoRoot } from "../toolchain/paths";
import { median } from "./median";
import { runCommand } from "../toolchain/run-command";

interface Figure {
  readonly what: string;
  readonly targetSeconds: number;
  readonly runs: readonly number[];
}

/** The first line that says a resource of the recovery is being made. */
const firstResource = /: \S+ under way/;

type Environment = Readonly<Record<string, string>>;

interface Started {
  /** @default smarter */
  readonly program?: string;
  readonly args: readonly string[];
  readonly env?: Environment;
  /** Exit codes of a run that counts. @default any: a status tells by them how the site is */
  readonly codes?: readonly number[];
  /** @default until it ends */
  readonly until?: RegExp;
}

/** Starts a program. @returns seconds until it ended, or until a line of it matched: it is left to end by itself then */
async function seconds({
  program = join(repoRoot(), "bin", "smarter"),
  args,
  env,
  codes,
  until,
}: Started): Promise<number> {
  const started = performance.now();
  const child = spawn(program, args, {
    cwd: repoRoot(),
    env: { ...process.env, LANG: "C", LC_ALL: "C", NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  let matched: number | undefined;
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (until?.test(line)) matched ??= performance.now();
  });
  const [code] = (await ended) as [number | null];
  if (codes && !codes.includes(code ?? -1)) throw new Error(`${program} ${args[0]} ended with ${code}`);
  if (until === undefined) return (performance.now() - started) / 1_000;
  if (matched === undefined) throw new Error(`${program} ${args[0]} ended with ${code} before ${until}`);
  return (matched - started) / 1_000;
}

async function times(n: number, one: () => Promise<number>): Promise<number[]> {
  const runs: number[] = [];
  while (runs.length < n) runs.push(await one());
  return runs;
}

const program = new Command("bench:operator")
  .description(
    "Times what people wait for: smarter --help, status, the start of failover activate, a drift check, a preview, its policies.",
  )
  .option("--runs <number>", "of everything but the failover, which is one", Number, 5)
  .option("--json <file>", "write the figures");

program.action(async ({ runs, json }: { runs: number; json?: string }) => {
  const { signal } = new AbortController();
  const timeline = new Timeline();
  const folder = await mkdtemp(join(tmpdir(), "bench-operator-"));
  const figures: Figure[] = [];
  try {
    figures.push({
      what: "smarter --help",
      targetSeconds: 0.5,
      runs: await times(runs, () => seconds({ args: ["--help"] })),
    });
    const ground = await prepareGround({ timeline, signal });
    const primary = await raisePrimary(ground, { timeline, signal });
    await primary.seed({ sizeBytes: 0 });
    await primary.backups.cycleSince(Date.now(), { generation: 1, seconds: 300, signal });
    primary.backups.close();
    const { env } = ground.stacks.engine("recovery");
    const onStack = [
      "--config-file",
      ground.stacks.settingsFile("recovery"),
      "--primary-config-file",
      ground.stacks.settingsFile("primary"),
    ];
    const status = () => seconds({ args: ["status", ...onStack], env });
    figures.push({ what: "smarter status, a healthy site", targetSeconds: 3, runs: await times(runs, status) });
    const drift = [
      "--import",
      "tsx",
      "drift/main.ts",
      "--stack",
      "primary",
      "--config-file",
      ground.stacks.settingsFile("primary"),
    ];
    figures.push({
      what: "npm run drift, the primary",
      targetSeconds: 15,
      runs: await times(runs, () =>
        seconds({ program: process.execPath, args: drift, env: ground.stacks.engine("primary").env, codes: [0] }),
      ),
    });
    await ground.cloud.destroyHostinger();
    figures.push({ what: "smarter status, the site is lost", targetSeconds: 10, runs: await times(runs, status) });
    const activate = ["failover", "activate", "--yes", "--reason", "bench", "--report", folder, ...onStack];
    figures.push({
      what: "failover activate --yes, to the first resource",
      targetSeconds: 8,
      runs: [await seconds({ args: activate, env, codes: [0], until: firstResource })],
    });
    const { pulumi } = ground.stacks.engine("recovery");
    const preview = (...more: string[]) =>
      seconds({
        program: pulumi,
        args: [
          "preview",
          "--non-interactive",
          "--stack",
          "recovery",
          "--config-file",
          ground.stacks.settingsFile("recovery"),
          ...more,
        ],
        env,
        codes: [0],
      });
    const plain: number[] = [];
    const more: number[] = [];
    while (plain.length < runs) {
      plain.push(await preview());
      more.push((await preview("--policy-pack", "policy")) - plain.at(-1)!);
    }
    figures.push({ what: "pulumi preview, the unchanged recovery", targetSeconds: 6, runs: plain });
    figures.push({ what: "the policy pack adds to it", targetSeconds: 2, runs: more });
  } finally {
    await cloudDown((line) => void process.stderr.write(`${line}\n`));
    await rm(folder, { recursive: true, force: true });
  }
  const table = new Table({ head: ["what", "median", "worst", "target"], style: { head: [], border: [] } });
  const shown = (n: number) => `${n.toFixed(2)} s`;
  for (const { what, targetSeconds, runs } of figures)
    table.push([what, shown(median(runs)), shown(Math.max(...runs)), `${targetSeconds} s`]);
  console.log(table.toString());
  if (json) await writeFile(json, `${JSON.stringify({ figures }, null, 2)}\n`);
});

void runCommand(program);
