import type { ResourceRule } from "../core/model";
import { types } from "../core/types";
import { expect, isAtLeast, isOneOf } from "../core/values";
import { retentionDays } from "./retention-days";

/**
 * Object Lock in COMPLIANCE (nobody can shorten it, the account's root included) for at least the plan's retention. Both are literals: a figure
 * that a preview cannot read is itself a violation. CKV_AWS_143; NIST CP-9, CP-9(8), AU-11.
 */
export const bucketRetention: ResourceRule = {
  name: "bucket-retention",
  demands: "No version of a backup can be deleted before the plan's retention is over, by anybody",
  maps: { checkov: ["CKV_AWS_143"], nist: ["CP-9", "CP-9(8)", "AU-11"] },
  types: [types.bucketLock],
  *check(resource, { plan }) {
    const days = retentionDays(plan);
    const rule = "rule.defaultRetention";
    yield* expect(resource, `${rule}.mode`, {
      is: isOneOf("COMPLIANCE"),
      allowed: '"COMPLIANCE"',
      fix: "GOVERNANCE can be bypassed: use COMPLIANCE",
      literal: true,
    });
    yield* expect(resource, `${rule}.days`, {
      is: isAtLeast(days),
      allowed: `at least ${days} days (plan.retention)`,
      fix: "raise it to plan.retention, or change the plan",
      literal: true,
    });
  },
};
