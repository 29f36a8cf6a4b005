/** What came of one way to fence the old site off; a way that is hindered throws. */
export interface WayResult {
  readonly outcome: "done" | "skipped";
  readonly detail: string;
  /** Takes it back, when the old site is to go on after all. @returns what was done */
  readonly undo?: () => Promise<string>;
}
export const done = (detail: string): WayResult => ({ outcome: "done", detail });
export const skipped = (detail: string): WayResult => ({ outcome: "skipped", detail });
