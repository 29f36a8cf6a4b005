import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { type ModuleTarget, restorableAt } from "../contracts/freshness";
import { type Generation, generationLayout, manifestKey } from "../contracts/generation";
import type { CipherPasswords, ManifestBody } from "../contracts/manifest";
import { type ChosenSet, newestManifests, searchSets } from "../stacks/backup-store";

/**
 * How fresh the backups are, told from the bucket alone. Each cycle leaves a signed manifest, so an agent that has stopped, or a host
 * that is gone, is seen by the age of the newest one: nobody has to report in (a dead man's switch).
 */

export type Verdict = "fresh" | "stale" | "unknown";

export interface ModuleFreshness {
  readonly module: string;
  /** ISO 8601; undefined: nothing was found that restores it. */
  readonly newestRestorableAt?: string;
  readonly ageSeconds?: number;
  /** The plan's. */
  readonly rpoTargetSeconds: number;
  /** Age from which it is stale: the target, but not less than two cycles, in which no manifest can tell it (Vault's 0). */
  readonly staleAfterSeconds: number;
  readonly verdict: Verdict;
}

export function moduleFreshness(
  body: ManifestBody | undefined,
  target: ModuleTarget,
  { now, cycleSeconds }: { now: Date; cycleSeconds: number },
): ModuleFreshness {
  const common = {
    module: target.module,
    rpoTargetSeconds: target.rpoSeconds,
    staleAfterSeconds: Math.max(target.rpoSeconds, 2 * cycleSeconds),
  };
  const at = body && restorableAt(body, target);
  if (!at) return { ...common, verdict: "unknown" };
  const ageSeconds = Math.max(0, (now.getTime() - at.getTime()) / 1000);
  const verdict = ageSeconds > common.staleAfterSeconds ? "stale" : "fresh";
  return { ...common, newestRestorableAt: at.toISOString(), ageSeconds, verdict };
}

/** At most so many manifests are read in search of a valid one. */
const searchDepth = 25;

export interface FreshnessArgs {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly generation: Generation;
  /** A manifest that they did not sign counts for nothing: whoever holds the writer's keys could put one there. */
  readonly passwords: CipherPasswords;
  readonly targets: readonly ModuleTarget[];
  readonly cycleSeconds: number;
  readonly now: Date;
}

export interface Freshness {
  /** Stale when any module is, else unknown when any is. */
  readonly verdict: Verdict;
  /** Key of the newest valid manifest. */
  readonly manifest?: string;
  /** Newer ones that are not valid, with the reason. */
  readonly skipped: ChosenSet["skipped"];
  readonly modules: readonly ModuleFreshness[];
}

/** @throws the store's error */
export async function readFreshness(args: FreshnessArgs): Promise<Freshness> {
  const { chosen, skipped } = await newestValid(args);
  const modules = args.targets.map((target) => moduleFreshness(chosen?.manifest.body, target, args));
  const has = (verdict: Verdict) => modules.some((module) => module.verdict === verdict);
  return {
    verdict: has("stale") ? "stale" : has("unknown") ? "unknown" : "fresh",
    ...(chosen ? { manifest: chosen.key } : {}),
    skipped,
    modules,
  };
}

export type NewestArgs = Pick<FreshnessArgs, "s3" | "bucket" | "generation" | "passwords" | "now">;

/** A generation has a manifest for each cycle of its life: those of the last hour are looked at first. */
export async function newestValid(args: NewestArgs): Promise<{ chosen?: ChosenSet; skipped: ChosenSet["skipped"] }> {
  const { s3, bucket, generation, passwords } = args;
  const skipped: { key: string; reason: string }[] = [];
  for (const list of [() => lastHour(args), () => newestManifests(s3, bucket, generation)]) {
    const known = new Set(skipped.map(({ key }) => key));
    const keys = (await list()).filter((key) => !known.has(key));
    const found = await searchSets(s3, bucket, { keys, passwords, generation, depth: searchDepth });
    skipped.push(...found.skipped);
    if (found.chosen) return { chosen: found.chosen, skipped };
  }
  return { skipped };
}

/** Newest first. */
async function lastHour({ s3, bucket, generation, now }: NewestArgs): Promise<string[]> {
  const StartAfter = manifestKey(generation, new Date(now.getTime() - 3_600_000).toISOString());
  const Prefix = generationLayout(generation).manifests;
  const { Contents = [], IsTruncated } = await s3.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix, StartAfter }),
  );
  return IsTruncated
    ? []
    : Contents.flatMap(({ Key }) => Key ?? [])
        .sort()
        .reverse();
}
