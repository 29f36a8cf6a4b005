import { S3ServiceException, type S3Client } from "@aws-sdk/client-s3";
import { activation, generationLayout } from "../contracts/generation";
import { explainStoreError, generationsIn, hasServed, readClaim, readText, s3Client } from "./backup-store";
import type { StackConfig } from "./config";
import { PreflightError } from "./preflight";

/** A newer life of the site than this one. */
export interface Successor {
  readonly generation: number;
  /** Who, and since when; as far as S3 says it. */
  readonly by: string;
  readonly since: string;
  /** False: it is being recovered, or was given up half-way. */
  readonly active: boolean;
}

/** The newest generation above this one that somebody has begun; undefined: this one is the newest. @throws the store's error */
export async function successorOf(s3: S3Client, bucket: string, generation: number): Promise<Successor | undefined> {
  const newer = (await generationsIn(s3, bucket)).filter((g) => g > generation).sort((a, b) => b - a);
  for (const candidate of newer) {
    const layout = generationLayout(candidate);
    const [claim, activated] = await Promise.all([
      readClaim(s3, bucket, candidate),
      readText(s3, bucket, layout.active),
    ]);
    if (activated !== undefined) {
      const { activatedBy, activatedAt } = activation.parse(JSON.parse(activated));
      return { generation: candidate, by: activatedBy, since: activatedAt, active: true };
    }
    if (claim)
      return { generation: candidate, by: claim.claimedBy ?? "another run", since: claim.claimedAt, active: false };
  }
  return undefined;
}

/** Whether this generation is still to be begun, after others: nobody has claimed it, and it has never served. @throws the store's error */
export async function isToCome(s3: S3Client, bucket: string, generation: number): Promise<boolean> {
  const [all, claim, served] = await Promise.all([
    generationsIn(s3, bucket),
    readClaim(s3, bucket, generation),
    hasServed(s3, bucket, generation),
  ]);
  return all.some((other) => other < generation) && claim === undefined && !served;
}

/**
 * Whether this stack may run its site: only the newest generation may. An older one, and one that is still to come, may stand by where the
 * program knows how.
 * @returns true: it is to stand by
 * @throws PreflightError naming who is active since when, or that a standby was asked for of the active site
 */
export async function standsBy(config: StackConfig, role: "primary" | "recovery"): Promise<boolean> {
  const { site, asStandby, aws } = config;
  const s3 = s3Client(aws);
  let successor: Successor | undefined;
  let toCome = false;
  try {
    successor = await successorOf(s3, site.backups.bucket, site.generation);
    toCome = asStandby && (await isToCome(s3, site.backups.bucket, site.generation));
  } catch (error) {
    // Before the primary's first run there is no bucket, and nobody else.
    if (!(error instanceof S3ServiceException && error.name === "NoSuchBucket"))
      throw new PreflightError([explainStoreError(`s3://${site.backups.bucket}`, error)]);
  } finally {
    s3.destroy();
  }
  if (successor === undefined) {
    if (!asStandby) return false;
    if (toCome && role === "primary") return true;
    throw new PreflightError([
      `smarteros:asStandby: received true, but generation ${site.generation} is the newest: it would stop the active site; allowed: only while another one is active; fix: pulumi config rm smarteros:asStandby`,
    ]);
  }
  if (asStandby && role === "primary") return true;
  const { generation, by, since, active } = successor;
  const layout = generationLayout(generation);
  throw new PreflightError([
    `smarteros:site.generation: received ${site.generation}, but generation ${generation} ${active ? `is active since ${since}, activated by ${by}` : `was claimed at ${since} by ${by}, and is not active yet`}; ` +
      "two sites would write and take DNS; fix: " +
      (active
        ? `to take over from it, set generation to ${generation + 1} and restoreFrom to ${generation}` +
          (role === "primary"
            ? "; to keep this one ready without services, pulumi config set smarteros:asStandby true"
            : "")
        : `talk to them; if that recovery was given up: delete s3://${site.backups.bucket}/${layout.claim}`),
  ]);
}
