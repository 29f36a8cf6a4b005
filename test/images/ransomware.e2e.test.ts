/** The real agent and a real store: files are encrypted under it, which it notices and holds its backups for; the expirer obeys; a person releases. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ransomwareLimits } from "../../components/services/agent";
import { type Manifest, manifest } from "../../contracts/manifest";
import { cleanTime, hold, releaseKey } from "../../contracts/ransomware";
import { holdsOf, releaseHolds } from "../../stacks/holds";
import { Cleanup, Host, prepareGround, type StoreGround } from "./site";
import { expireAfter, storeAs } from "../backups/expirer";

const cleanup = new Cleanup();
let ground: StoreGround;
let site: Host;
let before: Manifest;
let damaged: Manifest;
const photo = () => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), randomBytes(3_000)]);
const cycle = async () => manifest.parse(JSON.parse((await site.agent("cycle")).stdout));
const storage = () => join(site.set("chatwoot"), "storage");

beforeAll(async () => {
  ground = await prepareGround(cleanup);
  site = new Host(ground, "site", "127.10.9.61", cleanup);
  await site.startPostgres({ generation: 1 });
  await site.query("odoo", "create table attachments (n int primary key)");
  mkdirSync(storage());
  for (let i = 0; i < 40; i++) writeFileSync(join(storage(), `photo-${i}`), photo());
  writeFileSync(join(site.set("n8n"), "config"), "{}");
  await site.writeAgentConfig(1, ["chatwoot", "n8n"], { ransomware: ransomwareLimits() });
}, 120_000);
afterAll(() => cleanup.run(), 60_000);

const store = (role: "writer" | "expirer") => storeAs(ground, role, cleanup);
const expireIn = async (days: number) =>
  expireAfter(ground, days, { store: await store("expirer"), rules: { retention: 30 * 86_400, thinning: [] } });

it("says nothing of a first cycle, and measures the next", async () => {
  const first = await cycle();
  expect(first.body.files["chatwoot"]).not.toHaveProperty("change");
  expect(first.body.volumes!.added!.bytes).toBeGreaterThan(40 * 3_000);
  for (let i = 0; i < 60; i++) writeFileSync(join(storage(), `imported-${i}`), photo());
  before = await cycle();
  expect(before.body.files["chatwoot"]!.change).toMatchObject({ added: 60, replaced: 0, sampled: 0 });
  expect(before.body.files["n8n"]!.change).toMatchObject({ before: 1, changed: 0, gone: 0 });
  expect(await ground.keys("g1/holds/")).toEqual([]);
}, 60_000);

it("holds the backups when files are overwritten and renamed, before the set that holds them is there", async () => {
  const since = Date.now();
  for (const name of readdirSync(storage())) {
    writeFileSync(join(storage(), name), randomBytes(3_000));
    renameSync(join(storage(), name), join(storage(), `${name}.locked`));
  }
  const { stdout, stderr } = await site.agent("cycle");
  damaged = manifest.parse(JSON.parse(stdout));
  expect(stderr).toContain("looks-like-ransomware");
  expect(damaged.body.files["chatwoot"]!.change).toMatchObject({
    gone: 100,
    renamed: 100,
    encrypted: 100,
    sampled: 100,
  });

  const held = await holdsOf(ground.owner, ground.s3.bucket, 1);
  expect(held.map(({ set }) => set)).toEqual(["chatwoot"]);
  expect(held[0]!.hold).toMatchObject({ encrypted: 100, replaced: 100, firstSet: damaged.body.consistentAt });
  expect(Date.parse(held[0]!.hold!.firstAt)).toBeGreaterThan(since - 1_000);
  expect(cleanTime(held)).toBe(before.body.consistentAt);
}, 60_000);

it("is obeyed by the expirer: nothing goes, however old", async () => {
  const names = async () => [await ground.keys("g1/manifests/"), await ground.keys("g1/files/snapshots/")];
  const was = await names();
  const result = await expireIn(90);
  expect(result).toMatchObject({
    sets: { kept: 3, dropped: 0 },
    snapshots: 0,
    postgres: null,
    held: [{ set: "chatwoot" }],
  });
  expect(await names()).toEqual(was);
}, 60_000);

it("cannot be undone with the site's own keys, and stays when the hold is spoilt", async () => {
  const writer = await store("writer");
  const put = (Key: string) => writer.send(new PutObjectCommand({ Bucket: ground.s3.bucket, Key, Body: "{}" }));
  await expect(put(releaseKey(1, new Date().toISOString()))).rejects.toThrow(
    "is not authorized to perform: s3:PutObject",
  );
  const [key] = await ground.keys("g1/holds/");
  expect(hold.safeParse(JSON.parse(await ground.text(key!))).success).toBe(true);
  await put(key!);
  expect(await expireIn(90)).toMatchObject({ sets: { dropped: 0 }, held: [{ set: "chatwoot", hold: undefined }] });
}, 60_000);

it("ends by a person's word, with a record; the schedule's identity cannot say it", async () => {
  const release = (client: Parameters<typeof releaseHolds>[0]) =>
    releaseHolds(client, ground.s3.bucket, 1, "it was us: disk encryption");
  await expect(release(await store("expirer"))).rejects.toThrow("is not authorized to perform: s3:PutObject");
  expect((await release(ground.owner)).map(({ set }) => set)).toEqual(["chatwoot"]);
  const [record] = await ground.keys("releases/g1/");
  expect(JSON.parse(await ground.text(record!))).toMatchObject({ generation: 1, reason: "it was us: disk encryption" });
  expect(await release(ground.owner)).toEqual([]);
  expect(await expireIn(90)).toMatchObject({ sets: { kept: 1, dropped: 2 }, held: [] });
}, 90_000);
