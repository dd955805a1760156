import type { RunRange, RunRanges } from "./run-ranges.ts";

/** One of several parts of a campaign, which together run what the whole does: `index` of `count`, from 1 on. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Shards take turns with so many runs: which runs a shard has depends on nothing else. */
export const RUNS_OF_A_TURN = 256;
/**
 * How many runs a unit has. That depends on no limit and on nobody's speed, so that the same campaign is cut up in the same
 * way everywhere. `lifetime` is after how many runs an implementation begins with nothing.
 */
export function runsOfUnit({ count }: Shard, lifetime: number): number {
  return count > 1 ? RUNS_OF_A_TURN : Math.max(lifetime, RUNS_OF_A_TURN);
}

/** The runs of a campaign that are still to be done, cut up in units in ascending order. */
export class Units {
  private readonly size: number;
  private readonly runs: number;
  private readonly shard: Shard;
  private readonly done: RunRanges;
  private from = 0;

  /** Those below `runs` that belong to the shard and aren't done. `size` is how many runs a unit has. */
  constructor(size: number, runs: number, shard: Shard, done: RunRanges) {
    this.size = size;
    this.runs = runs;
    this.shard = shard;
    this.done = done;
  }

  /** The next unit; `undefined` when there is none left. */
  next(): RunRange | undefined {
    while (this.from < this.runs) {
      const { from } = this;
      const block = Math.floor(from / this.size);
      const to = Math.min((block + 1) * this.size, this.runs);
      const isOurs = block % this.shard.count === this.shard.index - 1;
      const range = isOurs ? this.done.firstMissing({ from, to }) : undefined;
      this.from = range?.to ?? to;
      if (range) return range;
    }
    return undefined;
  }
}
