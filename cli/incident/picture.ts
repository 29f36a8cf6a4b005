import { clock, duration } from "../../drill/report/format";
import { gantt, timeTicks, type Row } from "../../drill/report/gantt";
import type { Markup } from "../../drill/report/markup";
import type { Language } from "../language";
import { judgeRto, rtoText, secondsAt, stageSpans } from "./facts";
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
  const stages = stageSpans(record)
    .filter(({ start }) => start < length)
    .map(({ stage, start, end: until }): Row => {
      const stop = Math.min(length, until);
      return {
        label: t.stage[stage],
        value: duration(stop - start, lang),
        lanes: [[{ start, end: stop, tone: "work", title: `${t.stage[stage]}: ${clock(start)}–${clock(stop)}` }]],
      };
    });
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
