import Table from "cli-table3";
import pc from "picocolors";
import { stripVTControlCharacters } from "node:util";
import { gateCheckName } from "../../cli/gate/say";
import type { DrillResult, Judgement } from "../result";
import { judgedModules, lastEvent } from "./facts";
import { bytes, duration } from "./format";
import type { ReportOptions } from "./options";
import { strings } from "./strings";
import { rpoAgainst, rtoAgainst } from "./wording";

export interface TableOptions extends ReportOptions {
  /** Colour beside the marks. @default a terminal without NO_COLOR on stdout */
  readonly color?: boolean;
}

/** The drill's end, for a terminal: the verdict, a table of the modules, the gate, DNS. No line of it relies on colour. */
export function renderTable(result: DrillResult, options: TableOptions = {}): string {
  const { lang = "en", bootSeconds } = options;
  const t = strings[lang];
  const c = pc.createColors(options.color ?? (process.stdout.isTTY === true && !process.env["NO_COLOR"]));
  const paint = { met: c.green, missed: c.red, unmeasured: c.yellow, none: c.dim };
  const time = (seconds: number) => duration(seconds, lang);
  const mark = (judgement: Judgement, text: string) => paint[judgement](`${marks[judgement]} ${text}`);

  const table = new Table({
    head: [
      t.module,
      t.rtoOf,
      ...(bootSeconds === undefined ? [] : [`${t.rto} +${time(bootSeconds)}`]),
      t.rpoOf,
      t.restored,
    ],
    style: { head: [], border: [] },
  });
  for (const m of judgedModules(result, bootSeconds)) {
    table.push([
      printable(m.name),
      mark(m.rto, rtoAgainst(m.rtoSeconds, m.rtoTargetSeconds, lang)),
      ...(bootSeconds === undefined ? [] : [mark(m.realRto, rtoAgainst(m.realRtoSeconds, m.rtoTargetSeconds, lang))]),
      mark(m.rpo, rpoAgainst(m.rpoSeconds, m.rpoTargetSeconds, lang)),
      mark(m.restored ? "met" : "missed", m.restored ? t.yes : t.no),
    ]);
  }

  const checks = result.gate.checks;
  const failover = result.failoverSeconds;
  const verdictMark = result.verdict === "recovered" ? c.green(marks.met) : c.red(marks.missed);
  return [
    `${verdictMark} ${c.bold(t.verdict[result.verdict])}: ${t.headline[result.verdict](time(failover ?? 0))}`,
    ...(result.verdict === "recovered" ? [] : [`  ${t.last(printable(lastEvent(result, lang)))}`]),
    `  ${t.scenario}: ${t.scenarios[result.scenario]}${result.databaseBytes === null ? "" : `; ${t.database}: ${bytes(result.databaseBytes, lang)}`}`,
    ...(result.modules.length > 0 ? [table.toString()] : []),
    ...(failover === null ? [] : [`${t.failover}: ${time(failover)} (${t.failoverNote})`]),
    ...(failover === null || bootSeconds === undefined
      ? []
      : [t.bootAdded(time(bootSeconds), time(failover), time(failover + bootSeconds))]),
    `${t.gate}: ${checks.filter((check) => check.ok).length}/${checks.length} ${t.passed}`,
    ...checks
      .filter((check) => !check.ok)
      .map((check) => c.red(`  ${marks.missed} ${gateCheckName(check, lang)}: ${printable(check.evidence)}`)),
    `${t.dns}: ${result.dns.before ?? "-"} -> ${result.dns.after ?? "-"}${result.dns.flippedAt === null ? ` (${t.dnsUntouched})` : ""}`,
  ].join("\n");
}

/** A sign for each judgement, so that colour is never all there is. */
export const marks: Record<Judgement, string> = { met: "✓", missed: "✗", unmeasured: "?", none: "·" };

/** Evidence may come from a remote program: no control character of it reaches the terminal. */
const printable = (text: string) =>
  stripVTControlCharacters(text)
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim();
