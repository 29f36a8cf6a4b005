import { join } from "node:path";
import {
  DeleteBucketPolicyCommand,
  DeleteBucketLifecycleCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { errorOf, region, root, startLocalS3, type LocalS3 } from "../../s3/local-s3";
import { createProject } from "../project";

const Bucket = "backups-test";
let cloud: LocalS3;
let project: Awaited<ReturnType<typeof createProject>>;

const up = (...more: string[]) => project.pulumi(["up", "--yes", "--skip-preview", ...more]);
const drift = () => project.pulumi(["preview", "--refresh", "--expect-no-changes", "--diff"]);
const outputs = async () => JSON.parse((await project.pulumi(["stack", "output", "--json", "--show-secrets"])).output);

beforeAll(async () => {
  cloud = await startLocalS3();
  project = await createProject({
    program: join(__dirname, "program.ts"),
    standIns: ["aws"],
    config: {
      "aws:region": region,
      "aws:accessKey": root.accessKeyId,
      "aws:secretKey": root.secretAccessKey,
      "aws:endpoints": JSON.stringify([
        { s3: cloud.s3Url, iam: cloud.iamUrl, sts: cloud.iamUrl, s3control: cloud.s3Url },
      ]),
      "aws:s3UsePathStyle": "true",
      "aws:skipCredentialsValidation": "true",
      "aws:skipMetadataApiCheck": "true",
      "aws:customCaBundle": cloud.pki.caFile,
    },
  });
}, 600_000);

afterAll(async () => {
  await project?.remove();
  await cloud?.close();
});

it("makes a bucket with every companion, and two identities that are enforced", { timeout: 180_000 }, async () => {
  const { exitCode, output } = await up();
  expect([exitCode, output]).toEqual([0, expect.stringContaining("created")]);
  const { writer, reader, arn, logs } = await outputs();
  expect({ arn, logs, writer: writer.arn }).toEqual({
    arn: `arn:aws:s3:::${Bucket}`,
    logs: expect.stringMatching(/^logs-[0-9a-f]{7}$/),
    writer: "arn:aws:iam::000000000000:user/smarteros/writer",
  });
  await cloud.client(writer).send(new PutObjectCommand({ Bucket, Key: "g1/a", Body: "a" }));
  const get = () => new GetObjectCommand({ Bucket, Key: "g1/a" });
  expect(await errorOf(cloud.client(writer).send(get()))).toBe("AccessDenied");
  expect(await errorOf(cloud.client(reader).send(get()))).toBe("none");
});

it("keeps the access key's secret encrypted in the state", { timeout: 60_000 }, async () => {
  const { writer } = await outputs();
  expect((await project.pulumi(["stack", "export"])).output).not.toContain(writer.secretAccessKey);
});

it("changes nothing the second time, and sees no drift", { timeout: 180_000 }, async () => {
  expect((await up("--expect-no-changes")).output).toContain("unchanged");
  const { exitCode, output } = await drift();
  expect([exitCode, output]).toEqual([0, expect.any(String)]);
});

it("sees what was changed behind its back, and puts it right", { timeout: 300_000 }, async () => {
  const { logs } = await outputs();
  const s3 = cloud.client();
  const suspend = () =>
    s3.send(new PutBucketVersioningCommand({ Bucket: logs, VersioningConfiguration: { Status: "Suspended" } }));
  const changes: Record<string, () => Promise<unknown>> = {
    "versioning suspended": suspend,
    "bucket policy removed": () => s3.send(new DeleteBucketPolicyCommand({ Bucket })),
    "lifecycle removed": () => s3.send(new DeleteBucketLifecycleCommand({ Bucket })),
  };
  for (const [what, change] of Object.entries(changes)) {
    await change();
    expect([what, (await drift()).exitCode]).toEqual([what, 7]);
  }
  expect((await up("--refresh")).exitCode).toBe(0);
  expect((await drift()).exitCode).toBe(0);
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket: logs }))).Status).toBe("Enabled");
});

it("changes a retention in place", { timeout: 120_000 }, async () => {
  await project.pulumi(["config", "set", "days", "2"]);
  const { exitCode, output } = await up();
  expect([exitCode, output]).toEqual([0, expect.stringContaining("1 updated")]);
  const { ObjectLockConfiguration } = await cloud.client().send(new GetObjectLockConfigurationCommand({ Bucket }));
  expect(ObjectLockConfiguration?.Rule?.DefaultRetention).toMatchObject({ Mode: "COMPLIANCE", Days: 2 });
});

it("imports a bucket by its name", { timeout: 120_000 }, async () => {
  const { exitCode, output } = await project.pulumi([
    "import",
    "aws:s3/bucket:Bucket",
    "found",
    Bucket,
    "--yes",
    "--generate-code=false",
  ]);
  expect([exitCode, output]).toEqual([0, expect.stringContaining("imported")]);
  expect((await project.pulumi(["state", "delete", "--yes", "--force", await urnOf("found")])).exitCode).toBe(0);
});

it("leaves a protected bucket alone", { timeout: 120_000 }, async () => {
  await project.pulumi(["config", "set", "protect", "true"]);
  expect((await up()).exitCode).toBe(0);
  const { exitCode, output } = await project.pulumi(["destroy", "--yes", "--skip-preview"]);
  expect([exitCode, output]).toEqual([expect.any(Number), expect.stringContaining("protect")]);
});

it("refuses what it does not implement, by the property's path", { timeout: 120_000 }, async () => {
  const { exitCode, output } = await up("--config", "acceleration=Enabled");
  expect([exitCode, output]).toEqual([
    expect.any(Number),
    expect.stringContaining('does not implement "accelerationStatus"'),
  ]);
});

async function urnOf(name: string): Promise<string> {
  const { deployment } = JSON.parse((await project.pulumi(["stack", "export"])).output);
  return deployment.resources.find(({ urn }: { urn: string }) => urn.endsWith(`::${name}`)).urn;
}
