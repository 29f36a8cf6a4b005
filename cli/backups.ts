import type { S3Client } from "@aws-sdk/client-s3";
import { moduleFreshness, newestValid, type ModuleFreshness } from "../backups/freshness";
import { moduleTargets } from "../components/services/agent";
import type { CipherPasswords, ManifestBody } from "../contracts/manifest";
import type { Held } from "../contracts/ransomware";
import { plan } from "../plan/plan";
import { seconds } from "../plan/units";
import { holdsOf } from "../stacks/holds";
import { generationsIn, hasServed, readClaim, s3Client, type ChosenSet, type Claim, type StoreAccess } from "../stacks/backup-store";
import { SaidError } from "../words/said";
import { sayError } from "./error-words";

/** One life of the site, as the bucket knows it. */
export interface Generation {
  readonly number: number;
  /** Who began it by a restore; a first site has none. */
  readonly claim?: Claim;
  /** Its backup agent has finished a cycle, which it does only once the site serves. */
  readonly serves: boolean;
}

/** The newest set that a restore could use: both of its signatures hold. */
export interface NewestSet {
  readonly key: string;
  readonly body: ManifestBody;
}

/** What the bucket says. */
export interface BackupState {
  readonly generations: readonly Generation[];
  /** The newest generation that serves; undefined: none ever did. */
  readonly active?: number;
  /** A generation after the active one that somebody has begun: a recovery that is running, or was left. */
  readonly begun?: Claim;
  /** Of the active generation. */
  readonly newest?: NewestSet;
  /** Newer manifests that are not valid, with the reason. */
  readonly skipped: ChosenSet["skipped"];
  /** Of the active generation: what looks like ransomware, and was not released. */
  readonly held: readonly Held[];
}

/** Looks into the backup bucket. @throws the store's error, and without the passwords that the manifests are signed with */
export async function readBackups(
  store: StoreAccess,
  bucket: string,
  passwords: CipherPasswords | undefined,
): Promise<BackupState> {
  if (!passwords)
    throw new SaidError(sayError("noCiphers"));
  const s3 = s3Client(store);
  try {
    const generations = await listGenerations(s3, bucket);
    const active = generations.findLast(({ serves }) => serves)?.number;
    const begun = generations.findLast(({ number, claim }) => claim && number > (active ?? 0))?.claim;
    const common = { generations, ...(begun ? { begun } : {}) };
    if (active === undefined) return { ...common, skipped: [], held: [] };
    const [{ chosen, skipped }, held] = await Promise.all([
      newestValid({ s3, bucket, generation: active, passwords, now: new Date() }),
      holdsOf(s3, bucket, active),
    ]);
    const newest = chosen && { key: chosen.key, body: chosen.manifest.body };
    return { ...common, active, skipped, held, ...(newest ? { newest } : {}) };
  } finally {
    s3.destroy();
  }
}

async function listGenerations(s3: S3Client, bucket: string): Promise<Generation[]> {
  const known = (await generationsIn(s3, bucket)).map(async (number): Promise<Generation> => {
    const [claim, serves] = await Promise.all([readClaim(s3, bucket, number), hasServed(s3, bucket, number)]);
    return { number, serves, ...(claim ? { claim } : {}) };
  });
  return Promise.all(known);
}

/** To what moment each module that keeps data could be brought back by a set. @param now milliseconds since the epoch */
export const freshness = (body: ManifestBody, now: number): ModuleFreshness[] =>
  moduleTargets().map((target) =>
    moduleFreshness(body, target, { now: new Date(now), cycleSeconds: seconds(plan.backupCycle) }),
  );

export type { ModuleFreshness };
