import type { S3Client } from "@aws-sdk/client-s3";
import { SaidError } from "../words/said";
import { explainStoreError } from "../stacks/backup-store";
import { siteSchema } from "../stacks/config-schema";
import { operatorS3Location } from "../stacks/s3-location";
import type { Place } from "./expire/replica";
import type { RepositoryAccess } from "./repositories";
import { openStore } from "./rewind/store";
import { openStack } from "./stack";

/** The backups of a stack, as whoever runs this may use them. */
export type OpenBackups = Omit<RepositoryAccess, "generation"> & { readonly store: S3Client; readonly replica: Place };

/**
 * Opens the backup bucket and the ciphers by a stack's settings, and closes it again.
 * @throws what is missing with its fix, or what the store said, explained
 */
export async function openBackups<T>(
  stack: string,
  configFile: string | undefined,
  use: (access: OpenBackups) => Promise<T>,
): Promise<T> {
  const { config } = await openStack(stack, configFile);
  const values = await config.values(["smarteros:site", "smarteros:postgresCipher", "smarteros:filesCipher"]);
  const need = (key: string): string => {
    const value = values.get(key);
    if (value !== undefined) return value;
    throw new Error(`${key}: stack ${stack} has none; fix: npm run secrets:init -- --stack ${stack}`);
  };
  const { backups } = siteSchema
    .pick({ backups: true })
    .loose()
    .parse(JSON.parse(need("smarteros:site")));
  const ciphers = { postgres: need("smarteros:postgresCipher"), files: need("smarteros:filesCipher") };
  const { s3, bucket, endpoint } = await openStore(config);
  const replica = await openStore(config, { replica: true });
  try {
    const location = operatorS3Location({ backups }, endpoint);
    // Whatever the operator has: keys, a profile, a role.
    const keys = await s3.config.credentials();
    return await use({
      store: s3,
      replica: { store: replica.s3, bucket: replica.bucket },
      s3: location,
      keys,
      ciphers,
    });
  } catch (error) {
    if (error instanceof Error && !("$metadata" in error)) throw error;
    throw new SaidError(explainStoreError(`s3://${bucket}`, error), { cause: error });
  } finally {
    s3.destroy();
    replica.s3.destroy();
  }
}
