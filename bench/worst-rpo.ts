import type { DrillResult } from "../drill/result";

/** A module over all runs. */
export interface WorstRpo {
  readonly name: string;
  /** Age, at the loss, of the newest acknowledged write that did not come back: the worst run. Null: a run has no figure. */
  readonly rpoSecondsWorst: number | null;
  /** Null: the plan asks for none. */
  readonly rpoTargetSeconds: number | null;
  /** By run, in order. */
  readonly runs: readonly (number | null)[];
}

/** The worst of several drills, module by module. */
export function worstRpo(results: readonly DrillResult[]): WorstRpo[] {
  return (results[0]?.modules ?? []).map(({ name, rpoTargetSeconds }) => {
    const runs = results.map(({ modules }) => modules.find((m) => m.name === name)?.rpoSeconds ?? null);
    const worst = runs.includes(null) ? null : Math.max(...(runs as number[]));
    return { name, rpoSecondsWorst: worst, rpoTargetSeconds, runs };
  });
}
