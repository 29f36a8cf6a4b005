import * as s3 from "@aws-sdk/client-s3";
import { z } from "zod";
import { bucketCompanion } from "./bucket-companion";
import { policySchema, samePolicy } from "./policy-document";

export const bucketVersioning = bucketCompanion<s3.VersioningConfiguration>({
  inputs: {
    versioningConfiguration: z.strictObject({
      status: z.enum(["Enabled", "Suspended"]),
      // MFA delete needs the root's device; the stand-in has none.
      mfaDelete: z.literal("Disabled").optional(),
    }),
  },
  toWire: ({ versioningConfiguration: { status } }) => ({ Status: status }),
  fromWire: ({ Status, MFADelete }) => ({
    versioningConfiguration: {
      status: Status ?? "Disabled",
      mfaDelete: MFADelete === "Enabled" ? "Enabled" : undefined,
    },
  }),
  put: (client, Bucket, VersioningConfiguration) =>
    client.send(new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration })),
  get: (client, Bucket) => client.send(new s3.GetBucketVersioningCommand({ Bucket })),
  // Versioning can be suspended but never removed, and under Object Lock not even that: then it ends with the bucket.
  async remove(client, Bucket) {
    try {
      await client.send(
        new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } }),
      );
    } catch (error) {
      if ((error as Error).name !== "InvalidBucketState") throw error;
    }
  },
});

export const bucketObjectLockConfiguration = bucketCompanion<s3.ObjectLockConfiguration>({
  inputs: {
    objectLockEnabled: z.literal("Enabled").optional(),
    rule: z
      .strictObject({
        defaultRetention: z.strictObject({
          mode: z.enum(["COMPLIANCE", "GOVERNANCE"]),
          days: z.number().int().positive().optional(),
          years: z.number().int().positive().optional(),
        }),
      })
      .optional(),
  },
  toWire: ({ rule }) => {
    const { mode, days, years } = rule?.defaultRetention ?? {};
    return {
      ObjectLockEnabled: "Enabled",
      Rule: rule ? { DefaultRetention: { Mode: mode, Days: days, Years: years } } : undefined,
    };
  },
  fromWire: ({ ObjectLockEnabled, Rule }) => {
    const { Mode, Days, Years } = Rule?.DefaultRetention ?? {};
    return {
      objectLockEnabled: ObjectLockEnabled,
      rule: { defaultRetention: { mode: Mode, days: Days || undefined, years: Years || undefined } },
    };
  },
  put: (client, Bucket, ObjectLockConfiguration) =>
    client.send(new s3.PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration })),
  get: async (client, Bucket) =>
    (await client.send(new s3.GetObjectLockConfigurationCommand({ Bucket }))).ObjectLockConfiguration,
  remove: (client, Bucket) =>
    client.send(
      new s3.PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" } }),
    ),
});

export const bucketServerSideEncryptionConfiguration = bucketCompanion<s3.ServerSideEncryptionRule[]>({
  inputs: {
    rules: z.array(
      z.strictObject({
        applyServerSideEncryptionByDefault: z
          .strictObject({
            sseAlgorithm: z.enum(["AES256", "aws:kms", "aws:kms:dsse"]),
            kmsMasterKeyId: z.string().optional(),
          })
          .optional(),
        bucketKeyEnabled: z.boolean().optional(),
        blockedEncryptionTypes: z.array(z.enum(["SSE-C", "NONE"])).optional(),
      }),
    ),
  },
  toWire: ({ rules }) =>
    rules.map(({ applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled, blockedEncryptionTypes }: any) => ({
      ApplyServerSideEncryptionByDefault: byDefault && {
        SSEAlgorithm: byDefault.sseAlgorithm,
        KMSMasterKeyID: byDefault.kmsMasterKeyId,
      },
      BucketKeyEnabled: bucketKeyEnabled ?? false,
      BlockedEncryptionTypes: blockedEncryptionTypes && { EncryptionType: blockedEncryptionTypes },
    })),
  fromWire: (rules) => ({
    rules: rules.map(({ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled, BlockedEncryptionTypes }) => ({
      applyServerSideEncryptionByDefault: byDefault && {
        sseAlgorithm: byDefault.SSEAlgorithm,
        kmsMasterKeyId: byDefault.KMSMasterKeyID,
      },
      bucketKeyEnabled: BucketKeyEnabled ?? false,
      blockedEncryptionTypes: BlockedEncryptionTypes?.EncryptionType,
    })),
  }),
  put: (client, Bucket, Rules) =>
    client.send(new s3.PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } })),
  get: async (client, Bucket) =>
    (await client.send(new s3.GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration?.Rules,
  remove: (client, Bucket) => client.send(new s3.DeleteBucketEncryptionCommand({ Bucket })),
});

export const bucketPublicAccessBlock = bucketCompanion<s3.PublicAccessBlockConfiguration>({
  inputs: {
    blockPublicAcls: z.boolean(),
    blockPublicPolicy: z.boolean(),
    ignorePublicAcls: z.boolean(),
    restrictPublicBuckets: z.boolean(),
  },
  defaults: { blockPublicAcls: false, blockPublicPolicy: false, ignorePublicAcls: false, restrictPublicBuckets: false },
  toWire: ({ blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets }) => ({
    BlockPublicAcls: blockPublicAcls,
    BlockPublicPolicy: blockPublicPolicy,
    IgnorePublicAcls: ignorePublicAcls,
    RestrictPublicBuckets: restrictPublicBuckets,
  }),
  fromWire: ({ BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets }) => ({
    blockPublicAcls: BlockPublicAcls ?? false,
    blockPublicPolicy: BlockPublicPolicy ?? false,
    ignorePublicAcls: IgnorePublicAcls ?? false,
    restrictPublicBuckets: RestrictPublicBuckets ?? false,
  }),
  put: (client, Bucket, PublicAccessBlockConfiguration) =>
    client.send(new s3.PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration })),
  get: async (client, Bucket) =>
    (await client.send(new s3.GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration,
  remove: (client, Bucket) => client.send(new s3.DeletePublicAccessBlockCommand({ Bucket })),
});

export const bucketPolicy = bucketCompanion<string>({
  inputs: { policy: policySchema },
  toWire: ({ policy }) => policy,
  fromWire: (policy) => ({ policy }),
  same: (key, a, b) => key === "policy" && samePolicy(a, b),
  put: (client, Bucket, Policy) => client.send(new s3.PutBucketPolicyCommand({ Bucket, Policy })),
  get: async (client, Bucket) => (await client.send(new s3.GetBucketPolicyCommand({ Bucket }))).Policy,
  remove: (client, Bucket) => client.send(new s3.DeleteBucketPolicyCommand({ Bucket })),
});

export const bucketOwnershipControls = bucketCompanion<s3.OwnershipControls>({
  inputs: {
    rule: z.strictObject({ objectOwnership: z.enum(["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"]) }),
  },
  toWire: ({ rule }) => ({ Rules: [{ ObjectOwnership: rule.objectOwnership }] }),
  fromWire: ({ Rules }) => ({ rule: { objectOwnership: Rules?.[0]?.ObjectOwnership } }),
  put: (client, Bucket, OwnershipControls) =>
    client.send(new s3.PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls })),
  get: async (client, Bucket) =>
    (await client.send(new s3.GetBucketOwnershipControlsCommand({ Bucket }))).OwnershipControls,
  remove: (client, Bucket) => client.send(new s3.DeleteBucketOwnershipControlsCommand({ Bucket })),
});

export const bucketLogging = bucketCompanion<s3.LoggingEnabled>({
  inputs: { targetBucket: z.string(), targetPrefix: z.string() },
  toWire: ({ targetBucket, targetPrefix }) => ({ TargetBucket: targetBucket, TargetPrefix: targetPrefix }),
  fromWire: ({ TargetBucket, TargetPrefix }) => ({ targetBucket: TargetBucket, targetPrefix: TargetPrefix ?? "" }),
  put: (client, Bucket, LoggingEnabled) =>
    client.send(new s3.PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: { LoggingEnabled } })),
  get: async (client, Bucket) => (await client.send(new s3.GetBucketLoggingCommand({ Bucket }))).LoggingEnabled,
  remove: (client, Bucket) => client.send(new s3.PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: {} })),
});
