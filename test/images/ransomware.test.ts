import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Hold, hold } from "../../contracts/ransomware";
import { fingerprint } from "../../images/agent/src/fingerprint";
import type { Log } from "../../images/agent/src/log";
import { difference, spread } from "../../images/agent/src/ransomware/changes";
import { entropy, looksEncrypted, randomEntropy } from "../../images/agent/src/ransomware/content";
import { RansomwareWatcher } from "../../images/agent/src/ransomware/watch";
import { Growth, Usual } from "../../images/agent/src/volume";

const randomness = 0.97;
/** The same noise in every run. */
const noise = (name: string, bytes: number): Buffer => {
  const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, i) =>
    createHash("sha256").update(`${name} ${i}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, bytes);
};

describe("entropy", () => {
  test("is 0 of one value, 8 of all", () => {
    expect(entropy(Buffer.alloc(1_000, 7))).toBe(0);
    expect(entropy(Buffer.from(Array.from({ length: 256 }, (_, i) => i)))).toBeCloseTo(8, 10);
  });

  test.each([128, 256, 1_024, 4_096])("of %i random bytes is what is expected of them", (length) => {
    const measured = Array.from({ length: 200 }, (_, i) => entropy(noise(`${length}-${i}`, length)));
    expect(measured.reduce((a, b) => a + b) / measured.length).toBeCloseTo(randomEntropy(length), 1);
  });
});

describe("a file looks encrypted", () => {
  const looks = (name: string, content: Buffer | string) =>
    looksEncrypted(name, Buffer.from(content).subarray(0, 4_096), randomness);
  const behind = (signature: string) => Buffer.concat([Buffer.from(signature, "latin1"), noise(signature, 5_000)]);

  test.each([128, 200, 500, 4_096])("by %i bytes of noise, whatever its name", (length) => {
    for (const name of ["invoice.pdf.locked", "da39a3ee5e6b4b0d", "photo.jpg", "notes.txt"])
      expect(looks(name, noise(name, length)), name).toBe(true);
  });

  test("when its name promises a signature that it has lost, even as text", () => {
    expect(looks("invoice.PDF", "QUVTIGVuY3J5cHRlZA==".repeat(50))).toBe(true);
    expect(looks("invoice.pdf", "%PDF-1.7 ".repeat(50))).toBe(false);
    expect(looks("really-a-png.jpg", behind("\x89PNG\r\n\x1a\n"))).toBe(false);
  });

  test.each([
    ["a PDF", "a.pdf", "%PDF-1.4"],
    ["a photo", "a.jpg", "\xff\xd8\xff\xe0"],
    ["a photo without a suffix, as Odoo and Chatwoot keep it", "9f86d081", "\xff\xd8\xff\xe1"],
    ["a spreadsheet", "a.xlsx", "PK\x03\x04"],
    ["a video", "a.mp4", "\0\0\0\x20ftypisom"],
    ["a voice message", "a", "OggS"],
  ])("not when it is %s", (_, name, signature) => expect(looks(name, behind(signature))).toBe(false));

  test("not when it is text, code, Base64 or an archive", () => {
    expect(looks("a.json", JSON.stringify({ name: "Comercial Los Aromos", lines: [1, 2, 3] }).repeat(100))).toBe(false);
    expect(looks("a.pem", noise("key", 4_096).toString("base64"))).toBe(false);
    expect(looks("short.pem", noise("key", 150).toString("base64"))).toBe(false);
    expect(looks("hex", noise("key", 2_000).toString("hex"))).toBe(false);
    expect(looks("backup", gzipSync(noise("archive", 9_000)))).toBe(false);
  });

  test("to no one when it is too short to say", () => expect(looks("a", noise("a", 127))).toBeUndefined());

  test("also when it is compressed without any signature: the price of the rule", () =>
    expect(looks("blob", deflateRawSync(noise("raw", 9_000)))).toBe(true));
});

describe("the difference of two looks", () => {
  const index = (files: Record<string, number>) => new Map(Object.entries(files));
  const before = index({ "a/1.pdf": 1, "a/2.pdf": 1, "b/3": 1, "b/4": 1 });

  test("knows what was written, renamed, added, and what is gone", () => {
    const now = index({ "a/1.pdf": 2, "a/2.pdf.id-7.locked": 2, "b/3": 1, "b/4": 1, "b/new.txt": 2 });
    expect(difference(before, now)).toEqual({
      changed: ["a/1.pdf"],
      renamed: ["a/2.pdf.id-7.locked"],
      added: ["b/new.txt"],
      gone: 1,
      replaced: ["a/1.pdf", "a/2.pdf.id-7.locked"],
    });
  });

  test("takes what is only added for no replacement, and a copy with another suffix neither", () => {
    const now = index({ ...Object.fromEntries(before), "a/1.pdf.bak": 2, "c/5": 2 });
    expect(difference(before, now)).toMatchObject({ renamed: [], gone: 0, replaced: [] });
  });

  test("takes new names for replacements when as many files are gone", () =>
    expect(difference(before, index({ "a/x1": 2, "a/x2": 2, "b/x3": 2, "b/x4": 2 }))).toMatchObject({
      gone: 4,
      renamed: [],
      replaced: ["a/x1", "a/x2", "b/x3", "b/x4"],
    }));

  test("is looked into evenly", () => {
    expect(spread([1, 2, 3], 5)).toEqual([1, 2, 3]);
    expect(
      spread(
        Array.from({ length: 100 }, (_, i) => i),
        4,
      ),
    ).toEqual([0, 25, 50, 75]);
  });
});

describe("volumes", () => {
  test("know what is usual once there were enough cycles; a burst does not move it", () => {
    const usual = new Usual();
    const seen = [...Array.from({ length: 10 }, (_, i) => i + 1), 10_000, 5].map((bytes) => usual.add(bytes));
    expect(seen[9]).toEqual({ bytes: 10 });
    expect(seen[10]).toEqual({ bytes: 10_000, usual: 6 });
    expect(seen[11]).toEqual({ bytes: 5, usual: 6 });
  });

  test("grow by what a counter grew, and are not known after it was set back", () => {
    const growth = new Growth();
    expect([100, 130, 7, 9].map((counter) => growth.add(counter))).toEqual([undefined, 30, undefined, 2]);
  });
});

describe("the watcher", () => {
  let dir: string;
  let folder: string;
  let state: string;
  let puts: Map<string, Hold>;
  let failing = false;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "smarteros-watch-"));
    [folder, state] = [join(dir, "odoo"), join(dir, "state")];
    mkdirSync(folder);
    [puts, failing] = [new Map(), false];
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const log: Log = { info: () => undefined, error: () => undefined };
  const open = () =>
    RansomwareWatcher.open({
      generation: 1,
      limits: { sampleFiles: 50, randomness, files: 10, share: 0.5, windowSeconds: 3_600 },
      store: {
        putJson: async (key: string, value: unknown) => {
          if (failing) throw new Error("the store is gone");
          puts.set(key, hold.parse(value));
        },
      },
      stateDir: state,
      log,
    });
  /** A cycle of the agent. @param readAt when the set was read whole; by now, if nothing else is said */
  async function cycle(watcher: RansomwareWatcher, at: string, readAt = new Date().toISOString()) {
    const { index } = await fingerprint(folder);
    const change = await watcher.measure("odoo", folder, { at, readAt, files: index });
    await watcher.holdIfSuspicious(at);
    await watcher.commit();
    return change;
  }
  const at = (minute: number) => `2026-11-24T03:${String(minute).padStart(2, "0")}:00.000Z`;
  const fill = (n: number, content: (i: number) => Buffer, name = (i: number) => `file-${i}.jpg`) => {
    for (let i = 0; i < n; i++) writeFileSync(join(folder, name(i)), content(i));
  };
  const photo = (i: number) => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), noise(`photo ${i}`, 2_000)]);
  /** Overwrites each file with noise, and renames it. */
  const attack = (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      writeFileSync(join(folder, `file-${i}.jpg`), randomBytes(2_000));
      renameSync(join(folder, `file-${i}.jpg`), join(folder, `file-${i}.jpg.locked`));
    }
  };

  test("says nothing of the first cycle, and holds nothing for an import", async () => {
    const watcher = await open();
    fill(20, photo);
    expect(await cycle(watcher, at(0))).toBeUndefined();
    fill(300, photo, (i) => `imported-${i}`);
    expect(await cycle(watcher, at(1))).toMatchObject({ before: 20, added: 300, replaced: 0, sampled: 0 });
    expect(await cycle(watcher, at(2))).toMatchObject({ before: 320, added: 0, gone: 0, replaced: 0 });
    expect(puts.size).toBe(0);
  });

  test("holds the backups when files are overwritten and renamed, and says from when and to where", async () => {
    const watcher = await open();
    fill(100, photo);
    await cycle(watcher, at(0));
    await cycle(watcher, at(1), new Date(Date.now() - 1_000).toISOString());
    attack(0, 60);
    expect(await cycle(watcher, at(2))).toMatchObject({
      since: at(1),
      cleanAt: at(1),
      before: 100,
      renamed: 60,
      gone: 60,
      replaced: 60,
      sampled: 50,
      encrypted: 50,
    });
    const [key, first] = [...puts][0]!;
    expect(first).toMatchObject({
      set: "odoo",
      cleanAt: at(1),
      firstSet: at(2),
      lastSet: at(2),
      replaced: 60,
      encrypted: 60,
    });
    expect(Math.abs(Date.parse(first.firstAt) - Date.now())).toBeLessThan(10_000);
    attack(60, 100);
    await cycle(watcher, at(3));
    expect([...puts.keys()]).toEqual([key]);
    expect(puts.get(key)).toMatchObject({
      cleanAt: at(1),
      firstSet: at(2),
      lastSet: at(3),
      replaced: 100,
      encrypted: 100,
    });
    await cycle(watcher, at(4));
    expect(puts.get(key)).toMatchObject({ lastSet: at(3) });
  });

  test("calls no set clean that was still being read when the first file was encrypted", async () => {
    const watcher = await open();
    fill(20, photo);
    await cycle(watcher, at(0));
    await cycle(watcher, at(1), new Date(Date.now() + 60_000).toISOString());
    attack(0, 20);
    expect(await cycle(watcher, at(2))).toMatchObject({ since: at(1), cleanAt: at(0) });
    expect([...puts.values()][0]).toMatchObject({ cleanAt: at(0) });
  });

  test("calls no set clean in which a file was overwritten while it was read, though its new name is later", async () => {
    const watcher = await open();
    fill(20, photo);
    await cycle(watcher, at(0));
    const readAt = Date.now() - 1_000;
    await cycle(watcher, at(1), new Date(readAt).toISOString());
    attack(0, 20);
    utimesSync(join(folder, "file-7.jpg.locked"), readAt / 1_000, readAt / 1_000 - 1);
    expect(await cycle(watcher, at(2))).toMatchObject({ since: at(1), cleanAt: at(0), replaced: 20, encrypted: 20 });
  });

  test("sees again what a cycle saw that failed, and what happened while it was not running", async () => {
    fill(20, photo);
    const first = await open();
    await cycle(first, at(0), new Date(Date.now() - 1_000).toISOString());
    attack(0, 20);
    const next = await open();
    failing = true;
    await expect(cycle(next, at(1))).rejects.toThrow("the store is gone");
    failing = false;
    expect(await cycle(next, at(2))).toMatchObject({ since: at(0), cleanAt: at(0), replaced: 20, encrypted: 20 });
    expect([...puts.values()]).toMatchObject([{ cleanAt: at(0), firstSet: at(2) }]);
  });

  test("is not held up by what was put in a file's place", async () => {
    const watcher = await open();
    fill(3, photo);
    await cycle(watcher, at(0));
    const { index } = await fingerprint(folder);
    for (const path of index.keys()) index.set(path, 1);
    rmSync(join(folder, "file-0.jpg"));
    symlinkSync("/dev/zero", join(folder, "file-0.jpg"));
    rmSync(join(folder, "file-1.jpg"));
    mkdirSync(join(folder, "file-1.jpg"));
    rmSync(join(folder, "file-2.jpg"));
    expect(await watcher.measure("odoo", folder, { at: at(1), readAt: at(1), files: index })).toMatchObject({
      replaced: 3,
      sampled: 0,
    });
  });
});
