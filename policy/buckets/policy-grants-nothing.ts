import { allows, statementsOf } from "../core/policy-document";
import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";

/**
 * A backup bucket's policy only denies: who may write or read is said by each identity's own policy, so no grant here can let a writer delete.
 * CKV_AWS_70; NIST AC-3, AC-6.
 */
export const bucketPolicyGrantsNothing: ResourceRule = {
  name: "bucket-policy-grants-nothing",
  demands: "A bucket's policy grants nothing: it cannot let a writer delete",
  maps: { checkov: ["CKV_AWS_70"], nist: ["AC-3", "AC-6"] },
  types: [types.bucketPolicy],
  *check(resource) {
    const statements = statementsOf(resource);
    if (statements === UNKNOWN) return yield { property: "policy", unknown: true };
    for (const s of statements.filter(allows)) {
      yield {
        property: `policy.${s.sid}`,
        value: { principal: s.principal, actions: s.actions },
        allowed: "Deny alone",
        fix: "grant it in the identity's own policy (components/backup/policies.ts)",
      };
    }
  },
};
