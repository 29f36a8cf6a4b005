import { mkdtemp, rm } from "node:fs/promises";
import { Agent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import { credentials } from "../../../local-cloud/addresses";
import { ensurePki } from "../../../local-cloud/pki";
import { startS3 } from "../../../local-cloud/s3/start";
import { ensureToolchain } from "../../../toolchain/ensure";

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export const root: Keys = { accessKeyId: credentials.awsAccessKey, secretAccessKey: credentials.awsSecretKey };
export const region = "eu-central-1";

/** An S3 and IAM of the test's own, on free ports, and clients for them. */
export async function startLocalS3() {
  const { versitygw } = await ensureToolchain({ want: ["s3"] });
  const dir = await mkdtemp(join(tmpdir(), "s3-"));
  const pki = await ensurePki(join(dir, "pki"));
  const s3 = await startS3({
    ...{ dir: join(dir, "s3"), versitygw, hostnames: ["127.0.0.1"], port: 0, iamPort: 0, pki, region },
    ...{ rootAccessKey: root.accessKeyId, rootSecretKey: root.secretAccessKey },
  });
  const s3Url = `https://localhost:${s3.port}`;
  const iamUrl = `https://localhost:${s3.iamPort}`;
  const agent = new Agent({ keepAlive: true, ca: pki.caPem });
  const common = { requestHandler: { httpsAgent: agent }, maxAttempts: 1 };
  return {
    dir,
    pki,
    s3Url,
    iamUrl,
    port: s3.port,
    agent,
    reset: s3.reset,
    client: (credentials: Keys = root, inRegion = region) =>
      new S3Client({
        ...common,
        credentials,
        region: inRegion,
        endpoint: s3Url,
        forcePathStyle: true,
        requestChecksumCalculation: "WHEN_REQUIRED",
      }),
    iam: (credentials: Keys = root) => new IAMClient({ ...common, credentials, region: "us-east-1", endpoint: iamUrl }),
    async close() {
      agent.destroy();
      await s3.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
export type LocalS3 = Awaited<ReturnType<typeof startLocalS3>>;

/** The code of the error that AWS answered; "none" when it answered with success. */
export const errorOf = (operation: Promise<unknown>): Promise<string> =>
  operation.then(
    () => "none",
    (error: Error) => error.name,
  );
