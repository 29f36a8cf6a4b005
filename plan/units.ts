import { SaidError } from "../words/said";
import { sayInput } from "./input-words";

/**
 * Durations and sizes are literals with a unit ("15 minutes", "40 GiB"), so that a bare number is never guessed at.
 * The idea is sst's `duration.ts`; the parsing is strict where that one reads "1.5 hours" as 1.
 */
const durationUnits = { second: 1, minute: 60, hour: 3600, day: 86_400 } as const;
const sizeUnits = { MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40, MB: 1e6, GB: 1e9, TB: 1e12 } as const;

type DurationUnit = keyof typeof durationUnits;
export type Duration = `${number} ${DurationUnit | `${DurationUnit}s`}`;
export type Size = `${number} ${keyof typeof sizeUnits}`;

/**
 * Seconds of a duration.
 * @throws Error naming what is allowed, when the text is not a number, one space and a unit.
 */
export function seconds(duration: string): number {
  const match = /^(\d+(?:\.\d+)?) (second|minute|hour|day)s?$/.exec(duration);
  if (!match) {
    throw new SaidError(sayInput("duration", JSON.stringify(duration)));
  }
  return Number(match[1]) * durationUnits[match[2] as DurationUnit];
}

/**
 * Bytes of a size.
 * @throws Error naming what is allowed.
 */
export function bytes(size: string): number {
  const match = /^(\d+(?:\.\d+)?) ?(MiB|GiB|TiB|MB|GB|TB)$/.exec(size);
  if (!match) {
    throw new SaidError(sayInput("size", JSON.stringify(size), Object.keys(sizeUnits).join(", ")));
  }
  return Math.round(Number(match[1]) * sizeUnits[match[2] as keyof typeof sizeUnits]);
}

/** A duration for people: "35 min", "1 h 05 min", "20 s". */
export function humanSeconds(s: number): string {
  if (s < 60) return `${Math.round(s)} s`;
  if (s < 3600) return `${Math.round(s / 60)} min`;
  const minutes = Math.round(s / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}
