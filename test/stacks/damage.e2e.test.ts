/** Sets whose manifests verify and whose objects were cut short or hidden by the writer's keys: real PostgreSQL, pgBackRest, restic and S3. */
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RestoreSpec } from "../../contracts/agent";
import { manifest, type Manifest } from "../../contracts/manifest";
import { newestManifests, searchSets } from "../../stacks/backup-store";
import { SetInspector } from "../../stacks/damage";
import { ciphers, Cleanup, Host, prepareGround, type StoreGround } from "../images/site";

const cleanup = new Cleanup();
let ground: StoreGround;
let primary: Host;
let writer: S3Client;
const sets: Manifest[] = [];
/** Keys that came with each set. */
const came: string[][] = [];

beforeAll(async () => {
  ground = await prepareGround(cleanup);
  primary = new Host(ground, "primary", "127.10.9.71", cleanup);
  await primary.startPostgres({ generation: 1 });
  await primary.query("odoo", "create table orders (n int)");
  await primary.writeAgentConfig(1, ["odoo"]);
  await primary.agent("init-repo");
  let known = new Set<string>();
  for (const n of [1, 2, 3, 4]) {
    await primary.query("odoo", "insert into orders values ($1)", [n]);
    await writeFile(join(primary.set("odoo"), `order-${n}`), `order ${n}`);
    sets.push(manifest.parse(JSON.parse((await primary.agent("cycle")).stdout)));
    const keys = await ground.keys("g1/");
    came.push(keys.filter((key) => !known.has(key)));
    known = new Set(keys);
  }
  const { s3AccessKey, s3SecretKey } = await ground.keysOf("writer", 1);
  writer = ground.store.client({ accessKeyId: s3AccessKey, secretAccessKey: s3SecretKey });
  cleanup.add(async () => writer.destroy());
}, 120_000);
afterAll(() => cleanup.run(), 60_000);

const Bucket = "backups";
const choose = async () => {
  const inspector = new SetInspector(ground.owner, Bucket, 1);
  return searchSets(ground.owner, Bucket, {
    keys: await newestManifests(ground.owner, Bucket, 1),
    passwords: { postgres: ciphers.postgresCipher, files: ciphers.filesCipher },
    generation: 1,
    damageOf: (body) => inspector.damageOf(body),
  });
};
const keyOf = (set: number, pattern: RegExp) => {
  const key = came[set - 1]!.find((one) => pattern.test(one));
  expect(key, `${String(pattern)} of set ${set}`).toBeDefined();
  return key!;
};
const cutShort = (Key: string) => writer.send(new PutObjectCommand({ Bucket, Key, Body: "cut short" }));

/** Rows that a restore of a set brings. */
async function restored(set: Manifest, name: string): Promise<number[]> {
  const host = new Host(ground, name, "127.10.9.72", cleanup);
  const { restorePoint, backupLabel, majorVersion } = set.body.postgres;
  const spec: RestoreSpec = {
    restoreId: name,
    sourceGeneration: 1,
    s3: ground.s3,
    stanza: "main",
    secrets: { ...(await ground.keysOf("reader", 1)), ...ciphers },
    postgres: {
      dataDir: host.dataDir,
      target: { kind: "restorePoint", name: restorePoint, backupLabel },
      majorVersion,
    },
    fileSets: [{ name: "odoo", path: host.set("odoo"), snapshot: set.body.files["odoo"]!.snapshot }],
  };
  await host.agent("restore", spec);
  await host.startPostgres({ generation: 2, source: 1, expectRestored: name });
  const rows = await host.query<{ n: number }>("odoo", "select n from orders order by n");
  return rows.map(({ n }) => n);
}

test("whole, the newest is chosen, and nothing is passed over", async () => {
  const { chosen, skipped } = await choose();
  expect(chosen?.manifest).toEqual(sets[3]);
  expect(skipped).toEqual([]);
});

test("the files of the newest are cut short: the one before it is taken, and said why", async () => {
  await cutShort(keyOf(4, /^g1\/files\/data\//));
  const { chosen, skipped } = await choose();
  expect(chosen?.manifest).toEqual(sets[2]);
  expect(skipped).toEqual([
    {
      key: expect.stringContaining("g1/manifests/"),
      reason: expect.stringMatching(
        /^of the files, g1\/files\/data\/.* was written over at .* \(9 bytes instead of \d+\)/,
      ),
    },
  ]);
});

test("a WAL segment is hidden, which the writer may not: the last point before the gap is taken", async () => {
  const hide = new DeleteObjectCommand({ Bucket, Key: keyOf(3, /\/archive\/.*\.zst$/) });
  await expect(writer.send(hide)).rejects.toMatchObject({ name: "AccessDenied" });
  await ground.owner.send(hide);
  const { chosen, skipped } = await choose();
  expect(chosen?.manifest).toEqual(sets[1]);
  expect(new Set(skipped.map(({ reason }) => reason))).toEqual(
    new Set([expect.stringContaining("is not in the archive: nothing after it can be replayed")]),
  );
});

test("what was passed over could not have been restored, and what is taken can", async () => {
  await expect(restored(sets[2]!, "passed-over")).rejects.toThrow(
    "recovery ended before configured recovery target was reached",
  );
  expect(await restored(sets[1]!, "taken")).toEqual([1, 2]);
}, 120_000);

test("the base copy is cut short: no set is left, each said why", async () => {
  await cutShort(keyOf(1, /\/backup\/main\/[^/]+\/bundle\//));
  const { chosen, skipped } = await choose();
  expect(chosen).toBeUndefined();
  expect(skipped.at(-1)?.reason).toMatch(/^of the base copy, .* was written over/);
});
