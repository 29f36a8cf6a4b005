import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectsCommand,
  GetBucketTaggingCommand,
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  PutBucketTaggingCommand,
} from "@aws-sdk/client-s3";
import { z } from "zod";
import { compare } from "../compare";
import { PartialFailure, type Props, type ResourceType } from "../provider";
import type { Aws } from "./client";
import { autoName, failures, fromTags, orGone, reconcile, tagsSchema, toTags } from "./resource";

const schema = z.strictObject({
  bucket: z.string().min(3).max(63),
  objectLockEnabled: z.boolean().optional(),
  forceDestroy: z.boolean().optional(),
  tags: tagsSchema,
});

/** `aws:s3/bucket:Bucket`, without the deprecated inline configurations. */
export const bucket: ResourceType<Aws> = {
  check(context, inputs, old) {
    const named = { ...inputs, bucket: autoName(context.name, inputs["bucket"], old?.["bucket"]) };
    return { inputs: named, failures: failures(context.type, schema, named) };
  },

  diff: (_context, old, inputs) => compare(old.inputs, inputs, { replaceOn: ["bucket", "objectLockEnabled"] }),

  async create({ client }, inputs) {
    const { bucket: Bucket, objectLockEnabled, tags } = inputs;
    const { s3, region } = client;
    await s3.send(
      new CreateBucketCommand({
        Bucket,
        ObjectLockEnabledForBucket: objectLockEnabled,
        CreateBucketConfiguration: region === "us-east-1" ? undefined : { LocationConstraint: region as never },
      }),
    );
    try {
      if (tags) await putTags(client, Bucket, tags);
    } catch (error) {
      const { tags: _, ...applied } = inputs;
      throw new PartialFailure(
        Bucket,
        outputs(client, applied),
        applied,
        `tags of bucket ${Bucket}: ${(error as Error).message}`,
      );
    }
    return { id: Bucket, props: outputs(client, inputs) };
  },

  async read({ client }, known) {
    const { s3 } = client;
    const Bucket = known.id;
    if (!(await orGone(s3.send(new HeadBucketCommand({ Bucket }))))) return undefined;
    const lock = await orGone(s3.send(new GetObjectLockConfigurationCommand({ Bucket })));
    const tagging = await orGone(s3.send(new GetBucketTaggingCommand({ Bucket })));
    const live: Props = {
      bucket: Bucket,
      objectLockEnabled: lock?.ObjectLockConfiguration?.ObjectLockEnabled === "Enabled" || undefined,
      tags: fromTags(tagging?.TagSet),
      // Lives in the state alone.
      forceDestroy: known.inputs["forceDestroy"],
    };
    const meaning = { ...known.inputs, objectLockEnabled: known.inputs["objectLockEnabled"] || undefined };
    return { id: Bucket, props: outputs(client, live), inputs: reconcile(known.inputs, meaning, live) };
  },

  async update({ client }, old, inputs) {
    if (inputs["tags"]) await putTags(client, old.id, inputs["tags"]);
    else if (old.inputs["tags"]) await client.s3.send(new DeleteBucketTaggingCommand({ Bucket: old.id }));
    return outputs(client, inputs);
  },

  async delete({ client }, old) {
    if (old.props["forceDestroy"]) await empty(client, old.id);
    try {
      await orGone(client.s3.send(new DeleteBucketCommand({ Bucket: old.id })));
    } catch (error) {
      if ((error as Error).name !== "BucketNotEmpty") throw error;
      throw new Error(
        `bucket ${old.id} is not empty; fix: empty it, or set forceDestroy (which deletes every version)`,
        { cause: error },
      );
    }
  },
};

function outputs({ region }: Aws, inputs: Props): Props {
  const { bucket: name, objectLockEnabled = false, forceDestroy = false, tags } = inputs;
  return {
    ...{ bucket: name, objectLockEnabled, forceDestroy, region, bucketRegion: region },
    ...(tags ? { tags } : {}),
    tagsAll: tags ?? {},
    arn: `arn:aws:s3:::${name}`,
    bucketDomainName: `${name}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
  };
}

const putTags = ({ s3 }: Aws, Bucket: string, tags: Record<string, string>) =>
  s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: toTags(tags) } }));

/** Deletes every version and delete marker, a page at a time. One under COMPLIANCE retention stays, and makes this fail. */
async function empty({ s3 }: Aws, Bucket: string): Promise<void> {
  for (;;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    if (found.length === 0) return;
    const Objects = found.map(({ Key, VersionId }) => ({ Key, VersionId }));
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true }, BypassGovernanceRetention: true }),
    );
    const [first] = Errors;
    if (first) {
      throw new Error(`bucket ${Bucket}: ${Errors.length} versions stay; the first: ${first.Key}: ${first.Message}`);
    }
  }
}
