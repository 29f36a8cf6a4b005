/** Real repositories with a history, expired by an identity that can only hide; then backed up to, checked and brought back. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkRepositories } from "../../backups/check/run";
import type { ExpireArgs } from "../../backups/expire/run";
import { objectsBelow } from "../../stacks/backup-store";
import { ciphers, Cleanup, Host, prepareGround, type StoreGround } from "../images/site";
import { expireAfter, storeAs } from "./expirer";

const cleanup = new Cleanup();
let ground: StoreGround;
let site: Host;
let store: S3Client;
const rules = { retention: 30 * 86_400, thinning: [{ olderThan: 2 * 86_400, every: 3_600 }] };

/** A file that no other set holds. */
async function cycle(text: string): Promise<void> {
  writeFileSync(join(site.set("odoo"), "filestore", "invoice.pdf"), text.repeat(1_000));
  await site.agent("cycle");
}

beforeAll(async () => {
  ground = await prepareGround(cleanup);
  site = new Host(ground, "site", "127.10.9.58", cleanup);
  await site.startPostgres({ generation: 1 });
  mkdirSync(join(site.set("odoo"), "filestore"));
  await site.writeAgentConfig(1, ["odoo"]);
  await site.agent("init-repo");
  for (const text of ["one", "two", "three"]) await cycle(text);
  store = await storeAs(ground, "expirer", cleanup);
}, 120_000);
afterAll(() => cleanup.run(), 60_000);

const expireIn = (days: number, more: Partial<ExpireArgs> = {}) => expireAfter(ground, days, { store, rules, ...more });

const versions = async () => {
  const listed = await ground.owner.send(
    new ListObjectVersionsCommand({ Bucket: ground.s3.bucket, Prefix: "g1/", MaxKeys: 1_000 }),
  );
  expect(listed.IsTruncated).toBe(false);
  return new Set((listed.Versions ?? []).map(({ Key, VersionId }) => `${Key} ${VersionId}`));
};
let versionsBefore: Set<string>;

const names = async () => ({
  manifests: await ground.keys("g1/manifests/"),
  snapshots: await ground.keys("g1/files/snapshots/"),
});

it("says what would go, and changes nothing", async () => {
  const before = await names();
  expect(before.manifests).toHaveLength(3);
  expect(await expireIn(3, { dryRun: true })).toMatchObject({
    sets: { kept: 1, dropped: 2 },
    snapshots: 2,
    invalid: [],
  });
  expect(await names()).toEqual(before);
}, 60_000);

it("leaves young sets alone", async () => {
  expect(await expireIn(1)).toMatchObject({ sets: { kept: 3, dropped: 0 }, snapshots: 0 });
}, 60_000);

it("refuses when no manifest verifies, before anything", async () => {
  const before = await names();
  const wrong = { postgres: "another", files: ciphers.filesCipher };
  await expect(expireIn(40, { ciphers: wrong })).rejects.toThrow(
    /none of its 3 manifests verifies: nothing is expired; fix:/,
  );
  expect(await names()).toEqual(before);
}, 60_000);

it("keeps a set with which a recovery has begun, until that serves", async () => {
  const claimed = (await ground.keys("g1/manifests/"))[0]!;
  const claim = {
    generation: 2,
    restoreFrom: 1,
    manifestKey: claimed,
    targetTime: null,
    claimedAt: "2026-11-24T00:00:00.000Z",
  };
  await ground.owner.send(
    new PutObjectCommand({ Bucket: ground.s3.bucket, Key: "g2/claim.json", Body: JSON.stringify(claim) }),
  );
  expect(await expireIn(40, { dryRun: true })).toMatchObject({ sets: { kept: 2, dropped: 1 } });
  await ground.owner.send(new DeleteObjectCommand({ Bucket: ground.s3.bucket, Key: "g2/claim.json" }));
}, 60_000);

it("hides old sets and what only they named; what stays is whole, and backups go on", async () => {
  versionsBefore = await versions();
  await expireIn(3);
  expect([(await names()).manifests.length, (await names()).snapshots.length]).toEqual([1, 1]);
  const { s3AccessKey: accessKeyId, s3SecretKey: secretAccessKey } = await ground.keysOf("reader", 1);
  const checked = await checkRepositories({
    s3: ground.s3,
    generation: 1,
    keys: { accessKeyId, secretAccessKey },
    ciphers: { postgres: ciphers.postgresCipher, files: ciphers.filesCipher },
    read: "everything",
  });
  expect(checked.map(({ ok, evidence }) => (ok ? true : evidence))).toEqual([true, true]);
  await cycle("four");
  expect((await names()).manifests).toHaveLength(2);
  expect(await ground.keys("g1/files/locks/")).toEqual([]);
}, 90_000);

it("destroys nothing: every version is still there", async () => {
  const manifests = await ground.owner.send(
    new ListObjectVersionsCommand({ Bucket: ground.s3.bucket, Prefix: "g1/manifests/" }),
  );
  expect(manifests.Versions).toHaveLength(4);
  expect(manifests.DeleteMarkers).toHaveLength(2);
  const after = await versions();
  expect([...versionsBefore].filter((version) => !after.has(version))).toEqual([]);
}, 60_000);

it("keeps the only full copy of PostgreSQL, however old", async () => {
  const full = async () =>
    new Set(
      (await ground.keys("g1/postgres/backup/main/")).flatMap((key) => /main\/(\d{8}-\d{6}F)\//.exec(key)?.[1] ?? []),
    );
  expect((await full()).size).toBe(1);
  // The only full copy is what every moment within the retention builds on.
  const { postgres } = await expireIn(40);
  expect((await full()).size, String(postgres)).toBe(1);
}, 60_000);

it("hides in the replica, to which no marker is copied, what is hidden here, when it is old enough; no version goes", async () => {
  const replica = { store: ground.owner, bucket: "backups-replica" };
  const Bucket = replica.bucket;
  await ground.owner.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  const everything = [...new Set([...(await versions())].map((version) => version.split(" ")[0]!))];
  for (const Key of everything) await ground.owner.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  const there = async () => (await objectsBelow(ground.owner, Bucket, "g1/")).map(({ key }) => key);

  expect((await expireIn(29, { replica })).replica).toBe(0);
  expect(await there()).toHaveLength(everything.length);
  const would = (await expireIn(31, { replica, dryRun: true })).replica;
  expect(would).toBeGreaterThan(0);
  expect(await there()).toHaveLength(everything.length);
  await expireIn(31, { replica });
  const here = new Set(await ground.keys("g1/"));
  expect((await there()).filter((key) => !here.has(key))).toEqual([]);
  const { Versions = [] } = await ground.owner.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1_000 }));
  expect(Versions).toHaveLength(everything.length);
}, 90_000);
