import { statementsOf } from "../core/policy-document";
import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";

const header = "s3:x-amz-server-side-encryption-customer-algorithm";

/** SSE-C is denied: who steals a writer's key could write backups again under a key that nobody else has. NIST SC-28, CP-9(8). */
export const bucketNoCustomerKeys: ResourceRule = {
  name: "bucket-no-customer-keys",
  demands: "Nobody encrypts a backup with a key of the caller's own (SSE-C)",
  maps: { nist: ["SC-28", "CP-9(8)"] },
  types: [types.bucketPolicy],
  *check(resource) {
    const statements = statementsOf(resource);
    if (statements === UNKNOWN) return yield { property: "policy", unknown: true };
    const denied = statements.some(
      (s) =>
        s.effect === "Deny" &&
        s.principal === "*" &&
        s.actions.includes("s3:PutObject") &&
        String(s.condition["Null"]?.[header]) === "false",
    );
    if (!denied)
      yield {
        property: "policy",
        value: statements.map((s) => s.sid),
        allowed: `a Deny of s3:PutObject to everybody where ${header} is given`,
        fix: "use components/backup/policies.ts, bucketPolicy",
      };
  },
};
