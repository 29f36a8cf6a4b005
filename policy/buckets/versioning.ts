import type { ResourceRule } from "../core/model";
import { types } from "../core/types";
import { expect, isOneOf } from "../core/values";

/** Versioning on: an overwritten backup keeps its former version. CKV_AWS_21; NIST CP-9, SI-12. */
export const bucketVersioning: ResourceRule = {
  name: "bucket-versioning",
  demands: "A backup bucket keeps every version",
  maps: { checkov: ["CKV_AWS_21"], nist: ["CP-9", "SI-12"] },
  types: [types.bucketVersioning],
  check: (resource) =>
    expect(resource, "versioningConfiguration.status", {
      is: isOneOf("Enabled"),
      allowed: '"Enabled"',
      fix: "enable versioning",
      literal: true,
    }),
};
