import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { interrupted, stopSignal } from "../engine/stop-signal";
import { cloudDown } from "../local-cloud/cloud";
import { bytes } from "../plan/units";
import { pluginsIn } from "../toolchain/plugins";
import { runDrill } from "./drill";
import { drillFolder } from "./ground";
import { languages, renderHtml, renderMarkdown, renderScenarios, renderTable, type Language } from "./report";
import { drillResult, scenarioNames, type DrillResult, type ScenarioName } from "./result";
import { Timeline } from "./timeline";
import { runCommand } from "../toolchain/run-command";
import { tell } from "./timeline-words";

interface Options {
  scenario: ScenarioName | "all";
  size: number;
  keep?: boolean;
  json?: string;
  report: string;
  targetTime?: string;
  plugins?: string;
  bootSeconds?: number;
  lang: Language;
}

const program = new Command("drill")
  .description(
    "Loses a site, or a part of it, on this machine's local cloud, recovers it by the program itself, and measures RTO and RPO.",
  )
  .addOption(
    new Option("--scenario <name>", "what is lost; all: one after the other, and a table of them")
      .choices([...scenarioNames, "all"])
      .default("vps-down"),
  )
  .option("--size <size>", "size of Odoo's database", parsed(bytes), bytes("64 MB"))
  .option("--keep", "leave the local cloud and the recovered site running (npm run cloud:down ends it)")
  .option("--json <file>", "write the record of the drill")
  .option(
    "--report <folder>",
    "write the report there, as HTML and Markdown; of other scenarios in a folder of their name",
    "drill-report",
  )
  .option(
    "--target-time <time>",
    "restore to this time instead of the newest backup set, ISO 8601 with a zone",
    parsed(time),
  )
  .option("--plugins <folder>", "take the provider plugins from here")
  .option(
    "--boot-seconds <seconds>",
    "what a real cloud's boot, packages and pulls take on top: shown beside the measured times",
    parsed(Number),
  )
  .option("--lang <language>", `language of table and report: ${languages.join(", ")}`, parsed(language), "en")
  .addHelpText(
    "after",
    "\nExit code: 0 recovered; 1 refused or failed; 130 stopped by Ctrl-C.\nThe local cloud is begun anew: what a former drill kept is wiped.",
  );

program.action(async (options: Options) => {
  // Before anything is started, or stopped at the end.
  if (options.plugins !== undefined) await pluginsIn(options.plugins);
  const signal = stopSignal("stopping; everything that was started is ended (again: at once)");

  const wanted = options.scenario === "all" ? scenarioNames : [options.scenario];
  const results: DrillResult[] = [];
  for (const scenario of wanted) {
    // The folder itself is the record of the whole failover, which the plan wants each month.
    const report = scenario === "vps-down" ? resolve(options.report) : join(resolve(options.report), scenario);
    const result = await drillOnce(scenario, report, options, signal);
    if (!result) return void (process.exitCode = interrupted);
    results.push(result);
  }
  if (wanted.length > 1) console.log(renderScenarios(results, { lang: options.lang }));
  if (options.json) {
    const record = wanted.length === 1 ? results[0] : Object.fromEntries(results.map((r) => [r.scenario, r]));
    await write(resolve(options.json), JSON.stringify(record, null, 2) + "\n");
  }
  process.exitCode = results.every(({ verdict }) => verdict === "recovered") ? 0 : 1;
});

/** One drill with its report. @returns undefined when it was stopped */
async function drillOnce(
  scenario: ScenarioName,
  report: string,
  options: Options,
  signal: AbortSignal,
): Promise<DrillResult | undefined> {
  const timeline = new Timeline({ lang: options.lang });
  let record;
  try {
    record = await runDrill({
      scenario,
      sizeBytes: options.size,
      timeline,
      signal,
      ...(options.targetTime ? { targetTime: options.targetTime } : {}),
      ...(options.plugins ? { plugins: options.plugins } : {}),
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    if (!options.keep) {
      timeline.phase("cleanup", tell("stopping"));
      await cloudDown((line) => void timeline.event(line));
    }
    timeline.finish(options.keep ? tell("kept", drillFolder()) : tell("done"));
  }
  if (!record) return undefined;
  const result = drillResult.parse({ ...record, events: [...timeline.events] });
  const view = {
    lang: options.lang,
    ...(options.bootSeconds === undefined ? {} : { bootSeconds: options.bootSeconds }),
  };
  await write(join(report, "report.html"), renderHtml(result, view));
  await write(join(report, "report.md"), renderMarkdown(result, view));
  await write(join(report, "drill.json"), JSON.stringify(result, null, 2) + "\n");
  console.log(renderTable(result, view));
  console.log(`report: ${join(report, "report.html")}`);
  return result;
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** An option's parser whose error is commander's. */
function parsed<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      const value = parse(text);
      if (typeof value !== "number" || Number.isFinite(value)) return value;
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
    throw new InvalidArgumentError(`received ${JSON.stringify(text)}; allowed: a number`);
  };
}

function time(text: string): string {
  const at = Date.parse(text);
  if (Number.isNaN(at) || !/(Z|[+-]\d\d:\d\d)$/.test(text))
    throw new Error(`received ${JSON.stringify(text)}; allowed: ISO 8601 with a zone; fix: 2026-11-23T21:05:00Z`);
  return new Date(at).toISOString();
}

function language(text: string): Language {
  const found = languages.find((name) => name === text);
  if (!found) throw new Error(`received ${JSON.stringify(text)}; allowed: ${languages.join(", ")}`);
  return found;
}

void runCommand(program);
