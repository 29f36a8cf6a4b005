import type { ResourceRule } from "../core/model";
import { types } from "../core/types";
import { at } from "../core/values";

/** Access is by policy alone: no ACL, of the bucket's own or beside it. CKV_AWS_20, CKV_AWS_57; NIST AC-3. */
export const bucketNoAcl: ResourceRule = {
  name: "bucket-no-acl",
  demands: "A backup bucket has no access control list",
  maps: { checkov: ["CKV_AWS_20", "CKV_AWS_57"], nist: ["AC-3"] },
  types: [types.bucket, types.bucketAcl],
  *check(resource) {
    for (const property of ["acl", "grants", "accessControlPolicy"]) {
      const value = at(resource, property);
      if (value !== undefined && !(Array.isArray(value) && value.length === 0))
        yield {
          property,
          value,
          allowed: "nothing",
          fix: "remove it; BucketOwnershipControls and the bucket's policy say who may do what",
        };
    }
  },
};
