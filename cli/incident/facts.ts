import { duration } from "../../drill/report/format";
import type { FenceAttempt, FenceResult } from "../../contracts/fence";
import { percent } from "../../contracts/ransomware";
import { judge, type Judgement } from "../../drill/result";
import { risksOf } from "../../fence/decide";
import { fenceWords } from "../../fence/words";
import { joined, retold } from "../../words/said";
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

/** A stage in one run, in seconds from the activation. */
export interface StageSpan {
  readonly stage: Stage;
  readonly run: number;
  readonly start: number;
  readonly end: number;
  /** The run ended while something of it was under way: by a kill, say. It ends with the last that is known of that run. */
  readonly cutOff: boolean;
}

/** The last of the record's runs, from 1. */
export const lastRun = ({ events }: Incident): number => Math.max(1, ...events.map(({ run }) => run));

/** When each stage was under way, by stage and run; those that a run did not come to are left out. */
export function stageSpans(record: Incident): StageSpan[] {
  const runs = Array.from({ length: lastRun(record) }, (_, i) => record.events.filter(({ run }) => run === i + 1));
  return stages.flatMap((stage) =>
    runs.flatMap((events, i) => {
      const own = events.filter((e) => e.stage === stage);
      if (own.length === 0) return [];
      const ended = i + 1 === runs.length && record.verdict === "recovered";
      const cutOff = !ended && leftOpen(own);
      const time = (e: Incident["events"][number]) => Math.max(0, secondsAt(record, e.at));
      const end = Math.max(...(cutOff ? events : own).map(time));
      return [{ stage, run: i + 1, start: Math.min(...own.map(time)), end, cutOff }];
    }),
  );
}

/** Whether the last that is known of some subject is that it was worked on. */
const leftOpen = (events: Incident["events"]): boolean =>
  [...new Map(events.map(({ what }) => [what.slice(0, what.lastIndexOf(": ")), what])).values()].some((what) =>
    what.endsWith(": working"),
  );

/** What a step was, in the reader's language: the record keeps "subject: state". */
export function eventText({ what }: Incident["events"][number], lang: Language): string {
  const at = what.lastIndexOf(": ");
  const state = (failoverWords[lang].state as Readonly<Record<string, string>>)[what.slice(at + 2)];
  return state === undefined ? what : `${what.slice(0, at)}: ${state}`;
}

/** What came of a way to fence the old site off, in the reader's language. */
export const attemptText = ({ detail, told }: FenceAttempt, lang: Language): string =>
  retold(fenceWords, detail, told)(lang);

/** What was still open when two sites at once were accepted. */
export const risksText = (fence: FenceResult, lang: Language): string => joined(risksOf(fence))(lang);

/** A row of what was encrypted: set, since when, in which sets, how much. @param when shows a moment */
export function encryptedRow(
  { set, ...e }: Incident["encrypted"][number],
  lang: Language,
  when: (iso: string) => string,
): string[] {
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
