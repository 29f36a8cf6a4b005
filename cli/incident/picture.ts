import { clock, duration } from "../../drill/report/format";
import { gantt, timeTicks, type Row } from "../../drill/report/gantt";
import type { Markup } from "../../drill/report/markup";
import type { Language } from "../language";
import { judgeRto, lastRun, rtoText, secondsAt, stageSpans, type StageSpan } from "./facts";
import type { Incident, IncidentModule } from "./record";
import { incidentWords } from "./words";

/** From the activation to the end: the stages, and each module's darkness against its deadline. */
export function timeline(record: Incident, lang: Language): Markup {
  const t = incidentWords[lang];
  const end = secondsAt(record, record.finishedAt);
  const answered = record.modules.every((m) => m.rtoSeconds !== null);
  const length = Math.max(
    1,
    ...record.modules.map((m) => m.rtoSeconds ?? 0),
    ...(answered && record.modules.length > 0 ? [] : [end]),
  );
  const spans = stageSpans(record)
    .filter(({ start }) => start < length)
    .map((span) => ({ ...span, end: Math.min(length, span.end) }));
  const last = lastRun(record);
  const stages = [...new Set(spans.map(({ stage }) => stage))].map((stage) =>
    stageRow(
      spans.filter((span) => span.stage === stage),
      { last, length },
      lang,
    ),
  );
  const modules = [...record.modules]
    .sort((a, b) => (a.rtoSeconds ?? Infinity) - (b.rtoSeconds ?? Infinity))
    .map((m) => moduleRow(m, length, lang));
  return gantt({
    id: "incident",
    title: t.timeline,
    description: modules.map((row) => `${row.label}: ${row.value}.`).join(" "),
    length,
    rows: [...stages, ...modules],
    ticks: timeTicks(length).map((at) => ({ at, label: clock(at) })),
    lines: [],
  });
}

/** A stage in all of its runs; a bar is never too narrow to be seen. */
function stageRow(
  spans: readonly StageSpan[],
  { last, length }: { last: number; length: number },
  lang: Language,
): Row {
  const t = incidentWords[lang];
  const label = t.stage[spans[0]!.stage];
  return {
    label,
    value: spans
      .map(({ start, end, cutOff }) => duration(end - start, lang) + (cutOff ? ` (${t.cutOff})` : ""))
      .join(" + "),
    lanes: [
      spans.map(({ run, start, end }) => ({
        start,
        end: Math.max(end, start + length / 200),
        tone: run === last ? "work" : "earlier",
        title: `${label}${last > 1 ? `, ${t.run(run)}` : ""}: ${clock(start)}–${clock(end)}`,
      })),
    ],
  };
}

function moduleRow(m: IncidentModule, length: number, lang: Language): Row {
  const t = incidentWords[lang];
  const value = `${judgeRto(m) === "met" ? "✓" : "✗"} ${rtoText(m, lang)}`;
  const deadline = {
    at: m.rtoTargetSeconds,
    title: `${m.module}: ${t.deadline} ${duration(m.rtoTargetSeconds, lang)}`,
  };
  const lanes: Row["lanes"] =
    m.rtoSeconds === null
      ? [[{ start: 0, end: length, tone: "never", title: `${m.module}: ${t.neverAnswered}` }]]
      : [
          [
            {
              start: 0,
              end: m.rtoSeconds,
              tone: "dark",
              title: `${m.module}: ${t.dark}, ${duration(m.rtoSeconds, lang)}`,
            },
            { start: m.rtoSeconds, end: length, tone: "up", title: `${m.module}: ${t.answering}` },
          ],
        ];
  return { label: m.module, value, lanes, deadline };
}
