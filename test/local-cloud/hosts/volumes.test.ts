import { execFileSync } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { VolumeStore } from "../../../local-cloud/hosts/volumes";

let folder: string;
let store: VolumeStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "volumes-"));
  store = new VolumeStore(folder);
});
afterEach(async () => {
  for (const id of await store.list()) await store.destroy(id);
  await rm(folder, { recursive: true });
});

const loop = (minor: number) => `/dev/loop${minor}`;
const size = (device: string) => Number(execFileSync("blockdev", ["--getsize64", device]).toString());

it("is a formatted block device that takes no space, keeps its content, and grows", async () => {
  await store.ensure(1, 10, "ext4");
  const device = loop((await store.plug(1)).minor);
  expect(size(device)).toBe(10 * 2 ** 30);
  expect((await stat(join(folder, "volume-1.img"))).blocks * 512).toBeLessThan(200 * 2 ** 20);
  const uuid = () => execFileSync("blkid", ["-p", "-s", "UUID", "-o", "value", device]).toString();
  const before = uuid();

  await store.ensure(1, 10, "ext4"); // not formatted again
  expect(loop((await store.plug(1)).minor)).toBe(device); // not plugged in twice
  expect(uuid()).toBe(before);

  await store.grow(1, 20);
  expect(size(device)).toBe(20 * 2 ** 30);
});

it("leaves nothing when it is destroyed", async () => {
  await store.ensure(2, 10);
  await store.plug(2);
  await store.destroy(2);
  expect(await store.list()).toEqual([]);
  expect(execFileSync("losetup", ["--all"]).toString()).not.toContain(folder);
});
