import type { ResourceRule } from "../core/model";
import { types } from "../core/types";
import { expect, isOneOf } from "../core/values";

/** Every object is the account's, whoever wrote it, and ACLs count for nothing. CKV2_AWS_65; NIST AC-3. */
export const bucketOwnership: ResourceRule = {
  name: "bucket-ownership",
  demands: "The bucket's owner owns every object",
  maps: { checkov: ["CKV2_AWS_65"], nist: ["AC-3"] },
  types: [types.bucketOwnership],
  check: (resource) =>
    expect(resource, "rule.objectOwnership", {
      is: isOneOf("BucketOwnerEnforced"),
      allowed: '"BucketOwnerEnforced"',
      fix: "enforce the owner",
    }),
};
