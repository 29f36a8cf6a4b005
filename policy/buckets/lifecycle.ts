import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { at, expect, isAtLeast, listAt } from "../core/values";
import { retentionDays } from "./retention-days";

/** No rule hides (expires) an object before the plan's retention is over. CKV2_AWS_61; NIST SI-12, CP-9. */
export const bucketLifecycle: ResourceRule = {
  name: "bucket-lifecycle",
  demands: "A lifecycle never expires a backup before the plan's retention",
  maps: { checkov: ["CKV2_AWS_61"], nist: ["SI-12", "CP-9"] },
  types: [types.bucketLifecycle],
  *check(resource, { plan }) {
    const days = retentionDays(plan);
    const rules = listAt(resource, "rules");
    if (rules === UNKNOWN) return yield { property: "rules", unknown: true };
    for (const index of rules.keys()) {
      const expiration = `rules[${index}].expiration`;
      if (at(resource, expiration) === undefined) continue;
      if (at(resource, `${expiration}.expiredObjectDeleteMarker`) === true) continue; // removes markers, no data
      yield* expect(resource, `${expiration}.days`, {
        is: isAtLeast(days),
        allowed: `at least ${days} days (plan.retention)`,
        fix: "raise it, or remove the expiration",
        literal: true,
      });
    }
  },
};
