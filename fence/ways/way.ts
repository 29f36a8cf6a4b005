import type { Told } from "../../contracts/told";
import type { Telling } from "../../words/said";

/** What came of one way to fence the old site off; a way that is hindered throws. */
export interface WayResult {
  readonly outcome: "done" | "skipped";
  /** In English. */
  readonly detail: string;
  readonly told?: Told;
  /** Takes it back, when the old site is to go on after all. @returns what was done */
  readonly undo?: () => Promise<string>;
}

export const done = ({ text, told }: Telling): WayResult => ({ outcome: "done", detail: text, told });
export const skipped = ({ text, told }: Telling): WayResult => ({ outcome: "skipped", detail: text, told });
