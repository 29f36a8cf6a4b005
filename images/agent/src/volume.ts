import type { Volume } from "../../../contracts/manifest";

/** Cycles that the usual is taken from; of fewer than `least` there is none. */
const cycles = { most: 120, least: 10 };

/** What is usual: the median of the cycles before, which single bursts do not move. */
export class Usual {
  private history: number[] = [];

  /** @returns the cycle's bytes beside what was usual before it */
  add(bytes: number): Volume {
    const sorted = [...this.history].sort((a, b) => a - b);
    this.history = [...this.history, bytes].slice(-cycles.most);
    return sorted.length < cycles.least ? { bytes } : { bytes, usual: sorted[Math.floor(sorted.length / 2)]! };
  }
}

/** A counter's growth from look to look; undefined at the first, and after it was set back. */
export class Growth {
  private last: number | undefined;

  add(counter: number): number | undefined {
    const grown = this.last === undefined ? undefined : counter - this.last;
    this.last = counter;
    return grown === undefined || grown < 0 ? undefined : grown;
  }
}
