import { duration } from "../../drill/report/format";
import { percent } from "../../contracts/ransomware";
import { judge, type Judgement } from "../../drill/result";
import type { Stage } from "../failover/progress";
import { stages } from "../failover/progress";
import { failoverWords } from "../failover/words";
import type { Language } from "../language";
import type { Incident, IncidentModule } from "./record";
import { incidentWords } from "./words";

export const secondsAt = (record: Incident, iso: string): number =>
  (Date.parse(iso) - Date.parse(record.activatedAt)) / 1_000;

/** Seconds from the activation to the last module's answer; undefined: not every module answered. */
export function recoverySeconds({ modules }: Incident): number | undefined {
  const times = modules.map(({ rtoSeconds }) => rtoSeconds);
  return times.length === 0 || times.includes(null) ? undefined : Math.max(...(times as number[]));
}

/** A module that did not answer has missed its time. */
export const judgeRto = (m: IncidentModule): Judgement =>
  m.rtoSeconds === null ? "missed" : judge(m.rtoSeconds, m.rtoTargetSeconds);

/** What keeps nothing has nothing to miss. */
export const judgeLoss = (m: IncidentModule): Judgement =>
  m.lostSeconds === null ? "none" : judge(m.lostSeconds, m.rpoTargetSeconds);

export function rtoText(m: IncidentModule, lang: Language): string {
  const t = incidentWords[lang];
  const target = duration(m.rtoTargetSeconds, lang);
  return m.rtoSeconds === null ? t.never(target) : t.of(duration(m.rtoSeconds, lang), target);
}

export function lossText(m: IncidentModule, lang: Language): string {
  const t = incidentWords[lang];
  if (m.lostSeconds === null) return t.nothingToLose;
  const lost = duration(m.lostSeconds, lang);
  return m.rpoTargetSeconds === null ? t.noTarget(lost) : t.of(lost, duration(m.rpoTargetSeconds, lang));
}

/** When each stage of the last run was under way, in seconds from the activation; stages that it did not come to are left out. */
export function stageSpans(record: Incident): { stage: Stage; start: number; end: number }[] {
  return stages.flatMap((stage) => {
    const times = record.events.filter((e) => e.stage === stage).map((e) => secondsAt(record, e.at));
    return times.length === 0 ? [] : [{ stage, start: Math.max(0, Math.min(...times)), end: Math.max(0, ...times) }];
  });
}

/** What a step was, in the reader's language: the record keeps "subject: state". */
export function eventText({ what }: Incident["events"][number], lang: Language): string {
  const at = what.lastIndexOf(": ");
  const state = (failoverWords[lang].state as Readonly<Record<string, string>>)[what.slice(at + 2)];
  return state === undefined ? what : `${what.slice(0, at)}: ${state}`;
}

/** A row of what was encrypted: set, since when, in which sets, how much. @param when shows a moment */
export function encryptedRow({ set, ...e }: Incident["encrypted"][number], lang: Language, when: (iso: string) => string): string[] {
  const known = (iso: string | null) => (iso === null ? "–" : when(iso));
  const { replaced, encrypted } = e;
  const much =
    replaced === null || encrypted === null
      ? "–"
      : incidentWords[lang].encryptedOf(percent({ replaced, encrypted }), encrypted, replaced);
  return [set, known(e.firstAt), known(e.firstSet), known(e.lastSet), much];
}

/** Of a sequence: how many hold, of how many. */
export const share = (all: readonly Judgement[]): { met: number; all: number } => {
  const counted = all.filter((j) => j !== "none");
  return { met: counted.filter((j) => j === "met").length, all: counted.length };
};
