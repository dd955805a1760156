import type { Fingerprint } from "../trace/fingerprint.ts";

/** The parent of the first state, and what `find` answers for a state that isn't there. */
export const NONE = 0xffff_ffff;

/** Where a fingerprint ends has to fit into 32 bits. */
const MAX_BYTES = 2 ** 32 - 1;

/** Of how many slots of the table one is in use at most. */
const SPARSE = 2;

/** The states of a store, in columns; only the first `count` states are meant. */
export interface StateColumns {
  /** How many bytes at the end of each fingerprint are bans. */
  readonly banBytes: number;
  readonly count: number;
  /** The fingerprints, one after another: that of state n from ends[n] to ends[n + 1]. */
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
  /** From which state each was reached first. */
  readonly parents: Uint32Array;
  /** By which step. */
  readonly steps: Uint32Array;
  /** Numbers of states plus one, where their hashes lead; 0 where there is none. */
  readonly table: Uint32Array;
}

/**
 * All states that were met, each with how it was reached first: from which state, by which step. A state is the bytes of
 * its fingerprint; its number is its place in the order in which the states were added.
 *
 * The last bytes of a fingerprint may be bans: bits each of which takes away something that can be done in the state, and
 * that make no other difference. So what can be done in a state, now and later, can also be done in the same state with
 * fewer bans: the one is covered by the other, and needs no place beside it.
 *
 * It lies in few typed arrays, about 40 bytes a state besides what its fingerprint takes. They are memory that threads
 * can share: while nobody adds a state, any number of them may read.
 */
export class StateStore {
  /** How many there are. */
  count = 0;
  private readonly banBytes: number;
  private bytes = bytesFor(1 << 10);
  private used = 0;
  private ends = wordsFor(1 << 6);
  private parents = wordsFor(1 << 6);
  private steps = wordsFor(1 << 6);
  private table = wordsFor(1 << 7);

  /** `banBytes` says how many bytes at the end of each fingerprint are bans. */
  constructor(banBytes = 0) {
    this.banBytes = banBytes;
  }

  /** The store that these are the columns of. */
  static of({ banBytes, count, bytes, ends, parents, steps, table }: StateColumns): StateStore {
    const store = new StateStore(banBytes);
    Object.assign(store, { count, bytes, ends, parents, steps, table, used: ends[count] ?? 0 });
    return store;
  }

  /** The states as they are now. The columns are others when there are more states. */
  get columns(): StateColumns {
    const { banBytes, count, bytes, ends, parents, steps, table } = this;
    return { banBytes, count, bytes, ends, parents, steps, table };
  }

  /** How much memory it takes, in bytes. */
  get memory(): number {
    const { bytes, ends, parents, steps, table } = this;
    return [bytes, ends, parents, steps, table].reduce((sum, column) => sum + column.byteLength, 0);
  }

  /** The state from which state `index` was reached first; `NONE` for the first state. */
  parentOf(index: number): number {
    return this.parents[index] ?? NONE;
  }

  /** The step by which it was. */
  stepTo(index: number): number {
    return this.steps[index] ?? 0;
  }

  /** The number of a state that covers the one with this fingerprint, as that state itself does, or `NONE`. */
  find({ bytes, length }: Fingerprint): number {
    const { table } = this;
    const mask = table.length - 1;
    for (let slot = this.hashOf(bytes, 0, length) & mask; ; slot = (slot + 1) & mask) {
      const entry = table[slot] ?? 0;
      if (entry === 0) return NONE;
      if (this.covers(entry - 1, bytes, length)) return entry - 1;
    }
  }

  /** Adds a state that none covers. Says whether there was memory for it. */
  add({ bytes, length }: Fingerprint, parent: number, step: number): boolean {
    if (!this.hasRoomFor(length)) return false;
    const index = this.count++;
    this.bytes.set(bytes.subarray(0, length), this.used);
    this.used += length;
    this.ends[index + 1] = this.used;
    this.parents[index] = parent;
    this.steps[index] = step;
    this.enter(index);
    return true;
  }

  /** The steps that lead from the first state to this one. */
  pathTo(index: number): number[] {
    const path: number[] = [];
    for (let at = index; this.parentOf(at) !== NONE; at = this.parentOf(at)) path.push(this.stepTo(at));
    return path.reverse();
  }

  private covers(index: number, bytes: Uint8Array, length: number): boolean {
    const start = this.ends[index] ?? 0;
    if ((this.ends[index + 1] ?? 0) - start !== length) return false;
    const bans = length - this.banBytes;
    for (let at = 0; at < bans; at++) if (this.bytes[start + at] !== bytes[at]) return false;
    for (let at = bans; at < length; at++) {
      if (((this.bytes[start + at] ?? 0) & ~(bytes[at] ?? 0)) !== 0) return false;
    }
    return true;
  }

  /** FNV-1a, with the high bits brought down: the table looks at the low ones. Bans don't count. */
  private hashOf(bytes: Uint8Array, from: number, to: number): number {
    let hash = 0x811c9dc5;
    const end = to - this.banBytes;
    for (let at = from; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    return (hash ^ (hash >>> 15)) >>> 0;
  }

  private enter(index: number): void {
    const { table } = this;
    const mask = table.length - 1;
    let slot = this.hashOf(this.bytes, this.ends[index] ?? 0, this.ends[index + 1] ?? 0) & mask;
    while (table[slot] !== 0) slot = (slot + 1) & mask;
    table[slot] = index + 1;
  }

  private hasRoomFor(length: number): boolean {
    try {
      this.makeRoom(length);
      return true;
    } catch (error) {
      // What the engine throws when there is no memory for an array.
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  private makeRoom(length: number): void {
    if (this.used + length > MAX_BYTES) throw new RangeError("more bytes than there are numbers for");
    if (this.used + length > this.bytes.length) {
      this.bytes = grown(this.bytes, bytesFor, this.used + length);
    }
    if (this.count + 2 > this.ends.length) {
      this.ends = grown(this.ends, wordsFor, this.count + 2);
      this.parents = grown(this.parents, wordsFor, this.count + 2);
      this.steps = grown(this.steps, wordsFor, this.count + 2);
    }
    if ((this.count + 1) * SPARSE <= this.table.length) return;
    this.table = wordsFor(this.table.length * 2);
    for (let index = 0; index < this.count; index++) this.enter(index);
  }
}

function bytesFor(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

function wordsFor(length: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(length * Uint32Array.BYTES_PER_ELEMENT));
}

/** A copy with half as much room again, and for `least` in any case: doubling would leave half of it empty. */
function grown<C extends Uint8Array | Uint32Array>(
  column: C,
  create: (length: number) => C,
  least: number,
): C {
  const larger = create(Math.max(Math.ceil(column.length * 1.5), least));
  larger.set(column);
  return larger;
}
