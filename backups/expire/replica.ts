import type { S3Client } from "@aws-sdk/client-s3";
import { generationLayout, type Generation } from "../../contracts/generation";
import { explainStoreError, objectsBelow } from "../../stacks/backup-store";
import { SaidError } from "../../words/said";
import { hide } from "./hide";

/** A bucket and an access to it. */
export interface Place {
  readonly store: S3Client;
  readonly bucket: string;
}

export interface ReplicaArgs {
  readonly from: Place;
  readonly replica: Place;
  readonly generation: Generation;
  /** Seconds. */
  readonly retention: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly dryRun: boolean;
}

/**
 * S3 copies no delete marker, so that what hides a backup in one region hides it in one region alone: without this the replica would grow for ever.
 * It hides there what is hidden in the bucket, once it was written longer ago than the retention; until then the replica has everything.
 * @returns how many keys were, or in a dry run would be, hidden @throws a store's error
 */
export async function expireReplica({
  from,
  replica,
  generation,
  retention,
  now,
  dryRun,
}: ReplicaArgs): Promise<number> {
  const { prefix } = generationLayout(generation);
  const here = new Set((await objectsBelow(from.store, from.bucket, prefix)).map(({ key }) => key));
  try {
    const there = await objectsBelow(replica.store, replica.bucket, prefix);
    const gone = there.filter(({ key, writtenAt }) => !here.has(key) && now - writtenAt > retention * 1_000);
    const keys = gone.map(({ key }) => key);
    if (!dryRun) await hide(replica.store, replica.bucket, keys);
    return keys.length;
  } catch (error) {
    throw new SaidError(explainStoreError(`replica s3://${replica.bucket}`, error), { cause: error });
  }
}
