import type { Provider } from "../provider";
import { serve } from "../serve";
import { bucket } from "./bucket";
import {
  bucketLogging,
  bucketObjectLockConfiguration,
  bucketOwnershipControls,
  bucketPolicy,
  bucketPublicAccessBlock,
  bucketServerSideEncryptionConfiguration,
  bucketVersioning,
} from "./bucket-companions";
import { bucketLifecycleConfiguration } from "./bucket-lifecycle";
import { bucketReplicationConfig } from "./bucket-replication";
import { configure, type Aws } from "./client";
import { rolePolicy, userPolicy } from "./iam-policy";
import { role } from "./iam-role";
import { accessKey, user } from "./iam-user";

/** Stand-in for the plugin of @pulumi/aws: the S3 and IAM resources of a backup bucket, over AWS's real APIs. */
export const aws: Provider<Aws> = {
  name: "aws",
  version: "7.48.0",
  configure,
  resources: {
    "aws:s3/bucket:Bucket": bucket,
    "aws:s3/bucketVersioning:BucketVersioning": bucketVersioning,
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": bucketObjectLockConfiguration,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucketLifecycleConfiguration,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
      bucketServerSideEncryptionConfiguration,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucketPublicAccessBlock,
    "aws:s3/bucketPolicy:BucketPolicy": bucketPolicy,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": bucketOwnershipControls,
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": bucketReplicationConfig,
    "aws:s3/bucketLogging:BucketLogging": bucketLogging,
    "aws:iam/user:User": user,
    "aws:iam/userPolicy:UserPolicy": userPolicy,
    "aws:iam/accessKey:AccessKey": accessKey,
    "aws:iam/role:Role": role,
    "aws:iam/rolePolicy:RolePolicy": rolePolicy,
  },
};

if (require.main === module) void serve(aws);
