import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decide, kindOf, type Action } from "../../backups/rewind/decide";
import type { Entry } from "../../stacks/object-history";
import { Journal } from "../../backups/rewind/journal";

const to = 100;
const manifest = "g1/manifests/2026-11-24T035044120Z.json";
const pack = "g1/files/data/ab/abcd";

/** Oldest first, as it happened; the last is current. "D" is data and "M" a marker, with the time behind it. */
function past(...happened: string[]): Entry[] {
  const entries = happened.map((text, i) => {
    const [, sign, at, etag] = /^([DM])(\d+)(?::(.*))?$/.exec(text)!;
    return {
      versionId: text,
      current: i === happened.length - 1,
      marker: sign === "M",
      at: Number(at),
      bytes: sign === "M" ? 0 : 5,
      etag: etag ?? text,
    };
  });
  return entries.reverse();
}
const decided = (key: string, happened: string[], copies: Record<string, string> = {}): Action =>
  decide({ key, entries: past(...happened) }, { generation: 1, to, copyOf: (version) => copies[version] });

describe("what is done with a key", () => {
  it("nothing, when nothing came after", () => {
    expect(decided(pack, ["D1", "D90"])).toEqual({ kind: "same" });
    expect(decided(pack, ["D1", "M90"])).toEqual({ kind: "same" });
    expect(decided(pack, ["D100"])).toEqual({ kind: "same" });
  });
  it("markers alone are removed, all of them", () =>
    expect(decided(pack, ["D1", "M101", "M102"])).toEqual({ kind: "uncover", markers: ["M102", "M101"] }));
  it("what was written over is copied back, under a marker too", () => {
    expect(decided(pack, ["D1", "D50", "D101", "D102"])).toMatchObject({ kind: "putBack", from: { versionId: "D50" } });
    expect(decided(pack, ["D1", "D101", "M102"])).toMatchObject({ kind: "putBack", from: { versionId: "D1" } });
  });
  it("what was hidden then and written since is hidden again, if it misleads", () => {
    expect(decided(manifest, ["D1", "M50", "D101"])).toEqual({ kind: "hide" });
    expect(decided(pack, ["D1", "M50", "D101"])).toEqual({ kind: "leave" });
    expect(decided(manifest, ["D101", "M102"])).toEqual({ kind: "same" });
  });
  it("what came later is hidden or left by what it is", () => {
    expect(decided(manifest, ["D101"])).toEqual({ kind: "hide" });
    expect(decided(pack, ["D101"])).toEqual({ kind: "leave" });
  });
  it("locks are let be: the old ones must not come back", () =>
    expect(decided("g1/files/locks/ab", ["D99", "M101"])).toEqual({ kind: "leave" }));
  it("within one second, data counts before a marker, unless the marker is current", () => {
    expect(decided(pack, ["M50", "D50", "D101"])).toMatchObject({ kind: "putBack", from: { versionId: "D50" } });
    expect(decided(pack, ["D50", "M50"])).toEqual({ kind: "same" });
  });
});

describe("a second run", () => {
  it("knows a copy by its content", () => {
    expect(decided(pack, ["D1:md5", "D101", "D102:md5"])).toEqual({ kind: "same" });
  });
  it("does not believe the ETag of a multipart upload, but the journal", async () => {
    const happened = ["D1:md5-3", "D101", "D102:md5-3"];
    expect(decided(pack, happened)).toMatchObject({ kind: "putBack" });
    const folder = await mkdtemp(join(tmpdir(), "rewind-"));
    const file = join(folder, "journal.jsonl");
    await (await Journal.open(file)).add({ key: pack, action: "putBack", from: "D1:md5-3", made: "D102:md5-3" });
    const { copyOf } = await Journal.open(file);
    expect(decide({ key: pack, entries: past(...happened) }, { generation: 1, to, copyOf })).toEqual({ kind: "same" });
    await rm(folder, { recursive: true });
  });
});

it.each([
  ["data", "g1/files/data/00/00ab"],
  ["data", "g1/vault/2026-11-24T035044120Z-ab.tar"],
  ["data", "g1/postgres/backup/main/20261124-035044F/bundle/1"],
  ["data", "g1/postgres/backup/main/20261124-035044F_20261124-045044I/pg_data/base/1/2.zst"],
  ["lock", "g1/files/locks/ab"],
  ["meta", "g1/postgres/backup/main/20261124-035044F/backup.manifest"],
  ["meta", "g1/postgres/backup/main/20261124-035044F/backup.manifest.copy"],
  ["meta", "g1/postgres/backup/main/backup.info"],
  ["meta", "g1/postgres/backup/main/latest"],
  ["meta", "g1/postgres/archive/main/15-1/00000002.history"],
  ["meta", "g1/postgres/archive/main/15-1/0000000100000000/000000010000000000000005-ab.zst"],
  ["meta", "g1/files/index/ab"],
  ["meta", "g1/files/keys/ab"],
  ["meta", "g1/files/config"],
  ["meta", "g1/claim.json"],
  ["meta", manifest],
])("takes for %s: %s", (kind, key) => expect(kindOf(key, 1)).toBe(kind));
