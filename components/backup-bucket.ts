import * as iam from "@pulumi/aws/iam";
import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { replicaBucket } from "./backup/names";
import { bucketPolicy, replicationPolicy, replicationTrust } from "./backup/policies";

export interface BackupBucketArgs {
  readonly bucket: string;
  readonly region: string;
  /** Region of the replica bucket. */
  readonly replicaRegion: string;
  /** Days in which no version can be deleted, by nobody (Object Lock COMPLIANCE). A literal, never an Output: policies must read it in a preview. */
  readonly retentionDays: number;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The backup bucket and its replica in another region (requirement B5): versioned, locked, encrypted, TLS-only, closed to the public, copied.
 * Both are protected and stay when the stack is destroyed.
 */
export class BackupBucket extends pulumi.ComponentResource {
  public readonly bucket: pulumi.Output<string>;
  public readonly replica: pulumi.Output<string>;

  constructor(name: string, args: BackupBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarteros:backup:BackupBucket", name, {}, opts);
    const source = this.lockedBucket(name, args.bucket, args.region, args);
    const replica = this.lockedBucket(`${name}-replica`, replicaBucket(args.bucket), args.replicaRegion, args);
    this.replicate(name, args, source, replica);
    this.bucket = source.bucket.bucket;
    this.replica = replica.bucket.bucket;
    this.registerOutputs({ bucket: this.bucket, replica: this.replica });
  }

  /** A bucket whose objects nobody can delete before their time, with every companion resource that makes it so. */
  private lockedBucket(name: string, bucketName: string, region: string, args: BackupBucketArgs): { bucket: s3.Bucket; versioning: s3.BucketVersioning } {
    const kept = { parent: this, protect: true, retainOnDelete: true };
    const bucket = new s3.Bucket(name, { bucket: bucketName, region, objectLockEnabled: true, forceDestroy: false, tags: { ...args.tags } }, kept);
    const of = { bucket: bucket.bucket, region };
    const versioning = new s3.BucketVersioning(`${name}-versioning`, { ...of, versioningConfiguration: { status: "Enabled" } }, kept);
    const after = { ...kept, dependsOn: [versioning] };
    new s3.BucketObjectLockConfiguration(`${name}-lock`, { ...of, rule: { defaultRetention: { mode: "COMPLIANCE", days: args.retentionDays } } }, after);
    new s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        ...of,
        rules: [
          { id: "noncurrent", status: "Enabled", filter: { prefix: "" }, noncurrentVersionExpiration: { noncurrentDays: args.retentionDays } },
          { id: "aborted-uploads", status: "Enabled", filter: { prefix: "" }, abortIncompleteMultipartUpload: { daysAfterInitiation: 2 } },
        ],
      },
      after,
    );
    new s3.BucketServerSideEncryptionConfiguration(`${name}-encryption`, { ...of, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] }, kept);
    const closed = new s3.BucketPublicAccessBlock(
      `${name}-public-access`,
      { ...of, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      kept,
    );
    new s3.BucketOwnershipControls(`${name}-ownership`, { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } }, kept);
    // AWS refuses a policy and a public access block that are set at the same moment.
    new s3.BucketPolicy(`${name}-policy`, { ...of, policy: JSON.stringify(bucketPolicy(bucketName)) }, { ...kept, dependsOn: [closed] });
    return { bucket, versioning };
  }

  private replicate(name: string, args: BackupBucketArgs, source: { bucket: s3.Bucket; versioning: s3.BucketVersioning }, replica: { bucket: s3.Bucket; versioning: s3.BucketVersioning }): void {
    const role = new iam.Role(`${name}-replication`, { assumeRolePolicy: JSON.stringify(replicationTrust), tags: { ...args.tags } }, { parent: this });
    const rights = new iam.RolePolicy(
      `${name}-replication-policy`,
      { role: role.name, policy: JSON.stringify(replicationPolicy(args.bucket, replicaBucket(args.bucket))) },
      { parent: this },
    );
    new s3.BucketReplicationConfig(
      `${name}-replication-config`,
      {
        bucket: source.bucket.bucket,
        region: args.region,
        role: role.arn,
        rules: [
          {
            id: "everything",
            status: "Enabled",
            priority: 0,
            filter: { prefix: "" },
            // A delete marker is not copied: what hides an object in one region does not hide it in the other.
            deleteMarkerReplication: { status: "Disabled" },
            destination: { bucket: replica.bucket.arn, storageClass: "STANDARD_IA" },
          },
        ],
      },
      { parent: this, protect: true, dependsOn: [source.versioning, replica.versioning, rights] },
    );
  }
}
