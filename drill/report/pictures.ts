import type { DrillResult } from "../result";
import { judgedModules, lossAt, part, phaseSpans, secondsAt, type JudgedModule } from "./facts";
import { clock, duration, percent } from "./format";
import { gantt, timeTicks, type Bar, type Row } from "./gantt";
import type { Markup } from "./markup";
import { strings, type Language } from "./strings";
import { rtoAgainst } from "./wording";

const axis = (length: number) => timeTicks(length).map((at) => ({ at, label: clock(at) }));

/** From the loss to the last answer: what was being done, and how long each module was dark. Undefined when nothing was lost. */
export function failoverPicture(result: DrillResult, lang: Language): Markup | undefined {
  const t = strings[lang];
  const loss = lossAt(result);
  if (loss === undefined) return undefined;
  const modules = judgedModules(result).sort((a, b) => (a.rtoSeconds ?? Infinity) - (b.rtoSeconds ?? Infinity));
  const end = secondsAt(result, result.events.at(-1)!.at) - loss;
  const someNever = modules.some((m) => m.rtoSeconds === null);
  const length = Math.max(
    1,
    ...modules.map((m) => m.rtoSeconds ?? 0),
    ...(someNever || modules.length === 0 ? [end] : []),
  );

  const phases = phaseSpans(result)
    .map((span) => ({ ...span, start: Math.max(0, span.start - loss), end: Math.min(length, span.end - loss) }))
    .filter((span) => span.end > span.start)
    .map((span): Row => {
      const value = duration(span.end - span.start, lang);
      const title = `${t.phases[span.phase]}: ${clock(span.start)}–${clock(span.end)}`;
      const tone = span.phase === "loss" ? "loss" : "work";
      return { label: t.phases[span.phase], value, lanes: [[{ start: span.start, end: span.end, tone, title }]] };
    });
  const flipped = result.dns.flippedAt === null ? undefined : secondsAt(result, result.dns.flippedAt) - loss;
  const rows = modules.map((m) => moduleRow(m, length, lang));
  return gantt({
    id: "failover",
    title: t.failoverPicture,
    description: t.failoverPictureAlt(
      duration(length, lang),
      rows.map((row) => `${row.label}: ${row.value}.`).join(" "),
    ),
    length,
    rows: [...phases, ...rows],
    ticks: axis(length),
    lines:
      flipped === undefined || flipped < 0 || flipped > length
        ? []
        : [{ at: flipped, label: `DNS ${clock(flipped)}`, kind: "dns" }],
  });
}

function moduleRow(m: JudgedModule, length: number, lang: Language): Row {
  const t = strings[lang];
  const value = `${m.rto === "met" ? "✓" : "✗"} ${rtoAgainst(m.rtoSeconds, m.rtoTargetSeconds, lang)}`;
  const deadline = { at: m.rtoTargetSeconds, title: `${m.name}: ${t.deadline} ${duration(m.rtoTargetSeconds, lang)}` };
  if (m.rtoSeconds === null) {
    const bar: Bar = { start: 0, end: length, tone: "never", title: `${m.name}: ${t.neverAnswered}` };
    return { label: m.name, value, lanes: [[bar]], deadline };
  }
  const dark: Bar = {
    start: 0,
    end: m.rtoSeconds,
    tone: "dark",
    title: `${m.name}: ${t.dark}, ${duration(m.rtoSeconds, lang)}`,
  };
  const up: Bar = { start: m.rtoSeconds, end: length, tone: "up", title: `${m.name}: ${t.answering}` };
  return { label: m.name, value, lanes: [[dark, up]], deadline };
}

/** Every phase of the drill. */
export function drillPicture(result: DrillResult, lang: Language): Markup | undefined {
  const t = strings[lang];
  const spans = phaseSpans(result);
  if (spans.length === 0) return undefined;
  const length = Math.max(1, ...spans.map((span) => span.end));
  const loss = lossAt(result);
  const rows = spans.map((span): Row => {
    const title = `${t.phases[span.phase]}: ${clock(span.start)}–${clock(span.end)}`;
    const tone = span.phase === "loss" ? "loss" : "work";
    return {
      label: t.phases[span.phase],
      value: duration(span.seconds, lang),
      lanes: [[{ start: span.start, end: span.end, tone, title }]],
    };
  });
  return gantt({
    id: "drill",
    title: t.drillPicture,
    description: rows.map((row) => `${row.label}: ${row.value}.`).join(" "),
    length,
    rows,
    ticks: axis(length),
    lines: loss === undefined ? [] : [{ at: loss, label: `${t.phases.loss} ${clock(loss)}`, kind: "loss" }],
  });
}

/** Where the deadline is on the axis of shares, and how far an overrun is drawn. */
const shareAxis = { deadline: 1, end: 1.25 };

/** Each module's RTO and RPO as a share of what is allowed. */
export function deadlinePicture(result: DrillResult, lang: Language): Markup | undefined {
  const t = strings[lang];
  const rows = judgedModules(result).map((m): Row => {
    const rto = share(
      m.name,
      t.rto,
      m.rtoSeconds,
      m.rtoTargetSeconds,
      m.rtoSeconds === null ? t.neverAnswered : undefined,
      "rto",
      lang,
    );
    const rpo =
      m.rpoTargetSeconds === null
        ? { text: `${t.rpo} –`, bars: [] }
        : share(
            m.name,
            t.rpo,
            m.rpoSeconds,
            m.rpoTargetSeconds,
            m.rpoSeconds === null ? t.notMeasured : undefined,
            "rpo",
            lang,
          );
    return { label: m.name, value: `${rto.text} · ${rpo.text}`, lanes: [rto.bars, rpo.bars] };
  });
  if (rows.length === 0) return undefined;
  return gantt({
    id: "deadlines",
    title: t.deadlinePicture,
    description: rows.map((row) => `${row.label}: ${row.value}.`).join(" "),
    length: shareAxis.end,
    rows,
    ticks: [0, 0.25, 0.5, 0.75].map((at) => ({ at, label: percent(at, lang) })),
    lines: [{ at: shareAxis.deadline, label: t.deadline, kind: "deadline" }],
  });
}

/** @param instead Said when nothing was measured. */
function share(
  module: string,
  what: string,
  measured: number | null,
  target: number,
  instead: string | undefined,
  tone: "rto" | "rpo",
  lang: Language,
): { text: string; bars: Bar[] } {
  const t = strings[lang];
  if (measured === null) {
    const bars: Bar[] =
      tone === "rto" ? [{ start: 0, end: shareAxis.end, tone: "never", title: `${module}, ${what}: ${instead}` }] : [];
    return { text: `${what} ${instead}`, bars };
  }
  const used = part(measured, target);
  const over = used > 1;
  const title = `${module}, ${what}: ${t.of(duration(measured, lang), duration(target, lang))}`;
  const figure = target === 0 && over ? `${duration(measured, lang)}, ${t.zeroAllowed}` : percent(used, lang);
  const bars: Bar[] =
    used === 0 ? [] : [{ start: 0, end: Math.min(used, shareAxis.end), tone: over ? "over" : tone, title }];
  return { text: `${over ? "✗ " : ""}${what} ${figure}`, bars };
}
