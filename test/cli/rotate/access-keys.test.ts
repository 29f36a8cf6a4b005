import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { accessKeysIn, deleteKeys, isAccepted, type KeyPair } from "../../../cli/rotate/access-keys";
import { guardPolicy, readerPolicy, writerPolicy } from "../../../components/backup/policies";
import { region, root, startLocalS3, type LocalS3 } from "../../local-cloud/s3/local-s3";

const bucket = "rotated";
let cloud: LocalS3;
let iam: Parameters<typeof deleteKeys>[0];

beforeAll(async () => {
  cloud = await startLocalS3();
  const access = { region, endpoint: cloud.s3Url, accessKey: root.accessKeyId, secretKey: root.secretAccessKey };
  iam = { access, endpoint: cloud.iamUrl, caPem: cloud.pki.caPem };
  await cloud
    .client()
    .send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: region } }));
});
afterAll(() => cloud.close());

async function newKey(UserName: string): Promise<KeyPair> {
  const { AccessKey } = await cloud.iam().send(new CreateAccessKeyCommand({ UserName }));
  return { s3AccessKey: AccessKey!.AccessKeyId!, s3SecretKey: AccessKey!.SecretAccessKey! };
}

it.each([
  ["writer", writerPolicy(bucket, 1)],
  ["reader", readerPolicy(bucket, 1)],
  ["guard", guardPolicy(bucket)],
] as const)(
  "%s: two keys are valid at once; the one that is deleted is refused, and the other is the only one left",
  async (role, policy) => {
    const UserName = `backup-${role}-g1-7e1`;
    await cloud.iam().send(new CreateUserCommand({ UserName }));
    await cloud.iam().send(new CreateUserCommand({ UserName: `backup-${role}-g10-7e1` }));
    await cloud
      .iam()
      .send(new PutUserPolicyCommand({ UserName, PolicyName: "backups", PolicyDocument: JSON.stringify(policy) }));
    const [old, fresh] = [await newKey(UserName), await newKey(UserName)];
    const accepted = (key: KeyPair) => isAccepted(iam.access, bucket, 1, key, cloud.pki.caPem);
    const listed = async () => (await accessKeysIn(iam)).filter((key) => key.role === role && key.generation === 1);

    expect([await accepted(old), await accepted(fresh)]).toEqual([true, true]);
    expect((await listed()).map(({ user, id, active }) => [user, id, active]).sort()).toEqual(
      [old, fresh].map(({ s3AccessKey }) => [UserName, s3AccessKey, true]).sort(),
    );
    await deleteKeys(
      iam,
      (await listed()).filter(({ id }) => id === old.s3AccessKey),
    );
    expect([await accepted(old), await accepted(fresh)]).toEqual([false, true]);
    expect((await listed()).map(({ id }) => id)).toEqual([fresh.s3AccessKey]);
  },
);

it("takes no refusal of another kind for a key that is gone", async () => {
  await cloud.iam().send(new CreateUserCommand({ UserName: "backup-guard-g2-1" }));
  const key = await newKey("backup-guard-g2-1");
  await expect(isAccepted(iam.access, bucket, 2, key, cloud.pki.caPem)).rejects.toMatchObject({ name: "AccessDenied" });
});
