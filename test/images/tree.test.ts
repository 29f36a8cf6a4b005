import { expect, it } from "vitest";
import { chmodBits, difference, type Node } from "../../images/agent/src/restore/tree";

const one = (type: string, path: string, change: Partial<Node> = {}): Node => ({
  path,
  type,
  uid: 1000,
  gid: 1000,
  size: 5,
  mode: 0o644,
  mtime: "2026-11-24T04:00:00.000000001Z",
  ctime: "2026-11-24T04:00:00.000000001Z",
  ...change,
});
const dir = (path: string, change?: Partial<Node>) => one("dir", path, change);
const file = (path: string, change?: Partial<Node>) => one("file", path, change);
const tree = [dir("/odoo"), dir("/odoo/a"), file("/odoo/a/1"), file("/odoo/2")];
const from = (...after: Node[]) => {
  const { bring, remove, folders } = difference(tree, after);
  return { bring, remove, folders: folders.map(({ path }) => path) };
};

it("is nothing between two that are the same", () => {
  expect(from(...tree)).toEqual({ bring: [], remove: [], folders: [] });
});
it("brings what is new, with its folder at once, and sets what that one lies in", () => {
  const more = [dir("/odoo/b"), dir("/odoo/b/c"), file("/odoo/b/c/3"), file("/odoo/a/4")];
  expect(from(...tree, ...more)).toEqual({
    bring: ["/odoo/b", "/odoo/a/4"],
    remove: [],
    folders: ["/odoo/a", "/odoo"],
  });
});
it("removes what is gone, a folder with what was in it", () => {
  expect(from(dir("/odoo"), file("/odoo/2"))).toEqual({ bring: [], remove: ["/odoo/a"], folders: ["/odoo"] });
});
it.each<[string, Partial<Node>]>([
  ["its size", { size: 6 }],
  ["its time", { mtime: "2026-11-24T04:00:00.000000002Z" }],
  ["only the time of its change, as when mtime was set back", { ctime: "2026-11-24T05:00:00Z" }],
  ["its owner", { uid: 0 }],
  ["its mode", { mode: 0o600 }],
])("brings a file anew that differs in %s", (_what, change) => {
  expect(from(dir("/odoo"), dir("/odoo/a"), file("/odoo/a/1", change), file("/odoo/2"))).toEqual({
    bring: ["/odoo/a/1"],
    remove: ["/odoo/a/1"],
    folders: ["/odoo/a"],
  });
});
it("puts a file in a folder's place, and a folder in a file's", () => {
  expect(from(dir("/odoo"), file("/odoo/a"), dir("/odoo/2"), file("/odoo/2/x"))).toEqual({
    bring: ["/odoo/a", "/odoo/2"],
    remove: ["/odoo/a", "/odoo/2"],
    folders: ["/odoo"],
  });
});
it("sets a folder that differs itself, and leaves what is in it", () => {
  expect(from(dir("/odoo"), dir("/odoo/a", { mode: 0o700 }), file("/odoo/a/1"), file("/odoo/2"))).toEqual({
    bring: [],
    remove: [],
    folders: ["/odoo/a"],
  });
});
it("reads Go's modes", () => {
  expect(chmodBits(2147484141).toString(8)).toBe("755");
  expect(chmodBits(0o750 + (1 << 22) + (1 << 20)).toString(8)).toBe("3750");
});
