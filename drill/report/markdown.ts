import { gateCheckName } from "../../cli/gate/say";
import type { DrillResult, Judgement } from "../result";
import { judgedModules, lastEvent, phaseSpans } from "./facts";
import { bytes, duration, moment } from "./format";
import type { ReportOptions } from "./options";
import { strings } from "./strings";
import { inline, list, table } from "./markdown-text";
import { marks } from "./table";
import { rpoAgainst, rtoAgainst } from "./wording";

/** The report for a README, an issue or a wiki: GitHub's Markdown. */
export function renderMarkdown(result: DrillResult, options: ReportOptions = {}): string {
  const { lang = "en", bootSeconds } = options;
  const t = strings[lang];
  const time = (seconds: number) => duration(seconds, lang);
  const mark = (judgement: Judgement, text: string) => `${marks[judgement]} ${text}`;
  const failover = result.failoverSeconds;

  const modules = judgedModules(result, bootSeconds).map((m) => [
    m.name,
    mark(m.rto, rtoAgainst(m.rtoSeconds, m.rtoTargetSeconds, lang)),
    ...(bootSeconds === undefined ? [] : [mark(m.realRto, rtoAgainst(m.realRtoSeconds, m.rtoTargetSeconds, lang))]),
    mark(m.rpo, rpoAgainst(m.rpoSeconds, m.rpoTargetSeconds, lang)),
    mark(m.restored ? "met" : "missed", m.restored ? t.yes : t.no),
    m.evidence,
  ]);
  const moduleHead = [
    t.module,
    t.rtoOf,
    ...(bootSeconds === undefined ? [] : [`${t.rto} +${time(bootSeconds)}`]),
    t.rpoOf,
    t.restored,
    t.evidence,
  ];
  const checks = result.gate.checks.map((c) => [
    gateCheckName(c, lang),
    mark(c.ok ? "met" : "missed", c.ok ? t.passed : t.notPassed),
    c.evidence,
  ]);
  const phases = phaseSpans(result).map((span) => [t.phases[span.phase], time(span.seconds)]);

  return (
    [
      `# ${t.title}: ${t.verdict[result.verdict]}`,
      t.headline[result.verdict](time(failover ?? 0)),
      [
        ...(result.verdict === "recovered" ? [] : [`- ${inline(t.last(lastEvent(result, lang)))}`]),
        `- ${t.scenario}: ${inline(t.scenarios[result.scenario])}`,
        `- ${t.started}: ${moment(result.startedAt, lang)}`,
        ...(result.databaseBytes === null ? [] : [`- ${t.database}: ${bytes(result.databaseBytes, lang)}`]),
        ...(failover === null ? [] : [`- ${t.failover}: ${time(failover)} (${t.failoverNote})`]),
        `- ${t.engine}: Pulumi ${inline(result.engine.pulumi)}; ${t.languageHost}: ${inline(result.engine.languageHost)}`,
        `- ${t.dns}: ${result.dns.before ?? "-"} → ${result.dns.after ?? "-"}. ${result.dns.flippedAt === null ? t.dnsUntouched : t.dnsMoved(moment(result.dns.flippedAt, lang))}`,
      ].join("\n"),
      ...section(t.modules, table(moduleHead, modules), modules.length),
      ...section(t.drillPicture, table([t.phase, t.measured], phases), phases.length),
      ...section(t.gate, table([t.check, t.result, t.evidence], checks), checks.length),
      `## ${t.standIns}`,
      result.standIns.length === 0 ? t.noStandIns : list(result.standIns),
      ...(result.standIns.length === 0
        ? []
        : [
            `## ${t.faster}`,
            t.fasterNote,
            list(t.fasterItems.map((item) => `${item.what}: ${item.why}`)),
            failover === null || bootSeconds === undefined
              ? t.bootNotAdded
              : t.bootAdded(time(bootSeconds), time(failover), time(failover + bootSeconds)),
          ]),
    ].join("\n\n") + "\n"
  );
}

const section = (title: string, body: string, rows: number) => (rows === 0 ? [] : [`## ${title}`, body]);
