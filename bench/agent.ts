import { writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import Table from "cli-table3";
import { Command } from "commander";
import { prepareGround, raisePrimary } from "../drill/ground";
import { startLoad } from "../drill/load";
import { Timeline } from "../drill/timeline";
import { cloudDown, cloudReset } from "../local-cloud/cloud";
import { bytes } from "../plan/units";
import { runCommand } from "../toolchain/run-command";

/**
 * What the backup agent costs the primary while the drill's writers are at work, beside the same load without it: processor time and memory of the
 * containers by their cgroups, on the local cloud's VPS.
 */
const program = new Command("bench:agent")
  .description("Steady-state overhead of the backup agent on the primary: share of one core, and memory.")
  .option("--seconds <number>", "that are measured, with the agent and without", Number, 180)
  .option("--json <file>", "write the figures");

/** Shares of one core; bytes. */
interface Overhead {
  readonly seconds: number;
  readonly agent: { readonly core: number; readonly peakBytes: number };
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
    const usedBy = async (container: string): Promise<number> => {
      const text = await primary.onVps(`docker exec ${container} cat /sys/fs/cgroup/cpu.stat`);
      return Number(/^usage_usec (\d+)$/m.exec(text)?.[1]) / 1e6;
    };
    const acknowledged = () => [...load.acks.values()].reduce((sum, acks) => sum + acks.length, 0);
    const share = async (containers: readonly string[]) => {
      const before = await Promise.all(containers.map(usedBy));
      const [started, acks] = [performance.now(), acknowledged()];
      await setTimeout(seconds * 1_000);
      const after = await Promise.all(containers.map(usedBy));
      const took = (performance.now() - started) / 1_000;
      return { cores: after.map((used, i) => (used - before[i]!) / took), acknowledged: acknowledged() - acks };
    };
    timeline.event(`measuring for ${seconds} s with the agent`);
    await cycle();
    const withAgent = await share(["agent", "postgres"]);
    const peak = await primary.onVps("docker exec agent cat /sys/fs/cgroup/memory.peak");
    await primary.onVps("docker stop agent");
    timeline.event(`measuring for ${seconds} s without it`);
    const without = await share(["postgres"]);
    return {
      seconds,
      agent: { core: withAgent.cores[0]!, peakBytes: Number(peak) },
      postgres: { coreWith: withAgent.cores[1]!, coreWithout: without.cores[0]! },
      acknowledged: { with: withAgent.acknowledged, without: without.acknowledged },
    };
  } finally {
    await load.stop();
    primary.backups.close();
  }
}

void runCommand(program);
