import { duration } from "./format";
import { strings, type Language } from "./strings";

/**
 * A measured time against its target, in words.
 * @example "8.4 s of 5 min", "not measured; target 5 min", "8.4 s, no target", "nothing to lose"
 * @param missing Said when there is no measurement.
 */
export function against(measured: number | null, target: number | null, missing: string, lang: Language): string {
  const t = strings[lang];
  if (target === null) return measured ? t.noTarget(duration(measured, lang)) : t.nothing;
  const allowed = duration(target, lang);
  return measured === null ? t.without(missing, allowed) : t.of(duration(measured, lang), allowed);
}

export const rtoAgainst = (measured: number | null, target: number, lang: Language) =>
  against(measured, target, strings[lang].neverAnswered, lang);

export const rpoAgainst = (measured: number | null, target: number | null, lang: Language) =>
  against(measured, target, strings[lang].notMeasured, lang);
