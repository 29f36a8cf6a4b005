import { runtime } from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { manifestKey } from "../../contracts/generation";
import { signManifest, type ManifestBody } from "../../contracts/manifest";
import { readConfig, type StackConfig } from "../../stacks/config";
import { chooseSet, claimKey } from "../../stacks/backup-store";
import { neededBytes, preflightRestore, PreflightError } from "../../stacks/preflight";
import { body } from "./manifests";
import { MemoryS3 } from "./memory-s3";
import { filledSettings, setConfig } from "./settings";

const passwords = { postgres: "the postgres cipher", files: "the files cipher" };
const at = (time: string) => `2026-11-24T0${time}:00.000Z`;
const signed = (change: Partial<ManifestBody> = {}, by = passwords) => JSON.stringify(signManifest(body(change), by));
const candidate = (time: string, text = signed({ consistentAt: at(time) })) => ({
  key: manifestKey(1, at(time)),
  text,
});
const tampered = (time: string) =>
  candidate(time, signed({ consistentAt: at(time) }).replace('"databaseBytes":1073741824', '"databaseBytes":1'));

describe("choosing a set", () => {
  const choose = (candidates: Parameters<typeof chooseSet>[0], targetTime?: string) =>
    chooseSet(candidates, passwords, 1, targetTime);

  it("takes the newest that verifies", () =>
    expect(choose([candidate("3:02"), candidate("3:01")]).chosen).toMatchObject({
      key: manifestKey(1, at("3:02")),
      skipped: [],
    }));
  it("passes over one that was tampered with, and says so", () => {
    const { chosen, wrong } = choose([tampered("3:02"), candidate("3:01")]);
    expect(chosen).toMatchObject({
      key: manifestKey(1, at("3:01")),
      skipped: [{ reason: "its signature does not hold (postgresCipher, filesCipher)" }],
    });
    expect(wrong).toEqual({ postgres: 1, files: 1 });
  });
  it("tells which password is wrong", () => {
    const { chosen, rejected, wrong } = choose([candidate("3:02", signed({}, { ...passwords, files: "another" }))]);
    expect(chosen).toBeUndefined();
    expect(rejected).toEqual([expect.objectContaining({ reason: "its signature does not hold (filesCipher)" })]);
    expect(wrong).toEqual({ postgres: 0, files: 1 });
  });
  it("passes over what is newer than the time asked for, without calling it wrong", () =>
    expect(choose([candidate("3:03"), candidate("3:02"), candidate("3:01")], at("3:02"))).toMatchObject({
      chosen: { key: manifestKey(1, at("3:02")) },
      rejected: [],
    }));
  it("takes no set of another generation that was put there", () =>
    expect(choose([candidate("3:01", signed({ generation: 2 }))])).toMatchObject({
      rejected: [{ reason: "it says generation 2, but lies under generation 1" }],
    }));
  it.each(["", "{", '{"body":{}}'])("passes over what is no manifest: %j", (text) =>
    expect(choose([{ key: "k", text }]).rejected[0]?.reason).toMatch(/^not a manifest/),
  );
  it("finds none among none", () => expect(choose([])).toEqual({ rejected: [], wrong: { postgres: 0, files: 0 } }));
});

describe("the preflight", () => {
  let s3: MemoryS3;
  let config: StackConfig;
  const inBucket = (...sets: { key: string; text: string }[]) =>
    sets.forEach(({ key, text }) => s3.objects.set(key, text));
  const asked = (targetTime?: string, volumeBytes?: number) => preflightRestore({ ...config, targetTime }, volumeBytes);
  const problems = async (...args: Parameters<typeof asked>): Promise<readonly string[]> => {
    const error: unknown = await asked(...args).catch((e: unknown) => e);
    if (error instanceof PreflightError) return error.problems;
    throw error;
  };

  const run = (kind: "up" | "preview") =>
    runtime.setMocks(
      { newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) },
      "smarteros",
      "recovery",
      kind === "preview",
    );

  beforeEach(async () => {
    s3 = new MemoryS3().holdObjectsOf(body());
    await run("up");
    setConfig({
      ...filledSettings("recovery"),
      "smarteros:postgresCipher": passwords.postgres,
      "smarteros:filesCipher": passwords.files,
    });
    config = readConfig("recovery");
  });
  afterEach(() => vi.restoreAllMocks());

  it("claims what it restores, so that the next run restores the same, although there is a newer set", async () => {
    inBucket(candidate("3:01"));
    const first = await asked();
    expect(JSON.parse(s3.objects.get(claimKey(2))!)).toMatchObject({
      generation: 2,
      restoreFrom: 1,
      manifestKey: first.set.key,
    });
    inBucket(candidate("3:02"));
    expect((await asked()).restoreId).toBe(first.restoreId);
  });
  it("claims nothing in a preview", async () => {
    await run("preview");
    inBucket(candidate("3:01"));
    await asked();
    expect(s3.objects.has(claimKey(2))).toBe(false);
  });
  it("lets one of two runs win", async () => {
    inBucket(candidate("3:01"));
    const results = await Promise.allSettled([asked(), asked()]);
    expect(results.map((r) => r.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(String(results.find((r) => r.status === "rejected")?.reason)).toMatch(
      /generation 2 was claimed by \S+@\S+ at \S+; fix: /,
    );
  });
  it("leaves a recovery to whoever began it, until it has served", async () => {
    inBucket(candidate("3:01"));
    vi.stubEnv("SMARTEROS_OPERATOR", "ana@laptop");
    await asked();
    vi.stubEnv("SMARTEROS_OPERATOR", "ben@tower");
    expect(await problems()).toEqual([
      expect.stringMatching(/^generation 2 was claimed by ana@laptop at \S+; fix: talk to them; .* --take-over/),
    ]);
    s3.objects.set(manifestKey(2, at("4:00")), "{}");
    expect((await asked()).restoreId).toMatch(/^g2-from-g1-/);
    vi.unstubAllEnvs();
  });
  it("refuses another source or another time for a generation that has begun", async () => {
    inBucket(candidate("3:01"), {
      key: claimKey(2),
      text: JSON.stringify({
        generation: 2,
        restoreFrom: 7,
        manifestKey: candidate("3:01").key,
        targetTime: null,
        claimedAt: at("4:00"),
      }),
    });
    expect(await problems(at("3:02"))).toEqual([
      expect.stringMatching(
        /^smarteros:site\.restoreFrom: received 1, but generation 2 began .* by restoring generation 7; fix: /,
      ),
      expect.stringMatching(/^recovery:targetTime: received .*, but generation 2 began .* with the newest set; fix: /),
    ]);
  });
  it("says that there is no backup", async () =>
    expect(await problems()).toEqual([
      expect.stringMatching(/^s3:\/\/smarterbot-cl-backups\/g1\/manifests\/: no manifest; .*; fix: /),
    ]));
  it("says that all are newer than the time asked for", async () => {
    inBucket(candidate("3:02"));
    expect(await problems(at("3:01"))).toEqual([
      expect.stringMatching(/no valid set at or before .*; all are newer; fix: another recovery:targetTime/),
    ]);
  });
  it("passes over a set whose objects are damaged, and looks no more once one is claimed", async () => {
    const postgres = { ...body().postgres, walFile: "000000010000000000000006" };
    const newest = candidate("3:02", signed({ consistentAt: at("3:02"), postgres }));
    inBucket(candidate("3:01"), newest);
    const { set } = await asked();
    expect(set).toMatchObject({
      key: manifestKey(1, at("3:01")),
      skipped: [{ key: newest.key, reason: expect.stringMatching(/^WAL segment 0+10+6 is not in the archive: /) }],
    });
    for (const key of s3.objects.keys()) if (key.includes("/archive/")) s3.objects.delete(key);
    expect((await asked()).set.key).toBe(set.key);
  });
  it("says that every set is damaged", async () => {
    inBucket(candidate("3:01"));
    for (const key of s3.objects.keys()) if (key.endsWith("/backup.manifest")) s3.objects.delete(key);
    expect(await problems()).toEqual([
      expect.stringMatching(/no valid set; g1\/manifests\/.*: the base copy 20261124-030000F is not there; fix: /),
    ]);
  });
  it("names the wrong cipher password, not its value", async () => {
    inBucket(candidate("3:01", signed({}, { ...passwords, postgres: "another" })));
    const [problem] = await problems();
    expect(problem).toMatch(/^smarteros:postgresCipher: not the password .*; fix: take it from the escrow/);
    expect(problem).not.toContain(passwords.postgres);
  });
  it("lists another version of PostgreSQL and too small a volume at once", async () => {
    const postgres = { ...body().postgres, majorVersion: 14 };
    s3.holdObjectsOf(body({ postgres }));
    inBucket(candidate("3:01", signed({ postgres })));
    expect(await problems(undefined, 2 ** 30)).toEqual([
      expect.stringMatching(/^PostgreSQL: .*version 14, .* runs 15; .*; fix: /),
      expect.stringMatching(/^smarteros:site\.host\.volume: received 1 GiB, .* needs 3\.3 GiB; fix: "5 GiB"/),
    ]);
  });
  it("says that the store refused the credentials", async () => {
    s3.refuse("InvalidAccessKeyId", 403);
    expect(await problems()).toEqual([
      expect.stringMatching(/the store refused the credentials \(InvalidAccessKeyId\); fix: AWS_ACCESS_KEY_ID/),
    ]);
  });
  it("says that the bucket is not there", async () => {
    s3.refuse("NoSuchBucket", 404);
    expect(await problems()).toEqual([
      expect.stringMatching(/the bucket does not exist; fix: smarteros:site\.backups\.bucket/),
    ]);
  });
});

it("asks for room for the cluster, its files and head room", () => {
  const small = neededBytes(signManifest(body(), passwords));
  const large = neededBytes(
    signManifest(body({ postgres: { ...body().postgres, databaseBytes: 2 ** 31 } }), passwords),
  );
  expect(large - small).toBe(Math.round(1.3 * 2 ** 30));
});
