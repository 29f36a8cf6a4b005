import {
  DeleteBucketReplicationCommand,
  GetBucketReplicationCommand,
  PutBucketReplicationCommand,
  type ReplicationConfiguration,
  type ReplicationRule,
} from "@aws-sdk/client-s3";
import { z } from "zod";
import type { Props } from "../provider";
import { bucketCompanion } from "./bucket-companion";

const status = z.enum(["Enabled", "Disabled"]);

const rule = z.strictObject({
  id: z.string().optional(),
  priority: z.number().int().optional(),
  status,
  filter: z.strictObject({ prefix: z.string().optional() }).optional(),
  deleteMarkerReplication: z.strictObject({ status }).optional(),
  destination: z.strictObject({
    bucket: z.string(),
    account: z.string().optional(),
    storageClass: z.string().optional(),
  }),
});
type Rule = z.infer<typeof rule>;

/** `aws:s3/bucketReplicationConfig:BucketReplicationConfig`: rules with a prefix filter. */
export const bucketReplicationConfig = bucketCompanion<ReplicationConfiguration>({
  inputs: { role: z.string(), rules: z.array(rule).min(1) },
  toWire: ({ role, rules }: Props) => ({ Role: role, Rules: rules.map(toWire) }),
  fromWire: ({ Role, Rules }) => ({ role: Role, rules: Rules?.map(fromWire) }),
  put: (client, Bucket, config) =>
    client.send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration: config })),
  get: async (client, Bucket) =>
    (await client.send(new GetBucketReplicationCommand({ Bucket }))).ReplicationConfiguration,
  remove: (client, Bucket) => client.send(new DeleteBucketReplicationCommand({ Bucket })),
});

/** A rule without a filter is of S3's first version, which knows no delete-marker replication and no priority. */
function toWire({ id, priority, status: Status, filter, deleteMarkerReplication, destination }: Rule): ReplicationRule {
  return {
    ID: id,
    Priority: priority,
    Status,
    Filter: filter && { Prefix: filter.prefix ?? "" },
    DeleteMarkerReplication: deleteMarkerReplication && { Status: deleteMarkerReplication.status },
    Destination: {
      Bucket: destination.bucket,
      Account: destination.account,
      StorageClass: destination.storageClass as never,
    },
  };
}

function fromWire({ ID, Priority, Status, Filter, DeleteMarkerReplication, Destination }: ReplicationRule): Props {
  return {
    id: ID,
    priority: Priority,
    status: Status,
    filter: { prefix: Filter?.Prefix || undefined },
    deleteMarkerReplication: DeleteMarkerReplication && { status: DeleteMarkerReplication.Status },
    destination: {
      bucket: Destination?.Bucket,
      account: Destination?.Account,
      storageClass: Destination?.StorageClass,
    },
  };
}
