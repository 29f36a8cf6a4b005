import { Agent } from "node:https";
import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { S3Location } from "../../../contracts/agent";

export interface StoreKeys {
  s3AccessKey: string;
  s3SecretKey: string;
}

/** What the agent itself does in the bucket; pgBackRest and restic do the rest. */
export class Store {
  private readonly client: S3Client;

  constructor(
    private readonly s3: S3Location,
    keys: StoreKeys,
  ) {
    this.client = new S3Client({
      endpoint: `https://${s3.host}:${s3.port}`,
      region: s3.region,
      forcePathStyle: s3.uriStyle === "path",
      credentials: { accessKeyId: keys.s3AccessKey, secretAccessKey: keys.s3SecretKey },
      requestHandler: { httpsAgent: new Agent({ ca: s3.caPem, keepAlive: true }), requestTimeout: 30_000 },
    });
  }

  async putJson(key: string, value: unknown): Promise<void> {
    await this.client.send(
      new PutObjectCommand({
        Bucket: this.s3.bucket,
        Key: key,
        Body: JSON.stringify(value),
        ContentType: "application/json",
      }),
    );
  }

  /** The one key that begins so. @throws when there is none, or more than one */
  async onlyKey(prefix: string): Promise<string> {
    const { Contents = [] } = await this.client.send(
      new ListObjectsV2Command({ Bucket: this.s3.bucket, Prefix: prefix, MaxKeys: 2 }),
    );
    const key = Contents[0]?.Key;
    if (key === undefined || Contents.length > 1) {
      throw new Error(
        `bucket ${this.s3.bucket}: ${Contents.length === 0 ? "no key begins" : "several keys begin"} with ${prefix}`,
      );
    }
    return key;
  }

  close(): void {
    this.client.destroy();
  }
}
