import { describe, expect, it } from "vitest";
import { baseDamage, baseFolder, filesDamage, resticFolders, walDamage, walFolders } from "../../stacks/damage";
import type { Entry, KeyHistory } from "../../stacks/object-history";
import { body } from "./manifests";

const first = Date.parse("2026-11-24T03:00:00Z");
const entry = (change: Partial<Entry> = {}): Entry => ({
  versionId: "1",
  current: true,
  marker: false,
  at: first,
  bytes: 100,
  etag: '"a"',
  ...change,
});
const old = entry({ current: false });
const whole = (key: string): KeyHistory => ({ key, entries: [entry()] });
const cut = (key: string): KeyHistory => ({ key, entries: [entry({ bytes: 10, at: first + 60_000 }), old] });
const hidden = (key: string): KeyHistory => ({
  key,
  entries: [old, entry({ marker: true, bytes: 0, at: first + 60_000 })],
});
/** pgBackRest's upload that was tried again: another encryption of the same. */
const again = (key: string): KeyHistory => ({ key, entries: [entry({ etag: '"b"', at: first + 1_000 }), old] });

describe("the WAL of a set", () => {
  const postgres = { ...body().postgres, walStart: "0000000100000000000000FE", walFile: "000000020000000100000001" };
  const key = (name: string) => `g1/postgres/archive/main/15-1/${name.slice(0, 16)}/${name}-${"0".repeat(40)}.zst`;
  const names = ["0000000100000000000000FE", "0000000100000000000000FF", "000000010000000100000000", postgres.walFile];
  const archive = (of: (key: string) => KeyHistory, name: string) => [
    ...names.filter((n) => n !== name).map((n) => whole(key(n))),
    of(key(name)),
  ];

  it("is looked for in the folders between the base copy and the restore point, of each timeline", () =>
    expect(walFolders(1, postgres).map((folder) => folder.slice("g1/postgres/archive/main/".length))).toEqual([
      "15-1/0000000100000000/",
      "15-1/0000000100000001/",
      "15-1/0000000200000000/",
      "15-1/0000000200000001/",
    ]));
  it("is whole, over a change of timeline and with an upload that was tried again", () =>
    expect(walDamage(postgres, archive(again, names[1]!))).toBeUndefined());
  it("has a gap", () =>
    expect(
      walDamage(
        postgres,
        names.filter((n) => n !== names[2]).map((n) => whole(key(n))),
      ),
    ).toEqual({
      reason: "WAL segment 000000020000000100000000 is not in the archive: nothing after it can be replayed",
    }));
  it("has a hidden segment, which sets since then need too", () =>
    expect(walDamage(postgres, archive(hidden, names[1]!))).toEqual({
      reason: expect.stringMatching(/0000FF is not in the archive: .*; npm run backups:rewind can bring it back$/),
      since: first,
    }));
  it("has a segment that was written over", () =>
    expect(walDamage(postgres, archive(cut, names[1]!))).toEqual({
      reason: expect.stringMatching(
        /^WAL segment g1\/.*FF-0+\.zst was written over at .* \(10 bytes instead of 100\); /,
      ),
      since: first,
    }));
  it("of an older agent's set is looked at where the restore point is", () => {
    const { walStart: _, ...older } = postgres;
    expect(walDamage(older, [whole(key(postgres.walFile))])).toBeUndefined();
    expect(walDamage(older, [])?.reason).toContain(postgres.walFile);
  });
});

describe("the base copy of a set", () => {
  const full = "20261124-030000F";
  const postgres = { ...body().postgres, backupLabel: `${full}_20261124-040000I` };
  const key = (label: string, name: string) => `${baseFolder(1, postgres).slice(0, -full.length)}${label}/${name}`;
  const labels = [full, `${full}_20261124-033000I`, postgres.backupLabel];
  const copies = (...changed: KeyHistory[]) =>
    labels
      .flatMap((label) => [whole(key(label, "backup.manifest")), whole(key(label, "bundle/1"))])
      .map((one) => changed.find((c) => c.key === one.key) ?? one);

  it("is whole", () => expect(baseDamage(postgres, copies())).toBeUndefined());
  it("lacks the full copy that it builds on", () =>
    expect(baseDamage(postgres, copies().slice(2))).toEqual({ reason: `the base copy ${full} is not there` }));
  it("was written over, in a copy between too", () =>
    expect(baseDamage(postgres, copies(cut(key(labels[1]!, "bundle/1"))))).toMatchObject({
      reason: expect.stringContaining("was written over"),
      since: first,
    }));
  it("was hidden in part; one that it does not need may be", () => {
    expect(baseDamage(postgres, copies(hidden(key(labels[2]!, "bundle/1"))))?.reason).toContain("is hidden");
    expect(baseDamage(postgres, copies(hidden(key(labels[1]!, "bundle/1"))))).toBeUndefined();
  });
  it("does not care for the copy of a manifest, which a long backup writes again and again", () =>
    expect(baseDamage(postgres, [...copies(), cut(key(full, "backup.manifest.copy"))])).toBeUndefined());
  it("does not care for a later one", () =>
    expect(baseDamage(postgres, [...copies(), cut(key(`${full}_20261124-050000I`, "bundle/1"))])).toBeUndefined());
});

describe("the files of a set", () => {
  const of = body({ finishedAt: "2026-11-24T03:30:00.000Z" });
  const snapshot = whole(`g1/files/snapshots/${"a".repeat(64)}`);
  const pack = (at: number, history = cut) => {
    const { key, entries } = history("g1/files/data/0f/0f00");
    return { key, entries: entries.map((e) => ({ ...e, at: e.at + at })) };
  };

  it("are listed in parts that are all of the repository but its locks", () =>
    expect([resticFolders(1).length, resticFolders(1)[0], resticFolders(1).at(-1)]).toEqual([
      20,
      "g1/files/data/0",
      "g1/files/config",
    ]));
  it("are whole", () => expect(filesDamage(of, [snapshot, pack(0, whole)])).toBeUndefined());
  it("lack a snapshot, or it is hidden", () => {
    expect(filesDamage(of, [])?.reason).toMatch(/^the snapshot of vault's files, a{64}, is not there$/);
    expect(filesDamage(of, [hidden(snapshot.key)])).toMatchObject({ since: first });
  });
  it("may need a pack that was written over, at the same size too", () => {
    expect(filesDamage(of, [snapshot, pack(0)])).toMatchObject({ since: first });
    expect(filesDamage(of, [snapshot, pack(0, again)])).toMatchObject({ since: first });
  });
  it("do not need one that came later, nor one that was thinned away", () => {
    expect(filesDamage(of, [snapshot, pack(3_600_000)])).toBeUndefined();
    expect(filesDamage(of, [snapshot, pack(0, hidden)])).toBeUndefined();
  });
});
