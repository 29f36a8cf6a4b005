import type { StackRule } from "../core/model";
import { types } from "../core/types";
import { ofType } from "../core/values";
import { destinationOf, sourceOf } from "./replicas";

/** A backup bucket is copied to another, or is such a copy. CKV_AWS_144; NIST CP-9(3), CP-6. */
export const bucketReplication: StackRule = {
  name: "bucket-replication",
  demands: "Every backup bucket has a replica",
  maps: { checkov: ["CKV_AWS_144"], nist: ["CP-9(3)", "CP-6"] },
  *checkStack(resources) {
    const buckets = ofType(resources, types.bucket);
    const configs = ofType(resources, types.bucketReplication);
    for (const bucket of buckets) {
      if (!configs.some((c) => sourceOf(c, buckets) === bucket || destinationOf(c, buckets) === bucket)) {
        yield {
          resource: bucket,
          property: "BucketReplicationConfig",
          value: undefined,
          allowed: "one that copies this bucket, or copies to it",
          fix: "declare it, as components/backup-bucket.ts does",
        };
      }
    }
  },
};
