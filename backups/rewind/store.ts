import type { S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import { replicaBucket } from "../../components/backup/names";
import { s3Client } from "../../stacks/backup-store";
import type { PulumiConfig } from "../../stacks/secrets/pulumi-config";

/** Seconds in which the store must have copied an object, of 5 GB at most. */
const copySeconds = 600;

/** The part of a stack's settings that says where its backups are; the rest may be wrong. */
const siteStore = z.looseObject({
  backups: z.looseObject({
    bucket: z.string(),
    region: z.string(),
    replicaRegion: z.string().optional(),
    endpoint: z.looseObject({ caPem: z.string().optional() }).optional(),
  }),
});
const endpointsSchema = z.array(z.looseObject({ s3: z.string().optional() }));

/**
 * The backup bucket of a stack and the operator's own access to it: the aws provider's settings, else environment and profile.
 * @param options replica: the bucket's copy in the other region instead
 * @returns also the endpoint of these settings, where they name one
 * @throws Error when the stack names no bucket, or no region of the copy
 */
export async function openStore(
  config: PulumiConfig,
  { replica = false } = {},
): Promise<{ s3: S3Client; bucket: string; endpoint?: string }> {
  const keys = ["smarteros:site", "aws:endpoints", "aws:accessKey", "aws:secretKey", "aws:profile"] as const;
  const values = await config.values(keys);
  const site = siteStore.safeParse(JSON.parse(values.get("smarteros:site") ?? "{}"));
  if (!site.success)
    throw new Error(
      `smarteros:site.backups: stack ${config.stack} does not name its bucket and region; allowed: see docs/configuration.md; fix: fill in its settings`,
    );
  const { bucket, region } = replica ? replicaOf(site.data.backups, config.stack) : site.data.backups;
  const endpoints = endpointsSchema.parse(JSON.parse(values.get("aws:endpoints") ?? "[]"));
  const endpoint = endpoints.find((e) => e.s3 !== undefined)?.s3;
  const s3 = s3Client(
    {
      region,
      endpoint,
      accessKey: values.get("aws:accessKey"),
      secretKey: values.get("aws:secretKey"),
      profile: values.get("aws:profile"),
    },
    site.data.backups.endpoint?.caPem,
    copySeconds,
  );
  return { s3, bucket, ...(endpoint === undefined ? {} : { endpoint }) };
}

function replicaOf({ bucket, replicaRegion }: z.infer<typeof siteStore>["backups"], stack: string) {
  if (replicaRegion !== undefined) return { bucket: replicaBucket(bucket), region: replicaRegion };
  throw new Error(
    `smarteros:site.backups.replicaRegion: stack ${stack} does not name it; allowed: the region of ${replicaBucket(bucket)}; fix: fill in its settings`,
  );
}
