import type { ResourceRule } from "../core/model";
import { types } from "../core/types";
import { expect, isOneOf } from "../core/values";

const switches = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/** All four switches of the block. CIS AWS 2.1.4; CKV_AWS_53, CKV_AWS_54, CKV_AWS_55, CKV_AWS_56; NIST AC-3, SC-7. */
export const bucketPublicAccess: ResourceRule = {
  name: "bucket-public-access",
  demands: "A backup bucket is closed to the public in all four ways",
  maps: {
    cisAws: ["2.1.4"],
    checkov: ["CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56"],
    nist: ["AC-3", "SC-7"],
  },
  types: [types.bucketPublicAccess],
  *check(resource) {
    for (const one of switches)
      yield* expect(resource, one, { is: isOneOf(true), allowed: "true", fix: `set ${one}: true`, literal: true });
  },
};
