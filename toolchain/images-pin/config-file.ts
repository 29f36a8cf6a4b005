import { readFileSync } from "node:fs";
import { rename, stat, writeFile } from "node:fs/promises";
import { isMap, isScalar, parseDocument, type Document } from "yaml";

/** Where a stack's config names its images. */
const where = ["config", "smarteros:site", "images"] as const;

/** A stack's config file, with its comments and order. */
export interface ImagesFile {
  readonly file: string;
  readonly document: Document;
  /** By service, as written. */
  readonly images: ReadonlyMap<string, string>;
}

/** @returns undefined when the file names no images. @throws when it is no YAML, or the images are no map of texts */
export function readImages(file: string): ImagesFile | undefined {
  const document = parseDocument(readFileSync(file, "utf8"));
  const [problem] = document.errors;
  if (problem) throw new Error(`${file}: is no YAML: ${problem.message}`);
  if (!document.hasIn(where)) return undefined;
  const node = document.getIn(where, true);
  if (!isMap(node))
    throw new Error(`${file}: ${where.join(" -> ")}: allowed: a map of service: image; fix: write it so`);
  const entries = node.items.map(({ key, value }): [string, string] => {
    const service = isScalar(key) ? String(key.value) : String(key);
    if (!isScalar(value) || typeof value.value !== "string") {
      throw new Error(
        `${file}: ${[...where, service].join(" -> ")}: received ${String(value)}; allowed: repo/name:tag`,
      );
    }
    return [service, value.value];
  });
  return { file, document, images: new Map(entries) };
}

/** Writes new names of some images; everything else in the file stays. The file is replaced as a whole or not at all. */
export async function writeImages({ file, document }: ImagesFile, images: ReadonlyMap<string, string>): Promise<void> {
  for (const [service, image] of images) {
    const scalar = document.getIn([...where, service], true);
    // The scalar is kept: it holds the comment behind it.
    if (isScalar(scalar)) scalar.value = image;
    else document.setIn([...where, service], image);
  }
  const next = `${file}.${process.pid}.tmp`;
  await writeFile(next, document.toString({ lineWidth: 0 }), { mode: (await stat(file)).mode });
  await rename(next, file);
}
