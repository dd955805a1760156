/** Runs of a campaign, by their numbers: [from, to). */
export interface RunRange {
  readonly from: number;
  readonly to: number;
}

/** A set of runs, as few ranges in ascending order, no two of which touch. */
export class RunRanges {
  private ranges: readonly RunRange[];

  constructor(ranges: Iterable<RunRange> = []) {
    this.ranges = [];
    for (const range of ranges) this.add(range);
  }

  /** How many runs there are. */
  get count(): number {
    return this.ranges.reduce((sum, { from, to }) => sum + (to - from), 0);
  }

  /** The ranges, in ascending order. */
  get list(): readonly RunRange[] {
    return this.ranges;
  }

  /** Adds the runs of a range. */
  add({ from, to }: RunRange): void {
    if (from >= to) return;
    const before = this.ranges.filter((range) => range.to < from);
    const behind = this.ranges.filter((range) => range.from > to);
    const touched = this.ranges.filter((range) => range.to >= from && range.from <= to);
    const all = [...touched, { from, to }];
    const merged = {
      from: Math.min(...all.map((range) => range.from)),
      to: Math.max(...all.map((range) => range.to)),
    };
    this.ranges = [...before, merged, ...behind];
  }

  /** The first range of `wanted` without a run that is in this set; `undefined` if all of them are. */
  firstMissing(wanted: RunRange): RunRange | undefined {
    let { from } = wanted;
    for (const range of this.ranges) {
      if (range.to <= from) continue;
      if (range.from >= wanted.to) break;
      if (range.from > from) return { from, to: Math.min(range.from, wanted.to) };
      from = range.to;
    }
    return from < wanted.to ? { from, to: wanted.to } : undefined;
  }
}
