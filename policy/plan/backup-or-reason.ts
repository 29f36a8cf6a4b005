import type { StackRule } from "../core/model";

/** No service is forgotten: its state comes back, or the plan says why it need not. NIST CP-9, CP-2(8). */
export const planBackupOrReason: StackRule = {
  name: "plan-backup-or-reason",
  demands: "Every service has a backup, or says why not",
  maps: { nist: ["CP-9", "CP-2(8)"] },
  *checkStack(_, { plan }) {
    for (const { name, backup } of plan.services) {
      const property = `plan.services.${name}.backup`;
      if (backup.length === 0)
        yield {
          property,
          value: undefined,
          allowed: 'what is backed up, or { kind: "none", because }',
          fix: "say which in plan/plan.ts",
        };
      for (const b of backup)
        if (b.kind === "none" && b.because.trim().length < 20)
          yield {
            property: `${property}.because`,
            value: b.because,
            allowed: "a reason that another can judge",
            fix: "write it in plan/plan.ts",
          };
    }
  },
};
