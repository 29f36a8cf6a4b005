import { duration } from "../drill/report/format";
import type { Language } from "./language";

const format = (lang: Language, timeZone?: string) =>
  new Intl.DateTimeFormat(lang === "es" ? "es-CL" : "en-GB", {
    dateStyle: "medium",
    timeStyle: "medium",
    hourCycle: "h23",
    ...(timeZone ? { timeZone } : {}),
  });

/**
 * A moment in the operator's zone, with UTC beside it.
 * @example "23 Nov 2026, 18:05:00 (21:05:00 UTC)"; where the zone is UTC: "23 Nov 2026, 21:05:00 UTC"
 */
export function moment(at: string | number | Date, lang: Language): string {
  const date = new Date(at);
  const here = format(lang).format(date);
  const utc = format(lang, "UTC").format(date);
  return here === utc ? `${here} UTC` : `${here} (${date.toISOString().slice(11, 19)} UTC)`;
}

/** Whole days where there are several, else hours and minutes. @example daysOr(900000, "en") === "10 days" */
export function daysOr(seconds: number, lang: Language): string {
  const days = Math.floor(seconds / 86_400);
  if (days < 2) return duration(Math.max(0, seconds), lang);
  return new Intl.NumberFormat(lang, { style: "unit", unit: "day", unitDisplay: "long" }).format(days);
}
