/** One backup set, by its manifest. */
export interface DatedSet {
  readonly key: string;
  /** Milliseconds since the epoch: what a restore of it brings back. */
  readonly at: number;
}

/** Sets older than `olderThan` are thinned to the newest one of each `every`. Both in seconds. */
export interface Thinning {
  readonly olderThan: number;
  readonly every: number;
}

export interface KeepRules {
  /** Seconds; sets older than this go. */
  readonly retention: number;
  /** Coarser with age. */
  readonly thinning: readonly Thinning[];
}

export interface Choice {
  readonly keep: readonly DatedSet[];
  readonly drop: readonly DatedSet[];
}

/**
 * Which sets of one generation stay: all of the newest days, then the newest of each hour, then of each day, none beyond the retention. The
 * newest set always stays, however old: a generation that writes no more must not lose its last one.
 * @param pinned keys that somebody's recovery began with and has not finished
 * @param now milliseconds since the epoch
 */
export function choose(
  sets: readonly DatedSet[],
  { retention, thinning }: KeepRules,
  now: number,
  pinned: ReadonlySet<string> = new Set(),
): Choice {
  const tiers = [...thinning].sort((a, b) => b.olderThan - a.olderThan);
  const newestFirst = [...sets].sort((a, b) => b.at - a.at || (a.key < b.key ? 1 : -1));
  const taken = new Set<string>();
  const firstOfItsSlot = ({ at }: DatedSet, age: number): boolean => {
    const tier = tiers.find(({ olderThan }) => age > olderThan);
    if (!tier) return true;
    const slot = `${tier.every} ${Math.floor(at / 1_000 / tier.every)}`;
    if (taken.has(slot)) return false;
    taken.add(slot);
    return true;
  };
  const stays = (set: DatedSet, index: number): boolean => {
    const age = (now - set.at) / 1_000;
    const first = firstOfItsSlot(set, age);
    return index === 0 || pinned.has(set.key) || (first && age <= retention);
  };
  const keep: DatedSet[] = [];
  const drop: DatedSet[] = [];
  newestFirst.forEach((set, index) => (stays(set, index) ? keep : drop).push(set));
  return { keep, drop };
}
