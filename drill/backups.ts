import { setInterval } from "node:timers/promises";
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { generationLayout } from "../contracts/generation";
import { manifest, type ManifestBody } from "../contracts/manifest";
import { addresses, credentials } from "../local-cloud/addresses";
import { s3Client } from "../stacks/backup-store";
import { drillSite } from "./settings";

/** Looks into the backup bucket of the local cloud, as its owner. */
export class Backups {
  private readonly s3: S3Client;

  constructor(caPem: string) {
    this.s3 = s3Client(
      {
        region: drillSite.region,
        endpoint: addresses.s3.operatorUrl,
        accessKey: credentials.awsAccessKey,
        secretKey: credentials.awsSecretKey,
      },
      caPem,
    );
  }

  /** The newest manifest of a generation, if there is one. */
  async newest(generation: number): Promise<ManifestBody | undefined> {
    const { Contents = [] } = await this.s3.send(
      new ListObjectsV2Command({ Bucket: drillSite.bucket, Prefix: generationLayout(generation).manifests }),
    );
    const key = Contents.flatMap(({ Key }) => Key ?? [])
      .sort()
      .at(-1);
    if (key === undefined) return undefined;
    const object = await this.s3.send(new GetObjectCommand({ Bucket: drillSite.bucket, Key: key }));
    return manifest.parse(JSON.parse(await object.Body!.transformToString())).body;
  }

  /**
   * Waits for a finished cycle whose database is as of this time or later.
   * @param since milliseconds since the epoch
   * @throws when none comes within the deadline, or the signal's reason
   */
  async cycleSince(
    since: number,
    { generation, seconds, signal }: { generation: number; seconds: number; signal: AbortSignal },
  ): Promise<ManifestBody> {
    const deadline = Date.now() + seconds * 1_000;
    for await (const _ of setInterval(500, undefined, { signal })) {
      const newest = await this.newest(generation);
      if (newest && Date.parse(newest.consistentAt) >= since) return newest;
      if (Date.now() > deadline) {
        throw new Error(
          `backups: no cycle of generation ${generation} since ${new Date(since).toISOString()} within ${seconds} s; newest: ${newest?.consistentAt ?? "none"}; fix: look at the agent's log (docker logs agent on the host)`,
        );
      }
    }
    throw signal.reason;
  }

  close(): void {
    this.s3.destroy();
  }
}
