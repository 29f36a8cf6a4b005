import {
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  type LifecycleRuleFilter,
  type TransitionDefaultMinimumObjectSize,
} from "@aws-sdk/client-s3";
import { z } from "zod";
import type { Props } from "../provider";
import { bucketCompanion } from "./bucket-companion";
import { fromTags, toTags } from "./resource";

interface Wire {
  readonly rules: LifecycleRule[];
  readonly minimumSize: TransitionDefaultMinimumObjectSize;
}

const defaultMinimumSize = "all_storage_classes_128K";
const days = z.number().int().positive();
const tag = z.strictObject({ key: z.string(), value: z.string() });
const sizes = { objectSizeGreaterThan: z.number().int().optional(), objectSizeLessThan: z.number().int().optional() };

const rule = z.strictObject({
  id: z.string().max(255),
  status: z.enum(["Enabled", "Disabled"]),
  filter: z
    .strictObject({
      prefix: z.string().optional(),
      tag: tag.optional(),
      ...sizes,
      and: z
        .strictObject({ prefix: z.string().optional(), tags: z.record(z.string(), z.string()).optional(), ...sizes })
        .optional(),
    })
    .optional(),
  abortIncompleteMultipartUpload: z.strictObject({ daysAfterInitiation: days }).optional(),
  expiration: z.strictObject({ days: days.optional(), expiredObjectDeleteMarker: z.boolean().optional() }).optional(),
  noncurrentVersionExpiration: z
    .strictObject({ noncurrentDays: days, newerNoncurrentVersions: z.number().int().optional() })
    .optional(),
  transitions: z.array(z.strictObject({ days: z.number().int().optional(), storageClass: z.string() })).optional(),
  noncurrentVersionTransitions: z
    .array(
      z.strictObject({
        noncurrentDays: days,
        newerNoncurrentVersions: z.number().int().optional(),
        storageClass: z.string(),
      }),
    )
    .optional(),
});
type Rule = z.infer<typeof rule>;

/** `aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration`, without dates and the deprecated `prefix` of a rule. */
export const bucketLifecycleConfiguration = bucketCompanion<Wire>({
  inputs: {
    rules: z.array(rule).min(1),
    transitionDefaultMinimumObjectSize: z.enum([defaultMinimumSize, "varies_by_storage_class"]),
  },
  defaults: { transitionDefaultMinimumObjectSize: defaultMinimumSize },
  toWire: ({ rules, transitionDefaultMinimumObjectSize }: Props) => ({
    rules: rules.map(toWire),
    minimumSize: transitionDefaultMinimumObjectSize ?? defaultMinimumSize,
  }),
  fromWire: ({ rules, minimumSize }) => ({
    rules: rules.map(fromWire),
    transitionDefaultMinimumObjectSize: minimumSize,
  }),
  put: (client, Bucket, { rules, minimumSize }) =>
    client.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket,
        LifecycleConfiguration: { Rules: rules },
        TransitionDefaultMinimumObjectSize: minimumSize,
      }),
    ),
  async get(client, Bucket) {
    const live = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    return { rules: live.Rules ?? [], minimumSize: live.TransitionDefaultMinimumObjectSize ?? defaultMinimumSize };
  },
  remove: (client, Bucket) => client.send(new DeleteBucketLifecycleCommand({ Bucket })),
});

function toWire(rule: Rule): LifecycleRule {
  const { abortIncompleteMultipartUpload: abort, expiration, noncurrentVersionExpiration: noncurrent } = rule;
  return {
    ID: rule.id,
    Status: rule.status,
    Filter: toFilter(rule.filter ?? {}),
    AbortIncompleteMultipartUpload: abort && { DaysAfterInitiation: abort.daysAfterInitiation },
    Expiration: expiration && {
      Days: expiration.days,
      ExpiredObjectDeleteMarker: expiration.expiredObjectDeleteMarker,
    },
    NoncurrentVersionExpiration: noncurrent && {
      NoncurrentDays: noncurrent.noncurrentDays,
      NewerNoncurrentVersions: noncurrent.newerNoncurrentVersions,
    },
    Transitions: rule.transitions?.map((t) => ({ Days: t.days, StorageClass: t.storageClass as never })),
    NoncurrentVersionTransitions: rule.noncurrentVersionTransitions?.map((t) => ({
      NoncurrentDays: t.noncurrentDays,
      NewerNoncurrentVersions: t.newerNoncurrentVersions,
      StorageClass: t.storageClass as never,
    })),
  };
}

/** A rule for everything has an empty prefix: S3 wants one element in a filter. */
function toFilter(filter: NonNullable<Rule["filter"]>): LifecycleRuleFilter {
  const { and, tag, objectSizeGreaterThan: ObjectSizeGreaterThan, objectSizeLessThan: ObjectSizeLessThan } = filter;
  if (and) {
    return {
      And: {
        Prefix: and.prefix,
        Tags: and.tags && toTags(and.tags),
        ObjectSizeGreaterThan: and.objectSizeGreaterThan,
        ObjectSizeLessThan: and.objectSizeLessThan,
      },
    };
  }
  if (tag) return { Tag: { Key: tag.key, Value: tag.value } };
  if (ObjectSizeGreaterThan !== undefined) return { ObjectSizeGreaterThan };
  if (ObjectSizeLessThan !== undefined) return { ObjectSizeLessThan };
  return { Prefix: filter.prefix ?? "" };
}

function fromWire(rule: LifecycleRule): Props {
  const { Filter, Expiration, NoncurrentVersionExpiration: noncurrent, AbortIncompleteMultipartUpload: abort } = rule;
  return {
    id: rule.ID,
    status: rule.Status,
    filter: {
      prefix: Filter?.Prefix || undefined,
      tag: Filter?.Tag && { key: Filter.Tag.Key, value: Filter.Tag.Value },
      objectSizeGreaterThan: Filter?.ObjectSizeGreaterThan,
      objectSizeLessThan: Filter?.ObjectSizeLessThan,
      and: Filter?.And && {
        prefix: Filter.And.Prefix || undefined,
        tags: fromTags(Filter.And.Tags),
        objectSizeGreaterThan: Filter.And.ObjectSizeGreaterThan,
        objectSizeLessThan: Filter.And.ObjectSizeLessThan,
      },
    },
    abortIncompleteMultipartUpload: abort && { daysAfterInitiation: abort.DaysAfterInitiation },
    expiration: Expiration && {
      days: Expiration.Days,
      expiredObjectDeleteMarker: Expiration.ExpiredObjectDeleteMarker || undefined,
    },
    noncurrentVersionExpiration: noncurrent && {
      noncurrentDays: noncurrent.NoncurrentDays,
      newerNoncurrentVersions: noncurrent.NewerNoncurrentVersions,
    },
    transitions: rule.Transitions?.map((t) => ({ days: t.Days, storageClass: t.StorageClass })),
    noncurrentVersionTransitions: rule.NoncurrentVersionTransitions?.map((t) => ({
      noncurrentDays: t.NoncurrentDays,
      newerNoncurrentVersions: t.NewerNoncurrentVersions,
      storageClass: t.StorageClass,
    })),
  };
}
