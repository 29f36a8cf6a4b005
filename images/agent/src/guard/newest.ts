import { Agent } from "node:https";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { generationLayout, generationOfKey } from "../../../../contracts/generation";
import type { GuardConfig, GuardSecrets } from "../../../../contracts/guard";

/** What S3 says of this generation. */
export type Standing =
  | { readonly kind: "newest" }
  /** A newer one is the active one. */
  | { readonly kind: "replaced"; readonly by: number; readonly since: string };

/** Asks the bucket by names alone: the guard's key can read no object. */
export class Generations {
  private readonly client: S3Client;

  constructor(
    private readonly config: GuardConfig,
    keys: GuardSecrets,
  ) {
    const { host, port, region, uriStyle, caPem } = config.s3;
    this.client = new S3Client({
      endpoint: `https://${host}:${port}`,
      region,
      forcePathStyle: uriStyle === "path",
      credentials: { accessKeyId: keys.s3AccessKey, secretAccessKey: keys.s3SecretKey },
      maxAttempts: 2,
      requestHandler: {
        httpsAgent: new Agent({ ca: caPem }),
        connectionTimeout: 5_000,
        requestTimeout: 10_000,
        throwOnRequestTimeout: true,
      },
    });
  }

  /** @throws the store's error: then nothing is known */
  async standing(): Promise<Standing> {
    const { generation } = this.config;
    const { CommonPrefixes = [] } = await this.list({ Prefix: "g", Delimiter: "/" });
    const newer = CommonPrefixes.flatMap(({ Prefix }) => generationOfKey(Prefix ?? "") ?? [])
      .filter((g) => g > generation)
      .sort((a, b) => b - a);
    for (const candidate of newer) {
      const { active } = generationLayout(candidate);
      const { Contents = [] } = await this.list({ Prefix: active, MaxKeys: 1 });
      const found = Contents.find(({ Key }) => Key === active);
      if (found)
        return { kind: "replaced", by: candidate, since: found.LastModified?.toISOString() ?? "an unknown time" };
    }
    return { kind: "newest" };
  }

  close(): void {
    this.client.destroy();
  }

  private list(input: { Prefix: string; Delimiter?: string; MaxKeys?: number }) {
    return this.client.send(new ListObjectsV2Command({ Bucket: this.config.s3.bucket, ...input }));
  }
}
