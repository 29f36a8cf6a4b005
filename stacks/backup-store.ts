import { hostname, userInfo } from "node:os";
import { Agent } from "node:https";
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { z } from "zod";
import { generationLayout, generationOfKey, manifestKey } from "../contracts/generation";
import {
  asOf,
  checkManifest,
  manifest as manifestSchema,
  type CipherPasswords,
  type Manifest,
  type ManifestBody,
} from "../contracts/manifest";
import type { Damage } from "./damage";
import type { Said } from "../words/said";
import { sayPreflight } from "./problem-words";

/**
 * The backup bucket as an operator's machine reads it. Loads no Pulumi: the program and `smarter status` both use it.
 */

/** How the operator's machine reaches S3: the aws provider's own configuration, else the SDK's defaults (environment, profile). */
export interface StoreAccess {
  readonly region: string;
  readonly endpoint?: string;
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly profile?: string;
}

/** A backup set that a restore can use, and what was passed over to find it. */
export interface ChosenSet {
  readonly key: string;
  readonly manifest: Manifest;
  /** Newer sets that are not valid, with the reason: what they would have saved is data lost. */
  readonly skipped: readonly { key: string; reason: string }[];
}

/** What is written once per generation, by whoever begins it: the set that it restores. Later runs read it, so they restore the same. */
const claimSchema = z.strictObject({
  generation: z.number().int(),
  restoreFrom: z.number().int(),
  manifestKey: z.string(),
  targetTime: z.string().nullable(),
  claimedAt: z.string(),
  /** Who began it, "user@host"; absent in what an older program wrote. */
  claimedBy: z.string().optional(),
});
export type Claim = z.infer<typeof claimSchema>;
export const claimKey = (generation: number): string => generationLayout(generation).claim;

/** Who runs this, as others are told: SMARTEROS_OPERATOR, else the user and machine. @example "ana@laptop" */
export const operatorName = (): string => process.env["SMARTEROS_OPERATOR"] || `${userInfo().username}@${hostname()}`;

/** The newest set that verifies, at or before the target time when one is given (or the first after it, for point-in-time restores). */
export function chooseSet(
  candidates: readonly { key: string; text: string }[],
  passwords: CipherPasswords,
  generation: number,
  targetTime?: string,
): { chosen?: ChosenSet; rejected: { key: string; reason: string }[]; wrong: { postgres: number; files: number } } {
  const rejected: { key: string; reason: string }[] = [];
  const wrong = { postgres: 0, files: 0 };
  for (const { key, text } of candidates) {
    const parsed = manifestSchema.safeParse(parseJson(text));
    if (!parsed.success) {
      rejected.push({
        key,
        reason: `not a manifest: ${parsed.error.issues[0]?.path.join(".")} ${parsed.error.issues[0]?.message}`,
      });
      continue;
    }
    const proofs = checkManifest(parsed.data, passwords);
    if (!proofs.postgres) wrong.postgres += 1;
    if (!proofs.files) wrong.files += 1;
    if (!proofs.postgres || !proofs.files) {
      rejected.push({
        key,
        reason: `its signature does not hold (${[proofs.postgres ? "" : "postgresCipher", proofs.files ? "" : "filesCipher"].filter(Boolean).join(", ")})`,
      });
      continue;
    }
    if (parsed.data.body.generation !== generation) {
      rejected.push({
        key,
        reason: `it says generation ${parsed.data.body.generation}, but lies under generation ${generation}`,
      });
      continue;
    }
    if (targetTime !== undefined && Date.parse(asOf(parsed.data.body)) > Date.parse(targetTime)) continue; // too new: not what was asked for
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

/**
 * @param caPem authority of an S3-compatible store that this process does not trust by itself
 * @param answerSeconds in which the store must have answered a request; copies of large objects take longer than others
 */
export function s3Client(aws: StoreAccess, caPem?: string, answerSeconds = 15): S3Client {
  // Else it warns of the Node versions of the coming years in the middle of a recovery.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  return new S3Client({
    region: aws.region,
    ...(aws.endpoint ? { endpoint: aws.endpoint, forcePathStyle: true } : {}),
    ...(aws.profile ? { profile: aws.profile } : {}),
    ...(aws.accessKey && aws.secretKey
      ? { credentials: { accessKeyId: aws.accessKey, secretAccessKey: aws.secretKey } }
      : {}),
    maxAttempts: 4,
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: answerSeconds * 1_000,
      throwOnRequestTimeout: true, // else it only warns, and waits for ever
      ...(caPem ? { httpsAgent: new Agent({ ca: caPem }) } : {}),
    },
  });
}

/** Asks the store, and closes what was opened for it. @throws what `use` throws */
export async function withStore<T>(access: StoreAccess, use: (s3: S3Client) => Promise<T>): Promise<T> {
  const s3 = s3Client(access);
  try {
    return await use(s3);
  } finally {
    s3.destroy();
  }
}

/** What the store's error means for the operator, and the fix. @param what the place that was asked for */
export const explainStoreError = (where: string, error: unknown): Said => {
  if (!(error instanceof S3ServiceException)) return sayPreflight("unreachable", where, (error as Error).message);
  const { name, message, $metadata } = error;
  if (
    ["InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied", "Forbidden"].includes(name) ||
    $metadata.httpStatusCode === 403
  )
    return sayPreflight("credentials", where, name);
  if (name === "NoSuchBucket") return sayPreflight("noBucket", where);
  return sayPreflight("answered", where, `${name}: ${message}`);
};

/** An object as text; undefined: it is not there. @throws the store's error */
export const readText = (s3: S3Client, bucket: string, key: string): Promise<string | undefined> =>
  read(s3, bucket, key, (body) => body.transformToString());

/** An object's content; undefined: it is not there. @throws the store's error */
export const readBytes = (s3: S3Client, bucket: string, key: string): Promise<Uint8Array | undefined> =>
  read(s3, bucket, key, (body) => body.transformToByteArray());

async function read<T>(
  s3: S3Client,
  bucket: string,
  key: string,
  as: (body: NonNullable<GetObjectCommandOutput["Body"]>) => Promise<T>,
): Promise<T | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Body && (await as(Body));
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === "NoSuchKey") return undefined;
    throw error;
  }
}

export interface SearchArgs {
  /** Of manifests, in the order in which they are looked at: newest first. */
  readonly keys: readonly string[];
  readonly passwords: CipherPasswords;
  readonly generation: number;
  readonly targetTime?: string | undefined;
  /** Manifests that are read at most. @default all */
  readonly depth?: number;
  /** So many that do not verify are enough, when a signature was among the reasons. @default all are looked at */
  readonly wrongDepth?: number;
  /** What a set that verifies lacks in the store. @default nothing is looked for */
  readonly damageOf?: (body: ManifestBody) => Promise<Damage | undefined>;
}

/** The first of them that {@link chooseSet} takes and that is not damaged; reads no further. @throws the store's error */
export async function searchSets(
  s3: S3Client,
  bucket: string,
  { keys, passwords, generation, targetTime, depth = Infinity, wrongDepth = Infinity, damageOf }: SearchArgs,
): Promise<{ chosen?: ChosenSet; skipped: ChosenSet["skipped"]; wrong: { postgres: number; files: number } }> {
  const skipped: { key: string; reason: string }[] = [];
  const wrong = { postgres: 0, files: 0 };
  let before: string | undefined;
  let read = 0;
  for (const key of keys) {
    if (before !== undefined && key >= before) continue;
    if (++read > depth) break;
    const text = (await readText(s3, bucket, key)) ?? "";
    const result = chooseSet([{ key, text }], passwords, generation, targetTime);
    skipped.push(...result.rejected);
    if (result.chosen) {
      const damage = await damageOf?.(result.chosen.manifest.body);
      if (!damage) return { chosen: { ...result.chosen, skipped }, skipped, wrong };
      skipped.push({ key, reason: damage.reason });
      if (damage.since !== undefined) before = manifestKey(generation, new Date(damage.since).toISOString());
    }
    wrong.postgres += result.wrong.postgres;
    wrong.files += result.wrong.files;
    if (wrong.postgres + wrong.files > 0 && skipped.length >= wrongDepth) break;
  }
  return { skipped, wrong };
}

/** Generations that have anything in the bucket, oldest first. @throws the store's error */
export async function generationsIn(s3: S3Client, bucket: string): Promise<number[]> {
  const { CommonPrefixes = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: bucket, Delimiter: "/", Prefix: "g" }),
  );
  const numbers = CommonPrefixes.flatMap(({ Prefix }) => generationOfKey(Prefix ?? "") ?? []);
  return numbers.sort((a, b) => a - b);
}

/** The newest generation that serves, or has; undefined: none ever did. @throws the store's error */
export async function activeGeneration(s3: S3Client, bucket: string): Promise<number | undefined> {
  for (const number of (await generationsIn(s3, bucket)).reverse())
    if (await hasServed(s3, bucket, number)) return number;
  return undefined;
}

/** An object by its name. */
export interface Listed {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly writtenAt: number;
}

/** Every current object whose key begins so, in S3's order. @throws the store's error */
export async function objectsBelow(s3: S3Client, bucket: string, prefix: string): Promise<Listed[]> {
  const found: Listed[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }));
    for (const { Key, LastModified } of page.Contents ?? [])
      if (Key) found.push({ key: Key, writtenAt: LastModified?.getTime() ?? Number.NaN });
    token = page.NextContinuationToken;
  } while (token);
  return found;
}

/** Keys of a generation's manifests, newest first. @throws the store's error */
export async function newestManifests(s3: S3Client, bucket: string, generation: number): Promise<string[]> {
  const manifests = await objectsBelow(s3, bucket, generationLayout(generation).manifests);
  return manifests
    .map(({ key }) => key)
    .sort()
    .reverse();
}

/** Whether a generation has finished a backup cycle: it does so only once it serves. @throws the store's error */
export async function hasServed(s3: S3Client, bucket: string, generation: number): Promise<boolean> {
  const Prefix = generationLayout(generation).manifests;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix, MaxKeys: 1 }));
  return Contents.length > 0;
}

/** Who began a generation, with what; undefined: nobody. @throws the store's error, or what is wrong with the claim */
export async function readClaim(s3: S3Client, bucket: string, generation: number): Promise<Claim | undefined> {
  const text = await readText(s3, bucket, claimKey(generation));
  return text === undefined ? undefined : claimSchema.parse(JSON.parse(text));
}

/** Hands a claim to somebody else, who goes on with the same set. @throws the store's error */
export async function handOverClaim(
  access: StoreAccess,
  bucket: string,
  claim: Claim,
  claimedBy: string,
): Promise<void> {
  const Body = JSON.stringify({ ...claim, claimedBy } satisfies Claim);
  const Key = claimKey(claim.generation);
  await withStore(access, (s3) =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType: "application/json" })),
  );
}
