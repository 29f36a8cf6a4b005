import { actionCovers, allows, statementsOf } from "../core/policy-document";
import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";

/** What removes a version, or the means that keep it. */
const destructive = [
  "s3:DeleteObjectVersion",
  "s3:DeleteBucket",
  "s3:DeleteBucketPolicy",
  "s3:PutBucketPolicy",
  "s3:PutBucketVersioning",
  "s3:PutBucketObjectLockConfiguration",
  "s3:PutObjectRetention",
  "s3:PutObjectLegalHold",
  "s3:BypassGovernanceRetention",
  "s3:PutLifecycleConfiguration",
  "s3:PutReplicationConfiguration",
  "s3:PutEncryptionConfiguration",
];
/**
 * What a writer itself clears away: lock files, and what a cut-off base backup left (docs/decisions/s3-rights.md). Both deletes write markers
 * only: the versions stay.
 */
const ownLeavings = /\/files\/locks\/\*$|\/postgres\/backup\/\*(\/latest)?$/;

/** No backup identity can delete a backup or change what keeps it. NIST AC-6, CP-9(8), AC-3. */
export const identityWriterCannotDestroy: ResourceRule = {
  name: "identity-cannot-destroy",
  demands: "No backup identity can delete a backup, or change what keeps it",
  maps: { nist: ["AC-6", "CP-9(8)", "AC-3"] },
  types: [types.userPolicy],
  *check(resource) {
    const statements = statementsOf(resource);
    if (statements === UNKNOWN) return yield { property: "policy", unknown: true };
    for (const s of statements.filter(allows)) {
      const bad = destructive.filter((d) => s.actions.some((a) => actionCovers(a, d)));
      if (bad.length > 0)
        yield {
          property: `policy.${s.sid}.Action`,
          value: bad,
          allowed: "nothing that removes versions or their protection",
          fix: "remove it; retention lets nothing be deleted before its time",
        };
      if (!s.actions.some((a) => actionCovers(a, "s3:DeleteObject"))) continue;
      for (const r of s.resources.filter((r) => !ownLeavings.test(r)))
        yield {
          property: `policy.${s.sid}.Resource`,
          value: r,
          allowed: "s3:DeleteObject (markers) on restic's locks and pgBackRest's base backups alone",
          fix: "narrow the resource",
        };
    }
  },
};
