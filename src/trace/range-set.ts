/**
 * A set of addresses, kept as the ranges that it is made of: in order, none empty, none touching the next.
 * Nothing is allocated once it has held as many ranges as it ever will.
 */
export class RangeSet {
  #starts = new Float64Array(64);
  #ends = new Float64Array(64);
  #count = 0;
  #bytes = 0;

  /** How many addresses there are. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Removes all addresses. */
  clear(): void {
    this.#count = 0;
    this.#bytes = 0;
  }

  /** Takes over the addresses of another set, in the place of its own. */
  copyFrom(other: RangeSet): void {
    while (this.#starts.length < other.#count) this.#grow();
    for (let index = 0; index < other.#count; index++) {
      this.#set(index, other.#start(index), other.#end(index));
    }
    this.#count = other.#count;
    this.#bytes = other.#bytes;
  }

  /** Whether an address of [`start`, `end`) is there. */
  overlaps(start: number, end: number): boolean {
    return this.overlap(start, end) > 0;
  }

  /** How many addresses of [`start`, `end`) are there. */
  overlap(start: number, end: number): number {
    let bytes = 0;
    for (let index = 0; index < this.#count && this.#start(index) < end; index++) {
      bytes += Math.max(0, Math.min(this.#end(index), end) - Math.max(this.#start(index), start));
    }
    return bytes;
  }

  /** Adds [`start`, `end`), which is not empty. */
  add(start: number, end: number): void {
    // What it overlaps or touches becomes one range with it.
    const from = this.#firstEndingAt(start);
    const to = this.#firstStartingAt(end + 1);
    const first = from < to ? Math.min(start, this.#start(from)) : start;
    const last = from < to ? Math.max(end, this.#end(to - 1)) : end;
    this.#bytes += end - start - this.overlap(start, end);
    this.#makeRoom(from, to, 1);
    this.#set(from, first, last);
  }

  /**
   * Removes [`start`, `end`), which is not empty. A range that it cuts keeps its other addresses:
   *
   *     [ range )  [ range )           [ range )
   *         [ removed )          [ removed )
   *     [--)       ...[---)             ...[---)
   */
  remove(start: number, end: number): void {
    const from = this.#firstEndingAt(start + 1);
    const to = this.#firstStartingAt(end);
    if (from >= to) return;
    this.#bytes -= this.overlap(start, end);
    const first = this.#start(from);
    const last = this.#end(to - 1);
    const left = first < start ? 1 : 0;
    const right = end < last ? 1 : 0;
    this.#makeRoom(from, to, left + right);
    if (left > 0) this.#set(from, first, start);
    if (right > 0) this.#set(from + left, end, last);
  }

  /** The index of the first range whose end is at or above `address`. */
  #firstEndingAt(address: number): number {
    let index = 0;
    while (index < this.#count && this.#end(index) < address) index++;
    return index;
  }

  /** The index of the first range whose start is at or above `address`. */
  #firstStartingAt(address: number): number {
    let index = 0;
    while (index < this.#count && this.#start(index) < address) index++;
    return index;
  }

  #start(index: number): number {
    return this.#starts[index] ?? 0;
  }

  #end(index: number): number {
    return this.#ends[index] ?? 0;
  }

  #set(index: number, start: number, end: number): void {
    this.#starts[index] = start;
    this.#ends[index] = end;
  }

  /** Gives the ranges [`from`, `to`) up and makes room for `count` others in their place. */
  #makeRoom(from: number, to: number, count: number): void {
    const total = this.#count - (to - from) + count;
    if (total > this.#starts.length) this.#grow();
    if (to < this.#count && from + count !== to) {
      this.#starts.copyWithin(from + count, to, this.#count);
      this.#ends.copyWithin(from + count, to, this.#count);
    }
    this.#count = total;
  }

  #grow(): void {
    const [starts, ends] = [this.#starts, this.#ends];
    this.#starts = new Float64Array(2 * starts.length);
    this.#starts.set(starts);
    this.#ends = new Float64Array(2 * ends.length);
    this.#ends.set(ends);
  }
}
