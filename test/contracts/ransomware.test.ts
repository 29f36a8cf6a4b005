import { describe, expect, it } from "vitest";
import {
  cleanTime,
  type DatedChange,
  type Held,
  holdKey,
  releaseKey,
  setOfHoldKey,
  type SetChange,
  suspicionOf,
  unreleased,
} from "../../contracts/ransomware";

const limits = { sampleFiles: 200, randomness: 0.97, files: 10, share: 0.5, windowSeconds: 3_600 };
const at = (minute: number) => new Date(Date.parse("2026-11-24T03:00:00.000Z") + minute * 60_000).toISOString();
const change = (minute: number, more: Partial<SetChange> = {}): DatedChange => ({
  at: at(minute),
  change: {
    since: at(minute - 1),
    before: 1_000,
    changed: more.replaced ?? 0,
    renamed: 0,
    added: 0,
    gone: 0,
    replaced: 0,
    sampled: more.replaced ?? 0,
    encrypted: 0,
    ...(more.replaced ? { firstAt: at(minute - 0.5), cleanAt: at(minute - 1) } : {}),
    ...more,
  },
});
const judge = (...changes: DatedChange[]) => suspicionOf(changes, limits);

describe("what looks like ransomware", () => {
  it("is a cycle in which most of what was replaced is encrypted, and enough of it", () => {
    expect(judge(change(1), change(2, { replaced: 214, sampled: 200, encrypted: 186 }))).toEqual({
      cleanAt: at(1),
      firstAt: at(1.5),
      firstSet: at(2),
      replaced: 214,
      encrypted: 199,
    });
    expect(judge(change(2, { replaced: 9, encrypted: 9 }))).toBeUndefined();
    expect(judge(change(2, { replaced: 100, encrypted: 49 }))).toBeUndefined();
  });

  it("is a few files a cycle for as long as it takes, from the first of them on", () => {
    const slowly = [5, 6, 7, 8, 9].map((minute) => change(minute, { replaced: 3, encrypted: 2 }));
    expect(judge(change(4, { replaced: 2, encrypted: 0 }), ...slowly)).toEqual({
      cleanAt: at(4),
      firstAt: at(4.5),
      firstSet: at(5),
      replaced: 15,
      encrypted: 10,
    });
    expect(judge(...slowly.slice(1))).toBeUndefined();
  });

  it("is none of what lies further back than the window, nor what has ended", () => {
    const before = change(1, { replaced: 9, encrypted: 9 });
    expect(judge(before, change(62, { replaced: 5, encrypted: 5 }))).toBeUndefined();
    expect(judge(change(1, { replaced: 50, encrypted: 50 }), change(2, { replaced: 5 }))).toBeUndefined();
  });

  it("is not what was only added: an import of photos, PDFs or archives replaces nothing", () =>
    expect(judge(change(2, { added: 5_000, sampled: 0 }))).toBeUndefined());

  it("is nothing that is not known", () => {
    expect(judge()).toBeUndefined();
    const { cleanAt: _, ...unknown } = change(2, { replaced: 20, encrypted: 20 }).change;
    expect(judge({ at: at(2), change: unknown })).not.toHaveProperty("cleanAt");
  });
});

describe("holds", () => {
  const held = (set: string, minute: number, cleanAt?: string): Held => ({
    key: holdKey(1, set, at(minute)),
    set,
    writtenAt: at(minute),
    hold: {
      generation: 1,
      set,
      firstAt: at(minute),
      firstSet: at(minute),
      lastSet: at(minute),
      replaced: 20,
      encrypted: 20,
      ...(cleanAt === undefined ? {} : { cleanAt }),
    },
  });

  it("name their set", () => {
    expect(holdKey(1, "odoo", at(0))).toBe("g1/holds/odoo-2026-11-24T030000000Z.json");
    expect(setOfHoldKey(holdKey(12, "a-b", at(0)))).toBe("a-b");
    expect(setOfHoldKey("g1/holds/spoilt")).toBe("g1/holds/spoilt");
  });

  it("propose the newest set that none of them has touched, and none when one does not say", () => {
    const both = [held("odoo", 5, at(4)), held("chatwoot", 7, at(6))];
    expect(cleanTime(both)).toBe(at(4));
    expect(cleanTime([...both, held("n8n", 8)])).toBeUndefined();
    expect(cleanTime([...both, { ...held("n8n", 8, at(7)), hold: undefined }])).toBeUndefined();
    expect(cleanTime([])).toBeUndefined();
  });

  it("are released until they are written again", () => {
    const both = [held("odoo", 5), held("chatwoot", 7)];
    expect(unreleased(both, 1, [])).toEqual(both);
    expect(unreleased(both, 1, [releaseKey(1, at(5)), releaseKey(1, at(3))])).toEqual([both[1]]);
    expect(unreleased(both, 1, [releaseKey(1, at(7))])).toEqual([]);
  });
});
