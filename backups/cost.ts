import Table from "cli-table3";
import { Command } from "commander";
import { plan } from "../plan/plan";
import { bytes } from "../plan/units";
import { estimate, type CostInput, type Estimate } from "./cost/estimate";
import { prices, regionOf } from "./cost/prices";
import { runCommand } from "../toolchain/run-command";

interface Options {
  readonly size: string;
  readonly change: string;
  readonly files: string;
  readonly newFiles: string;
  readonly changedCycles: number;
  readonly compression: number;
  readonly touched: number;
  readonly cycle: string;
  readonly region: string;
  readonly replicaRegion: string;
  readonly json?: boolean;
}

/** "1GB/day" is "1 GB": what is asked for is a day's. */
const perDay = (text: string) => bytes(text.replace(/ ?\/ ?day$/, ""));

const inputOf = (o: Options): CostInput => ({
  databaseBytes: bytes(o.size),
  walBytesPerDay: perDay(o.change),
  fileBytes: bytes(o.files),
  newFileBytesPerDay: perDay(o.newFiles),
  changedCycles: o.changedCycles,
  compression: o.compression,
  touched: o.touched,
  region: regionOf(o.region),
  replicaRegion: regionOf(o.replicaRegion),
});

const number = (n: number) =>
  n.toLocaleString("en-US", n >= 100 ? { maximumFractionDigits: 0 } : { maximumFractionDigits: 2 });
const dollars = (n: number) => `$${n.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

const grows = ({ gigabytes, dollars: price }: Estimate["growth"]["bucket"]) =>
  `${number(gigabytes)} GB, ${dollars(price)} a month`;

function text(result: Estimate, o: Options): string {
  const { perDay, stored, expiry, monthly, monthlyDollars, restore, growth } = result;
  const table = new Table({
    head: [`a month, ${o.region} with a replica in ${o.replicaRegion}`, "quantity", "unit", "price", "dollars"],
    colAligns: ["left", "right", "left", "right", "right"],
    style: { head: [], border: [] },
  });
  for (const l of monthly) table.push([l.what, number(l.quantity), l.unit, `$${l.price}`, dollars(l.dollars)]);
  table.push(["together", "", "", "", dollars(monthlyDollars)]);
  return [
    `A day: ${number(perDay.cycles)} cycles, ${number(perDay.objects)} objects, ${number(perDay.puts)} PUT and LIST, ${number(perDay.gets)} GET.`,
    `From day ${number(stored.afterDays)} on as much goes as comes: ${number(stored.sets)} sets are kept (plan.thinning), and what was hidden stays for another ${plan.retention}: ${number(stored.gigabytes)} GB in ${number(stored.objects)} objects:`,
    ...stored.parts.map(({ what, gigabytes }) => `  ${what}: ${number(gigabytes)} GB`),
    table.toString(),
    `One restore: ${number(restore.gigabytes)} GB to the Internet, ${number(restore.requests)} GET: ${dollars(restore.dollars)} (the first ${prices.freeToInternet} GB of an account's month are free). A verification costs the same.`,
    `backups:expire, each night: ${number(expiry.puts)} PUT and LIST, ${number(expiry.gets)} GET, in the table. Without it each further month would add ${grows(growth.bucketUnexpired)}.`,
    `Each further month adds, in the bucket: ${grows(growth.bucket)} (files that the site keeps); in the replica: ${grows(growth.replica)}: no deletion is copied to it, so nothing expires there.`,
    `Taken for granted: database and WAL shrink to ${o.compression} by zstd; ${o.touched * 100} % of the database lies in files that are written to between two base copies; files change in ${o.changedCycles * 100} % of the cycles.`,
    `Prices: ${prices.source}. Requests: measured (backups/cost/measured.ts). Not in it: Vault's snapshots (two objects a change), access logs, taxes.`,
  ].join("\n");
}

function main(o: Options): void {
  const input = inputOf(o);
  const result = estimate(input, { ...plan, backupCycle: o.cycle as typeof plan.backupCycle });
  if (o.json) console.log(JSON.stringify({ input, prices, ...result }, null, 2));
  else console.log(text(result, o));
}

void runCommand(
  new Command("backups:cost")
    .description("What the plan's backup schedule costs a month on AWS, and what one restore costs.")
    .option("--size <size>", "of the database", "10 GB")
    .option("--change <size>", "WAL that a day makes", "1 GB")
    .option("--files <size>", "of all file sets", "5 GB")
    .option("--new-files <size>", "files that come in a day", "100 MB")
    .option("--changed-cycles <share>", "of the cycles, in which any file set changes", Number, 0.5)
    .option("--compression <share>", "what zstd leaves of database and WAL", Number, 0.35)
    .option("--touched <share>", "of the database, in files written to between two base copies", Number, 0.3)
    .option("--cycle <duration>", "another backup cycle than the plan's", plan.backupCycle)
    .option("--region <name>", "of the bucket", "eu-central-1")
    .option("--replica-region <name>", "of the replica", "us-east-1")
    .option("--json", "as JSON")
    .action((options: Options) => {
      main(options);
    }),
);
