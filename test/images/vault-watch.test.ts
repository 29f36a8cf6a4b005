import { describe, expect, test } from "vitest";
import { Debounce, pace } from "../../images/agent/src/vault-watch";

/** Looks every `pace.look`; a save takes `saveSeconds`, in which nothing is looked at. @returns [begin, index] of each save */
function saves(indexAt: (second: number) => number, seconds: number, saveSeconds = 0.5): [number, number][] {
  const debounce = new Debounce();
  const made: [number, number][] = [];
  let saved = indexAt(0);
  for (let t = 0; t <= seconds; t += pace.look) {
    const index = indexAt(t);
    if (!debounce.isDue(index, index === saved, t * 1000)) continue;
    debounce.begins(t * 1000);
    made.push([t, index]);
    saved = index;
    t += saveSeconds;
  }
  return made;
}

describe("a change of Vault", () => {
  test("is saved when Vault has been still for a moment", () => {
    expect(saves((t) => (t < 10 ? 1 : 2), 60)).toEqual([[10 + pace.quiet, 2]]);
  });

  test("that consists of several writes is saved once", () => {
    expect(saves((t) => Math.min(10, Math.floor(t)), 60).length).toBeLessThan(5);
    expect(saves((t) => (t < 10 ? 1 : t < 10.5 ? 2 : 3), 60)).toEqual([[11, 3]]);
  });

  test("is saved within 5 s when Vault is written to without pause", () => {
    const saveSeconds = 0.5;
    const made = saves((t) => Math.floor(t * 4), 60, saveSeconds);
    const begun = made.map(([t]) => t);
    const gaps = begun.slice(1).map((t, i) => t - begun[i]!);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(pace.apart);
    expect(Math.max(...gaps) + saveSeconds).toBeLessThanOrEqual(5);
  });

  test("is none when Vault stands still", () => expect(saves(() => 7, 60)).toEqual([]));
});
