import type { Plan } from "../../plan/model";
import { seconds } from "../../plan/units";

const daySeconds = 86_400;

/** How much of what comes each day is there, once as much goes as comes. In the unit of `perDay`. */
export interface Standing {
  /** Found by listing: not expired. */
  readonly current: number;
  /** With the versions that were hidden: the lifecycle removes each when it has not been current for the retention (components/backup-bucket.ts). */
  readonly stored: number;
}

/** Of backup sets and what they alone name: thinned with age, none beyond the retention. @param perDay how many come in a day */
export function standingSets(perDay: number, plan: Pick<Plan, "retention" | "thinning">): Standing {
  const end = seconds(plan.retention);
  const steps = [
    { from: 0, rate: perDay },
    ...plan.thinning.map(({ olderThan, every }) => ({ from: seconds(olderThan), rate: daySeconds / seconds(every) })),
  ].sort((a, b) => a.from - b.from);
  const current = steps.reduce((sum, { from, rate }, i) => {
    const to = Math.min(end, steps[i + 1]?.from ?? end);
    return sum + Math.min(perDay, rate) * (Math.max(0, to - from) / daySeconds);
  }, 0);
  return { current, stored: current + perDay * (end / daySeconds) };
}

/** Of what is not thinned: pgBackRest's copies and WAL. */
export function standingCopies(perDay: number, { retention }: Pick<Plan, "retention">): Standing {
  const current = perDay * (seconds(retention) / daySeconds);
  return { current, stored: 2 * current };
}
