import { UNKNOWN, type StackRule } from "../core/model";
import { types } from "../core/types";
import { at, expect, isOneOf, ofType } from "../core/values";
import { destinationOf, sourceOf } from "./replicas";

/**
 * The replica is in another region, the replication runs, and a delete marker is not copied: what hides a backup in one region hides it in
 * one alone. CKV_AWS_144; NIST CP-6(1), CP-9(3).
 */
export const bucketReplicationElsewhere: StackRule = {
  name: "bucket-replication-elsewhere",
  demands: "A replica is in another region and takes no deletions over",
  maps: { checkov: ["CKV_AWS_144"], nist: ["CP-6(1)", "CP-9(3)"] },
  *checkStack(resources) {
    const buckets = ofType(resources, types.bucket);
    for (const config of ofType(resources, types.bucketReplication)) {
      yield* expect(config, "rules[0].status", {
        is: isOneOf("Enabled"),
        allowed: '"Enabled"',
        fix: "enable the rule",
      });
      yield* expect(config, "rules[0].deleteMarkerReplication.status", {
        is: isOneOf("Disabled"),
        allowed: '"Disabled"',
        fix: "disable it: a deletion is not copied",
      });
      const [source, destination] = [sourceOf(config, buckets), destinationOf(config, buckets)];
      if (!source || !destination) continue;
      const [from, to] = [at(source, "region"), at(destination, "region")];
      if (from === UNKNOWN || to === UNKNOWN) yield { resource: destination, property: "region", unknown: true };
      else if (from === to)
        yield {
          resource: destination,
          property: "region",
          value: to,
          allowed: `another region than that of ${source.name}`,
          fix: "set smarteros:site.backups.replicaRegion to one on another site",
        };
    }
  },
};
