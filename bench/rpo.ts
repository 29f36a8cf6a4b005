import { writeFile } from "node:fs/promises";
import Table from "cli-table3";
import { Command } from "commander";
import { runDrill } from "../drill/drill";
import type { DrillResult } from "../drill/result";
import { Timeline } from "../drill/timeline";
import { cloudDown } from "../local-cloud/cloud";
import { bytes } from "../plan/units";
import { worstRpo } from "./worst-rpo";
import { runCommand } from "../toolchain/run-command";

const program = new Command("bench:rpo")
  .description(
    "Kills the primary at random moments of the backup cycle, under steady writes, and tells the worst RPO of each module.",
  )
  .option("--runs <number>", "whole drills, one after the other", Number, 5)
  .option("--size <size>", "of Odoo's database", "64 MB")
  .option("--json <file>", "write the figures");

program.action(async ({ runs, size, json }: { runs: number; size: string; json?: string }) => {
  const signal = new AbortController().signal;
  const results: DrillResult[] = [];
  try {
    for (let run = 1; run <= runs; run++) {
      process.stderr.write(`run ${run} of ${runs}\n`);
      const result = await runDrill({ scenario: "vps-down", sizeBytes: bytes(size), timeline: new Timeline(), signal });
      if (result.verdict !== "recovered")
        throw new Error(`run ${run}: ${result.verdict}: ${result.events.at(-2)?.what}`);
      results.push(result);
    }
  } finally {
    await cloudDown((line) => void process.stderr.write(`${line}\n`));
  }
  const modules = worstRpo(results);
  const seconds = (n: number | null) => (n === null ? "-" : `${n.toFixed(1)} s`);
  const table = new Table({ head: ["module", "RPO, worst", "target", "each run"], style: { head: [], border: [] } });
  for (const m of modules)
    table.push([m.name, seconds(m.rpoSecondsWorst), seconds(m.rpoTargetSeconds), m.runs.map(seconds).join(", ")]);
  console.log(table.toString());
  if (json) await writeFile(json, JSON.stringify({ modules }, null, 2) + "\n");
});

void runCommand(program);
