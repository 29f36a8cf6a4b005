import type { Resource } from "../core/model";
import { at, refersTo } from "../core/values";

/** The bucket that a replication reads, if it is in this stack. */
export const sourceOf = (config: Resource, buckets: readonly Resource[]): Resource | undefined =>
  buckets.find((b) => refersTo(config, "bucket", b, [at(b, "bucket")]));

/** The bucket that a replication writes, if it is in this stack. */
export function destinationOf(config: Resource, buckets: readonly Resource[]): Resource | undefined {
  const arn = at(config, "rules[0].destination.bucket");
  return (
    buckets.find((b) => arn === `arn:aws:s3:::${String(at(b, "bucket"))}`) ??
    buckets.find((b) => (config.uses["rules"] ?? []).includes(b.urn))
  );
}
