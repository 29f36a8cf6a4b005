import type { Language } from "./strings";

const decimals = (value: number, language: Language, digits: number) =>
  new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);

/** @example duration(41.27, "en") === "41.3 s"; duration(96, "en") === "1 min 36 s"; duration(7500, "es") === "2 h 5 min" */
export function duration(seconds: number, language: Language): string {
  if (seconds < 59.95) return `${decimals(seconds, language, 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return join([Math.floor(whole / 60), "min"], [whole % 60, "s"]);
  const minutes = Math.round(seconds / 60);
  return join([Math.floor(minutes / 60), "h"], [minutes % 60, "min"]);
}

const join = (...parts: [number, string][]) =>
  parts
    .filter(([value], i) => i === 0 || value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(" ");

/** Tick of a time axis. @example clock(90) === "1:30" */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Decimal units. @example bytes(1073741824, "en") === "1.07 GB" */
export function bytes(count: number, language: Language): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3));
  return `${decimals(count / 1000 ** power, language, 2)} ${units[power]}`;
}

/** @param part 0 to 1 and beyond. @example percent(0.071, "en") === "7%" */
export function percent(part: number, language: Language): string {
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: part < 0.1 ? 1 : 0 }).format(part);
}

/** Date and time in UTC. @param iso ISO 8601 */
export function moment(iso: string, language: Language): string {
  const format = new Intl.DateTimeFormat(language, {
    dateStyle: "medium",
    timeStyle: "medium",
    hourCycle: "h23",
    timeZone: "UTC",
  });
  return `${format.format(new Date(iso))} UTC`;
}

/** Time of day in UTC, with tenths of a second. @example timeOfDay("2026-11-24T03:50:44.120Z") === "03:50:44.1" */
export const timeOfDay = (iso: string) => new Date(iso).toISOString().slice(11, 21);

/** Keeps each number and its unit on one line. */
export const unbroken = (text: string) => text.replace(/(\d) (?=\p{L})/gu, "$1\u00a0");
