/**
 * What `restic key add` and `key remove` would be worth as a rotation of `filesCipher`, on a real repository below Object Lock: the reason why
 * docs/decisions/rotation.md does not do it.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DeleteObjectCommand, GetObjectCommand, ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { withRepositories, type Said } from "../../backups/repositories";
import { s3Client } from "../../stacks/backup-store";
import { run } from "../../toolchain/run";
import { Cleanup, prepareGround, type StoreGround } from "../images/site";

const cleanup = new Cleanup();
const prefix = "g1/files/";
const [stolen, fresh] = ["the password that was stolen", "the password that was made anew"];
let ground: StoreGround;

/** restic in the repository, as one of the backups' identities. */
async function restic(role: "writer" | "reader" | "expirer", password: string, ...args: string[]): Promise<Said> {
  const { s3AccessKey: accessKeyId, s3SecretKey: secretAccessKey } = await ground.keysOf(role, 1);
  const access = {
    s3: ground.s3,
    generation: 1,
    keys: { accessKeyId, secretAccessKey },
    ciphers: { postgres: "-", files: password },
  };
  return withRepositories(access, (repositories) => repositories.restic(args));
}

/** The store, as one of them. */
async function storeAs(role: "writer" | "reader") {
  const { s3AccessKey: accessKey, s3SecretKey: secretKey } = await ground.keysOf(role, 1);
  const store = s3Client(
    { region: ground.s3.region, endpoint: `https://localhost:${ground.s3.port}`, accessKey, secretKey },
    ground.s3.caPem,
  );
  cleanup.add(async () => store.destroy());
  return store;
}
const well = (said: Said) => expect(said.ok, said.all).toBe(true);

beforeAll(async () => {
  ground = await prepareGround(cleanup);
  const file = join(ground.dir, "invoice.pdf");
  await writeFile(file, "an invoice");
  await writeFile(join(ground.dir, "fresh"), fresh, { mode: 0o600 });
  well(await restic("writer", stolen, "init"));
  well(await restic("writer", stolen, "backup", file));
}, 120_000);
afterAll(() => cleanup.run(), 60_000);

it("adds a key with the writer's rights, and takes the old one away with the expirer's alone", async () => {
  const [old] = await ground.keys(`${prefix}keys/`);
  well(await restic("writer", stolen, "key", "add", "--new-password-file", join(ground.dir, "fresh")));
  expect(await ground.keys(`${prefix}keys/`)).toHaveLength(2);
  const writer = await storeAs("writer");
  await expect(writer.send(new DeleteObjectCommand({ Bucket: ground.s3.bucket, Key: old! }))).rejects.toMatchObject({
    name: "AccessDenied",
  });

  well(await restic("expirer", fresh, "key", "remove", old!.slice(`${prefix}keys/`.length)));
  const refused = await restic("reader", stolen, "snapshots", "--no-lock");
  expect([refused.ok, refused.all]).toEqual([false, expect.stringMatching(/wrong password or no key found/)]);
  well(await restic("reader", fresh, "snapshots", "--no-lock"));
}, 120_000);

it("keeps nobody out: the key that was taken away is a locked version, with which the stolen password opens what is written afterwards too", async () => {
  const later = join(ground.dir, "later.pdf");
  await writeFile(later, "written after the key was removed");
  well(await restic("writer", fresh, "backup", "--force", later));

  const reader = await storeAs("reader");
  const { Versions = [] } = await reader.send(
    new ListObjectVersionsCommand({ Bucket: ground.s3.bucket, Prefix: prefix }),
  );
  const copy = join(ground.dir, "copy");
  for (const { Key, VersionId } of Versions) {
    const { Body } = await reader.send(new GetObjectCommand({ Bucket: ground.s3.bucket, Key, VersionId }));
    const path = join(copy, Key!.slice(prefix.length));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await Body!.transformToByteArray());
  }
  const env = { RESTIC_PASSWORD: stolen, RESTIC_REPOSITORY: copy, RESTIC_CACHE_DIR: join(ground.dir, "cache") };
  const { stdout } = await run("restic", ["dump", "--no-lock", "latest", later], { env, stdin: "ignore" });
  expect(stdout).toBe("written after the key was removed");
}, 120_000);
