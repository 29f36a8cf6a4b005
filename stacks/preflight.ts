import type { S3Client } from "@aws-sdk/client-s3";
import { RunError } from "@pulumi/pulumi/errors";
import { isDryRun } from "@pulumi/pulumi/runtime/settings";
import { generationLayout, generationOfKey, restoreId } from "../contracts/generation";
import type { Manifest } from "../contracts/manifest";
import type { Held } from "../contracts/ransomware";
import { postgresMajorVersion } from "../components/services/base";
import {
  activeGeneration,
  claimKey,
  explainStoreError,
  hasServed,
  newestManifests,
  operatorName,
  readClaim,
  searchSets,
  s3Client,
  withStore,
  type ChosenSet,
  type Claim,
} from "./backup-store";
import { joined, verbatim, type Said } from "../words/said";
import { claimedProblem, claimGeneration } from "./claim";
import type { StackConfig } from "./config";
import { SetInspector } from "./damage";
import { heldProblem, holdsOf } from "./holds";
import { item, sayPreflight } from "./problem-words";

/** A recovery that cannot succeed: every reason at once, before anything is provisioned. */
export class PreflightError extends RunError {
  /** Every reason, in the reader's language. */
  readonly told: readonly Said[];
  /** The whole, in the reader's language; the error's own text is English. */
  readonly said: Said;

  /** @param problems text: English alone, of what only the engine's run finds */
  constructor(problems: readonly (string | Said)[]) {
    const told = problems.map((problem) => (typeof problem === "string" ? () => problem : problem));
    const said = sayPreflight("refused", told.length, joined(told.map(item), "\n"));
    super(said("en"));
    this.told = told;
    this.said = said;
  }

  /** In English, one each. */
  get problems(): readonly string[] {
    return this.told.map((problem) => problem("en"));
  }
}

/** At most this many manifests are read in search of a valid one. */
const searchDepth = 500;
/** ... and so many when their signatures do not hold: a wrong password fails on each of them. */
const wrongDepth = 25;

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

/** What is there to be restored, and whether this generation has begun already. */
export interface FoundRestore extends RestorePlan {
  /** Who began it, with which set. */
  readonly claim?: Claim;
  /** Why the source's backups are held: what was encrypted there, and when. */
  readonly held: readonly Held[];
}

/**
 * Finds what will be restored, and proves what can be proved without a server: credentials, cipher passwords, a valid set, its PostgreSQL
 * version, its size. Changes nothing.
 * @throws PreflightError with every reason.
 */
export async function findRestore(config: StackConfig, volumeBytes?: number): Promise<FoundRestore> {
  const { site, targetTime } = config;
  const from = site.restoreFrom;
  if (from === undefined) throw new Error("preflightRestore needs smarteros:site.restoreFrom");
  const bucket = site.backups.bucket;
  const s3 = s3Client(config.aws);
  const where = placeOf(bucket, from);
  const problems: Said[] = [];

  try {
    const claim = await readClaim(s3, bucket, site.generation);
    if (claim && claim.restoreFrom !== from) {
      problems.push(sayPreflight("otherSource", from, site.generation, claim.claimedAt, claim.restoreFrom));
    }
    if (claim && targetTime !== undefined && claim.targetTime !== targetTime) {
      problems.push(sayPreflight("otherTime", targetTime, site.generation, claim.claimedAt, claim.targetTime ?? sayPreflight("newestSet")));
    }
    const held = await holdsOf(s3, bucket, from);
    if (held.length > 0 && !claim && targetTime === undefined) problems.push(heldProblem(held, `s3://${bucket}/${generationLayout(from).holds}`));
    const keys = claim ? [claim.manifestKey] : await newestManifests(s3, bucket, from);
    if (keys.length === 0) problems.push(sayPreflight("noManifest", where, from));

    const { chosen, problems: found } = await chooseValid({ s3, config, from, keys, targetTime: targetTime ?? claim?.targetTime ?? undefined, volumeBytes, claimed: claim !== undefined });
    problems.push(...found);
    if (!chosen || problems.length > 0) throw new PreflightError(problems);

    return { set: chosen, restoreId: restoreId(site.generation, from, chosen.key), sourceGeneration: from, held, ...(claim ? { claim } : {}) };
  } catch (error) {
    if (error instanceof PreflightError) throw error;
    throw new PreflightError([...problems, explainStoreError(where, error)]);
  } finally {
    s3.destroy();
  }
}

interface ChooseArgs {
  readonly s3: S3Client;
  readonly config: StackConfig;
  readonly from: number;
  /** Newest first. */
  readonly keys: readonly string[];
  readonly targetTime: string | undefined;
  readonly volumeBytes: number | undefined;
  /** An earlier run chose the set and may have restored it: it is not looked at again. */
  readonly claimed: boolean;
}

/** The newest set that verifies and can be restored here, or every reason why there is none. @throws the store's error */
async function chooseValid({ s3, config, from, keys, targetTime, volumeBytes, claimed }: ChooseArgs) {
  const { site, secrets } = config;
  const bucket = site.backups.bucket;
  const where = placeOf(bucket, from);
  const problems: Said[] = [];
  const passwords = { postgres: secrets.postgresCipher, files: secrets.filesCipher };
  const inspector = new SetInspector(s3, bucket, from);
  const { chosen, skipped, wrong } = await searchSets(s3, bucket, {
    keys,
    passwords,
    generation: from,
    targetTime,
    depth: searchDepth,
    wrongDepth,
    ...(claimed ? {} : { damageOf: (body) => inspector.damageOf(body) }),
  });
  if (!chosen && keys.length > 0) {
    const wrongPasswords = (["postgres", "files"] as const).filter((k) => wrong[k] > 0).map((k) => `smarteros:${k}Cipher`);
    const reasons = skipped.slice(0, 3).map((set) => verbatim(`${set.key}: ${set.reason}`));
    const why = reasons.length > 0 ? joined(reasons) : sayPreflight("allNewer");
    problems.push(
      wrongPasswords.length > 0
        ? sayPreflight("wrongPassword", wrongPasswords.join(", "), from, skipped.length)
        : targetTime
          ? sayPreflight("noValidSetBy", where, targetTime, why)
          : sayPreflight("noValidSet", where, why),
    );
  }
  if (chosen) {
    const { postgres } = chosen.manifest.body;
    if (postgres.majorVersion !== postgresMajorVersion) {
      problems.push(sayPreflight("otherPostgres", postgres.majorVersion, postgresMajorVersion));
    }
    const needed = neededBytes(chosen.manifest);
    if (volumeBytes !== undefined && volumeBytes < needed) {
      const gib = (size: number) => `${(size / 2 ** 30).toFixed(1)} GiB`;
      problems.push(sayPreflight("tooSmall", `${(volumeBytes / 2 ** 30).toFixed(0)} GiB`, gib(needed), `${Math.ceil((needed * 1.5) / 2 ** 30)} GiB`));
    }
  }
  return { chosen, problems };
}

const placeOf = (bucket: string, generation: number) => `s3://${bucket}/${generationLayout(generation).manifests}`;

/**
 * The newest valid set of the generation that serves, whoever has claimed what: for a rehearsal, which claims nothing.
 * @throws PreflightError with every reason.
 */
export async function findNewest(config: StackConfig, volumeBytes: number): Promise<{ set: ChosenSet; sourceGeneration: number }> {
  const { bucket } = config.site.backups;
  const s3 = s3Client(config.aws);
  try {
    const from = await activeGeneration(s3, bucket);
    if (from === undefined) throw new PreflightError([sayPreflight("noCycle", `s3://${bucket}`)]);
    const keys = await newestManifests(s3, bucket, from);
    const { chosen, problems } = await chooseValid({ s3, config, from, keys, targetTime: undefined, volumeBytes, claimed: false });
    if (!chosen || problems.length > 0) throw new PreflightError(problems);
    return { set: chosen, sourceGeneration: from };
  } catch (error) {
    if (error instanceof PreflightError) throw error;
    throw new PreflightError([explainStoreError(`s3://${bucket}`, error)]);
  } finally {
    s3.destroy();
  }
}

/** The plan of a set that was chosen. @throws PreflightError when it does not hold */
export async function planOf(config: StackConfig, manifestKey: string): Promise<RestorePlan> {
  const { site, aws } = config;
  const from = generationOfKey(manifestKey);
  if (from === undefined) throw new PreflightError([`${manifestKey}: not the key of a backup set`]);
  const { chosen, problems } = await withStore(aws, (s3) =>
    chooseValid({ s3, config, from, keys: [manifestKey], targetTime: undefined, volumeBytes: undefined, claimed: true }),
  );
  if (!chosen || problems.length > 0) throw new PreflightError(problems);
  return { set: chosen, restoreId: restoreId(site.generation, from, chosen.key), sourceGeneration: from };
}

/**
 * `findRestore`, and the choice is claimed under the new generation's prefix (a conditional put: one winner), so that a run that is killed
 * and repeated restores the same set. Until the generation has served, it is whose claim it is. A preview claims nothing.
 * @throws PreflightError with every reason.
 */
export async function preflightRestore(config: StackConfig, volumeBytes?: number): Promise<RestorePlan> {
  const found = await findRestore(config, volumeBytes);
  if (isDryRun()) return found;
  const { site, targetTime } = config;
  const s3 = s3Client(config.aws);
  try {
    if (found.claim) {
      const theirs = found.claim.claimedBy !== undefined && found.claim.claimedBy !== operatorName();
      if (theirs && !(await hasServed(s3, site.backups.bucket, site.generation))) throw new PreflightError([claimedProblem(found.claim)]);
      return found;
    }
    const theirs = await claimGeneration(s3, site.backups.bucket, {
      generation: site.generation,
      restoreFrom: found.sourceGeneration,
      manifestKey: found.set.key,
      targetTime: targetTime ?? null,
      claimedAt: new Date().toISOString(),
      claimedBy: operatorName(),
    });
    if (theirs) throw new PreflightError([claimedProblem(theirs)]);
    return found;
  } catch (error) {
    if (error instanceof PreflightError) throw error;
    throw new PreflightError([explainStoreError(`s3://${site.backups.bucket}/${claimKey(site.generation)}`, error)]);
  } finally {
    s3.destroy();
  }
}
