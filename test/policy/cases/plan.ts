import type { DrillRecord } from "../../../policy/plan/drill-record";
import { drillRecentRule } from "../../../policy/plan/drill-recent";
import type { PolicyRule } from "../../../policy/core/model";
import { context, now, planWith, type Case } from "../fixtures";

const stack = { resources: [] };
const unknown = "reads the plan and the drill's record, which are never unknown";
const daysAgo = (days: number) => now - days * 86_400_000;

/** The rule on records, given one. */
export const drillRule = (record: DrillRecord | undefined): PolicyRule => drillRecentRule(() => record);
export const drillAged = (days: number): PolicyRule =>
  drillRule({ verdict: "recovered", startedAt: daysAgo(days), file: "drill-report/drill.json" });

export const planCases: Record<string, Case> = {
  "plan-backup-or-reason": {
    compliant: [stack],
    violating: [
      {
        ...stack,
        context: context({ plan: planWith("odoo", { backup: [] }) }),
        says: [
          'the plan, plan.services.odoo.backup: received nothing; allowed: what is backed up, or { kind: "none", because }; fix: say which in plan/plan.ts',
        ],
      },
      {
        ...stack,
        context: context({ plan: planWith("redis", { backup: [{ kind: "none", because: "cache" }] }) }),
        says: [
          'the plan, plan.services.redis.backup.because: received "cache"; allowed: a reason that another can judge; fix: write it in plan/plan.ts',
        ],
      },
    ],
    unknown,
  },
  "plan-cadence": {
    compliant: [stack],
    violating: [
      {
        ...stack,
        context: context({ plan: planWith("gateway", {}, { backupCycle: "45 seconds" }) }),
        says: [
          'the plan, plan.backupCycle: received "45 seconds"; allowed: at most 30 seconds: half of the RPO that postgres is held to; fix: shorten the cycle or relax the RPO in plan/plan.ts',
          'the plan, plan.backupCycle: received "45 seconds"; allowed: at most 30 seconds: half of the RPO that caddy is held to; fix: shorten the cycle or relax the RPO in plan/plan.ts',
          'the plan, plan.backupCycle: received "45 seconds"; allowed: at most 30 seconds: half of the RPO that gateway is held to; fix: shorten the cycle or relax the RPO in plan/plan.ts',
        ],
      },
    ],
    unknown,
  },
  "plan-critical-path": {
    compliant: [stack],
    violating: [
      {
        ...stack,
        context: context({ plan: planWith("n8n", { startEstimate: "30 minutes" }) }),
        says: [
          'the plan, plan.services.n8n: received "host -> postgres -> n8n in 35 min"; allowed: at most 20 min; fix: shorten a step of the path or relax the objective in plan/plan.ts',
        ],
      },
    ],
    unknown,
  },
};
