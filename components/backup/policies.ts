import { generationLayout } from "../../contracts/generation";

/**
 * Who may do what in the backup bucket. The figures behind the lists (which rights pgBackRest and restic use) are in
 * docs/decisions/s3-rights.md. Everything not allowed here is denied by IAM itself.
 */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: unknown;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: unknown;
}

const bucketArn = (bucket: string) => `arn:aws:s3:::${bucket}`;

/**
 * Puts below its own generation; reads the repositories' metadata there, never the data. It deletes restic's lock files and in
 * pgBackRest's backups, which clears away what an interrupted one left before it begins the next. Each is a marker: versions stay.
 */
export function writerPolicy(bucket: string, generation: number): PolicyDocument {
  const g = `${bucketArn(bucket)}/${generationLayout(generation).prefix}`;
  return {
    Version: "2012-10-17",
    Statement: [
      { Sid: "List", Effect: "Allow", Action: ["s3:ListBucket", "s3:GetBucketLocation"], Resource: [bucketArn(bucket)] },
      { Sid: "Put", Effect: "Allow", Action: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"], Resource: [`${g}*`] },
      {
        Sid: "ReadMetadata",
        Effect: "Allow",
        Action: ["s3:GetObject"],
        Resource: [
          `${g}postgres/archive/*.info*`,
          `${g}postgres/backup/*.info*`,
          `${g}postgres/backup/*/backup.manifest*`,
          `${g}files/config`,
          `${g}files/keys/*`,
          `${g}files/index/*`,
          `${g}files/snapshots/*`,
          `${g}files/locks/*`,
        ],
      },
      { Sid: "OwnLeftovers", Effect: "Allow", Action: ["s3:DeleteObject"], Resource: [`${g}files/locks/*`, `${g}postgres/backup/*`] },
    ],
  };
}

/** Reads one generation with all its versions; writes nothing. */
export function readerPolicy(bucket: string, generation: number): PolicyDocument {
  const g = `${bucketArn(bucket)}/${generationLayout(generation).prefix}`;
  return {
    Version: "2012-10-17",
    Statement: [
      { Sid: "List", Effect: "Allow", Action: ["s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketLocation"], Resource: [bucketArn(bucket)] },
      { Sid: "Read", Effect: "Allow", Action: ["s3:GetObject", "s3:GetObjectVersion"], Resource: [`${g}*`] },
    ],
  };
}

/**
 * Hides what the plan keeps no longer (`npm run backups:expire`): deletes without a version id, which writes markers, in every generation. It is
 * nobody's on the site: the program makes no such identity, whoever runs the schedule gives it to a role of their own.
 */
export function expirerPolicy(bucket: string): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      { Sid: "List", Effect: "Allow", Action: ["s3:ListBucket", "s3:GetBucketLocation"], Resource: [bucketArn(bucket)] },
      { Sid: "Expire", Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], Resource: [`${bucketArn(bucket)}/g*`] },
    ],
  };
}

/** Sees which generations there are, by the names of objects; reads and writes nothing. */
export function guardPolicy(bucket: string): PolicyDocument {
  return { Version: "2012-10-17", Statement: [{ Sid: "List", Effect: "Allow", Action: ["s3:ListBucket"], Resource: [bucketArn(bucket)] }] };
}

/** On the bucket itself, for everybody: only over TLS, and never with a key of the caller's own (SSE-C re-encrypts with a key that nobody else has). */
export function bucketPolicy(bucket: string): PolicyDocument {
  const all = [bucketArn(bucket), `${bucketArn(bucket)}/*`];
  return {
    Version: "2012-10-17",
    Statement: [
      { Sid: "TlsOnly", Effect: "Deny", Principal: "*", Action: ["s3:*"], Resource: all, Condition: { Bool: { "aws:SecureTransport": "false" } } },
      {
        Sid: "NoCustomerKeys",
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:PutObject"],
        Resource: [`${bucketArn(bucket)}/*`],
        Condition: { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } },
      },
    ],
  };
}

/** What S3 itself may do to copy the bucket's objects to its replica. */
export function replicationPolicy(source: string, replica: string): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      { Sid: "Source", Effect: "Allow", Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"], Resource: [bucketArn(source)] },
      {
        Sid: "Objects",
        Effect: "Allow",
        Action: ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging", "s3:GetObjectRetention", "s3:GetObjectLegalHold"],
        Resource: [`${bucketArn(source)}/*`],
      },
      { Sid: "Replica", Effect: "Allow", Action: ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"], Resource: [`${bucketArn(replica)}/*`] },
    ],
  };
}

/** Lets S3 take the replication role. */
export const replicationTrust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "sts:AssumeRole" }],
} as const;
