import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { at, expect, isAtLeast, listAt } from "../core/values";
import { retentionDays } from "./retention-days";

/** Former versions stay at least as long as the plan's retention, and go at some time. CKV2_AWS_61; NIST SI-12, CP-9. */
export const bucketNoncurrent: ResourceRule = {
  name: "bucket-noncurrent-versions",
  demands: "Former versions are kept for the plan's retention, and not for ever",
  maps: { checkov: ["CKV2_AWS_61"], nist: ["SI-12", "CP-9"] },
  types: [types.bucketLifecycle],
  *check(resource, { plan }) {
    const days = retentionDays(plan);
    const rules = listAt(resource, "rules");
    if (rules === UNKNOWN) return yield { property: "rules", unknown: true };
    const fix = `add an enabled rule with noncurrentVersionExpiration.noncurrentDays: ${days}`;
    let kept = false;
    for (const index of rules.keys()) {
      const path = `rules[${index}].noncurrentVersionExpiration`;
      if (at(resource, path) === undefined || at(resource, `rules[${index}].status`) === "Disabled") continue;
      kept = true;
      yield* expect(resource, `${path}.noncurrentDays`, {
        is: isAtLeast(days),
        allowed: `at least ${days} days (plan.retention)`,
        fix: "raise it to plan.retention",
        literal: true,
      });
    }
    if (!kept) yield { property: "rules", value: undefined, allowed: "a rule for noncurrent versions", fix };
  },
};
