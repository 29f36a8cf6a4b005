/** Real repositories, first whole, then each damaged; looked at with a reader's key, which can write nothing. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkRepositories, type CheckArgs } from "../../backups/check/run";
import { ciphers, Cleanup, Host, prepareGround, type StoreGround } from "../images/site";

const cleanup = new Cleanup();
let ground: StoreGround;

beforeAll(async () => {
  ground = await prepareGround(cleanup);
  const site = new Host(ground, "site", "127.10.9.57", cleanup);
  await site.startPostgres({ generation: 1 });
  const filestore = join(site.set("odoo"), "filestore");
  mkdirSync(filestore);
  writeFileSync(join(filestore, "invoice.pdf"), "an invoice");
  await site.writeAgentConfig(1, ["odoo"]);
  await site.agent("init-repo");
  await site.agent("cycle");
}, 120_000);
afterAll(() => cleanup.run(), 60_000);

async function check(read: CheckArgs["read"], files = ciphers.filesCipher) {
  const { s3AccessKey: accessKeyId, s3SecretKey: secretAccessKey } = await ground.keysOf("reader", 1);
  const keys = { accessKeyId, secretAccessKey };
  const checked = await checkRepositories({
    s3: ground.s3,
    generation: 1,
    keys,
    ciphers: { postgres: ciphers.postgresCipher, files },
    read,
  });
  return Object.fromEntries(checked.map(({ repository, ...rest }) => [repository, rest]));
}

it("finds whole repositories sound, and leaves no lock", async () => {
  const quick = await check(5);
  expect(quick["postgres"]).toMatchObject({ ok: true, evidence: expect.stringContaining("info") });
  expect(quick["files"]).toMatchObject({ ok: true, evidence: expect.stringContaining("no errors were found") });
  const all = await check("everything");
  expect([all["postgres"]!.ok, all["files"]!.ok, all["postgres"]!.evidence]).toEqual([true, true, expect.any(String)]);
  expect(await ground.keys("g1/files/locks/")).toEqual([]);
}, 60_000);

it("says that a cipher is wrong, and shows none", async () => {
  const { files } = await check(5, "another cipher");
  expect(files).toMatchObject({ ok: false, evidence: expect.stringContaining("wrong password") });
  expect(files!.evidence).not.toContain("another cipher");
}, 60_000);

it("finds data that are not what they were", async () => {
  const { bucket: Bucket } = ground.s3;
  const spoil = async (Key: string) => {
    const { ContentLength = 0 } = await ground.owner.send(new HeadObjectCommand({ Bucket, Key }));
    await ground.owner.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.alloc(ContentLength, "x") }));
  };
  for (const pack of await ground.keys("g1/files/data/")) await spoil(pack);
  expect((await check(100))["files"]).toMatchObject({ ok: false, evidence: expect.stringMatching(/error/i) });
  await spoil((await ground.keys("g1/postgres/backup/main/")).find((key) => /\/bundle\/\d+$/.test(key))!);
  const { postgres } = await check("everything");
  expect(postgres!.ok, postgres!.evidence).toBe(false);
}, 60_000);
