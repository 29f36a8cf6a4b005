import type { S3Client } from "@aws-sdk/client-s3";
import { expire, type Expired, type ExpireArgs } from "../../backups/expire/run";
import { s3Client } from "../../stacks/backup-store";
import { ciphers, type Cleanup, type StoreGround } from "../images/site";

/** The store as an identity of the backups sees it. */
export async function storeAs(ground: StoreGround, role: "writer" | "expirer", cleanup: Cleanup): Promise<S3Client> {
  const { s3AccessKey: accessKey, s3SecretKey: secretKey } = await ground.keysOf(role, 1);
  const endpoint = `https://localhost:${ground.s3.port}`;
  const store = s3Client({ region: ground.s3.region, endpoint, accessKey, secretKey }, ground.s3.caPem);
  cleanup.add(async () => store.destroy());
  return store;
}

/** What would be expired so many days from now, by the expirer's own rights. */
export async function expireAfter(
  ground: StoreGround,
  days: number,
  more: Pick<ExpireArgs, "store" | "rules"> & Partial<ExpireArgs>,
): Promise<Expired> {
  const { s3AccessKey: accessKeyId, s3SecretKey: secretAccessKey } = await ground.keysOf("expirer", 1);
  return expire({
    s3: ground.s3,
    generation: 1,
    keys: { accessKeyId, secretAccessKey },
    ciphers: { postgres: ciphers.postgresCipher, files: ciphers.filesCipher },
    now: Date.now() + days * 86_400_000,
    dryRun: false,
    ...more,
  });
}
