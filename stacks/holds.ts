import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { generationLayout, type Generation } from "../contracts/generation";
import {
  cleanTime,
  hold,
  percent,
  releaseKey,
  releasesPrefix,
  setOfHoldKey,
  unreleased,
  type Held,
  type Release,
} from "../contracts/ransomware";
import { objectsBelow, operatorName, readText } from "./backup-store";

/** Why a generation's backups are held: every hold that nobody has released. Usually none, which two requests tell. @throws the store's error */
export async function holdsOf(s3: S3Client, bucket: string, generation: Generation): Promise<Held[]> {
  const [listed, releases] = await Promise.all([
    objectsBelow(s3, bucket, generationLayout(generation).holds),
    objectsBelow(s3, bucket, releasesPrefix(generation)),
  ]);
  const held = listed.map(({ key, writtenAt }) => ({
    key,
    set: setOfHoldKey(key),
    hold: undefined,
    writtenAt: new Date(writtenAt).toISOString(),
  }));
  const open = unreleased(
    held,
    generation,
    releases.map(({ key }) => key),
  );
  return Promise.all(open.map(async (one) => ({ ...one, hold: holdIn(await readText(s3, bucket, one.key)) })));
}

function holdIn(text: string | undefined): Held["hold"] {
  try {
    return hold.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    return undefined; // it holds all the same
  }
}

/**
 * Releases what is held by now: backups are expired again. What the agent sees afterwards holds them anew.
 * @param why is kept with who and when
 * @returns what was released
 * @throws the store's error
 */
export async function releaseHolds(s3: S3Client, bucket: string, generation: Generation, why: string): Promise<Held[]> {
  const held = await holdsOf(s3, bucket, generation);
  const upTo = held
    .map(({ writtenAt }) => writtenAt)
    .sort()
    .at(-1);
  if (upTo === undefined) return [];
  const record: Release = {
    generation,
    releasedAt: new Date().toISOString(),
    releasedBy: operatorName(),
    reason: why,
    holds: held.map(({ key }) => key),
  };
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: releaseKey(generation, upTo),
      Body: JSON.stringify(record),
      ContentType: "application/json",
    }),
  );
  return held;
}

/** What is held, in a line. @example "odoo: 93 % of 214 replaced files look encrypted since 2026-11-24T03:50:44.000Z" */
export const heldText = (held: readonly Held[]): string =>
  held
    .map(({ key, set, hold: known }) =>
      known
        ? `${set}: ${percent(known)} % of ${known.replaced} replaced files look encrypted since ${known.firstAt}`
        : `${key} cannot be read`,
    )
    .join("; ");

/** What a recovery to the newest set is refused with, when that set may be an attacker's. */
export function heldProblem(held: readonly Held[], where: string): string {
  const clean = cleanTime(held);
  const before = clean ? `${clean}, the newest set before it` : "a time before it (which set is clean is not known)";
  return (
    `${where}: held, ${heldText(held)}; consequence: the newest sets hold encrypted files; fix: restore to ${before}: ` +
    `smarter failover activate --at ${clean ?? "TIME"} (recovery:targetTime); if it was no attack: npm run backups:expire -- --release REASON`
  );
}
