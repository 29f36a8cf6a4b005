import { bucketPolicy } from "../../../components/backup/policies";
import { UNKNOWN } from "../../../policy/core/model";
import { bucketCompanions, types } from "../../../policy/core/types";
import { later, resource, type Case, type Inputs } from "../fixtures";

const one = (type: string, inputs: Inputs, protect = true) => ({
  resources: [resource(type, "backups", inputs, { protect })],
});
const policy = (document: unknown) => one(types.bucketPolicy, { policy: JSON.stringify(document) });
const lock = (mode: unknown, days: unknown) => one(types.bucketLock, { rule: { defaultRetention: { mode, days } } });
const rules = (...all: unknown[]) => one(types.bucketLifecycle, { rules: all });
const document = bucketPolicy("b");
const without = (sid: string) => ({ ...document, Statement: document.Statement.filter((s) => s.Sid !== sid) });
const closed = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };

const source = resource(types.bucket, "backups", { bucket: "b", region: "us-east-1" });
const replica = (region: string) => resource(types.bucket, "backups-replica", { bucket: "b-replica", region });
const elsewhere = replica("eu-central-1");
const replication = (rule: Inputs = {}, uses = {}) =>
  resource(
    types.bucketReplication,
    "copy",
    {
      bucket: "b",
      rules: [
        {
          status: "Enabled",
          deleteMarkerReplication: { status: "Disabled" },
          destination: { bucket: "arn:aws:s3:::b-replica" },
          ...rule,
        },
      ],
    },
    { uses },
  );
const companions = Object.keys(bucketCompanions).map((type) => resource(type, "c", { bucket: "b" }));

export const bucketCases: Record<string, Case> = {
  "bucket-versioning": {
    compliant: [one(types.bucketVersioning, { versioningConfiguration: { status: "Enabled" } })],
    violating: [
      {
        ...one(types.bucketVersioning, { versioningConfiguration: { status: "Suspended" } }),
        says: [
          'aws.s3.BucketVersioning backups, versioningConfiguration.status: received "Suspended"; allowed: "Enabled"; fix: enable versioning',
        ],
      },
    ],
    unknown: {
      ...one(types.bucketVersioning, { versioningConfiguration: UNKNOWN }),
      says: [
        'aws.s3.BucketVersioning backups, versioningConfiguration.status: received "a value that is known only at update"; allowed: "Enabled", as a literal; fix: pass the figure itself, not an Output',
      ],
    },
  },
  "bucket-lock-enabled": {
    compliant: [one(types.bucket, { objectLockEnabled: true })],
    violating: [
      {
        ...one(types.bucket, {}),
        says: [
          "aws.s3.Bucket backups, objectLockEnabled: received nothing; allowed: true; fix: set objectLockEnabled: true before the bucket is made",
        ],
      },
    ],
    unknown: {
      ...one(types.bucket, { objectLockEnabled: UNKNOWN }),
      says: [
        'aws.s3.Bucket backups, objectLockEnabled: received "a value that is known only at update"; allowed: true, as a literal; fix: pass the figure itself, not an Output',
      ],
    },
  },
  "bucket-retention": {
    compliant: [lock("COMPLIANCE", 30), lock("COMPLIANCE", 90)],
    violating: [
      {
        ...lock("COMPLIANCE", 29),
        says: [
          "aws.s3.BucketObjectLockConfiguration backups, rule.defaultRetention.days: received 29; allowed: at least 30 days (plan.retention); fix: raise it to plan.retention, or change the plan",
        ],
      },
      {
        ...lock("GOVERNANCE", 30),
        says: [
          'aws.s3.BucketObjectLockConfiguration backups, rule.defaultRetention.mode: received "GOVERNANCE"; allowed: "COMPLIANCE"; fix: GOVERNANCE can be bypassed: use COMPLIANCE',
        ],
      },
    ],
    unknown: {
      ...lock("GOVERNANCE", UNKNOWN),
      says: [
        'aws.s3.BucketObjectLockConfiguration backups, rule.defaultRetention.mode: received "GOVERNANCE"; allowed: "COMPLIANCE"; fix: GOVERNANCE can be bypassed: use COMPLIANCE',
        'aws.s3.BucketObjectLockConfiguration backups, rule.defaultRetention.days: received "a value that is known only at update"; allowed: at least 30 days (plan.retention), as a literal; fix: pass the figure itself, not an Output',
      ],
    },
  },
  "bucket-lifecycle": {
    compliant: [
      rules({ expiration: { days: 30 } }),
      rules({ expiration: { expiredObjectDeleteMarker: true } }),
      rules({ noncurrentVersionExpiration: { noncurrentDays: 30 } }),
    ],
    violating: [
      {
        ...rules({ status: "Enabled" }, { expiration: { days: 7 } }),
        says: [
          "aws.s3.BucketLifecycleConfiguration backups, rules[1].expiration.days: received 7; allowed: at least 30 days (plan.retention); fix: raise it, or remove the expiration",
        ],
      },
    ],
    unknown: {
      ...one(types.bucketLifecycle, { rules: UNKNOWN }),
      says: [later("aws.s3.BucketLifecycleConfiguration backups", "rules")],
    },
  },
  "bucket-noncurrent-versions": {
    compliant: [rules({ status: "Enabled", noncurrentVersionExpiration: { noncurrentDays: 30 } })],
    violating: [
      {
        ...rules({ status: "Enabled", noncurrentVersionExpiration: { noncurrentDays: 1 } }),
        says: [
          "aws.s3.BucketLifecycleConfiguration backups, rules[0].noncurrentVersionExpiration.noncurrentDays: received 1; allowed: at least 30 days (plan.retention); fix: raise it to plan.retention",
        ],
      },
      {
        ...rules({ status: "Disabled", noncurrentVersionExpiration: { noncurrentDays: 30 } }),
        says: [
          "aws.s3.BucketLifecycleConfiguration backups, rules: received nothing; allowed: a rule for noncurrent versions; fix: add an enabled rule with noncurrentVersionExpiration.noncurrentDays: 30",
        ],
      },
    ],
    unknown: {
      ...one(types.bucketLifecycle, { rules: UNKNOWN }),
      says: [later("aws.s3.BucketLifecycleConfiguration backups", "rules")],
    },
  },
  "bucket-aborted-uploads": {
    compliant: [rules({ status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 2 } })],
    violating: [
      {
        ...rules({ status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 30 } }),
        says: [
          "aws.s3.BucketLifecycleConfiguration backups, rules[].abortIncompleteMultipartUpload.daysAfterInitiation: received 30; allowed: at most 7 days; fix: add an enabled rule with abortIncompleteMultipartUpload.daysAfterInitiation: 2",
        ],
      },
    ],
    unknown: {
      ...rules({ status: "Enabled", abortIncompleteMultipartUpload: UNKNOWN }),
      says: [
        later(
          "aws.s3.BucketLifecycleConfiguration backups",
          "rules[].abortIncompleteMultipartUpload.daysAfterInitiation",
        ),
      ],
    },
  },
  "bucket-encryption": {
    compliant: ["AES256", "aws:kms"].map((sseAlgorithm) =>
      one(types.bucketEncryption, { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm } }] }),
    ),
    violating: [
      {
        ...one(types.bucketEncryption, { rules: [] }),
        says: [
          'aws.s3.BucketServerSideEncryptionConfiguration backups, rules[0].applyServerSideEncryptionByDefault.sseAlgorithm: received nothing; allowed: "AES256", "aws:kms" or "aws:kms:dsse"; fix: set sseAlgorithm: "AES256"',
        ],
      },
    ],
    unknown: {
      ...one(types.bucketEncryption, { rules: [UNKNOWN] }),
      says: [
        later(
          "aws.s3.BucketServerSideEncryptionConfiguration backups",
          "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm",
        ),
      ],
    },
  },
  "bucket-public-access": {
    compliant: [one(types.bucketPublicAccess, closed)],
    violating: [
      {
        ...one(types.bucketPublicAccess, { ...closed, ignorePublicAcls: false }),
        says: [
          "aws.s3.BucketPublicAccessBlock backups, ignorePublicAcls: received false; allowed: true; fix: set ignorePublicAcls: true",
        ],
      },
    ],
    unknown: {
      ...one(types.bucketPublicAccess, { ...closed, blockPublicAcls: UNKNOWN }),
      says: [
        'aws.s3.BucketPublicAccessBlock backups, blockPublicAcls: received "a value that is known only at update"; allowed: true, as a literal; fix: pass the figure itself, not an Output',
      ],
    },
  },
  "bucket-no-acl": {
    compliant: [one(types.bucket, {})],
    violating: [
      {
        ...one(types.bucket, { acl: "public-read" }),
        says: [
          'aws.s3.Bucket backups, acl: received "public-read"; allowed: nothing; fix: remove it; BucketOwnershipControls and the bucket\'s policy say who may do what',
        ],
      },
    ],
    unknown: {
      ...one(types.bucketAcl, { acl: UNKNOWN }),
      says: [
        'aws.s3.BucketAcl backups, acl: received "[known at update]"; allowed: nothing; fix: remove it; BucketOwnershipControls and the bucket\'s policy say who may do what',
      ],
    },
  },
  "bucket-ownership": {
    compliant: [one(types.bucketOwnership, { rule: { objectOwnership: "BucketOwnerEnforced" } })],
    violating: [
      {
        ...one(types.bucketOwnership, { rule: { objectOwnership: "ObjectWriter" } }),
        says: [
          'aws.s3.BucketOwnershipControls backups, rule.objectOwnership: received "ObjectWriter"; allowed: "BucketOwnerEnforced"; fix: enforce the owner',
        ],
      },
    ],
    unknown: {
      ...one(types.bucketOwnership, { rule: UNKNOWN }),
      says: [later("aws.s3.BucketOwnershipControls backups", "rule.objectOwnership")],
    },
  },
  "bucket-tls-only": {
    compliant: [policy(document)],
    violating: [
      {
        ...policy(without("TlsOnly")),
        says: [
          'aws.s3.BucketPolicy backups, policy: received ["NoCustomerKeys"]; allowed: a Deny of s3:* to everybody, on the bucket and its objects, where aws:SecureTransport is false; fix: use components/backup/policies.ts, bucketPolicy',
        ],
      },
    ],
    unknown: {
      ...one(types.bucketPolicy, { policy: UNKNOWN }),
      says: [later("aws.s3.BucketPolicy backups", "policy")],
    },
  },
  "bucket-no-customer-keys": {
    compliant: [policy(document)],
    violating: [
      {
        ...policy(without("NoCustomerKeys")),
        says: [
          'aws.s3.BucketPolicy backups, policy: received ["TlsOnly"]; allowed: a Deny of s3:PutObject to everybody where s3:x-amz-server-side-encryption-customer-algorithm is given; fix: use components/backup/policies.ts, bucketPolicy',
        ],
      },
    ],
    unknown: {
      ...one(types.bucketPolicy, { policy: UNKNOWN }),
      says: [later("aws.s3.BucketPolicy backups", "policy")],
    },
  },
  "bucket-policy-grants-nothing": {
    compliant: [policy(document)],
    violating: [
      {
        ...policy({
          Statement: {
            Sid: "Writer",
            Effect: "Allow",
            Principal: { AWS: "w" },
            Action: "s3:DeleteObjectVersion",
            Resource: "*",
          },
        }),
        says: [
          'aws.s3.BucketPolicy backups, policy.Writer: received {"principal":{"AWS":"w"},"actions":["s3:DeleteObjectVersion"]}; allowed: Deny alone; fix: grant it in the identity\'s own policy (components/backup/policies.ts)',
        ],
      },
    ],
    unknown: {
      ...one(types.bucketPolicy, { policy: UNKNOWN }),
      says: [later("aws.s3.BucketPolicy backups", "policy")],
    },
  },
  "bucket-force-destroy": {
    compliant: [one(types.bucket, { forceDestroy: false }), one(types.bucket, {})],
    violating: [
      {
        ...one(types.bucket, { forceDestroy: true }),
        says: ["aws.s3.Bucket backups, forceDestroy: received true; allowed: false; fix: remove it"],
      },
    ],
    unknown: {
      ...one(types.bucket, { forceDestroy: UNKNOWN }),
      says: [
        'aws.s3.Bucket backups, forceDestroy: received "[known at update]"; allowed: false, as a literal; fix: pass false itself, not an Output',
      ],
    },
  },
  "bucket-protect": {
    compliant: [one(types.bucket, {}, true), one(types.bucketPolicy, {}, true)],
    violating: [
      {
        ...one(types.bucketLock, {}, false),
        says: [
          "aws.s3.BucketObjectLockConfiguration backups, options.protect: received false; allowed: true; fix: set protect: true",
        ],
      },
    ],
    unknown: "reads an option, which is never unknown",
  },
  "bucket-companions": {
    compliant: [
      { resources: [source, ...companions] },
      {
        resources: [
          source,
          ...companions.map((c) => ({ ...c, inputs: { bucket: UNKNOWN }, uses: { bucket: [source.urn] } })),
        ],
      },
    ],
    violating: [
      {
        resources: [source, ...companions.filter((c) => c.type !== types.bucketLifecycle)],
        says: [
          "aws.s3.Bucket backups, BucketLifecycleConfiguration: received nothing; allowed: one BucketLifecycleConfiguration of this bucket; fix: declare it, as components/backup-bucket.ts does",
        ],
      },
    ],
    unknown: {
      resources: [
        source,
        ...companions.map((c) => (c.type === types.bucketPolicy ? { ...c, inputs: { bucket: UNKNOWN } } : c)),
      ],
      says: [
        "aws.s3.Bucket backups, BucketPolicy: received nothing; allowed: one BucketPolicy of this bucket; fix: declare it, as components/backup-bucket.ts does",
      ],
    },
  },
  "bucket-replication": {
    compliant: [{ resources: [source, elsewhere, replication()] }],
    violating: [
      {
        resources: [source],
        says: [
          "aws.s3.Bucket backups, BucketReplicationConfig: received nothing; allowed: one that copies this bucket, or copies to it; fix: declare it, as components/backup-bucket.ts does",
        ],
      },
    ],
    unknown: {
      resources: [source, elsewhere, replication({ destination: { bucket: UNKNOWN } }, { rules: [elsewhere.urn] })],
      says: [],
    },
  },
  "bucket-replication-elsewhere": {
    compliant: [{ resources: [source, elsewhere, replication()] }],
    violating: [
      {
        resources: [source, replica("us-east-1"), replication()],
        says: [
          'aws.s3.Bucket backups-replica, region: received "us-east-1"; allowed: another region than that of backups; fix: set smarteros:site.backups.replicaRegion to one on another site',
        ],
      },
      {
        resources: [source, elsewhere, replication({ deleteMarkerReplication: { status: "Enabled" } })],
        says: [
          'aws.s3.BucketReplicationConfig copy, rules[0].deleteMarkerReplication.status: received "Enabled"; allowed: "Disabled"; fix: disable it: a deletion is not copied',
        ],
      },
    ],
    unknown: {
      resources: [source, { ...elsewhere, inputs: { bucket: "b-replica", region: UNKNOWN } }, replication()],
      says: [later("aws.s3.Bucket backups-replica", "region")],
    },
  },
};
