import { writeFile } from "node:fs/promises";
import Table from "cli-table3";
import { Command } from "commander";
import { z } from "zod";
import { prepareGround, raisePrimary } from "../drill/ground";
import { startLoad } from "../drill/load";
import { Timeline } from "../drill/timeline";
import { cloudDown, cloudReset } from "../local-cloud/cloud";
import { bytes } from "../plan/units";
import { runCommand } from "../toolchain/run-command";

/**
 * What the backup agent costs the primary while the drill's writers are at work, beside the same load without it: processor time and memory of the
 * containers as the Docker Engine of the local cloud's VPS counts them, whichever version of control groups the machine has.
 */
const program = new Command("bench:agent")
  .description("Steady-state overhead of the backup agent on the primary: share of one core, and memory.")
  .option("--seconds <number>", "that are measured, with the agent and without", Number, 180)
  .option("--json <file>", "write the figures");

/** Shares of one core; bytes. */
interface Overhead {
  readonly seconds: number;
  readonly agent: {
    readonly core: number;
    /** Of its processes' own memory, without the page cache, which the kernel takes back; seen once a second. */
    readonly peakBytes: number;
  };
  /** PostgreSQL archives its WAL itself, with the agent or without; the agent's restore points make it send a segment each cycle. */
  readonly postgres: { readonly coreWith: number; readonly coreWithout: number };
  readonly acknowledged: { readonly with: number; readonly without: number };
}

program.action(async ({ seconds, json }: { seconds: number; json?: string }) => {
  const timeline = new Timeline();
  const log = (line: string) => void timeline.event(line);
  try {
    const result = await measure(seconds, timeline);
    const core = (share: number) => `${(share * 100).toFixed(1)} % of a core`;
    const table = new Table({ head: ["", "with the agent", "without"], style: { head: [], border: [] } });
    table.push(
      ["agent's processor (at most 5 %)", core(result.agent.core), "-"],
      ["agent's memory at most (at most 200 MiB)", `${Math.round(result.agent.peakBytes / 2 ** 20)} MiB`, "-"],
      ["PostgreSQL's processor", core(result.postgres.coreWith), core(result.postgres.coreWithout)],
      ["acknowledged writes", String(result.acknowledged.with), String(result.acknowledged.without)],
    );
    console.log(table.toString());
    if (json) await writeFile(json, JSON.stringify(result, null, 2) + "\n");
  } finally {
    await cloudReset({ keepImages: true, log });
    await cloudDown(log);
  }
});

async function measure(seconds: number, timeline: Timeline): Promise<Overhead> {
  const signal = new AbortController().signal;
  const ground = await prepareGround({ timeline, signal });
  const primary = await raisePrimary(ground, { timeline, signal });
  await primary.seed({ sizeBytes: bytes("64 MB") });
  const cycle = () => primary.backups.cycleSince(Date.now(), { generation: 1, seconds: 900, signal });
  await cycle();
  const load = await startLoad({ site: primary.site });
  try {
    const acknowledged = () => [...load.acks.values()].reduce((sum, acks) => sum + acks.length, 0);
    const share = async (containers: readonly string[]) => {
      const acks = acknowledged();
      const used = await Promise.all(
        containers.map(async (c) => usageIn(await primary.onVps(watchScript(c, seconds)))),
      );
      return { used, acknowledged: acknowledged() - acks };
    };
    timeline.event(`measuring for ${seconds} s with the agent`);
    await cycle();
    const withAgent = await share(["agent", "postgres"]);
    await primary.onVps("docker stop agent");
    timeline.event(`measuring for ${seconds} s without it`);
    const without = await share(["postgres"]);
    return {
      seconds,
      agent: withAgent.used[0]!,
      postgres: { coreWith: withAgent.used[1]!.core, coreWithout: without.used[0]!.core },
      acknowledged: { with: withAgent.acknowledged, without: without.acknowledged },
    };
  } finally {
    await load.stop();
    primary.backups.close();
  }
}

/** Prints what the engine knows of a container, a line a second. */
const watchScript = (container: string, seconds: number): string =>
  `end=$(( $(date +%s) + ${seconds} )); while [ "$(date +%s)" -le "$end" ]; do curl --silent --fail --unix-socket /var/run/docker.sock 'http://docker/v1.41/containers/${container}/stats?stream=false&one-shot=true' || exit 1; sleep 1; done`;

/** The part of Docker's statistics that is looked at. https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerStats */
const stats = z.object({
  read: z.iso.datetime({ offset: true }),
  /** Nanoseconds. */
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number() }) }),
  /** The processes' own memory is called so by version 2 of control groups, and by version 1. */
  memory_stats: z.object({ stats: z.union([z.object({ anon: z.number() }), z.object({ total_rss: z.number() })]) }),
});

function usageIn(lines: string): { core: number; peakBytes: number } {
  const seen = lines
    .trim()
    .split("\n")
    .map((line) => stats.parse(JSON.parse(line)));
  const [first, last] = [seen[0]!, seen.at(-1)!];
  const took = (Date.parse(last.read) - Date.parse(first.read)) / 1_000;
  const used = (last.cpu_stats.cpu_usage.total_usage - first.cpu_stats.cpu_usage.total_usage) / 1e9;
  const own = seen.map(({ memory_stats: { stats: of } }) => ("anon" in of ? of.anon : of.total_rss));
  return { core: used / took, peakBytes: Math.max(...own) };
}

void runCommand(program);
