import { effectiveRpo } from "../../plan/graph";
import { seconds } from "../../plan/units";
import type { StackRule } from "../core/model";

/**
 * The cycle of backups is at most half of each service's recovery point objective: a write that just misses a cycle waits for the next. An objective
 * of 0 is met by no cycle; plan/checks.ts reports it as unmet. NIST CP-9, CP-2.
 */
export const planCadence: StackRule = {
  name: "plan-cadence",
  demands: "Backups are made often enough for every service's RPO",
  maps: { nist: ["CP-9", "CP-2"] },
  *checkStack(_, { plan }) {
    const cycle = seconds(plan.backupCycle);
    for (const s of plan.services) {
      const rpo = s.backup.some((b) => b.kind !== "none") ? effectiveRpo(plan, s.name) : undefined;
      // What others keep in a service counts by its own cadence: WAL, for the cluster.
      const cadence = s.backup.some((b) => b.kind === "cluster")
        ? Math.min(cycle, seconds(plan.archiveTimeout))
        : cycle;
      const limit = s.rpo ? Math.min(seconds(s.rpo), rpo ?? Infinity) : rpo;
      if (limit !== undefined && limit > 0 && cadence > limit / 2) {
        yield {
          property: "plan.backupCycle",
          value: plan.backupCycle,
          allowed: `at most ${limit / 2} seconds: half of the RPO that ${s.name} is held to`,
          fix: "shorten the cycle or relax the RPO in plan/plan.ts",
        };
      }
    }
  },
};
