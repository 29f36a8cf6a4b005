import { allows, statementsOf } from "../core/policy-document";
import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";

/**
 * No action and no resource is "everything", and nothing is granted by exception. CIS AWS 1.16; CKV_AWS_62, CKV_AWS_63, CKV_AWS_355; NIST AC-6.
 */
export const identityNoWildcard: ResourceRule = {
  name: "identity-no-wildcard",
  demands: "No identity may do everything, or do something to everything",
  maps: { cisAws: ["1.16"], checkov: ["CKV_AWS_62", "CKV_AWS_63", "CKV_AWS_355"], nist: ["AC-6"] },
  types: [types.userPolicy, types.rolePolicy],
  *check(resource) {
    const statements = statementsOf(resource);
    if (statements === UNKNOWN) return yield { property: "policy", unknown: true };
    for (const s of statements.filter(allows)) {
      for (const action of s.actions.filter((a) => a.includes("*")))
        yield {
          property: `policy.${s.sid}.Action`,
          value: action,
          allowed: "actions by their full names",
          fix: "name each action that is used",
        };
      for (const r of s.resources.filter((r) => /^(\*|arn:aws:s3:::\*.*)$/.test(r)))
        yield {
          property: `policy.${s.sid}.Resource`,
          value: r,
          allowed: "named buckets and prefixes",
          fix: "name the bucket",
        };
      if (s.negated)
        yield {
          property: `policy.${s.sid}`,
          value: "NotAction, NotResource or NotPrincipal",
          allowed: "Action and Resource",
          fix: "say what is granted, not what is not",
        };
    }
  },
};
