import type { Plan } from "../../plan/model";
import { seconds } from "../../plan/units";
import { measured } from "./measured";
import { prices, type Region } from "./prices";
import { standingCopies, standingSets } from "./standing";

/** Sizes in bytes. */
export interface CostInput {
  readonly databaseBytes: number;
  /** WAL that writes to the database make in a day. */
  readonly walBytesPerDay: number;
  readonly fileBytes: number;
  readonly newFileBytesPerDay: number;
  /** Share of the cycles in which a file set has changed, 0 to 1. */
  readonly changedCycles: number;
  /** What is left of the database and of WAL after zstd. */
  readonly compression: number;
  /** Share of the database that lies in files (of up to 1 GiB) that are written to between two base copies: each is copied whole. */
  readonly touched: number;
  readonly region: Region;
  readonly replicaRegion: Region;
}

/** What the estimate takes of the plan. */
export type CostPlan = Pick<Plan, "backupCycle" | "retention" | "thinning" | "services">;

export interface Line {
  readonly what: string;
  readonly quantity: number;
  readonly unit: "GB-month" | "1,000 requests" | "GB";
  /** US dollars a unit. */
  readonly price: number;
  readonly dollars: number;
}

export interface Estimate {
  readonly perDay: { readonly cycles: number; readonly objects: number; readonly puts: number; readonly gets: number };
  /**
   * In the bucket when as much is expired each night as comes in a day, which is so after twice the retention: what is kept, and what
   * was hidden within the retention, since every version counts.
   */
  readonly stored: {
    readonly afterDays: number;
    readonly gigabytes: number;
    readonly objects: number;
    readonly sets: number;
    readonly parts: readonly Part[];
  };
  /** What a night's `backups:expire` asks for. */
  readonly expiry: { readonly puts: number; readonly gets: number };
  /** A month (30 days) in that state. */
  readonly monthly: readonly Line[];
  readonly monthlyDollars: number;
  /** One whole restore to a server outside of AWS. */
  readonly restore: { readonly gigabytes: number; readonly requests: number; readonly dollars: number };
  /** What a further month adds. */
  readonly growth: {
    /** In the bucket: files that the site itself keeps. */
    readonly bucket: Growth;
    /** In the bucket, if nothing were expired. */
    readonly bucketUnexpired: Growth;
    /** In the replica, to which no deletion is copied: everything. */
    readonly replica: Growth;
  };
}
interface Growth {
  readonly gigabytes: number;
  /** A month. */
  readonly dollars: number;
}
interface Part {
  readonly what: string;
  readonly gigabytes: number;
}

const monthDays = 30;
/** Objects of a page when S3 lists. */
const listPage = 1_000;
/** pgBackRest sends what is larger in parts of this size; restic packs files into objects of about 16 MiB. */
const uploadPartBytes = 5 * 2 ** 20;
const packBytes = 16 * 2 ** 20;
const GB = 1e9;

/** What the plan's schedule costs at given sizes: from the requests that were measured, and AWS's prices. */
export function estimate(input: CostInput, plan: CostPlan): Estimate {
  const here = prices.regions[input.region];
  const there = prices.regions[input.replicaRegion];
  const cycles = 86_400 / seconds(plan.backupCycle);
  const retentionDays = seconds(plan.retention) / 86_400;
  const copies = copySchedule(plan);
  const runs = cycles * input.changedCycles; // of restic: one for all sets

  // Bytes that are stored in a day, by what they are.
  const fullBytes = input.databaseBytes * input.compression;
  const incrementalBytes = fullBytes * input.touched;
  const walBytes = input.walBytesPerDay * input.compression;
  const smallBytes = cycles * measured.cycle.bytes + runs * measured.filesRun.bytes;
  const perDay = {
    full: copies.full * fullBytes,
    incremental: copies.incremental * incrementalBytes,
    wal: walBytes,
    files: input.newFileBytesPerDay,
    small: smallBytes,
  };
  const bytesPerDay = sum(Object.values(perDay));

  // Requests and objects of a day. Large ones come in parts.
  const bulkParts = (perDay.full + perDay.incremental + perDay.wal) / uploadPartBytes;
  const packs = perDay.files / packBytes;
  // A cycle's own are a manifest and its WAL segment.
  const setObjects = cycles + runs * measured.filesRun.objects;
  const walObjects = cycles * (measured.cycle.objects - 1);
  const smallObjects = setObjects + walObjects;
  const copyObjects = copies.full * measured.fullCopy.objects + copies.incremental * measured.incrementalCopy.objects;
  const objects = smallObjects + copyObjects + packs;
  // restic lists all snapshots and all index files before it backs up: a page holds a thousand. A night's prune makes few index files of a day's.
  const sets = standingSets(cycles, plan);
  const snapshots = standingSets(runs, plan);
  const morePages = (listed: number) => Math.max(0, Math.ceil(listed / listPage) - 1);
  const listPuts = runs * (morePages(snapshots.current) + morePages(runs));
  const puts =
    cycles * measured.cycle.puts +
    runs * measured.filesRun.puts +
    copies.full * measured.fullCopy.puts +
    copies.incremental * measured.incrementalCopy.puts +
    bulkParts +
    packs;
  const gets =
    cycles * measured.cycle.gets +
    runs * measured.filesRun.gets +
    copies.full * measured.fullCopy.gets +
    copies.incremental * measured.incrementalCopy.gets;

  // Each night all manifests and all snapshots are read, those that the day brought too, and the indexes of the day when it prunes.
  const expiry = {
    puts:
      measured.expiryRun.puts +
      cycles * measured.expiredSet.puts +
      morePages(sets.current + cycles) +
      morePages(snapshots.current + runs),
    gets:
      measured.expiryRun.gets +
      (sets.current + cycles) +
      (snapshots.current + runs) +
      cycles * measured.expiredSet.gets,
  };

  const afterDays = 2 * retentionDays;
  const stored = (perDayBytes: number) => standingCopies(perDayBytes, plan).stored / GB;
  const parts: Part[] = [
    { what: "full base copies", gigabytes: stored(perDay.full) + fullBytes / GB },
    { what: "incremental base copies", gigabytes: stored(perDay.incremental) },
    { what: "WAL", gigabytes: stored(perDay.wal) },
    { what: "files", gigabytes: (input.fileBytes + perDay.files * afterDays) / GB },
    { what: "manifests, snapshots, indexes", gigabytes: standingSets(perDay.small, plan).stored / GB },
  ];
  const gigabytes = sum(parts.map((p) => p.gigabytes));
  // The replica has all of it, current; of small objects Standard-IA bills the minimum.
  const infrequentPerDay = (bytesPerDay - perDay.small + smallObjects * prices.infrequentMinimumBytes) / GB;
  const infrequent = (fullBytes + input.fileBytes) / GB + infrequentPerDay * afterDays;
  const copied = objects + bulkParts;

  const line = (what: string, quantity: number, unit: Line["unit"], price: number): Line => ({
    ...{ what, quantity, unit, price },
    dollars: quantity * price,
  });
  const monthly = [
    line("storage, Standard", gigabytes, "GB-month", here.standard),
    line("requests: PUT, LIST", (puts * monthDays) / 1_000, "1,000 requests", here.puts),
    line(
      "requests: restic's lists of snapshots and indexes",
      (listPuts * monthDays) / 1_000,
      "1,000 requests",
      here.puts,
    ),
    line("requests: backups:expire, PUT and LIST", (expiry.puts * monthDays) / 1_000, "1,000 requests", here.puts),
    line("requests: backups:expire, GET", (expiry.gets * monthDays) / 1_000, "1,000 requests", here.gets),
    line("requests: GET", (gets * monthDays) / 1_000, "1,000 requests", here.gets),
    line("replica: storage, Standard-IA", infrequent, "GB-month", there.infrequent),
    line("replica: PUT", (copied * monthDays) / 1_000, "1,000 requests", there.infrequentPuts),
    line("replica: transfer between regions", (bytesPerDay * monthDays) / GB, "GB", here.toRegion),
  ];
  const monthlyDollars = sum(monthly.map((l) => l.dollars));

  // A restore reads each file of the database once, the WAL since the last copy, and all files.
  const walToReplay = walBytes / (copies.full + copies.incremental);
  const restoreGigabytes = (fullBytes + walToReplay + input.fileBytes) / GB;
  const restoreRequests = fullBytes / uploadPartBytes + input.fileBytes / packBytes + cycles / 24;
  return {
    perDay: { cycles, objects, puts: puts + listPuts, gets },
    stored: {
      afterDays,
      gigabytes,
      objects:
        standingSets(setObjects, plan).stored +
        standingCopies(walObjects + copyObjects, plan).stored +
        packs * afterDays,
      sets: sets.current,
      parts,
    },
    expiry,
    monthly,
    monthlyDollars,
    restore: {
      gigabytes: restoreGigabytes,
      requests: restoreRequests,
      dollars: restoreGigabytes * here.toInternet + (restoreRequests / 1_000) * here.gets,
    },
    growth: {
      bucket: growth((perDay.files / GB) * monthDays, here.standard),
      bucketUnexpired: growth((bytesPerDay / GB) * monthDays, here.standard),
      replica: growth(infrequentPerDay * monthDays, there.infrequent),
    },
  };
}

const growth = (gigabytes: number, price: number): Growth => ({ gigabytes, dollars: gigabytes * price });

/** Base copies in a day. @throws Error when no service of the plan has any */
function copySchedule(plan: CostPlan): { full: number; incremental: number } {
  const cluster = plan.services.flatMap((s) => s.backup).find((b) => b.kind === "cluster");
  if (!cluster) throw new Error('plan.services: none backs up a cluster; fix: { kind: "cluster", ... } of postgres');
  const full = 86_400 / seconds(cluster.fullCopyEvery);
  return { full, incremental: 86_400 / seconds(cluster.baseCopyAtMost) - full };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
