import { generationLayout, type Generation } from "../../contracts/generation";
import type { Entry, KeyHistory } from "../../stacks/object-history";

/** What makes a key again what it was. */
export type Action =
  | { readonly kind: "same" }
  /** What was current is hidden by delete markers alone: they are removed. */
  | { readonly kind: "uncover"; readonly markers: readonly string[] }
  /** Something else was written over it: it is copied on top, as a new version. */
  | { readonly kind: "putBack"; readonly from: Entry }
  /** It was not there then, and a restore would take it for something: a delete marker hides it. */
  | { readonly kind: "hide" }
  /** It was not there then, and is only ever found by a name that nothing says any more. */
  | { readonly kind: "leave" };

export interface DecideArgs {
  readonly generation: Generation;
  /** Milliseconds since the epoch. */
  readonly to: number;
  /** Of a version that an earlier run made: the version that it is a copy of. */
  readonly copyOf: (versionId: string) => string | undefined;
}

/** What has to be done so that the entry that was current at a time is current again. Never touches a version that holds data. */
export function decide({ key, entries }: KeyHistory, { generation, to, copyOf }: DecideArgs): Action {
  const kind = kindOf(key, generation);
  if (kind === "lock") return { kind: "leave" };
  const now = entries.find((e) => e.current);
  const then = currentAt(entries, to);
  if (!then || then.marker) {
    if (!now || now.marker) return { kind: "same" };
    return { kind: kind === "data" ? "leave" : "hide" };
  }
  if (!now || now.versionId === then.versionId) return { kind: "same" };
  const later = entries.filter((e) => e.at > to && e.versionId !== then.versionId);
  if (now.marker && later.every((e) => e.marker)) return { kind: "uncover", markers: later.map((e) => e.versionId) };
  return !now.marker && (sameContent(now, then) || copyOf(now.versionId) === then.versionId)
    ? { kind: "same" }
    : { kind: "putBack", from: then };
}

/** S3 says data and markers apart, and whole seconds: of two in the same second the one that is current is the later one, else data counts. */
function currentAt(entries: readonly Entry[], to: number): Entry | undefined {
  return entries
    .filter((e) => e.at <= to)
    .reduce<Entry | undefined>((best, e) => (!best || rank(e, best) > 0 ? e : best), undefined);
}
const rank = (a: Entry, b: Entry): number =>
  a.at - b.at || Number(a.current) - Number(b.current) || Number(b.marker) - Number(a.marker);

/** By MD5: an ETag with a dash is that of a multipart upload, which says nothing about the content. */
const sameContent = (a: Entry, b: Entry): boolean => a.bytes === b.bytes && a.etag === b.etag && !a.etag.includes("-");

/**
 * What a key holds. "data" is found by its name alone, which an index, a manifest or a backup's own list of files says. Everything else is
 * found by listing or is read first, so one that came later misleads: pgBackRest fails on a second copy of a WAL segment and follows a
 * later timeline, restic reads every index and every key, the recovery takes the newest manifest.
 */
export function kindOf(key: string, generation: Generation): "lock" | "data" | "meta" {
  const path = key.slice(generationLayout(generation).prefix.length);
  if (/^files\/locks\//.test(path)) return "lock";
  if (/^(files\/data|vault)\//.test(path)) return "data";
  return /^postgres\/backup\/[^/]+\/\d{8}-[^/]+\/(?!backup\.manifest)/.test(path) ? "data" : "meta";
}
