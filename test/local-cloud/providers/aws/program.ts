import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** A backup bucket as the stacks make it, with all its companions and two identities. */
export = async () => {
  const config = new pulumi.Config();
  const tags = { site: "test" };
  const bucket = new aws.s3.Bucket(
    "backups",
    { bucket: "backups-test", objectLockEnabled: true, accelerationStatus: config.get("acceleration"), tags },
    { protect: config.getBoolean("protect") },
  );
  const logs = new aws.s3.Bucket("logs", { forceDestroy: true });
  const of = { bucket: bucket.bucket };
  const versioning = new aws.s3.BucketVersioning("backups", { ...of, versioningConfiguration: { status: "Enabled" } });
  new aws.s3.BucketVersioning("logs", {
    bucket: logs.bucket,
    versioningConfiguration: { status: "Enabled" },
  });
  new aws.s3.BucketObjectLockConfiguration(
    "backups",
    { ...of, rule: { defaultRetention: { mode: "COMPLIANCE", days: config.getNumber("days") ?? 1 } } },
    { dependsOn: versioning },
  );
  new aws.s3.BucketLifecycleConfiguration("backups", {
    ...of,
    rules: [
      {
        id: "expire",
        status: "Enabled",
        filter: {},
        noncurrentVersionExpiration: { noncurrentDays: 35 },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 2 },
      },
      { id: "locks", status: "Enabled", filter: { prefix: "g1/" }, expiration: { expiredObjectDeleteMarker: true } },
    ],
  });
  new aws.s3.BucketServerSideEncryptionConfiguration("backups", {
    ...of,
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
  });
  new aws.s3.BucketPublicAccessBlock("backups", {
    ...of,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  new aws.s3.BucketOwnershipControls("backups", { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } });
  new aws.s3.BucketPolicy("backups", {
    ...of,
    policy: pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [bucket.arn, pulumi.interpolate`${bucket.arn}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        {
          Sid: "NoCustomerKeys",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:PutObject",
          Resource: pulumi.interpolate`${bucket.arn}/*`,
          Condition: { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } },
        },
      ],
    }),
  });
  new aws.s3.BucketLogging("backups", { ...of, targetBucket: logs.bucket, targetPrefix: "backups/" });

  const replica = new aws.s3.Bucket("replica", {
    bucket: "backups-test-replica",
    region: "eu-west-1",
    forceDestroy: true,
  });
  const replicaVersioning = new aws.s3.BucketVersioning("replica", {
    bucket: replica.bucket,
    region: "eu-west-1",
    versioningConfiguration: { status: "Enabled" },
  });
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "sts:AssumeRole" }],
  };
  const replicator = new aws.iam.Role("replicator", { assumeRolePolicy: JSON.stringify(trust), tags });
  new aws.iam.RolePolicy("replicator", {
    role: replicator.name,
    policy: policy("s3:GetReplicationConfiguration", bucket.arn),
  });
  new aws.s3.BucketReplicationConfig(
    "backups",
    {
      ...of,
      role: replicator.arn,
      rules: [
        {
          id: "all",
          priority: 1,
          status: "Enabled",
          filter: {},
          deleteMarkerReplication: { status: "Enabled" },
          destination: { bucket: replica.arn, storageClass: "STANDARD_IA" },
        },
      ],
    },
    { dependsOn: [versioning, replicaVersioning] },
  );

  const identity = (name: string, action: string) => {
    const user = new aws.iam.User(name, { name, path: "/smarteros/", tags });
    const key = new aws.iam.AccessKey(name, { user: user.name });
    new aws.iam.UserPolicy(name, { user: user.name, policy: policy(action, pulumi.interpolate`${bucket.arn}/*`) });
    return { arn: user.arn, accessKeyId: key.id, secretAccessKey: key.secret };
  };
  return {
    bucket: bucket.id,
    arn: bucket.arn,
    logs: logs.id,
    writer: identity("writer", "s3:PutObject"),
    reader: identity("reader", "s3:GetObject"),
  };
};

function policy(Action: string, Resource: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] });
}
