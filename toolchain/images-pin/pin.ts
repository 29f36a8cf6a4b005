import { dockerCredentials } from "./docker-config";
import { readImages, writeImages } from "./config-file";
import { parseReference } from "./reference";
import { resolveDigest, type ResolveOptions } from "./registry";

/** What became of one image. */
export interface PinnedImage {
  readonly service: string;
  /** As it was written. */
  readonly before: string;
  /** As it is written now; equal to `before` when it was not resolved, or is the same still. */
  readonly after: string;
  /** pinned: it had no digest; moved: its tag has another one now; same; unresolved: see `cause`. */
  readonly outcome: "pinned" | "moved" | "same" | "unresolved";
  readonly cause?: string;
}

export interface PinOptions {
  /** Resolve and report, write nothing. @default false */
  readonly dryRun?: boolean;
  /** @default what docker login stored */
  readonly resolve?: ResolveOptions;
}

/**
 * Gives every image of a stack's config file the digest that its tag has now. Images that cannot be resolved stay as they
 * are; the others are written all the same, so that the next run has only the rest to do.
 * @returns undefined when the file names no images
 */
export async function pinFile(file: string, options: PinOptions = {}): Promise<PinnedImage[] | undefined> {
  const config = readImages(file);
  if (!config) return undefined;
  const resolve = options.resolve ?? { credentials: (registry) => dockerCredentials(registry) };
  const pinned = await Promise.all([...config.images].map(([service, image]) => pinImage(service, image, resolve)));
  const changed = pinned.filter((image) => image.before !== image.after);
  if (!options.dryRun && changed.length > 0) {
    await writeImages(config, new Map(changed.map((image) => [image.service, image.after])));
  }
  return pinned;
}

async function pinImage(service: string, before: string, resolve: ResolveOptions): Promise<PinnedImage> {
  try {
    const reference = parseReference(before);
    const digest = await resolveDigest(reference, resolve);
    const after = `${reference.name}:${reference.tag}@${digest}`;
    const outcome = reference.digest === undefined ? "pinned" : reference.digest === digest ? "same" : "moved";
    return { service, before, after, outcome };
  } catch (error) {
    return {
      service,
      before,
      after: before,
      outcome: "unresolved",
      cause: error instanceof Error ? error.message : String(error),
    };
  }
}
