import { PutObjectCommand, S3ServiceException, type S3Client } from "@aws-sdk/client-s3";
import type { Said } from "../words/said";
import { claimKey, readClaim, type Claim } from "./backup-store";
import { sayPreflight } from "./problem-words";

/**
 * Claims a generation: a conditional put, of which one wins.
 * @returns who claimed it before; undefined: it is ours
 * @throws the store's error
 */
export async function claimGeneration(s3: S3Client, bucket: string, claim: Claim): Promise<Claim | undefined> {
  const Key = claimKey(claim.generation);
  try {
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key,
        Body: JSON.stringify(claim),
        ContentType: "application/json",
        IfNoneMatch: "*",
      }),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof S3ServiceException) || error.$metadata.httpStatusCode !== 412) throw error;
    return (await readClaim(s3, bucket, claim.generation)) ?? claim;
  }
}

/** Two recoveries of one generation would fight over server, data and DNS: whoever claimed it goes on, or hands it over. */
export const claimedProblem = ({ generation, claimedBy, claimedAt }: Claim): Said =>
  sayPreflight("claimed", generation, claimedBy ?? sayPreflight("anotherRun"), claimedAt);
