import type { ResourceRule } from "../core/model";
import { types } from "../core/types";
import { expect, isOneOf } from "../core/values";

/** Encrypted at rest, on top of the ciphers of pgBackRest and restic. CKV_AWS_19; NIST SC-28, CP-9(8). */
export const bucketEncryption: ResourceRule = {
  name: "bucket-encryption",
  demands: "A backup bucket is encrypted at rest",
  maps: { checkov: ["CKV_AWS_19"], nist: ["SC-28", "CP-9(8)"] },
  types: [types.bucketEncryption],
  check: (resource) =>
    expect(resource, "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm", {
      is: isOneOf("AES256", "aws:kms", "aws:kms:dsse"),
      allowed: '"AES256", "aws:kms" or "aws:kms:dsse"',
      fix: 'set sseAlgorithm: "AES256"',
    }),
};
