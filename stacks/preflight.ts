import { Agent } from "node:https";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import * as pulumi from "@pulumi/pulumi";
import { generationLayout } from "../contracts/generation";
import { checkManifest, manifest as manifestSchema, type CipherPasswords, type Manifest } from "../contracts/manifest";
import { z } from "zod";
import { postgresMajorVersion } from "../components/services/base";
import type { StackConfig } from "./config";

/** A backup set that a restore can use, and what was passed over to find it. */
export interface ChosenSet {
  readonly key: string;
  readonly manifest: Manifest;
  /** Newer sets that are not valid, with the reason: what they would have saved is data lost. */
  readonly skipped: readonly { key: string; reason: string }[];
}

/** A recovery that cannot succeed: every reason at once, before anything is provisioned. */
export class PreflightError extends pulumi.RunError {
  constructor(public readonly problems: readonly string[]) {
    super(`preflight: nothing was provisioned; ${problems.length} problem${problems.length === 1 ? "" : "s"}\n${problems.map((p) => `  - ${p}`).join("\n")}`);
  }
}

/** What is written once per generation, by whoever begins it: the set that it restores. Later runs read it, so they restore the same. */
const claimSchema = z.strictObject({
  generation: z.number().int(),
  restoreFrom: z.number().int(),
  manifestKey: z.string(),
  targetTime: z.string().nullable(),
  claimedAt: z.string(),
});
export type Claim = z.infer<typeof claimSchema>;
export const claimKey = (generation: number): string => `${generationLayout(generation).prefix}claim.json`;

/** At most this many manifests are read in search of a valid one. */
const searchDepth = 500;
/** ... and so many when their signatures do not hold. */
const wrongDepth = 25;

/** The newest set that verifies, at or before the target time when one is given (or the first after it, for point-in-time restores). */
export function chooseSet(candidates: readonly { key: string; text: string }[], passwords: CipherPasswords, generation: number, targetTime?: string): { chosen?: ChosenSet; rejected: { key: string; reason: string }[]; wrong: { postgres: number; files: number } } {
  const rejected: { key: string; reason: string }[] = [];
  const wrong = { postgres: 0, files: 0 };
  for (const { key, text } of candidates) {
    const parsed = manifestSchema.safeParse(parseJson(text));
    if (!parsed.success) {
      rejected.push({ key, reason: `not a manifest: ${parsed.error.issues[0]?.path.join(".")} ${parsed.error.issues[0]?.message}` });
      continue;
    }
    const proofs = checkManifest(parsed.data, passwords);
    if (!proofs.postgres) wrong.postgres += 1;
    if (!proofs.files) wrong.files += 1;
    if (!proofs.postgres || !proofs.files) {
      rejected.push({ key, reason: `its signature does not hold (${[proofs.postgres ? "" : "postgresCipher", proofs.files ? "" : "filesCipher"].filter(Boolean).join(", ")})` });
      continue;
    }
    if (parsed.data.body.generation !== generation) {
      rejected.push({ key, reason: `it says generation ${parsed.data.body.generation}, but lies under generation ${generation}` });
      continue;
    }
    if (targetTime !== undefined && Date.parse(parsed.data.body.consistentAt) > Date.parse(targetTime)) continue; // too new: not what was asked for
    return { chosen: { key, manifest: parsed.data, skipped: rejected }, rejected, wrong };
  }
  return { rejected, wrong };
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the schema then says that it is not a manifest
  }
};

/** @param caPem authority of an S3-compatible store that this process does not trust by itself */
export function s3Client(aws: StackConfig["aws"], caPem?: string): S3Client {
  // Else it warns of the Node versions of the coming years in the middle of a recovery.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  return new S3Client({
    region: aws.region,
    ...(aws.endpoint ? { endpoint: aws.endpoint, forcePathStyle: true } : {}),
    ...(aws.profile ? { profile: aws.profile } : {}),
    ...(aws.accessKey && aws.secretKey ? { credentials: { accessKeyId: aws.accessKey, secretAccessKey: aws.secretKey } } : {}),
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 15_000, ...(caPem ? { httpsAgent: new Agent({ ca: caPem }) } : {}) },
  });
}

const explain = (what: string, error: unknown): string => {
  if (error instanceof S3ServiceException) {
    if (["InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied", "Forbidden"].includes(error.name) || error.$metadata.httpStatusCode === 403) {
      return `${what}: the store refused the credentials (${error.name}); fix: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or aws:accessKey and aws:secretKey, of an identity that may read the bucket`;
    }
    if (error.name === "NoSuchBucket") return `${what}: the bucket does not exist; fix: smarteros:site.backups.bucket and its region`;
    return `${what}: the store answered ${error.name}: ${error.message}`;
  }
  return `${what}: the store could not be reached (${(error as Error).message}); fix: the network, or the endpoint in aws:endpoints`;
};

async function readText(s3: S3Client, bucket: string, key: string): Promise<string | undefined> {
  try {
    const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return await object.Body?.transformToString();
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === "NoSuchKey") return undefined;
    throw error;
  }
}

async function newestManifests(s3: S3Client, bucket: string, generation: number): Promise<string[]> {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: generationLayout(generation).manifests, ContinuationToken: token }));
    keys.push(...(page.Contents ?? []).flatMap((o) => (o.Key ? [o.Key] : [])));
    token = page.NextContinuationToken;
  } while (token);
  return keys.sort().reverse();
}

/** Bytes that a data volume needs for a set: the cluster, its WAL and a first base copy's head room, and the files. */
export function neededBytes(manifest: Manifest): number {
  const files = Object.values(manifest.body.files).reduce((sum, f) => sum + f.bytes, 0);
  return Math.round(manifest.body.postgres.databaseBytes * 1.3 + files * 1.1 + 2 * 2 ** 30);
}

export interface RestorePlan {
  readonly set: ChosenSet;
  readonly restoreId: string;
  readonly sourceGeneration: number;
}

/**
 * Finds what will be restored, and proves what can be proved without a server: credentials, cipher passwords, a valid set, its PostgreSQL
 * version, its size. The choice is claimed under the new generation's prefix (a conditional put: one winner), so a run that is killed and
 * repeated restores the same set.
 * @throws PreflightError with every reason.
 */
export async function preflightRestore(config: StackConfig, volumeBytes?: number): Promise<RestorePlan> {
  const { site, secrets, targetTime } = config;
  const from = site.restoreFrom;
  if (from === undefined) throw new Error("preflightRestore needs smarteros:site.restoreFrom");
  const bucket = site.backups.bucket;
  const s3 = s3Client(config.aws);
  const passwords = { postgres: secrets.postgresCipher, files: secrets.filesCipher };
  const where = `s3://${bucket}/${generationLayout(from).manifests}`;
  const problems: string[] = [];

  try {
    const claimText = await readText(s3, bucket, claimKey(site.generation));
    const claim = claimText === undefined ? undefined : claimSchema.parse(JSON.parse(claimText));
    if (claim && claim.restoreFrom !== from) {
      problems.push(`smarteros:site.restoreFrom: received ${from}, but generation ${site.generation} began at ${claim.claimedAt} by restoring generation ${claim.restoreFrom}; fix: set restoreFrom to ${claim.restoreFrom}, or raise generation`);
    }
    if (claim && targetTime !== undefined && claim.targetTime !== targetTime) {
      problems.push(`recovery:targetTime: received ${targetTime}, but generation ${site.generation} began at ${claim.claimedAt} with ${claim.targetTime ?? "the newest set"}; fix: raise smarteros:site.generation to restore to another time`);
    }
    const keys = claim ? [claim.manifestKey] : (await newestManifests(s3, bucket, from)).slice(0, searchDepth);
    if (keys.length === 0) problems.push(`${where}: no manifest; no backup cycle of generation ${from} has finished; fix: smarteros:site.restoreFrom, or the backup agent of that site`);

    let result: ReturnType<typeof chooseSet> = { rejected: [], wrong: { postgres: 0, files: 0 } };
    const skipped: { key: string; reason: string }[] = [];
    const wrong = { postgres: 0, files: 0 };
    for (const key of keys) {
      const text = (await readText(s3, bucket, key)) ?? "";
      result = chooseSet([{ key, text }], passwords, from, targetTime ?? claim?.targetTime ?? undefined);
      skipped.push(...result.rejected);
      if (result.chosen) break;
      wrong.postgres += result.wrong.postgres;
      wrong.files += result.wrong.files;
      // A wrong password fails on each of them: so many are enough to say so, without reading hundreds.
      if (wrong.postgres + wrong.files > 0 && skipped.length >= wrongDepth) break;
    }
    const chosen = result.chosen;
    if (!chosen && keys.length > 0) {
      const wrongPasswords = (["postgres", "files"] as const).filter((k) => wrong[k] > 0).map((k) => `smarteros:${k}Cipher`);
      problems.push(
        wrongPasswords.length > 0
          ? `${wrongPasswords.join(" and ")}: not the password that the backups of generation ${from} were made with (${skipped.length} of their manifests do not verify), or they were tampered with; fix: take it from the escrow`
          : `${where}: no valid set${targetTime ? ` at or before ${targetTime}` : ""}; ${skipped.slice(0, 3).map((s) => `${s.key}: ${s.reason}`).join("; ") || "all are newer"}; fix: another recovery:targetTime`,
      );
    }
    if (chosen) {
      const { postgres } = chosen.manifest.body;
      if (postgres.majorVersion !== postgresMajorVersion) {
        problems.push(`PostgreSQL: the backup was made by version ${postgres.majorVersion}, but this site runs ${postgresMajorVersion}; a restore cannot change it; fix: deploy the program's revision that runs ${postgres.majorVersion}`);
      }
      const needed = neededBytes(chosen.manifest);
      if (volumeBytes !== undefined && volumeBytes < needed) {
        problems.push(`smarteros:site.host.volume: received ${(volumeBytes / 2 ** 30).toFixed(0)} GiB, but this set needs ${(needed / 2 ** 30).toFixed(1)} GiB; fix: "${Math.ceil((needed * 1.5) / 2 ** 30)} GiB"`);
      }
    }
    if (!chosen || problems.length > 0) throw new PreflightError(problems);

    if (!claim && !pulumi.runtime.isDryRun()) await claimGeneration(s3, bucket, { generation: site.generation, restoreFrom: from, manifestKey: chosen.key, targetTime: targetTime ?? null, claimedAt: new Date().toISOString() });
    return { set: { ...chosen, skipped }, restoreId: restoreId(site.generation, from, chosen.key), sourceGeneration: from };
  } catch (error) {
    if (error instanceof PreflightError) throw error;
    throw new PreflightError([...problems, explain(where, error)]);
  } finally {
    s3.destroy();
  }
}

/** Identity of a restore: the same set onto the same generation is the same restore, however often it is started. */
export const restoreId = (generation: number, from: number, key: string): string => `g${generation}-from-g${from}-${key.split("/").at(-1)?.replace(".json", "")}`;

async function claimGeneration(s3: S3Client, bucket: string, claim: Claim): Promise<void> {
  try {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: claimKey(claim.generation), Body: JSON.stringify(claim), ContentType: "application/json", IfNoneMatch: "*" }));
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412) {
      throw new PreflightError([`generation ${claim.generation} was claimed by another run a moment ago; fix: see who is recovering, then run again to join with their choice`]);
    }
    throw error;
  }
}
