import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Readable } from "node:stream";
import { GetObjectCommand, paginateListObjectsV2, PutObjectCommand } from "@aws-sdk/client-s3";
import Table from "cli-table3";
import { Command } from "commander";
import pMap from "p-map";
import type { RestoreSpec } from "../contracts/agent";
import { manifest, type Manifest } from "../contracts/manifest";
import { bytes } from "../plan/units";
import { ciphers, Cleanup, Host, prepareGround, type StoreGround } from "../test/images/site";
import { median } from "./median";
import { runCommand } from "../toolchain/run-command";

/**
 * How fast the agent restores, beside a plain parallel download of the same bytes from the same store in the same run: real PostgreSQL, pgBackRest,
 * restic and S3 over TLS on this machine. The two of a pair take turns, since machines are noisy.
 */
const program = new Command("bench:restore")
  .description("Restore throughput of PostgreSQL and of small files, as a share of a plain parallel download.")
  .option("--size <size>", "of the database", "1 GB")
  .option("--files <number>", "small files of 4 KiB in one file set", Number, 20_000)
  .option("--rounds <number>", "of each measurement; the median counts", Number, 3)
  .option("--json <file>", "write the figures");

interface Options {
  readonly size: string;
  readonly files: number;
  readonly rounds: number;
  readonly json?: string;
}

/** Requests at a time of the plain download. */
const parallel = 16;
const fileBytes = 4_096;
const plainPrefix = "plain/";

interface Figure {
  readonly what: string;
  /** Seconds, medians. */
  readonly restoreSeconds: number;
  readonly downloadSeconds: number;
  /** downloadSeconds / restoreSeconds: 1 is as fast as the download. */
  readonly share: number;
  readonly target: number;
}

program.action(async (options: Options) => {
  const cleanup = new Cleanup();
  try {
    const figures = await measure(options, cleanup);
    const table = new Table({
      head: ["", "restore", "plain download", "share", "target"],
      style: { head: [], border: [] },
    });
    const percent = (n: number) => `${Math.round(n * 100)} %`;
    for (const f of figures)
      table.push([
        f.what,
        `${f.restoreSeconds.toFixed(1)} s`,
        `${f.downloadSeconds.toFixed(1)} s`,
        percent(f.share),
        percent(f.target),
      ]);
    console.log(table.toString());
    if (options.json)
      await writeFile(options.json, JSON.stringify({ cores: availableParallelism(), figures }, null, 2) + "\n");
  } finally {
    await cleanup.run();
  }
});

async function measure(options: Options, cleanup: Cleanup): Promise<Figure[]> {
  const ground = await prepareGround(cleanup);
  const primary = new Host(ground, "primary", "127.10.9.61", cleanup);
  await primary.startPostgres({ generation: 1 });
  say(`writing ${options.size} of rows and ${options.files} files`);
  await fillDatabase(primary, bytes(options.size));
  const files = await fillFiles(ground, primary, options.files);
  say("backing up");
  await primary.writeAgentConfig(1, ["odoo"]);
  await primary.agent("init-repo");
  const set = manifest.parse(JSON.parse((await primary.agent("cycle")).stdout));

  const restore = restorer(ground, set, cleanup);
  const copy = await keysBelow(ground, "g1/postgres/backup/");
  const rounds = async (
    what: string,
    target: number,
    restoring: () => Promise<number>,
    keys: readonly string[],
  ): Promise<Figure> => {
    const restores: number[] = [];
    const downloads: number[] = [];
    for (let round = 1; round <= options.rounds; round++) {
      say(`${what}: round ${round} of ${options.rounds}`);
      downloads.push(await download(ground, keys));
      restores.push(await restoring());
    }
    const [restoreSeconds, downloadSeconds] = [median(restores), median(downloads)];
    return { what, restoreSeconds, downloadSeconds, share: downloadSeconds / restoreSeconds, target };
  };
  return [
    await rounds(`PostgreSQL, ${options.size}`, 0.7, () => restore("postgres"), copy),
    await rounds(`${options.files} files, each an object in the plain download`, 0.5, () => restore("odoo"), files),
  ];
}

const rowBytes = 1_280;

/** Text as compressible as hexadecimal digits are. */
async function fillDatabase(host: Host, size: number): Promise<void> {
  await host.query("odoo", "create table orders (n int, content text)");
  const text = `(select string_agg(md5(random()::text || n || i), '') from generate_series(1, ${rowBytes / 32}) i)`;
  await host.query(
    "odoo",
    `insert into orders select n, ${text} from generate_series(1, ${Math.round(size / rowBytes)}) n`,
  );
  await host.query("odoo", "checkpoint");
}

/** In the set, and as an object each. @returns the objects' keys */
async function fillFiles(ground: StoreGround, host: Host, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, n) => `${(n % 256).toString(16).padStart(2, "0")}/${n}`);
  const folder = host.set("odoo");
  await pMap(new Set(names.map((name) => dirname(name))), (name) => mkdir(join(folder, name)), {
    concurrency: parallel,
  });
  return pMap(
    names,
    async (name) => {
      const content = randomBytes(fileBytes);
      await writeFile(join(folder, name), content);
      const Key = plainPrefix + name;
      await ground.owner.send(new PutObjectCommand({ Bucket: ground.s3.bucket, Key, Body: content }));
      return Key;
    },
    { concurrency: parallel },
  );
}

/** Restores one part onto a host of its own. @returns seconds, from the start of the agent to its end */
function restorer(
  ground: StoreGround,
  set: Manifest,
  cleanup: Cleanup,
): (part: "postgres" | "odoo") => Promise<number> {
  let count = 0;
  return async (part) => {
    const host = new Host(ground, `recovery-${++count}`, "127.10.9.62", cleanup);
    const { restorePoint, backupLabel, majorVersion } = set.body.postgres;
    const spec: RestoreSpec = {
      restoreId: `restore-${count}`,
      sourceGeneration: 1,
      s3: ground.s3,
      stanza: "main",
      secrets: { ...(await ground.keysOf("reader", 1)), ...ciphers },
      ...(part === "postgres"
        ? {
            postgres: {
              dataDir: host.dataDir,
              target: { kind: "restorePoint", name: restorePoint, backupLabel },
              majorVersion,
            },
          }
        : {}),
      fileSets: part === "odoo" ? [{ name: part, path: host.set(part), snapshot: set.body.files[part]!.snapshot }] : [],
    };
    const seconds = await timed(() => host.agent("restore", spec));
    await rm(host.dir, { recursive: true });
    return seconds;
  };
}

async function download(ground: StoreGround, keys: readonly string[]): Promise<number> {
  const folder = join(ground.dir, "download");
  await mkdir(folder);
  const one = async (Key: string, n: number) => {
    const { Body } = await ground.owner.send(new GetObjectCommand({ Bucket: ground.s3.bucket, Key }));
    await pipeline(Body as Readable, createWriteStream(join(folder, String(n))));
  };
  const seconds = await timed(() => pMap(keys, one, { concurrency: parallel }));
  await rm(folder, { recursive: true });
  return seconds;
}

async function keysBelow(ground: StoreGround, Prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: ground.owner },
    { Bucket: ground.s3.bucket, Prefix },
  ))
    keys.push(...Contents.map(({ Key }) => Key!));
  return keys;
}

async function timed(work: () => PromiseLike<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1_000;
}

const say = (line: string) => process.stderr.write(`${line}\n`);

void runCommand(program);
