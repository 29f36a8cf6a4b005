import { z } from "zod";
import { generationLayout, keyTime, type Generation } from "./generation";

/**
 * What ransomware leaves in backups, and how it is told from work (docs/decisions/ransomware.md): files that were there before now hold
 * noise. What is only added never counts: an import of photos or archives looks encrypted to any measure of entropy.
 */

const count = z.number().int().nonnegative();

/** How a file set differs from the one that was backed up before; content is looked at where it replaced something. */
export const setChange = z.strictObject({
  /** `consistentAt` of the set that it is compared with. */
  since: z.iso.datetime(),
  /** `consistentAt` of the newest set that was read before the first of the replacements, so that it holds none of them; absent: not known. */
  cleanAt: z.iso.datetime().optional(),
  /** When the first of the replacements was made, by the file system's own clock (ctime, which no program sets). */
  firstAt: z.iso.datetime().optional(),
  /** Files then. */
  before: count,
  /** The same name, written since. */
  changed: count,
  /** The name of one that is gone, with something appended. */
  renamed: count,
  /** New names, the renamed ones left out. */
  added: count,
  gone: count,
  /** What took an earlier file's place: changed, renamed, and when more are gone than renamed, the added too. */
  replaced: count,
  /** Of the replaced, those whose content was looked at and long enough to be judged. */
  sampled: count,
  /** Of the sampled, those that look encrypted. */
  encrypted: count,
});
export type SetChange = z.infer<typeof setChange>;

/** Of the plan, in the agent's configuration. */
export const ransomwareWatch = z.strictObject({
  /** At most so many files of a set are looked into in one cycle. */
  sampleFiles: z.number().int().positive(),
  /** A file without a known signature looks encrypted when its entropy reaches this share of what random bytes have. */
  randomness: z.number().min(0).max(1),
  /** So many files must look encrypted, ... */
  files: z.number().int().positive(),
  /** ... and this share of all that were replaced, in one cycle or in the window. */
  share: z.number().min(0).max(1),
  windowSeconds: z.number().positive(),
});
export type RansomwareWatch = z.infer<typeof ransomwareWatch>;

/** A change, and `consistentAt` of the set that it came with. */
export interface DatedChange {
  readonly at: string;
  readonly change: SetChange;
}

/** Replacements that look like an attack. */
export interface Suspicion {
  /** The newest set that holds none of it; absent: not known. */
  readonly cleanAt?: string;
  /** When the first of the files was replaced. */
  readonly firstAt: string;
  /** `consistentAt` of the first set that holds some of it. */
  readonly firstSet: string;
  readonly replaced: number;
  /** Of the replaced, as the samples say. */
  readonly encrypted: number;
}

/** Of all that were replaced, as the sample says. */
const estimate = ({ replaced, sampled, encrypted }: SetChange): number =>
  sampled === 0 ? 0 : Math.round((replaced * encrypted) / sampled);

/**
 * Whether a set's newest change, by itself or with those of the window before it, looks like an attack. What was seen earlier and goes on no
 * longer is no new suspicion.
 * @param changes of one set, oldest first, the newest last
 */
export function suspicionOf(
  changes: readonly DatedChange[],
  { files, share, windowSeconds }: RansomwareWatch,
): Suspicion | undefined {
  const newest = changes.at(-1);
  if (!newest || newest.change.encrypted === 0) return undefined;
  const from = Date.parse(newest.at) - windowSeconds * 1_000;
  const window = changes.filter(({ at }) => Date.parse(at) >= from);
  const sum = (of: readonly DatedChange[]) => ({
    replaced: of.reduce((n, { change }) => n + change.replaced, 0),
    encrypted: of.reduce((n, { change }) => n + estimate(change), 0),
  });
  const looksSo = (of: readonly DatedChange[]) => {
    const { replaced, encrypted } = sum(of);
    return encrypted >= files && encrypted >= share * replaced;
  };
  if (!looksSo([newest]) && !looksSo(window)) return undefined;
  // From the first change that was mostly encryption: what came before it in the window was work.
  const mostly = window.findIndex(({ change }) => change.encrypted > 0 && estimate(change) >= share * change.replaced);
  const own = window.slice(mostly === -1 ? 0 : mostly);
  const { change, at } = own[0]!;
  return {
    ...(change.cleanAt === undefined ? {} : { cleanAt: change.cleanAt }),
    firstAt: change.firstAt ?? change.since,
    firstSet: at,
    ...sum(own),
  };
}

/**
 * What lies below `generationLayout(N).holds`: backups of this generation are not expired while it is not released. The agent puts it before
 * the manifest of the set, and puts it again while the attack goes on.
 */
export const hold = z.strictObject({
  generation: z.number().int().min(1),
  set: z.string(),
  cleanAt: z.iso.datetime().optional(),
  firstAt: z.iso.datetime(),
  firstSet: z.iso.datetime(),
  /** `consistentAt` of the last set that holds some of it, so far. */
  lastSet: z.iso.datetime(),
  replaced: count,
  encrypted: count,
});
export type Hold = z.infer<typeof hold>;

/** A hold as it lies in the bucket. */
export interface Held {
  readonly key: string;
  readonly set: string;
  /** Undefined: what lies there is none. Somebody spoilt it, and the backups are held all the same. */
  readonly hold: Hold | undefined;
  /** When it was last written, by the store's clock; ISO 8601. */
  readonly writtenAt: string;
}

/** The newest set that none of these attacks has touched, by its `consistentAt`: what to go back to. Undefined: not known, or there is none. */
export function cleanTime(held: readonly Held[]): string | undefined {
  const times = held.map(({ hold: known }) => known?.cleanAt);
  if (times.length === 0 || times.includes(undefined)) return undefined;
  return (times as string[]).reduce((a, b) => (Date.parse(b) < Date.parse(a) ? b : a));
}

/** Whole percent of what was replaced that looks encrypted. */
export const percent = ({ replaced, encrypted }: Pick<Hold, "replaced" | "encrypted">): number =>
  replaced === 0 ? 0 : Math.round((100 * encrypted) / replaced);

/** @param startedAt of the cycle in which it was first seen */
export const holdKey = (generation: Generation, set: string, startedAt: string): string =>
  `${generationLayout(generation).holds}${set}-${keyTime(startedAt)}.json`;

/** The set that a hold is of, by its name alone: also when its content is not what it should be. */
export const setOfHoldKey = (key: string): string => /\/holds\/(.+)-\d{4}-\d\d-\d\dT\w+\.json$/.exec(key)?.[1] ?? key;

/** Who says that holds are no reason any more. */
export const release = z.strictObject({
  generation: z.number().int().min(1),
  releasedAt: z.iso.datetime(),
  /** "user@host" */
  releasedBy: z.string(),
  reason: z.string(),
  holds: z.array(z.string()),
});
export type Release = z.infer<typeof release>;

/**
 * Where releases of a generation lie: outside of what its writer may put, so that whoever holds the site's keys releases nothing.
 */
export const releasesPrefix = (generation: Generation): string => `releases/g${generation}/`;

/**
 * Its name says all that counts: holds that were last written until then are released.
 * @param upTo ISO 8601, by the store's clock
 */
export const releaseKey = (generation: Generation, upTo: string): string =>
  `${releasesPrefix(generation)}${keyTime(upTo)}.json`;

/** Of these holds, those that no release covers. @param releases keys below {@link releasesPrefix} */
export function unreleased(held: readonly Held[], generation: Generation, releases: readonly string[]): Held[] {
  const covered = [...releases].sort().at(-1) ?? "";
  return held.filter(({ writtenAt }) => releaseKey(generation, writtenAt) > covered);
}
