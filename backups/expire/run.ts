import type { S3Client } from "@aws-sdk/client-s3";
import pMap from "p-map";
import { generationLayout } from "../../contracts/generation";
import {
  chooseSet,
  generationsIn,
  hasServed,
  newestManifests,
  objectsBelow,
  readClaim,
  readText,
} from "../../stacks/backup-store";
import type { Held } from "../../contracts/ransomware";
import { holdsOf } from "../../stacks/holds";
import { type Repositories, type RepositoryAccess, type Said, withRepositories } from "../repositories";
import { hide } from "./hide";
import { choose, type DatedSet, type KeepRules } from "./keep";
import { expireReplica, type Place } from "./replica";
import { neededBy, unneeded, unneededVault } from "./snapshots";

export interface ExpireArgs extends RepositoryAccess {
  /** As the same identity as `keys`. */
  readonly store: S3Client;
  /** The bucket's copy in the other region. @default it is left alone */
  readonly replica?: Place | undefined;
  readonly rules: KeepRules;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** True: nothing is changed. */
  readonly dryRun: boolean;
  readonly onProgress?: (line: string) => void;
}

/** What was, or in a dry run would be, hidden. */
export interface Expired {
  readonly generation: number;
  readonly sets: { readonly kept: number; readonly dropped: number; readonly oldestKept: string | null };
  /** Manifests that do not verify: they are no sets, and are left where they are. */
  readonly invalid: readonly string[];
  readonly snapshots: number;
  readonly vaultSnapshots: number;
  /** The last that pgBackRest said; null: it was not asked, since the backups are held. */
  readonly postgres: string | null;
  /** Keys that went from the replica; null: it was left alone. */
  readonly replica: number | null;
  /** Why nothing goes: what looks like ransomware, until it is released. */
  readonly held: readonly Held[];
}

const requests = 16;
/** Ids on one command line. */
const batch = 500;

/**
 * Expires one generation, in an order in which a kill at any moment leaves no set that lacks a part: manifests first, then what only they named.
 * A deletion writes a marker; under Object Lock the versions stay for the retention, and `backups:rewind` brings them back.
 * @throws what a store or a program said, before anything was changed where that is possible
 */
export async function expire(args: ExpireArgs): Promise<Expired> {
  const { store, replica, generation, rules, now, dryRun, onProgress = () => {} } = args;
  const { bucket } = args.s3;
  const held = await holdsOf(store, bucket, generation);
  const keys = await newestManifests(store, bucket, generation);
  onProgress(`g${generation}: ${keys.length} manifests are read`);
  const read = await pMap(
    keys,
    async (key) => ({ key, body: validBody(key, (await readText(store, bucket, key)) ?? "", args) }),
    {
      concurrency: requests,
    },
  );
  const bodies = new Map(read.flatMap(({ key, body }) => (body ? [[key, body] as const] : [])));
  const invalid = read.flatMap(({ key, body }) => (body ? [] : [key]));
  if (keys.length > 0 && bodies.size === 0)
    throw new Error(
      `g${generation}: none of its ${keys.length} manifests verifies: nothing is expired; fix: the ciphers of these settings, or backups:rewind after an attack`,
    );
  const sets: DatedSet[] = [...bodies].map(([key, body]) => ({ key, at: Date.parse(body.consistentAt) }));
  // Which of the sets is the last good one is for a person to say: until then all of them stay.
  if (held.length > 0) return { generation, sets: counted(sets, []), invalid, snapshots: 0, vaultSnapshots: 0, postgres: null, replica: null, held };
  const { keep, drop } = choose(sets, rules, now, await claimed(store, bucket, generation));
  const needed = neededBy(keep.map(({ key }) => bodies.get(key)!));

  return withRepositories(args, async (repositories) => {
    const snapshots = unneeded(
      well(await repositories.restic(["snapshots", "--json", "--no-lock"])).stdout,
      needed.snapshots,
      now,
    );
    const vault = unneededVault(
      await objectsBelow(store, bucket, generationLayout(generation).vault),
      needed.vault,
      now,
    );
    onProgress(
      `g${generation}: ${keep.length} sets stay; ${drop.length} sets, ${snapshots.length} snapshots, ${vault.length} of Vault go`,
    );
    if (!dryRun) {
      await hide(
        store,
        bucket,
        drop.map(({ key }) => key),
      );
      await forget(repositories, snapshots);
      await hide(store, bucket, vault);
    }
    const postgres = well(await repositories.pgbackrest(postgresArgs(rules, dryRun)));
    return {
      generation,
      sets: counted(keep, drop),
      invalid,
      snapshots: snapshots.length,
      vaultSnapshots: vault.length,
      postgres: postgres.last,
      replica: replica ? await expireReplica({ from: { store, bucket }, replica, generation, retention: rules.retention, now, dryRun }) : null,
      held,
    };
  });
}

function counted(keep: readonly DatedSet[], drop: readonly DatedSet[]): Expired["sets"] {
  const oldest = Math.min(...keep.map(({ at }) => at));
  return { kept: keep.length, dropped: drop.length, oldestKept: keep.length > 0 ? new Date(oldest).toISOString() : null };
}

/** By time: pgBackRest keeps one full copy that is older than the retention, from which every moment within it can be reached. */
const postgresArgs = ({ retention }: KeepRules, dryRun: boolean): string[] => [
  "--repo1-retention-full-type=time",
  `--repo1-retention-full=${Math.max(1, Math.ceil(retention / 86_400))}`,
  "--log-level-console=info",
  ...(dryRun ? ["--dry-run"] : []),
  "expire",
];

/** Repacks nothing: what is wholly unneeded goes, and the agent waits for the lock as short as can be. */
async function forget({ restic }: Repositories, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += batch) well(await restic(["forget", ...ids.slice(from, from + batch)]));
  if (ids.length > 0) well(await restic(["prune", "--max-repack-size=0"]));
}

function well(said: Said): Said {
  if (said.ok) return said;
  throw new Error(`${said.asked}: ${said.last}`);
}

/** Of a manifest that a recovery would take. */
const validBody = (key: string, text: string, { ciphers, generation }: ExpireArgs) =>
  chooseSet([{ key, text }], ciphers, generation).chosen?.manifest.body;

/** Sets of this generation with which a recovery began that does not serve yet: its next run restores the same. */
async function claimed(store: S3Client, bucket: string, generation: number): Promise<Set<string>> {
  const later = (await generationsIn(store, bucket)).filter((g) => g > generation);
  const claims = await Promise.all(
    later.map(async (g) => ((await hasServed(store, bucket, g)) ? undefined : readClaim(store, bucket, g))),
  );
  return new Set(claims.flatMap((claim) => claim?.manifestKey ?? []));
}
