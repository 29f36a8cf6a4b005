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
  type S3Client,
} from "@aws-sdk/client-s3";
import { z } from "zod";
import { compare } from "../compare";
import { PartialFailure, type Props, type ResourceType } from "../provider";
import type { Aws } from "./client";
import { autoName, failures, fromTags, orGone, parseId, reconcile, sameRegion, tagsSchema, toTags } from "./resource";

const schema = z.strictObject({
  bucket: z.string().min(3).max(63),
  objectLockEnabled: z.boolean().optional(),
  forceDestroy: z.boolean().optional(),
  tags: tagsSchema,
  region: z.string().optional(),
});

/** `aws:s3/bucket:Bucket`, without the deprecated inline configurations. Imported by its name, or by `name@region`. */
export const bucket: ResourceType<Aws> = {
  check(context, inputs, old) {
    const named = { ...inputs, bucket: autoName(context.name, inputs["bucket"], old?.["bucket"]) };
    return { inputs: named, failures: failures(context.type, schema, named) };
  },

  diff: ({ client }, old, inputs) =>
    compare(old.inputs, inputs, {
      replaceOn: ["bucket", "objectLockEnabled", "region"],
      same: sameRegion(client.region),
    }),

  async create({ client }, inputs) {
    const { bucket: Bucket, objectLockEnabled, tags, region = client.region } = inputs;
    const s3 = client.s3(region);
    await s3.send(
      new CreateBucketCommand({
        Bucket,
        ObjectLockEnabledForBucket: objectLockEnabled,
        CreateBucketConfiguration: region === "us-east-1" ? undefined : { LocationConstraint: region as never },
      }),
    );
    try {
      if (tags) await putTags(s3, Bucket, tags);
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
    const { name: Bucket, region } = parseId(known.id, known.inputs);
    const s3 = client.s3(region);
    if (!(await orGone(s3.send(new HeadBucketCommand({ Bucket }))))) return undefined;
    const lock = await orGone(s3.send(new GetObjectLockConfigurationCommand({ Bucket })));
    const tagging = await orGone(s3.send(new GetBucketTaggingCommand({ Bucket })));
    const live: Props = {
      bucket: Bucket,
      region,
      objectLockEnabled: lock?.ObjectLockConfiguration?.ObjectLockEnabled === "Enabled" || undefined,
      tags: fromTags(tagging?.TagSet),
      // Lives in the state alone.
      forceDestroy: known.inputs["forceDestroy"],
    };
    const meaning = { ...known.inputs, objectLockEnabled: known.inputs["objectLockEnabled"] || undefined };
    return { id: Bucket, props: outputs(client, live), inputs: reconcile(known.inputs, meaning, live) };
  },

  async update({ client }, old, inputs) {
    const s3 = client.s3(inputs["region"]);
    if (inputs["tags"]) await putTags(s3, old.id, inputs["tags"]);
    else if (old.inputs["tags"]) await s3.send(new DeleteBucketTaggingCommand({ Bucket: old.id }));
    return outputs(client, inputs);
  },

  async delete({ client }, old) {
    const s3 = client.s3(old.inputs["region"]);
    if (old.props["forceDestroy"]) await empty(s3, old.id);
    try {
      await orGone(s3.send(new DeleteBucketCommand({ Bucket: old.id })));
    } catch (error) {
      if ((error as Error).name !== "BucketNotEmpty") throw error;
      throw new Error(
        `bucket ${old.id} is not empty; fix: empty it, or set forceDestroy (which deletes every version)`,
        { cause: error },
      );
    }
  },
};

function outputs(client: Aws, inputs: Props): Props {
  const { bucket: name, objectLockEnabled = false, forceDestroy = false, tags, region = client.region } = inputs;
  return {
    ...{ bucket: name, objectLockEnabled, forceDestroy, region, bucketRegion: region },
    ...(tags ? { tags } : {}),
    tagsAll: tags ?? {},
    arn: `arn:aws:s3:::${name}`,
    bucketDomainName: `${name}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
  };
}

const putTags = (s3: S3Client, Bucket: string, tags: Record<string, string>) =>
  s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: toTags(tags) } }));

/** Deletes every version and delete marker, a page at a time. One under COMPLIANCE retention stays, and makes this fail. */
async function empty(s3: S3Client, Bucket: string): Promise<void> {
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
