import type { Language } from "../../words/language";
import type { DrillModule, DrillPhase, DrillResult, Judgement } from "../result";
import { judge, judgeRto } from "../result";
import { eventText } from "../timeline-words";

/** A phase as a stretch of time, in seconds from the drill's start. */
export interface PhaseSpan {
  readonly phase: DrillPhase;
  readonly start: number;
  readonly end: number;
  /** Seconds spent in it: less than end - start where another phase came between. */
  readonly seconds: number;
}

/** Seconds from the drill's start to a time of its record. */
export const secondsAt = (result: DrillResult, iso: string) => (Date.parse(iso) - Date.parse(result.startedAt)) / 1000;

/** The phases that there were. One lasts until the next event of another phase, the last until the last event. */
export function phaseSpans(result: DrillResult): PhaseSpan[] {
  const spans = new Map<DrillPhase, PhaseSpan>();
  result.events.forEach((event, i) => {
    const start = secondsAt(result, event.at);
    const end = Math.max(start, secondsAt(result, (result.events[i + 1] ?? event).at));
    const span = spans.get(event.phase) ?? { phase: event.phase, start, end, seconds: 0 };
    spans.set(event.phase, { ...span, end: Math.max(span.end, end), seconds: span.seconds + end - start });
  });
  return [...spans.values()];
}

/** Second of the drill at which the primary was lost; undefined when it came to no loss. */
export function lossAt(result: DrillResult): number | undefined {
  const loss = result.events.find((event) => event.phase === "loss");
  return loss && secondsAt(result, loss.at);
}

/** A module with its judgements, and its RTO with what a real cloud adds. */
export interface JudgedModule extends DrillModule {
  readonly rto: Judgement;
  readonly rpo: Judgement;
  /** rtoSeconds + bootSeconds; null when it never answered. */
  readonly realRtoSeconds: number | null;
  readonly realRto: Judgement;
}

/** @param bootSeconds What a real cloud adds to each recovery time. */
export function judgedModules(result: DrillResult, bootSeconds = 0): JudgedModule[] {
  return result.modules.map((module) => {
    const realRtoSeconds = module.rtoSeconds === null ? null : module.rtoSeconds + bootSeconds;
    return {
      ...module,
      rto: judgeRto(module),
      rpo: judge(module.rpoSeconds, module.rpoTargetSeconds),
      realRtoSeconds,
      realRto: judgeRto({ ...module, rtoSeconds: realRtoSeconds }),
    };
  });
}

/** Share of a target that was used up: 0 for nothing used, above 1 for missed. A target of 0 is missed by anything. */
export const part = (measured: number | null, target: number | null) =>
  measured === null || target === null || measured === 0 ? 0 : measured / target;

/** Where the drill ended, clean-up apart: what a refused or failed one stumbled over. */
export function lastEvent({ events }: DrillResult, lang: Language): string {
  const last = events.findLast((event) => event.phase !== "cleanup");
  return last ? eventText(last, lang) : "–";
}
