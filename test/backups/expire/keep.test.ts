import { describe, expect, it } from "vitest";
import { choose, type DatedSet } from "../../../backups/expire/keep";
import { neededBy, unneeded, unneededVault } from "../../../backups/expire/snapshots";
import { vaultSnapshotKey } from "../../../contracts/generation";
import { body } from "../../stacks/manifests";

const now = Date.parse("2026-11-24T12:00:00.000Z");
const hour = 3_600;
const day = 24 * hour;
const rules = {
  retention: 30 * day,
  thinning: [
    { olderThan: 2 * day, every: hour },
    { olderThan: 7 * day, every: day },
  ],
};
const aged = (seconds: number): DatedSet => ({ key: `${seconds}`, at: now - seconds * 1_000 });
const every = (step: number, from: number, to: number): DatedSet[] =>
  Array.from({ length: Math.floor((to - from) / step) }, (_, i) => aged(from + i * step));
const keys = (sets: readonly DatedSet[]) => sets.map(({ key }) => Number(key));

describe("which sets stay", () => {
  it("is all of two days, one an hour to seven days, one a day to the retention, and none after it", () => {
    const sets = every(600, 0, 40 * day);
    const { keep, drop } = choose(sets, rules, now);
    expect(keep.length + drop.length).toBe(sets.length);
    const ages = keys(keep);
    expect(ages.filter((s) => s <= 2 * day)).toHaveLength((2 * day) / 600 + 1);
    expect(ages.filter((s) => s > 2 * day && s <= 7 * day)).toHaveLength(5 * 24);
    // 23 whole days, and the parts of the first and the last.
    expect(ages.filter((s) => s > 7 * day && s <= 30 * day)).toHaveLength(24);
    expect(ages.filter((s) => s > 30 * day)).toEqual([]);
  });

  it("is the newest of each hour", () => {
    expect(keys(choose([aged(3 * day + 60), aged(3 * day + 120), aged(3 * day + 180)], rules, now).keep)).toEqual([
      3 * day + 60,
    ]);
  });

  it("changes nothing the second time", () => {
    const { keep } = choose(every(600, 0, 40 * day), rules, now);
    expect(choose(keep, rules, now).drop).toEqual([]);
  });

  it("is the newest one whatever its age, and what a recovery has begun with", () => {
    const sets = [aged(100 * day), aged(101 * day), aged(102 * day)];
    expect(keys(choose(sets, rules, now, new Set([sets[2]!.key])).keep)).toEqual([100 * day, 102 * day]);
  });

  it("is none of none", () => {
    expect(choose([], rules, now)).toEqual({ keep: [], drop: [] });
  });
});

describe("what goes with the sets", () => {
  const id = (c: string) => c.repeat(64);
  const vaultKey = vaultSnapshotKey(1, "2026-11-01T00:00:00.000Z", id("d"));
  const file = { takenAt: "2026-11-01T00:00:00.000Z", files: 1, bytes: 1 };
  const needed = neededBy([
    { ...body(), files: { odoo: { ...file, snapshot: `${id("a")}:/odoo` }, vault: { ...file, snapshot: vaultKey } } },
  ]);
  const old = "2026-11-20T00:00:00.000Z";

  it("is every snapshot that no set names, and that is older than a day", () => {
    const listed = [
      { id: id("a"), time: old },
      { id: id("b"), time: old, hostname: "agent" },
      { id: id("c"), time: "2026-11-24T11:59:00.000Z" },
    ];
    expect(unneeded(JSON.stringify(listed), needed.snapshots, now)).toEqual([id("b")]);
  });

  it("is Vault's snapshots alike", () => {
    const other = vaultKey.replace(/d/g, "e");
    const objects = [
      { key: vaultKey, writtenAt: Date.parse(old) },
      { key: other, writtenAt: Date.parse(old) },
      { key: `${other}2`, writtenAt: now },
    ];
    expect(unneededVault(objects, needed.vault, now)).toEqual([other]);
  });
});
