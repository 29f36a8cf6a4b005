import { createHash, randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import * as aws from "@aws-sdk/client-s3";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { histories, type KeyHistory } from "../../stacks/object-history";
import { Journal } from "../../backups/rewind/journal";
import { rewind } from "../../backups/rewind/rewind";
import { restoreResult, type RestoreSpec } from "../../contracts/agent";
import { manifest, type Manifest } from "../../contracts/manifest";
import { waitUntil } from "../../local-cloud/wait";
import { chooseSet } from "../../stacks/backup-store";
import { ensureToolchain } from "../../toolchain/ensure";
import { repoRoot } from "../../toolchain/paths";
import { ciphers, Cleanup, type Ground, Host, prepareGround } from "../images/site";
import { errorOf, root, type Keys } from "../local-cloud/s3/local-s3";

/** An attacker with the writer's key does all that he can; the operator rewinds the bucket; a restore brings what was there before. */
const cleanup = new Cleanup();
const prefix = "g1/";
let ground: Ground;
let operator: aws.S3Client;
let attacker: aws.S3Client;
let last: Manifest;
let lastKey: string;
let before: Map<string, string>;
let to: Date;
const large = randomBytes(24 * 2 ** 20);

function clientOf({ accessKeyId, secretAccessKey }: Keys, region = ground.s3.region): aws.S3Client {
  const { host, port, caPem } = ground.s3;
  const client = new aws.S3Client({
    endpoint: `https://${host}:${port}`,
    ...{ region, forcePathStyle: true, maxAttempts: 1, credentials: { accessKeyId, secretAccessKey } },
    requestHandler: { httpsAgent: new Agent({ ca: caPem, keepAlive: true }) },
  });
  cleanup.add(async () => client.destroy());
  return client;
}
const inBucket = () => ({ Bucket: ground.s3.bucket });

/** The copy in the other region. */
const replicaRegion = "us-east-1";
let elsewhere: aws.S3Client;
const inReplica = () => ({ Bucket: `${ground.s3.bucket}-replica` });

async function past(s3 = operator, { Bucket } = inBucket()): Promise<KeyHistory[]> {
  const all: KeyHistory[] = [];
  for await (const history of histories(s3, Bucket, prefix)) all.push(history);
  return all;
}

/**
 * What S3's replication does, which the emulated S3 keeps as a document and does not execute: each version is copied in its order, no delete marker is.
 * Unlike S3 it gives the copies versions and times of their own.
 */
const replicated = new Set<string>();
async function replicate(): Promise<void> {
  for (const { key: Key, entries } of await past())
    for (const { versionId: VersionId, marker } of [...entries].sort(
      (a, b) => a.at - b.at || Number(a.current) - Number(b.current),
    )) {
      if (marker || replicated.has(VersionId)) continue;
      const { Body } = await operator.send(new aws.GetObjectCommand({ ...inBucket(), Key, VersionId }));
      await elsewhere.send(new aws.PutObjectCommand({ ...inReplica(), Key, Body: await Body!.transformToByteArray() }));
      replicated.add(VersionId);
    }
}

/** SHA-256 of every object that is current, but for restic's locks. */
async function contents(s3 = operator, where = inBucket()): Promise<Map<string, string>> {
  const keys = (await past(s3, where)).flatMap(({ key, entries }) =>
    entries.some((e) => e.current && !e.marker) && !key.includes("/locks/") ? [key] : [],
  );
  const hash = async (Key: string) => {
    const { Body } = await s3.send(new aws.GetObjectCommand({ ...where, Key }));
    return createHash("sha256")
      .update(await Body!.transformToByteArray())
      .digest("hex");
  };
  const found = new Map<string, string>();
  for (const key of keys) found.set(key, await hash(key));
  return found;
}

/** The rewind's own command, as the operator. */
async function rewindCommand(...more: string[]) {
  const tsx = join(repoRoot(), "node_modules", "tsx", "dist", "loader.mjs");
  const report = join(ground.dir, "report.json");
  const { exitCode, all } = await execa(
    "node",
    [
      ...["--import", tsx, join(repoRoot(), "backups", "rewind.ts"), "--stack", "recovery", "--generation", "1"],
      ...["--to", to.toISOString(), "--json", report, "--journal", journalFile(), ...more],
    ],
    { cwd: ground.dir, env: engineEnv(), all: true, reject: false },
  );
  return { exitCode, all, counts: (JSON.parse(readFileSync(report, "utf8")) as { counts: unknown }).counts };
}
const journalFile = () => join(ground.dir, "journal.jsonl");
const engineEnv = () => ({
  PULUMI_HOME: join(ground.dir, "home"),
  PULUMI_BACKEND_URL: `file://${join(ground.dir, "state")}`,
  PULUMI_CONFIG_PASSPHRASE: "test",
  PULUMI_SKIP_UPDATE_CHECK: "true",
});

async function makeStack(): Promise<void> {
  const { pulumi } = await ensureToolchain({ want: ["engine"], log: () => undefined });
  const { bucket, region, host, port, caPem } = ground.s3;
  const site = { backups: { bucket, region, replicaRegion, endpoint: { host, port, caPem } } };
  const config = {
    "smarteros:site": site,
    "aws:endpoints": [{ s3: `https://${host}:${port}` }],
    "aws:accessKey": root.accessKeyId,
    "aws:secretKey": root.secretAccessKey,
  };
  mkdirSync(join(ground.dir, "state"));
  copyFileSync(join(repoRoot(), "Pulumi.yaml"), join(ground.dir, "Pulumi.yaml"));
  writeFileSync(join(ground.dir, "Pulumi.recovery.yaml"), stringify({ config }));
  await execa(pulumi, ["stack", "init", "recovery", "--non-interactive"], { cwd: ground.dir, env: engineEnv() });
}

beforeAll(async () => {
  ground = await prepareGround(cleanup);
  operator = clientOf(root);
  elsewhere = clientOf(root, replicaRegion);
  await elsewhere.send(new aws.CreateBucketCommand({ ...inReplica(), ObjectLockEnabledForBucket: true }));
  const rule = { DefaultRetention: { Mode: "COMPLIANCE" as const, Days: 30 } };
  await operator.send(
    new aws.PutObjectLockConfigurationCommand({
      ...inBucket(),
      ObjectLockConfiguration: { ObjectLockEnabled: "Enabled", Rule: rule },
    }),
  );
  const writer = await ground.keysOf("writer", 1);
  attacker = clientOf({ accessKeyId: writer.s3AccessKey, secretAccessKey: writer.s3SecretKey });

  const primary = new Host(ground, "primary", "127.10.9.51", cleanup);
  await primary.startPostgres({ generation: 1 });
  await primary.query("odoo", "create table attachments (n int primary key, content text)");
  mkdirSync(join(primary.set("odoo"), "filestore"));
  await primary.writeAgentConfig(1, ["odoo"]);
  await primary.query(
    "odoo",
    "insert into attachments select n, string_agg(md5(random()::text), '') from generate_series(1, 3000) n, generate_series(1, 100) group by n",
  );
  writeFileSync(join(primary.set("odoo"), "filestore", "large"), large);
  await primary.agent("init-repo");
  await primary.agent("cycle");
  await primary.query("odoo", "insert into attachments values (3001, 'the last one')");
  last = manifest.parse(JSON.parse((await primary.agent("cycle")).stdout));
  before = await contents();
  lastKey = [...before.keys()]
    .filter((key) => key.startsWith("g1/manifests/"))
    .sort()
    .at(-1)!;
  await replicate();
  to = new Date();
  await makeStack();
  await waitUntil(async () => Date.now() > to.getTime() + 1_000, {
    what: "the next second, S3's own unit",
    seconds: 5,
  });
}, 240_000);

afterAll(() => cleanup.run(), 60_000);

test("the writer's key overwrites everything and hides some of it, and destroys nothing", async () => {
  const put = (Key: string) => errorOf(attacker.send(new aws.PutObjectCommand({ ...inBucket(), Key, Body: "lost" })));
  const remove = (Key: string, VersionId?: string) =>
    errorOf(attacker.send(new aws.DeleteObjectCommand({ ...inBucket(), Key, VersionId })));
  const keys = [...before.keys()];

  const hidden: string[] = [];
  for (const key of keys) if ((await remove(key)) === "none") hidden.push(key);
  expect(hidden.length).toBeGreaterThan(0);
  for (const key of hidden) expect(key).toMatch(/^g1\/postgres\/backup\//);
  // Some stay hidden, some are written over below the marker, everything else is written over twice.
  const over = keys.filter((key) => !hidden.includes(key) || hidden.indexOf(key) % 2 === 0);
  for (const key of [...over, ...over]) expect(await put(key)).toBe("none");
  for (const key of over.filter((_, i) => i % 3 === 0)) await remove(key);

  const wal = keys.find((key) => key.endsWith("zst") && key.includes("/archive/"))!;
  const decoys = [
    wal.replace(/-[0-9a-f]{40}\./, `-${"0".repeat(40)}.`),
    "g1/postgres/archive/main/15-1/00000002.history",
    `g1/files/index/${"0".repeat(64)}`,
    ...Array.from({ length: 25 }, (_, i) => `g1/files/keys/${String(i).padStart(64, "0")}`),
    "g1/manifests/2099-01-01T000000000Z.json",
    `g1/files/data/00/${"0".repeat(64)}`,
  ];
  for (const key of decoys) expect(await put(key)).toBe("none");

  for (const { key, entries } of await past()) {
    for (const { versionId, marker } of entries) if (!marker) expect(await remove(key, versionId)).toBe("AccessDenied");
  }
  const Retention = { Mode: "COMPLIANCE" as const, RetainUntilDate: new Date() };
  const [Key] = keys;
  expect(await errorOf(attacker.send(new aws.PutObjectRetentionCommand({ ...inBucket(), Key, Retention })))).toBe(
    "AccessDenied",
  );
  expect(await put("g2/claim.json")).toBe("AccessDenied");
}, 240_000);

test("then a recovery finds no valid set", async () => {
  const texts = await operator.send(new aws.ListObjectsV2Command({ ...inBucket(), Prefix: "g1/manifests/" }));
  const candidates = await Promise.all(
    (texts.Contents ?? []).map(async ({ Key }) => {
      const { Body } = await operator.send(new aws.GetObjectCommand({ ...inBucket(), Key }));
      return { key: Key!, text: await Body!.transformToString() };
    }),
  );
  const passwords = { postgres: ciphers.postgresCipher, files: ciphers.filesCipher };
  expect(candidates.length).toBeGreaterThan(0);
  expect(chooseSet(candidates, passwords, 1).chosen).toBeUndefined();
});

test("a dry run counts, names the set that will be restored, and changes nothing", async () => {
  const untouched = await past();
  const { exitCode, all } = await rewindCommand("--dry-run");
  expect([exitCode, all]).toEqual([0, expect.stringMatching(/dry run: nothing is changed\): \d+ keys\n/)]);
  expect(all).toContain(`a recovery then takes: ${lastKey}`);
  expect(await past()).toEqual(untouched);
}, 60_000);

test("the replica, to which what was written over came and no marker, is rewound by itself", async () => {
  await replicate();
  const replica = () => contents(elsewhere, inReplica());
  const spoiled = await replica();
  expect(spoiled.size).toBeGreaterThan(before.size);
  expect(spoiled.get(lastKey)).not.toBe(before.get(lastKey));
  const own = ["--replica", "--journal", join(ground.dir, "replica.jsonl")];
  const dry = await rewindCommand(...own, "--dry-run");
  expect([dry.exitCode, dry.all]).toEqual([0, expect.stringMatching(/^s3:\/\/backups-replica\/g1\/ as of/m)]);
  expect(dry.counts).toMatchObject({ uncover: 0 });
  const { exitCode, all } = await rewindCommand(...own);
  expect([exitCode, all]).toEqual([0, expect.stringContaining(`a recovery then takes: ${lastKey}`)]);
  const after = await replica();
  expect([...after.keys()].filter((key) => !before.has(key))).toEqual([`g1/files/data/00/${"0".repeat(64)}`]);
  for (const [key, hash] of before) expect([key, after.get(key)]).toEqual([key, hash]);
}, 240_000);

test("a rewind that is cut off is finished by the next one, which leaves alone what is done", async () => {
  const failing = clientOf(root);
  let copies = 0;
  failing.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === "CopyObjectCommand" && ++copies > 20) throw new Error("cut off");
        return next(args);
      },
    { step: "initialize" },
  );
  const journal = await Journal.open(journalFile());
  const cut = await rewind({ s3: failing, bucket: ground.s3.bucket, generation: 1, to, journal });
  expect(cut.failures.length).toBeGreaterThan(0);
  expect(cut.failures[0]).toMatchObject({ reason: "cut off" });

  const versions = async () => (await past()).flatMap(({ entries }) => entries.filter((e) => !e.marker)).length;
  const halfway = await versions();
  const { exitCode, all, counts } = await rewindCommand();
  expect([exitCode, all]).toEqual([0, expect.stringContaining(`a recovery then takes: ${lastKey}`)]);
  expect(await versions()).toBe(halfway + (counts as { putBack: number }).putBack);
  expect((await rewindCommand()).counts).toMatchObject({ uncover: 0, putBack: 0, hide: 0 });
}, 120_000);

test("everything that was there is there again, and of what came later only what nothing names", async () => {
  const after = await contents();
  const extra = [...after.keys()].filter((key) => !before.has(key));
  expect(extra).toEqual([`g1/files/data/00/${"0".repeat(64)}`]);
  for (const [key, hash] of before) expect([key, after.get(key)]).toEqual([key, hash]);
}, 60_000);

test("the restore brings rows and files from before the attack", async () => {
  const recovery = new Host(ground, "recovery", "127.10.9.52", cleanup);
  const spec: RestoreSpec = {
    restoreId: "after-the-attack",
    sourceGeneration: 1,
    s3: ground.s3,
    stanza: "main",
    secrets: { ...(await ground.keysOf("reader", 1)), ...ciphers },
    postgres: {
      dataDir: recovery.dataDir,
      target: {
        kind: "restorePoint",
        name: last.body.postgres.restorePoint,
        backupLabel: last.body.postgres.backupLabel,
      },
      majorVersion: last.body.postgres.majorVersion,
    },
    fileSets: [{ name: "odoo", path: recovery.set("odoo"), snapshot: last.body.files["odoo"]!.snapshot }],
  };
  const { stdout } = await recovery.agent("restore", spec);
  expect(stdout.split("\n").map((line) => restoreResult.parse(JSON.parse(line)).outcome)).toEqual([
    "restored",
    "restored",
  ]);
  await recovery.startPostgres({ generation: 2, source: 1, expectRestored: "after-the-attack" });
  expect(
    await recovery.query(
      "odoo",
      "select count(*)::int as n, max(content) filter (where n = 3001) as newest, min(length(content)) filter (where n <= 3000) as length from attachments",
    ),
  ).toEqual([{ n: 3001, newest: "the last one", length: 3200 }]);
  expect(readdirSync(join(recovery.set("odoo"), "filestore"))).toEqual(["large"]);
  expect(readFileSync(join(recovery.set("odoo"), "filestore", "large")).equals(large)).toBe(true);
}, 120_000);
