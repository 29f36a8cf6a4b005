import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { cloudDown } from "../local-cloud/cloud";
import { bytes } from "../plan/units";
import { pluginsIn } from "../toolchain/plugins";
import { runDrill } from "./drill";
import { drillFolder } from "./ground";
import { languages, renderHtml, renderMarkdown, renderTable, type Language } from "./report";
import { drillResult } from "./result";
import { Timeline } from "./timeline";

interface Options {
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
    "Loses the primary on this machine's local cloud, recovers it by `pulumi up --stack recovery`, and measures RTO and RPO of every module.",
  )
  .option("--size <size>", "size of Odoo's database", parsed(bytes), bytes("64 MB"))
  .option("--keep", "leave the local cloud and the recovered site running (npm run cloud:down ends it)")
  .option("--json <file>", "write the record of the drill")
  .option("--report <folder>", "write the report there, as HTML and Markdown", "drill-report")
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
  const timeline = new Timeline();
  const stopped = new AbortController();
  let interrupted = false;
  const onSignal = () => {
    if (interrupted) process.exit(130);
    interrupted = true;
    process.stderr.write("stopping; everything that was started is ended (again: at once)\n");
    stopped.abort(new Error("stopped by a signal"));
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);

  let record;
  try {
    record = await runDrill({
      sizeBytes: options.size,
      timeline,
      signal: stopped.signal,
      ...(options.targetTime ? { targetTime: options.targetTime } : {}),
      ...(options.plugins ? { plugins: options.plugins } : {}),
    });
  } catch (error) {
    if (!interrupted) throw error;
    process.exitCode = 130;
  } finally {
    if (!options.keep) {
      timeline.phase("cleanup", "the local cloud is stopped");
      await cloudDown((line) => void timeline.event(line));
    }
    timeline.finish(
      options.keep ? `kept running; npm run cloud:down ends it; settings and logs: ${drillFolder()}` : "done",
    );
  }
  if (!record) return;
  const result = drillResult.parse({ ...record, events: [...timeline.events] });

  const view = {
    lang: options.lang,
    ...(options.bootSeconds === undefined ? {} : { bootSeconds: options.bootSeconds }),
  };
  const report = resolve(options.report);
  await write(join(report, "report.html"), renderHtml(result, view));
  await write(join(report, "report.md"), renderMarkdown(result, view));
  await write(join(report, "drill.json"), JSON.stringify(result, null, 2) + "\n");
  if (options.json) await write(resolve(options.json), JSON.stringify(result, null, 2) + "\n");
  console.log(renderTable(result, view));
  console.log(`report: ${join(report, "report.html")}`);
  process.exitCode = result.verdict === "recovered" ? 0 : 1;
});

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

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`drill: ${error.message}\n`);
  process.exitCode = 1;
});
