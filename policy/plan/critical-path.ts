import { effectiveDeadline, predictedRto } from "../../plan/graph";
import { humanSeconds } from "../../plan/units";
import type { StackRule } from "../core/model";

/** What a service waits for, and itself, fit into its deadline. NIST CP-2(3), CP-10. */
export const planCriticalPath: StackRule = {
  name: "plan-critical-path",
  demands: "Every service can be back within its deadline",
  maps: { nist: ["CP-2(3)", "CP-10"] },
  *checkStack(_, { plan }) {
    for (const { name } of plan.services) {
      const predicted = predictedRto(plan, name);
      const deadline = effectiveDeadline(plan, name);
      if (predicted.seconds > deadline) {
        yield {
          property: `plan.services.${name}`,
          value: `host -> ${predicted.path.join(" -> ")} in ${humanSeconds(predicted.seconds)}`,
          allowed: `at most ${humanSeconds(deadline)}`,
          fix: "shorten a step of the path or relax the objective in plan/plan.ts",
        };
      }
    }
  },
};
