import { statementsOf } from "../core/policy-document";
import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";

/** Plain HTTP is denied to everybody, for the bucket and what is in it. CIS AWS 2.1.1; NIST SC-8. */
export const bucketTlsOnly: ResourceRule = {
  name: "bucket-tls-only",
  demands: "A backup bucket answers over TLS alone",
  maps: { cisAws: ["2.1.1"], nist: ["SC-8"] },
  types: [types.bucketPolicy],
  *check(resource) {
    const statements = statementsOf(resource);
    if (statements === UNKNOWN) return yield { property: "policy", unknown: true };
    const denied = statements.some(
      (s) =>
        s.effect === "Deny" &&
        s.principal === "*" &&
        s.actions.includes("s3:*") &&
        s.resources.some((r) => r.endsWith("/*")) &&
        s.resources.some((r) => !r.endsWith("/*")) &&
        String(s.condition["Bool"]?.["aws:SecureTransport"]) === "false",
    );
    if (!denied)
      yield {
        property: "policy",
        value: statements.map((s) => s.sid),
        allowed: "a Deny of s3:* to everybody, on the bucket and its objects, where aws:SecureTransport is false",
        fix: "use components/backup/policies.ts, bucketPolicy",
      };
  },
};
