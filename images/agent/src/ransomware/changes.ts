import { dirname, join } from "node:path";

/** Regular files of a folder: path below it, and ctime in milliseconds. Any write, rename or change of rights moves it. */
export type FileIndex = ReadonlyMap<string, number>;

export interface Difference {
  readonly changed: readonly string[];
  readonly renamed: readonly string[];
  readonly added: readonly string[];
  readonly gone: number;
  /** What took an earlier file's place. */
  readonly replaced: readonly string[];
}

/** What has become of a folder. */
export function difference(before: FileIndex, now: FileIndex): Difference {
  const changed: string[] = [];
  const newNames: string[] = [];
  for (const [path, ctime] of now) {
    const then = before.get(path);
    if (then === undefined) newNames.push(path);
    else if (then !== ctime) changed.push(path);
  }
  const gone = before.size - (now.size - newNames.length);
  const extendsGone = (path: string) =>
    gone > 0 && shorterNames(path).some((shorter) => before.has(shorter) && !now.has(shorter));
  const renamed = newNames.filter(extendsGone);
  const added = newNames.filter((path) => !extendsGone(path));
  // Whoever encrypts into files of other names deletes the first ones.
  const replaced = [...changed, ...renamed, ...(gone > renamed.length ? added : [])];
  return { changed, renamed, added, gone, replaced };
}

/** The path with its last suffixes taken away one by one. @example "a/b.pdf.id-7.locked" gives "a/b.pdf.id-7", "a/b.pdf", "a/b" */
function shorterNames(path: string): string[] {
  const folder = dirname(path);
  const parts = path.slice(folder === "." ? 0 : folder.length + 1).split(".");
  return parts.slice(1).map((_, i) => join(folder, parts.slice(0, parts.length - 1 - i).join(".")));
}

/** At most `most` of them, spread evenly. */
export const spread = <T>(all: readonly T[], most: number): readonly T[] =>
  all.length <= most ? all : Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]!);
