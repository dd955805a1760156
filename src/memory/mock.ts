import { type VirtAddr, virtAddr } from "../trace/address.ts";
import { type Flags, NO_FLAGS } from "../trace/flags.ts";
import type { MappingBackend } from "./backend.ts";
import { type SortedMap, sortedMap } from "./sorted-map.ts";

/** Pages in a leaf: as many as the bitwise operators have bits. */
const LEAF_PAGES = 32;

/** A run of `LEAF_PAGES` pages, some of which are present. */
class Leaf {
  /** The leaf holds the pages from `index` * `LEAF_PAGES` on. */
  index = 0;
  /** Bit i is set when page i is present. */
  present = 0;
  /** The flags of the pages that are present; what is left over elsewhere means nothing. */
  readonly flags = new Uint8Array(LEAF_PAGES);
}

/**
 * A page table that keeps one flags value a page and nothing else. It is sparse and has no bounds: any
 * page below 2^52 can be mapped. A page without flags is present all the same.
 *
 * `map`, `unmap` and `protect` refuse, and change nothing, when the range is empty or not made of whole
 * pages, or when one page of it is not as they need it.
 */
export class MockPageTable {
  /** Bytes in a page. */
  readonly pageSize: number;

  // Leaves by index. None is empty.
  readonly #leaves: SortedMap<Leaf> = sortedMap();
  // The same leaves in order, from one listing to the next if no leaf comes or goes.
  #inOrder: readonly Leaf[] | undefined;
  // The leaf that was looked up last, or `undefined` if there is none at that index: calls tend to stay
  // near each other.
  #nearIndex = -1;
  #near: Leaf | undefined;
  // The leaf that was dropped last, for the next one that is needed.
  #spare: Leaf | undefined;
  #pageCount = 0;
  #callsLeft = Number.POSITIVE_INFINITY;
  #fired = 0;

  /** `pageSize` is in bytes, a power of two. */
  constructor(pageSize: number) {
    this.pageSize = pageSize;
  }

  /** The number of pages present. */
  get pageCount(): number {
    return this.#pageCount;
  }

  /** The flags of the page that contains `addr`; `undefined` when it is not present. */
  get(addr: VirtAddr): Flags | undefined {
    const page = Math.floor(addr / this.pageSize);
    const index = leafOf(page);
    const bit = page - index * LEAF_PAGES;
    const leaf = this.#leaf(index);
    return leaf !== undefined && (leaf.present & (1 << bit)) !== 0 ? leaf.flags[bit] : undefined;
  }

  /** Calls `visit` with the first address and the flags of each page present, in address order. */
  forEachPage(visit: (addr: VirtAddr, flags: Flags) => void): void {
    const { pageSize } = this;
    this.forEachRun((addr, count, flags) => {
      for (let page = 0; page < count; page++) visit(virtAddr(addr + page * pageSize), flags);
    });
  }

  /** As `forEachPage`, but neighbours with the same flags come as one run of `count` pages, or as few. */
  forEachRun(visit: (addr: VirtAddr, count: number, flags: Flags) => void): void {
    const { pageSize } = this;
    for (const { index, present, flags } of this.#leavesInOrder()) {
      const base = index * LEAF_PAGES * pageSize;
      for (let bit = 0; present >>> bit !== 0 && bit < LEAF_PAGES; bit++) {
        if ((present & (1 << bit)) === 0) continue;
        const first = bit;
        // Behind the last page of the leaf 2 << bit is 0.
        while ((present & (2 << bit)) !== 0 && flags[bit + 1] === flags[first]) bit++;
        visit(virtAddr(base + first * pageSize), bit + 1 - first, flags[first] ?? NO_FLAGS);
      }
    }
  }

  /** Remembers the pages. What it returns brings them back, as often as it is called. */
  snapshot(): () => void {
    const leaves = this.#leavesInOrder();
    const were = leaves.map((leaf) => ({ leaf, ...leaf, flags: leaf.flags.slice() }));
    const count = this.#pageCount;
    return () => {
      for (const { leaf, index, present, flags } of were) {
        leaf.index = index;
        leaf.present = present;
        leaf.flags.set(flags);
      }
      if (this.#inOrder !== leaves) this.#putBack(leaves);
      this.#pageCount = count;
    };
  }

  /** Makes the pages of `size` bytes from `start` present. None of them may be yet. */
  map(start: VirtAddr, size: number, flags: Flags): boolean {
    const first = start / this.pageSize;
    const end = first + size / this.pageSize;
    if (!this.#all(first, end, false)) return false;
    for (let index = leafOf(first); index <= lastLeafOf(end); index++) {
      const leaf = this.#leafAt(index);
      leaf.present |= maskOf(index, first, end);
      setFlags(leaf, index, first, end, flags);
    }
    this.#pageCount += end - first;
    return true;
  }

  /** Makes the pages of `size` bytes from `start` absent. All of them must be present. */
  unmap(start: VirtAddr, size: number): boolean {
    const first = start / this.pageSize;
    const end = first + size / this.pageSize;
    if (!this.#all(first, end, true)) return false;
    for (let index = leafOf(first); index <= lastLeafOf(end); index++) {
      const leaf = this.#leafAt(index);
      leaf.present &= ~maskOf(index, first, end);
      if (leaf.present === 0) this.#dropLeaf(index, leaf);
    }
    this.#pageCount -= end - first;
    return true;
  }

  /** Changes the flags of the pages of `size` bytes from `start`. All of them must be present. */
  protect(start: VirtAddr, size: number, flags: Flags): boolean {
    const first = start / this.pageSize;
    const end = first + size / this.pageSize;
    if (!this.#all(first, end, true)) return false;
    for (let index = leafOf(first); index <= lastLeafOf(end); index++) {
      setFlags(this.#leafAt(index), index, first, end, flags);
    }
    return true;
  }

  /** From here on the first `calls` calls of a `MockBackend` go through and every later one fails. */
  failAfter(calls: number): void {
    this.#callsLeft = calls;
    this.#fired = 0;
  }

  /** From here on no call is made to fail. */
  disarm(): void {
    this.failAfter(Number.POSITIVE_INFINITY);
  }

  /** How many calls were made to fail since the last `failAfter` or `disarm`. */
  get fired(): number {
    return this.#fired;
  }

  /** Counts one call of a backend and says whether it is one that is to fail. */
  injectsFailure(): boolean {
    if (this.#callsLeft > 0) {
      this.#callsLeft--;
      return false;
    }
    this.#fired++;
    return true;
  }

  #leavesInOrder(): readonly Leaf[] {
    this.#inOrder ??= this.#leaves.valuesArray();
    return this.#inOrder;
  }

  /** Has these leaves and no others. */
  #putBack(leaves: readonly Leaf[]): void {
    this.#leaves.clear();
    for (const leaf of leaves) this.#leaves.set(leaf.index, leaf);
    this.#inOrder = leaves;
    this.#nearIndex = -1;
    this.#spare = undefined;
  }

  /** Whether [`first`, `end`) are whole pages, at least one, that are all present, or all absent. */
  #all(first: number, end: number, present: boolean): boolean {
    if (!(Number.isInteger(first) && Number.isInteger(end) && first < end)) return false;
    for (let index = leafOf(first); index <= lastLeafOf(end); index++) {
      const mask = maskOf(index, first, end);
      const found = this.#leaf(index)?.present ?? 0;
      if ((found & mask) !== (present ? mask : 0)) return false;
    }
    return true;
  }

  /** The leaf at `index`, if there is one. */
  #leaf(index: number): Leaf | undefined {
    if (index !== this.#nearIndex) {
      this.#near = this.#leaves.get(index);
      this.#nearIndex = index;
    }
    return this.#near;
  }

  /** The leaf at `index`, made if there is none. */
  #leafAt(index: number): Leaf {
    const found = this.#leaf(index);
    if (found !== undefined) return found;
    const leaf = this.#spare ?? new Leaf();
    this.#spare = undefined;
    leaf.index = index;
    this.#leaves.set(index, leaf);
    this.#inOrder = undefined;
    this.#near = leaf;
    this.#nearIndex = index;
    return leaf;
  }

  #dropLeaf(index: number, leaf: Leaf): void {
    this.#leaves.delete(index);
    this.#inOrder = undefined;
    this.#spare = leaf;
    this.#near = undefined;
    this.#nearIndex = index;
  }
}

/** The index of the leaf that `page` lies in. */
function leafOf(page: number): number {
  return Math.floor(page / LEAF_PAGES);
}

/** The index of the leaf that the last page before `end` lies in. */
function lastLeafOf(end: number): number {
  return leafOf(end - 1);
}

/** The first page of [`first`, `end`) in leaf `index`, counted from the leaf's own first page. */
function lowIn(index: number, first: number): number {
  return Math.max(first - index * LEAF_PAGES, 0);
}

/** The page after the last one of [`first`, `end`) in leaf `index`, counted likewise. */
function highIn(index: number, end: number): number {
  return Math.min(end - index * LEAF_PAGES, LEAF_PAGES);
}

/** A bit for each page of [`first`, `end`) in leaf `index`. */
function maskOf(index: number, first: number, end: number): number {
  const low = lowIn(index, first);
  // Shifting by 32 would shift by 0.
  return (-1 >>> (LEAF_PAGES - (highIn(index, end) - low))) << low;
}

function setFlags(leaf: Leaf, index: number, first: number, end: number, flags: Flags): void {
  // Shorter than `fill` for a few pages.
  const high = highIn(index, end);
  for (let bit = lowIn(index, first); bit < high; bit++) leaf.flags[bit] = flags;
}

/** The backend that maps pages in a `MockPageTable`. It has no state. Every call can be made to fail. */
export class MockBackend implements MappingBackend<Flags, MockPageTable, MockBackend> {
  map(start: VirtAddr, size: number, flags: Flags, pageTable: MockPageTable): boolean {
    return !pageTable.injectsFailure() && pageTable.map(start, size, flags);
  }

  unmap(start: VirtAddr, size: number, pageTable: MockPageTable): boolean {
    return !pageTable.injectsFailure() && pageTable.unmap(start, size);
  }

  protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: MockPageTable): boolean {
    return !pageTable.injectsFailure() && pageTable.protect(start, size, newFlags);
  }

  clone(): MockBackend {
    return new MockBackend();
  }
}
