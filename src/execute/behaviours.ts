import { type Risk, riskAfter } from "./risk.ts";

/** Places for behaviours at first: a power of two. */
const FIRST_ROOM = 1024;

/** In how many runs a behaviour was seen, as far as it matters. 0 marks a place that is free. */
const ONE_RUN = 1;
const MORE_RUNS = 2;

/** What was counted, as plain columns: equal for the same runs, whatever order they were counted in. */
export interface BehaviourCounts {
  /** How many runs there were. */
  readonly runs: number;
  // A behaviour is a pair of integers, the columns are in ascending order of these.
  readonly shapes: Int32Array;
  readonly situations: Int32Array;
  /** 1 for a behaviour that one run showed, 2 for one that more than one did. */
  readonly seen: Uint8Array;
}

/**
 * Counts for each behaviour whether no run showed it, one did, or more. A behaviour is two integers: its shape
 * (`Statistics`), and the set of situations that it was met in. They are kept in a table with open addressing, which
 * grows when half of it is taken: nothing else allocates.
 */
export class Behaviours {
  private runs = 0;
  private counting = false;
  private count = 0;
  private once = 0;
  private shapes = new Int32Array(FIRST_ROOM);
  private situations = new Int32Array(FIRST_ROOM);
  private seen = new Uint8Array(FIRST_ROOM);
  // The run that showed it last, counted from 1 on; 0 for one of the runs that were added.
  private lastRuns = new Float64Array(FIRST_ROOM);

  /** Whether a run is under way whose behaviours count. */
  get isCounting(): boolean {
    return this.counting;
  }

  /** Begins a run that counts. */
  begin(): void {
    this.runs++;
    this.counting = true;
  }

  /** Ends the run: what is noted before the next one begins doesn't count. */
  end(): void {
    this.counting = false;
  }

  /** Notes a behaviour of the run under way, if there is one; that it was noted before in the same run makes no difference. */
  note(shape: number, situations: number): void {
    if (!this.counting) return;
    const at = this.placeOf(shape, situations);
    if (this.seen[at] === 0) {
      this.lastRuns[at] = this.runs;
      this.insert(at, shape, situations, ONE_RUN);
    } else if (this.lastRuns[at] !== this.runs) {
      this.lastRuns[at] = this.runs;
      this.seeAgain(at);
    }
  }

  /** What is known now of the next run. */
  risk(): Risk {
    return riskAfter(this.runs, this.count, this.once);
  }

  /** Whether the bound of the risk is below `risk`. Much cheaper than to ask for the bound where it isn't. */
  isBelow(risk: number): boolean {
    return this.once < risk * this.runs && this.risk().bound < risk;
  }

  /** What was counted so far. */
  counts(): BehaviourCounts {
    const taken = [...this.seen.keys()].filter((at) => this.seen[at] !== 0);
    const order = taken.sort(
      (a, b) =>
        valueAt(this.shapes, a) - valueAt(this.shapes, b) ||
        valueAt(this.situations, a) - valueAt(this.situations, b),
    );
    return {
      runs: this.runs,
      shapes: Int32Array.from(order, (at) => valueAt(this.shapes, at)),
      situations: Int32Array.from(order, (at) => valueAt(this.situations, at)),
      seen: Uint8Array.from(order, (at) => valueAt(this.seen, at)),
    };
  }

  /** Counts the runs that were counted elsewhere, as if they had been here. They must be other ones. No run is under way. */
  add({ runs, shapes, situations, seen }: BehaviourCounts): void {
    this.runs += runs;
    for (let index = 0; index < seen.length; index++) {
      const [shape, met] = [valueAt(shapes, index), valueAt(situations, index)];
      const at = this.placeOf(shape, met);
      if (this.seen[at] === 0) this.insert(at, shape, met, valueAt(seen, index));
      else this.seeAgain(at);
    }
  }

  private seeAgain(at: number): void {
    if (this.seen[at] === ONE_RUN) this.once--;
    this.seen[at] = MORE_RUNS;
  }

  private insert(at: number, shape: number, situations: number, seen: number): void {
    this.shapes[at] = shape;
    this.situations[at] = situations;
    this.seen[at] = seen;
    this.count++;
    if (seen === ONE_RUN) this.once++;
    if (this.count * 2 > this.seen.length) this.grow();
  }

  /** Where the behaviour is in the table, or the free place where it belongs. */
  private placeOf(shape: number, situations: number): number {
    const { seen, shapes } = this;
    const mask = seen.length - 1;
    let at = mixed(shape, situations) & mask;
    while (seen[at] !== 0 && !(shapes[at] === shape && this.situations[at] === situations)) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private grow(): void {
    const { shapes, situations, seen, lastRuns } = this;
    const room = seen.length * 2;
    this.shapes = new Int32Array(room);
    this.situations = new Int32Array(room);
    this.seen = new Uint8Array(room);
    this.lastRuns = new Float64Array(room);
    for (let from = 0; from < seen.length; from++) {
      if (seen[from] === 0) continue;
      const to = this.placeOf(valueAt(shapes, from), valueAt(situations, from));
      this.shapes[to] = valueAt(shapes, from);
      this.situations[to] = valueAt(situations, from);
      this.seen[to] = valueAt(seen, from);
      this.lastRuns[to] = valueAt(lastRuns, from);
    }
  }
}

/** Both integers in one, spread over all of its bits: by the last steps of MurmurHash3. */
function mixed(shape: number, situations: number): number {
  let bits = Math.imul(shape, 0x9e3779b1) ^ situations;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** What a column has at an index; 0 beyond its end. */
function valueAt(column: Int32Array | Uint8Array | Float64Array, index: number): number {
  return column[index] ?? 0;
}
