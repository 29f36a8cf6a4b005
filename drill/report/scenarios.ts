import Table from "cli-table3";
import type { DrillResult } from "../result";
import { judgedModules } from "./facts";
import { duration } from "./format";
import type { ReportOptions } from "./options";
import { strings } from "./strings";
import { marks } from "./table";

/** Several drills, a line each: the slowest module against its deadline, and the module that lost most against what it may lose. */
export function renderScenarios(results: readonly DrillResult[], { lang = "en" }: ReportOptions = {}): string {
  const t = strings[lang];
  const table = new Table({ head: [t.scenario, t.result, t.rto, t.rpo], style: { head: [], border: [] } });
  for (const result of results) {
    const modules = judgedModules(result, undefined);
    const most = (
      value: (m: (typeof modules)[number]) => number | null,
      judged: (m: (typeof modules)[number]) => keyof typeof marks,
    ) => {
      const worst = modules.reduce<(typeof modules)[number] | undefined>(
        (a, b) => (a && (value(a) ?? Infinity) >= (value(b) ?? Infinity) ? a : b),
        undefined,
      );
      if (!worst) return "-";
      const met = modules.every((m) => ["met", "none"].includes(judged(m)));
      const seconds = value(worst);
      return `${met ? marks.met : marks.missed} ${seconds === null ? t.notMeasured : duration(seconds, lang)} (${worst.name})`;
    };
    table.push([
      result.scenario,
      `${result.verdict === "recovered" ? marks.met : marks.missed} ${t.verdict[result.verdict]}`,
      most(
        (m) => m.rtoSeconds,
        (m) => m.rto,
      ),
      most(
        (m) => m.rpoSeconds,
        (m) => m.rpo,
      ),
    ]);
  }
  return table.toString();
}
