import { expect, it } from "vitest";
import { compare, hasChanges, refuseUnsupported } from "../../../local-cloud/providers/compare";
import { unknown } from "../../../local-cloud/providers/provider";

it("tells what was added, deleted and changed, and what of it replaces", () => {
  const diff = compare({ a: 1, b: [1, 2], gone: "x" }, { a: 2, b: [1, 2], more: {} }, { replaceOn: ["a"] });
  expect(diff.changed).toEqual({
    a: { kind: "update", replace: true },
    gone: { kind: "delete", replace: false },
    more: { kind: "add", replace: false },
  });
});

it("takes undefined, null and a missing key for the same", () => {
  expect(hasChanges(compare({ a: null, b: undefined }, { c: null }))).toBe(false);
});

it("counts an unknown value as a change, wherever it is inside", () => {
  expect(compare({ a: { b: ["x"] } }, { a: { b: [unknown] } }).changed).toEqual({
    a: { kind: "update", replace: false },
  });
});

it("leaves out what is ignored and what means the same", () => {
  const same = (_key: string, before: unknown, after: unknown) => String(before) === String(after);
  expect(hasChanges(compare({ a: 1, b: "2" }, { a: 9, b: 2 }, { ignore: ["a"], same }))).toBe(false);
});

it("names an input that is not implemented, and those that are", () => {
  expect(refuseUnsupported("x:index:Y", { a: 1, b: undefined, c: 2, __defaults: [] }, ["a"])).toEqual([
    { property: "c", reason: expect.stringContaining('does not implement "c"; implemented: a; fix: leave it out') },
  ]);
});
