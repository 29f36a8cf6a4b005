/**
 * How long the operator waits for `smarter`, on the local cloud: the help, the status of a healthy and of a lost site, and the time from
 * typing `failover activate --yes` to the first resource being created. Each is the executable, as an operator starts it.
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

interface Figure {
  readonly what: string;
  readonly targetSeconds: number;
  readonly runs: readonly number[];
}

/** The first line that says a resource of the recovery is being made. */
const firstResource = /: \S+ under way/;

type Environment = Readonly<Record<string, string>>;

/** Starts `smarter`. @returns seconds until it ended, or until a line of it matched: it is left to end by itself then */
async function seconds(args: readonly string[], env: Environment, until?: RegExp): Promise<number> {
  const started = performance.now();
  const child = spawn(join(repoRoot(), "bin", "smarter"), args, {
    env: { ...process.env, LANG: "C", LC_ALL: "C", NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  let matched: number | undefined;
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (until?.test(line)) matched ??= performance.now();
  });
  const [code] = (await ended) as [number | null];
  if (until === undefined) return (performance.now() - started) / 1_000;
  if (matched === undefined) throw new Error(`smarter ${args[0]} ended with ${code} before ${until}`);
  return (matched - started) / 1_000;
}

async function times(n: number, one: () => Promise<number>): Promise<number[]> {
  const runs: number[] = [];
  while (runs.length < n) runs.push(await one());
  return runs;
}

const program = new Command("bench:operator")
  .description("Times what an operator waits for: smarter --help, status, and the start of failover activate.")
  .option("--runs <number>", "of everything but the failover, which is one", Number, 5)
  .option("--json <file>", "write the figures");

program.action(async ({ runs, json }: { runs: number; json?: string }) => {
  const { signal } = new AbortController();
  const timeline = new Timeline();
  const folder = await mkdtemp(join(tmpdir(), "bench-operator-"));
  const figures: Figure[] = [];
  try {
    figures.push({ what: "smarter --help", targetSeconds: 0.5, runs: await times(runs, () => seconds(["--help"], {})) });
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
    const status = () => seconds(["status", ...onStack], env);
    figures.push({ what: "smarter status, a healthy site", targetSeconds: 3, runs: await times(runs, status) });
    await ground.cloud.destroyHostinger();
    figures.push({ what: "smarter status, the site is lost", targetSeconds: 10, runs: await times(runs, status) });
    const activate = ["failover", "activate", "--yes", "--reason", "bench", "--report", folder, ...onStack];
    figures.push({
      what: "failover activate --yes, to the first resource",
      targetSeconds: 8,
      runs: [await seconds(activate, env, firstResource)],
    });
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

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`bench:operator: ${error.message}\n`);
  process.exitCode = 1;
});
