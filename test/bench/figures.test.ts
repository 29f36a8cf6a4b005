import { expect, it } from "vitest";
import { median } from "../../bench/median";
import { worstRpo } from "../../bench/worst-rpo";
import { recovered } from "../drill/report/sample";

it("tells the worst run of each module, and none where a run has no figure", () => {
  const [first, ...others] = recovered.modules;
  const run = (rpoSeconds: number | null) => ({ ...recovered, modules: [{ ...first!, rpoSeconds }, ...others] });
  const { name, rpoTargetSeconds } = first!;
  expect(worstRpo([run(3), run(40), run(7)])[0]).toEqual({
    name,
    rpoTargetSeconds,
    rpoSecondsWorst: 40,
    runs: [3, 40, 7],
  });
  expect(worstRpo([run(3), run(null)])[0]).toMatchObject({ rpoSecondsWorst: null, runs: [3, null] });
  expect(worstRpo([])).toEqual([]);
});

it("takes the middle one", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1])).toBe(1);
  expect(() => median([])).toThrow(RangeError);
});
