import { Agent } from "node:https";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
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
      requestHandler: {
        httpsAgent: new Agent({ ca: s3.caPem, keepAlive: true }),
        connectionTimeout: 10_000,
        requestTimeout: 30_000,
        throwOnRequestTimeout: true, // else it only warns, and a cycle waits for ever
      },
    });
  }

  async putJson(key: string, value: unknown): Promise<void> {
    await this.put(key, JSON.stringify(value), "application/json");
  }

  async put(key: string, content: string | Uint8Array, contentType: string): Promise<void> {
    await this.client.send(
      new PutObjectCommand({ Bucket: this.s3.bucket, Key: key, Body: content, ContentType: contentType }),
    );
  }

  /** @throws when there is no such object, or these keys may not read it */
  async get(key: string): Promise<Uint8Array> {
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.s3.bucket, Key: key }));
      return await Body!.transformToByteArray();
    } catch (error) {
      throw new Error(`bucket ${this.s3.bucket}: ${key} cannot be read`, { cause: error });
    }
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
