import type { ResourceRule } from "../core/model";
import { types } from "../core/types";
import { expect, isOneOf } from "../core/values";

/** Object Lock can be turned on at a bucket's creation alone. CKV_AWS_143; NIST CP-9. */
export const bucketLockEnabled: ResourceRule = {
  name: "bucket-lock-enabled",
  demands: "A backup bucket is made with Object Lock",
  maps: { checkov: ["CKV_AWS_143"], nist: ["CP-9"] },
  types: [types.bucket],
  check: (resource) =>
    expect(resource, "objectLockEnabled", {
      is: isOneOf(true),
      allowed: "true",
      fix: "set objectLockEnabled: true before the bucket is made",
      literal: true,
    }),
};
