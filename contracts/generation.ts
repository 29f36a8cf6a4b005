/**
 * A generation is one life of the site. The first primary is generation 1; each recovery or failback begins the next.
 * Every backup is written under the prefix of the generation that wrote it, so two sites never share a write target.
 */
export type Generation = number;

/** Names of everything inside the backup bucket that belongs to one generation. Paths carry no leading slash. */
export function generationLayout(generation: Generation) {
  if (!Number.isInteger(generation) || generation < 1) {
    throw new Error(`generation: received ${generation}; allowed: a whole number from 1 (the first primary); fix: set "generation" in the site's config`);
  }
  const prefix = `g${generation}/`;
  return {
    /** Everything of this generation. */
    prefix,
    /** pgBackRest's repo1-path, with its leading slash. */
    pgbackrestPath: `/${prefix}postgres`,
    /** The restic repository's path inside the bucket. */
    resticPath: `${prefix}files`,
    /** Manifests, one per finished backup cycle; names sort by time. */
    manifests: `${prefix}manifests/`,
  } as const;
}

/** Name of a manifest: sorts by time, safe as an object key. @example manifestKey(1, "2026-11-24T03:50:44.120Z") */
export function manifestKey(generation: Generation, startedAt: string): string {
  return `${generationLayout(generation).manifests}${startedAt.replaceAll(":", "").replaceAll(".", "")}.json`;
}
