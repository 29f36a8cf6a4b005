import { z } from "zod";

/** What restic knows of one file or folder of a snapshot (`restic ls --json`), below the folder that was backed up. */
export const node = z.object({
  /** Absolute in the snapshot. @example "/odoo/filestore/1f/1f0a" */
  path: z.string(),
  type: z.string(),
  uid: z.number(),
  gid: z.number(),
  size: z.number().default(0),
  /** Go's os.FileMode. */
  mode: z.number(),
  mtime: z.string(),
  /** On the host that was backed up: any change of content moves it, whatever mtime says. */
  ctime: z.string(),
});
export type Node = z.infer<typeof node>;

/** What makes one tree of another, by paths below the folder; the folder itself is "". */
export interface Difference {
  /** Files, and folders with all that is in them. */
  readonly bring: readonly string[];
  /** Removed first: what is gone, and what is to be brought and is there. */
  readonly remove: readonly string[];
  /** Folders that stay, of which owner, mode or times are to be set, the deepest first. */
  readonly folders: readonly Node[];
}

/** By the same signs by which restic itself tells a changed file: https://restic.readthedocs.io/en/stable/040_backup.html#file-change-detection */
export function difference(before: readonly Node[], after: readonly Node[]): Difference {
  const old = new Map(before.map((one) => [one.path, one]));
  const now = new Map(after.map((one) => [one.path, one]));
  const isNew = ({ path, type }: Node) => old.get(path)?.type !== type;
  const changed = after.filter((one) => isNew(one) || (one.type !== "dir" && !same(old.get(one.path)!, one)));
  const newFolders = new Set(changed.filter(({ type }) => type === "dir").map(({ path }) => path));
  const bring = changed.map(({ path }) => path).filter((path) => !newFolders.has(parentOf(path)));
  const gone = before.map(({ path }) => path).filter((path) => !now.has(path));
  const remove = topmost([...gone, ...bring.filter((path) => old.has(path))]);
  const touched = new Set([...bring, ...remove].map(parentOf));
  const folders = after
    .filter(({ path, type }) => type === "dir" && !newFolders.has(path))
    .filter((one) => touched.has(one.path) || !same(old.get(one.path)!, one))
    .sort((a, b) => b.path.length - a.path.length);
  return { bring, remove, folders };
}

const same = (a: Node, b: Node): boolean =>
  (["type", "uid", "gid", "size", "mode", "mtime", "ctime"] as const).every((key) => a[key] === b[key]);

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));

/** Without those that lie in another of them. */
function topmost(paths: readonly string[]): string[] {
  const all = new Set(paths);
  const inside = (path: string): boolean => {
    for (let up = parentOf(path); up !== ""; up = parentOf(up)) if (all.has(up)) return true;
    return false;
  };
  return paths.filter((path) => !inside(path));
}

/** The bits of chmod(2) in Go's os.FileMode: https://pkg.go.dev/io/fs#FileMode */
export const chmodBits = (mode: number): number =>
  (mode & 0o777) | (mode & (1 << 23) ? 0o4000 : 0) | (mode & (1 << 22) ? 0o2000 : 0) | (mode & (1 << 20) ? 0o1000 : 0);
