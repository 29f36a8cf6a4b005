import { readFileSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { IAMClient, CreateUserCommand, CreateAccessKeyCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { S3Client, CreateBucketCommand, PutObjectLockConfigurationCommand } from "@aws-sdk/client-s3";
const agent = new Agent({ ca: readFileSync("/tmp/aws-pki/ca.pem") });
const common = { requestHandler: { httpsAgent: agent }, credentials: { accessKeyId: "AKIALOCALCLOUDROOT00", secretAccessKey: "local-cloud-root-secret-key-0000000000000" } };
const iam = new IAMClient({ ...common, region: "us-east-1", endpoint: "https://localhost:9444" });
const s3 = new S3Client({ ...common, region: "eu-central-1", endpoint: "https://localhost:9443", forcePathStyle: true });
(async () => {
  const [cmd, who, file] = process.argv.slice(2);
  if (cmd === "setup") {
    await s3.send(new CreateBucketCommand({ Bucket: "backups", ObjectLockEnabledForBucket: true }));
    await s3.send(new PutObjectLockConfigurationCommand({ Bucket: "backups", ObjectLockConfiguration: { ObjectLockEnabled: "Enabled", Rule: { DefaultRetention: { Mode: "COMPLIANCE", Days: 1 } } } }));
    for (const u of ["writer", "reader"]) {
      await iam.send(new CreateUserCommand({ UserName: u }));
      const k = (await iam.send(new CreateAccessKeyCommand({ UserName: u }))).AccessKey!;
      writeFileSync(`/tmp/rights/keys-${u}.sh`, `export AWS_ACCESS_KEY_ID=${k.AccessKeyId} AWS_SECRET_ACCESS_KEY=${k.SecretAccessKey}\n`);
    }
  } else {
    const Statement = JSON.parse(readFileSync(file!, "utf8"));
    await iam.send(new PutUserPolicyCommand({ UserName: who!, PolicyName: "p", PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }) }));
    console.log("policy of", who, "set");
  }
})();
