import type { Plan } from "../../plan/model";
import { seconds } from "../../plan/units";

/** Days in which no version of a backup may go (plan.retention). */
export const retentionDays = (plan: Plan): number => seconds(plan.retention) / 86_400;
