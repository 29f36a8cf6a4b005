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
import { joined, type Said } from "../words/said";
import { objectsBelow, operatorName, readText } from "./backup-store";
import { sayPreflight } from "./problem-words";

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
export const heldSaid = (held: readonly Held[]): Said =>
  joined(
    held.map(({ key, set, hold: known }) =>
      known
        ? sayPreflight("encrypted", set, percent(known), known.replaced, known.firstAt)
        : sayPreflight("unreadable", key),
    ),
  );

/** What a recovery to the newest set is refused with, when that set may be an attacker's. */
export function heldProblem(held: readonly Held[], where: string): Said {
  const clean = cleanTime(held);
  return sayPreflight(
    "held",
    where,
    heldSaid(held),
    clean ? sayPreflight("setBefore", clean) : sayPreflight("cleanUnknown"),
    clean ?? sayPreflight("timePlaceholder"),
  );
}
