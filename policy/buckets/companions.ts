import type { StackRule } from "../core/model";
import { bucketCompanions, types } from "../core/types";
import { at, ofType, refersTo } from "../core/values";

/**
 * A bucket without the resource that makes it versioned, locked, encrypted, ... is checked by no policy on that resource: its absence is the
 * violation. CKV2_AWS_6, CKV2_AWS_61; NIST CP-9, CM-6.
 */
export const bucketCompanionsPresent: StackRule = {
  name: "bucket-companions",
  demands: "Every backup bucket comes with all that keeps it safe",
  maps: { checkov: ["CKV2_AWS_6", "CKV2_AWS_61"], nist: ["CP-9", "CM-6"] },
  *checkStack(resources) {
    for (const bucket of ofType(resources, types.bucket)) {
      for (const [type, title] of Object.entries(bucketCompanions)) {
        const found = ofType(resources, type).some((r) => refersTo(r, "bucket", bucket, [at(bucket, "bucket")]));
        if (!found)
          yield {
            resource: bucket,
            property: title,
            value: undefined,
            allowed: `one ${title} of this bucket`,
            fix: "declare it, as components/backup-bucket.ts does",
          };
      }
    }
  },
};
