import type { Plan } from "../../plan/model";
import { seconds } from "../../plan/units";
import { measured } from "./measured";
import { prices, type Region } from "./prices";

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
export type CostPlan = Pick<Plan, "backupCycle" | "retention" | "services">;

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
  /** At the end of the retention; every version counts, nothing can be deleted before. */
  readonly stored: { readonly gigabytes: number; readonly objects: number; readonly parts: readonly Part[] };
  /** A month (30 days) in that state. */
  readonly monthly: readonly Line[];
  readonly monthlyDollars: number;
  /** One whole restore to a server outside of AWS. */
  readonly restore: { readonly gigabytes: number; readonly requests: number; readonly dollars: number };
  /** What a month adds for as long as nobody expires what is older than the retention. */
  readonly growth: { readonly gigabytes: number; readonly dollars: number };
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
  const smallObjects = cycles * measured.cycle.objects + runs * measured.filesRun.objects;
  const copyObjects = copies.full * measured.fullCopy.objects + copies.incremental * measured.incrementalCopy.objects;
  const objects = smallObjects + copyObjects + packs;
  // restic lists all snapshots and all index files before it backs up: a page holds a thousand, and none is removed.
  const listedPages = 2 * Math.max(0, Math.ceil((runs * retentionDays) / listPage) - 1);
  const listPuts = runs * listedPages;
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

  const parts: Part[] = [
    { what: "full base copies", gigabytes: (perDay.full * retentionDays + fullBytes) / GB },
    { what: "incremental base copies", gigabytes: (perDay.incremental * retentionDays) / GB },
    { what: "WAL", gigabytes: (perDay.wal * retentionDays) / GB },
    { what: "files", gigabytes: (input.fileBytes + perDay.files * retentionDays) / GB },
    { what: "manifests, snapshots, indexes", gigabytes: (perDay.small * retentionDays) / GB },
  ];
  const gigabytes = sum(parts.map((p) => p.gigabytes));
  const bulkGigabytes = gigabytes - parts.at(-1)!.gigabytes;
  // Of small objects Standard-IA bills the minimum.
  const infrequent = bulkGigabytes + (smallObjects * retentionDays * prices.infrequentMinimumBytes) / GB;
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
    stored: { gigabytes, objects: objects * retentionDays, parts },
    monthly,
    monthlyDollars,
    restore: {
      gigabytes: restoreGigabytes,
      requests: restoreRequests,
      dollars: restoreGigabytes * here.toInternet + (restoreRequests / 1_000) * here.gets,
    },
    growth: {
      gigabytes: (bytesPerDay * monthDays) / GB,
      dollars: ((bytesPerDay * monthDays) / GB) * (here.standard + there.infrequent),
    },
  };
}

/** Base copies in a day. @throws Error when no service of the plan has any */
function copySchedule(plan: CostPlan): { full: number; incremental: number } {
  const cluster = plan.services.flatMap((s) => s.backup).find((b) => b.kind === "cluster");
  if (!cluster) throw new Error('plan.services: none backs up a cluster; fix: { kind: "cluster", ... } of postgres');
  const full = 86_400 / seconds(cluster.fullCopyEvery);
  return { full, incremental: 86_400 / seconds(cluster.baseCopyAtMost) - full };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
