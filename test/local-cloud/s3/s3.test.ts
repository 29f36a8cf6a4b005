import { createHash, randomBytes } from "node:crypto";
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { waitUntil } from "../../../local-cloud/wait";
import { errorOf, region, root, startLocalS3, type Keys, type LocalS3 } from "./local-s3";

const Bucket = "backups";
let cloud: LocalS3;
let client: s3.S3Client;

beforeAll(async () => {
  cloud = await startLocalS3();
  client = cloud.client();
  await client.send(new s3.CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true, ...inRegion(region) }));
}, 600_000);

afterAll(() => cloud?.close());

const inRegion = (name: string) => ({ CreateBucketConfiguration: { LocationConstraint: name as never } });

async function identity(name: string, statements: object[]): Promise<Keys> {
  await cloud.iam().send(new iam.CreateUserCommand({ UserName: name }));
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  await cloud.iam().send(new iam.PutUserPolicyCommand({ UserName: name, PolicyName: "only", PolicyDocument }));
  const { AccessKey } = await cloud.iam().send(new iam.CreateAccessKeyCommand({ UserName: name }));
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}

const Rules: s3.LifecycleRule[] = [
  { ID: "old", Status: "Enabled", Filter: { Prefix: "g1/" }, NoncurrentVersionExpiration: { NoncurrentDays: 35 } },
];

it("keeps a lifecycle document, with the header that the real provider plugin waits for", async () => {
  const get = () => client.send(new s3.GetBucketLifecycleConfigurationCommand({ Bucket }));
  expect(await errorOf(get())).toBe("NoSuchLifecycleConfiguration");
  await client.send(new s3.PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
  expect(await get()).toMatchObject({ Rules, TransitionDefaultMinimumObjectSize: "all_storage_classes_128K" });
  await client.send(new s3.DeleteBucketLifecycleCommand({ Bucket }));
  expect(await errorOf(get())).toBe("NoSuchLifecycleConfiguration");
});

it("keeps encryption, public access block, replication and logging", async () => {
  const ServerSideEncryptionConfiguration = {
    Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const } }],
  };
  const PublicAccessBlockConfiguration = { BlockPublicAcls: true, RestrictPublicBuckets: true };
  const ReplicationConfiguration = {
    Role: "arn:aws:iam::000000000000:role/r",
    Rules: [
      {
        ID: "all",
        Status: "Enabled" as const,
        Priority: 1,
        Filter: { Prefix: "" },
        Destination: { Bucket: "arn:aws:s3:::replica" },
      },
    ],
  };
  const gets = {
    encryption: () => client.send(new s3.GetBucketEncryptionCommand({ Bucket })),
    block: () => client.send(new s3.GetPublicAccessBlockCommand({ Bucket })),
    replication: () => client.send(new s3.GetBucketReplicationCommand({ Bucket })),
  };
  expect(await Promise.all(Object.values(gets).map((get) => errorOf(get())))).toEqual([
    "ServerSideEncryptionConfigurationNotFoundError",
    "NoSuchPublicAccessBlockConfiguration",
    "ReplicationConfigurationNotFoundError",
  ]);
  await client.send(new s3.PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
  await client.send(new s3.PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  await client.send(new s3.PutBucketReplicationCommand({ Bucket, ReplicationConfiguration }));
  expect(await gets.encryption()).toMatchObject({ ServerSideEncryptionConfiguration });
  expect(await gets.block()).toMatchObject({ PublicAccessBlockConfiguration });
  expect(await gets.replication()).toMatchObject({ ReplicationConfiguration: { Role: ReplicationConfiguration.Role } });

  expect((await client.send(new s3.GetBucketLoggingCommand({ Bucket }))).LoggingEnabled).toBeUndefined();
  const LoggingEnabled = { TargetBucket: "logs", TargetPrefix: "a & b/" };
  await client.send(new s3.PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: { LoggingEnabled } }));
  expect(await client.send(new s3.GetBucketLoggingCommand({ Bucket }))).toMatchObject({ LoggingEnabled });
});

it("gives those documents to root alone, and only for a right signature and an existing bucket", async () => {
  const all = await identity("all-of-s3", [{ Effect: "Allow", Action: "s3:*", Resource: "*" }]);
  const get = (keys: Keys, name = Bucket) =>
    errorOf(cloud.client(keys).send(new s3.GetPublicAccessBlockCommand({ Bucket: name })));
  expect(await get(all)).toBe("AccessDenied");
  expect(await get({ ...root, secretAccessKey: "wrong" })).toBe("SignatureDoesNotMatch");
  expect(await get({ ...root, accessKeyId: "AKIAUNKNOWN000000000" })).toBe("InvalidAccessKeyId");
  expect(await get(root, "no-such-bucket")).toBe("NoSuchBucket");
});

it("forgets the documents of a deleted bucket", async () => {
  const short = { Bucket: "short-lived" };
  await client.send(new s3.CreateBucketCommand({ ...short, ...inRegion(region) }));
  await client.send(new s3.PutBucketLifecycleConfigurationCommand({ ...short, LifecycleConfiguration: { Rules } }));
  await client.send(new s3.DeleteBucketCommand(short));
  await client.send(new s3.CreateBucketCommand({ ...short, ...inRegion(region) }));
  expect(await errorOf(client.send(new s3.GetBucketLifecycleConfigurationCommand(short)))).toBe(
    "NoSuchLifecycleConfiguration",
  );
});

it("puts a claim only once", async () => {
  const claim = () => client.send(new s3.PutObjectCommand({ Bucket, Key: "claims/g2", Body: "a", IfNoneMatch: "*" }));
  expect([await errorOf(claim()), await errorOf(claim())]).toEqual(["none", "PreconditionFailed"]);
});

it("deletes no version under COMPLIANCE retention, not even for root", async () => {
  const RetainUntilDate = new Date(Date.now() + 3600_000);
  const put = {
    Bucket,
    Key: "locked",
    Body: "a",
    ObjectLockMode: "COMPLIANCE" as const,
    ObjectLockRetainUntilDate: RetainUntilDate,
  };
  const { VersionId } = await client.send(new s3.PutObjectCommand(put));
  const remove = new s3.DeleteObjectCommand({ Bucket, Key: "locked", VersionId, BypassGovernanceRetention: true });
  expect(await errorOf(client.send(remove))).toBe("AccessDenied");
});

it("lists when each version came into being, not when it was superseded", async () => {
  const put = (Body: string) => client.send(new s3.PutObjectCommand({ Bucket, Key: "past", Body }));
  await put("a");
  const superseded = Math.floor(Date.now() / 1_000) * 1_000 + 1_000;
  await waitUntil(async () => Date.now() >= superseded, { what: "the next second", seconds: 2 });
  await put("b");
  await client.send(new s3.DeleteObjectCommand({ Bucket, Key: "past" }));
  const { Versions, DeleteMarkers } = await client.send(new s3.ListObjectVersionsCommand({ Bucket, Prefix: "past" }));
  const [newer, older] = Versions!.map(({ LastModified }) => LastModified!.getTime());
  expect(older).toBeLessThan(superseded);
  expect(newer).toBeGreaterThanOrEqual(superseded);
  expect(DeleteMarkers).toMatchObject([{ IsLatest: true }]);
});

it("holds a writer to its rights, also inside of keys", async () => {
  const at = (key: string) => `arn:aws:s3:::${Bucket}/${key}`;
  const keys = await identity("writer", [
    { Effect: "Allow", Action: "s3:PutObject", Resource: at("g1/*") },
    { Effect: "Allow", Action: "s3:GetObject", Resource: at("g1/*/backup.manifest*") },
    { Effect: "Allow", Action: "s3:DeleteObject", Resource: at("g1/files/locks/*") },
  ]);
  const writer = cloud.client(keys);
  const put = (Key: string) => errorOf(writer.send(new s3.PutObjectCommand({ Bucket, Key, Body: "a" })));
  const get = (Key: string) => errorOf(writer.send(new s3.GetObjectCommand({ Bucket, Key })));
  const remove = (Key: string) => errorOf(writer.send(new s3.DeleteObjectCommand({ Bucket, Key })));
  expect([await put("g1/a/b/backup.manifest.copy"), await put("g1/files/data/00"), await put("g2/x")]).toEqual([
    "none",
    "none",
    "AccessDenied",
  ]);
  expect([await get("g1/a/b/backup.manifest.copy"), await get("g1/files/data/00")]).toEqual(["none", "AccessDenied"]);
  expect([await remove("g1/files/locks/1"), await remove("g1/files/data/00")]).toEqual(["none", "AccessDenied"]);
  expect(await errorOf(writer.send(new s3.ListObjectsV2Command({ Bucket, Prefix: "g1/" })))).toBe("AccessDenied");
});

it("takes requests for secure: a policy against plain HTTP lets them through", async () => {
  const tls = { Bucket: "tls-only" };
  await client.send(new s3.CreateBucketCommand({ ...tls, ...inRegion(region) }));
  const Statement = [
    {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: ["arn:aws:s3:::tls-only", "arn:aws:s3:::tls-only/*"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ];
  await client.send(
    new s3.PutBucketPolicyCommand({ ...tls, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) }),
  );
  const keys = await identity("tls-writer", [
    { Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::tls-only/*" },
  ]);
  expect(await errorOf(cloud.client(keys).send(new s3.PutObjectCommand({ ...tls, Key: "a", Body: "a" })))).toBe("none");
});

it("keeps a policy against customer keys whole, enforces it, and has versitygw enforce the rest", async () => {
  const name = { Bucket: "no-customer-keys" };
  await client.send(new s3.CreateBucketCommand({ ...name, ...inRegion(region) }));
  const put = (more: object = {}) =>
    errorOf(client.send(new s3.PutObjectCommand({ ...name, Key: "a", Body: "a", ...more })));
  const withKey = {
    SSECustomerAlgorithm: "AES256",
    SSECustomerKey: randomBytes(32).toString("base64"),
    SSECustomerKeyMD5: "x",
  };
  expect(await put(withKey)).toBe("NotImplemented");
  const on = (Action: string, Condition: object) => ({
    Effect: "Deny",
    Principal: "*",
    Action,
    Resource: "arn:aws:s3:::no-customer-keys/*",
    Condition,
  });
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      on("s3:PutObject", { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } }),
      on("s3:GetObject", { Bool: { "aws:SecureTransport": "true" } }),
    ],
  });
  await client.send(new s3.PutBucketPolicyCommand({ ...name, Policy }));
  expect((await client.send(new s3.GetBucketPolicyCommand(name))).Policy).toBe(Policy);
  expect([await put(withKey), await put()]).toEqual(["AccessDenied", "none"]);
  const keys = await identity("policy-reader", [{ Effect: "Allow", Action: "s3:*", Resource: "*" }]);
  expect(await errorOf(cloud.client(keys).send(new s3.GetObjectCommand({ ...name, Key: "a" })))).toBe("AccessDenied");
  await client.send(new s3.DeleteBucketPolicyCommand(name));
  expect(await errorOf(client.send(new s3.GetBucketPolicyCommand(name)))).toBe("NoSuchBucketPolicy");
  expect(await put(withKey)).toBe("NotImplemented");
});

it("has every region at one address", async () => {
  const elsewhere = cloud.client(root, "eu-west-1");
  const far = { Bucket: "far-away" };
  await elsewhere.send(new s3.CreateBucketCommand({ ...far, ...inRegion("eu-west-1") }));
  await elsewhere.send(new s3.PutObjectCommand({ ...far, Key: "a", Body: "a" }));
  expect(await errorOf(client.send(new s3.HeadBucketCommand(far)))).toBe("NotFound");
  expect(await errorOf(cloud.client(root, "nowhere").send(new s3.ListBucketsCommand({})))).toBe(
    "AuthorizationHeaderMalformed",
  );
});

it("lists a bucket's tags as S3 Control does", async () => {
  await client.send(new s3.PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: "site", Value: "a+b" }] } }));
  // The same request on the wire: GET /v20180820/tags/<arn>, signed for S3.
  const list = (keys: Keys) =>
    cloud.client(keys).send(new s3.GetObjectCommand({ Bucket: "v20180820", Key: `tags/arn:aws:s3:::${Bucket}` }));
  expect(await (await list(root)).Body!.transformToString()).toContain("<Tag><Key>site</Key><Value>a+b</Value></Tag>");
  expect(await errorOf(list({ ...root, secretAccessKey: "wrong" }))).toBe("SignatureDoesNotMatch");
});

it("answers with empty lists what IAM knows and versitygw does not, and 501 what neither does", async () => {
  const UserName = "lists";
  await cloud.iam().send(new iam.CreateUserCommand({ UserName }));
  expect((await cloud.iam().send(new iam.ListGroupsForUserCommand({ UserName }))).Groups).toEqual([]);
  expect(await errorOf(cloud.iam().send(new iam.CreateGroupCommand({ GroupName: "a" })))).toBe("InvalidAction");
  const stranger = cloud.iam({ ...root, secretAccessKey: "wrong" });
  expect(await errorOf(stranger.send(new iam.ListGroupsForUserCommand({ UserName })))).toBe("SignatureDoesNotMatch");
});

it("streams a large object through, byte for byte", { timeout: 60_000 }, async () => {
  const body = randomBytes(64 * 1024 * 1024);
  const Key = "large/ä b+c";
  await client.send(new s3.PutObjectCommand({ Bucket, Key, Body: body }));
  const back = await client.send(new s3.GetObjectCommand({ Bucket, Key }));
  const sha = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  expect(sha(await back.Body!.transformToByteArray())).toBe(sha(body));
});

it("is empty after a reset", { timeout: 60_000 }, async () => {
  await cloud.reset();
  expect((await client.send(new s3.ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
  expect((await cloud.iam().send(new iam.ListUsersCommand({}))).Users).toEqual([]);
});
