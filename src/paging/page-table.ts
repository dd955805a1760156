import { isAligned, type PhysAddr, physAddr, type VirtAddr, virtAddr } from "../trace/address.ts";
import { type Flags, NO_FLAGS } from "../trace/flags.ts";
import { failure, type Result, success } from "../trace/result.ts";
import { highAt, lowAt } from "./entry.ts";
import {
  ALREADY_MAPPED,
  DONE,
  NO_MEMORY,
  NOT_ALIGNED,
  NOT_MAPPED,
  type PagingError,
  type PagingResult,
} from "./error.ts";
import { EMPTY, ENTRIES, FRAME_SIZE, LEAF, TABLE } from "./format.ts";
import { fits, sizeOf, TableTree } from "./table-tree.ts";

/** One page as the page table has it. */
export interface Translation {
  /** Of the page's first byte. */
  readonly physical: PhysAddr;
  /** Bytes in the page. */
  readonly size: number;
  /** None for a page without r, w and x: the hardware takes it for an absent one. */
  readonly flags: Flags;
}

/** What happens to a page that is unmapped: its address and its size in bytes. */
export type OnUnmapped = (physical: PhysAddr, size: number) => void;

/**
 * A page table in physical memory, in the layout of its format. Upstream: `PageTable64`.
 *
 * Operations are all or nothing. One that is called between `begin` and `commit` or `rollback` is a part of
 * that transaction: the tables that it gives back stay reserved until the commit. Any other is a transaction
 * of its own.
 */
export class PageTable extends TableTree {
  #open = false;
  // Entries of the root table whose tables belong to another page table, and those that others share with us.
  readonly #borrowed = new Set<number>();
  readonly #lent = new Set<number>();
  // The page tables that we borrow from, and those that borrow from us.
  readonly #lenders = new Set<PageTable>();
  readonly #borrowers = new Set<PageTable>();

  /** Begins a transaction. Throws inside another one. */
  begin(): void {
    if (this.#open) throw new Error("a transaction begins inside another one");
    this.#open = true;
  }

  /** Makes everything since `begin` final, and gives back the frames that were released. */
  commit(): void {
    this.#open = false;
    this.journal.commit();
  }

  /** Undoes everything since `begin`. */
  rollback(): void {
    this.#open = false;
    this.journal.rollback();
    this.flushAll();
  }

  /** Does several things as one: when `operation` fails, everything that it has done is undone. */
  attempt(operation: () => PagingResult): PagingResult {
    const outermost = !this.#open;
    this.#open = true;
    const savepoint = this.journal.savepoint();
    const result = operation();
    if (!result.ok) {
      this.journal.rollbackTo(savepoint);
      this.flushAll();
    }
    if (outermost) this.commit();
    return result;
  }

  /** A frame for data, its bytes 0; `undefined` when there is none. It goes back if the transaction fails. */
  allocFrame(): PhysAddr | undefined {
    return this.#open ? this.journal.allocFrame("data") : this.handler.allocFrame("data");
  }

  /** Gives a frame for data back: in a transaction, once that has succeeded. */
  releaseFrame(frame: PhysAddr): void {
    if (this.#open) this.journal.releaseFrame(frame);
    else this.handler.deallocFrame(frame);
  }

  /** Maps one page of `size` bytes: 4 KiB, 2 MiB or 1 GiB. */
  map(addr: VirtAddr, physical: PhysAddr, size: number, flags: Flags): PagingResult {
    const level = this.leafLevelOf(size);
    if (level === undefined || !isAligned(addr, size) || !fits(physical, size, size)) return NOT_ALIGNED;
    return this.change(addr, size, () =>
      this.mapIn(this.root, this.rootLevel, 0, addr, addr + size, physical - addr, flags, level),
    );
  }

  /** Unmaps the page that contains `addr`, whatever its size. */
  unmap(addr: VirtAddr): Result<Translation, PagingError> {
    const found = this.query(addr);
    if (found === undefined) return failure("NotMapped");
    const start = virtAddr(addr - (addr % found.size));
    const unmapped = this.unmapRegion(start, found.size);
    return unmapped.ok ? success(found) : unmapped;
  }

  /** Gives the page that contains `addr` other flags. */
  protect(addr: VirtAddr, flags: Flags): PagingResult {
    if (!this.isMapped(addr)) return NOT_MAPPED;
    return this.remap(addr, this.foundPhysical, flags);
  }

  /** Gives the page that contains `addr` another physical address, a multiple of its size, and flags. */
  remap(addr: VirtAddr, physical: PhysAddr, flags: Flags): PagingResult {
    if (!this.isMapped(addr)) return NOT_MAPPED;
    const size = sizeOf(this.foundLevel);
    if (!fits(physical, size, size)) return NOT_ALIGNED;
    return this.attempt(() => {
      // Not changed in place: AArch64 demands that a page goes before another comes.
      if (physical !== this.foundPhysical) {
        this.replace(this.foundTable, this.foundIndex, this.foundLevel, this.foundBase, 0, 0);
      }
      this.setLeaf(this.foundTable, this.foundIndex, this.foundLevel, this.foundBase, physical, flags);
      return DONE;
    });
  }

  /** Whether there is a page at `addr`, one without r, w and x too. */
  isMapped(addr: VirtAddr): boolean {
    return this.find(addr) !== EMPTY;
  }

  /** The page that contains `addr`. */
  query(addr: VirtAddr): Translation | undefined {
    const kind = this.find(addr);
    if (kind === EMPTY) return undefined;
    const flags = kind === LEAF ? this.foundFlags : NO_FLAGS;
    return { physical: this.foundPhysical, size: sizeOf(this.foundLevel), flags };
  }

  /** Calls `visit` for every page in address order. The page table must not change meanwhile. */
  walk(visit: (addr: VirtAddr, size: number, physical: PhysAddr, flags: Flags) => void): void {
    this.visit(this.root, this.rootLevel, 0, visit);
  }

  /**
   * Maps `size` bytes from `start` to as many from `physical`. With `allowHuge` pages are as large as both
   * addresses permit.
   */
  mapRegion(
    start: VirtAddr,
    physical: PhysAddr,
    size: number,
    flags: Flags,
    allowHuge: boolean,
  ): PagingResult {
    if (!fits(physical, size, FRAME_SIZE)) return NOT_ALIGNED;
    const largest = allowHuge ? this.format.largestLeaf : 0;
    return this.change(start, size, () =>
      this.mapIn(this.root, this.rootLevel, 0, start, start + size, physical - start, flags, largest),
    );
  }

  /**
   * Unmaps what there is in `size` bytes from `start`, and calls `onUnmapped` for each page. A huge page of
   * which only a part is meant is split. Tables that become empty are given back.
   */
  unmapRegion(start: VirtAddr, size: number, onUnmapped?: OnUnmapped): PagingResult {
    return this.change(start, size, () =>
      this.unmapIn(this.root, this.rootLevel, 0, start, start + size, onUnmapped),
    );
  }

  /** Gives what there is in `size` bytes from `start` other flags. A huge page is split as for `unmapRegion`. */
  protectRegion(start: VirtAddr, size: number, flags: Flags): PagingResult {
    return this.change(start, size, () =>
      this.protectIn(this.root, this.rootLevel, 0, start, start + size, flags),
    );
  }

  /**
   * Shares the tables of `other` for a range of whole entries of the root table: what is mapped there in
   * `other`, now or later, is mapped here too. Upstream: `copy_from`.
   *
   * Those entries get tables that `other` keeps until it is dropped, which must not be before this one is.
   * Nothing may be mapped in the range here, and nothing in it may be changed through this page table.
   */
  copyFrom(other: PageTable, start: VirtAddr, size: number): PagingResult {
    const span = sizeOf(this.rootLevel);
    if (!isAligned(start, span) || !isAligned(size, span) || other.format !== this.format) return NOT_ALIGNED;
    const [first, end] = [start / span, (start + size) / span];
    for (let index = first; index < end; index++) if (this.entryKind(index) !== EMPTY) return ALREADY_MAPPED;
    const lent = other.lend(first, end);
    if (!lent.ok) return lent;
    const [theirs, ours] = [other.view(other.root).words, this.view(this.root).words];
    ours.set(theirs.subarray(2 * first, 2 * end), 2 * first);
    for (let index = first; index < end; index++) this.#borrowed.add(index);
    this.#lenders.add(other);
    other.#borrowers.add(this);
    other.gatherCaches(new Set());
    return DONE;
  }

  /**
   * Remembers that there is a root table, for after `drop`. Frames and TLBs are the caller's affair, and tables that
   * are shared with others are not to be given up in between.
   */
  snapshot(): () => void {
    return this.rootFrame.snapshot();
  }

  /** Gives back every table, the root too. The frames that pages map to stay as they are. */
  drop(): void {
    this.freeBelow(this.root, this.rootLevel);
    this.rootFrame.drop();
    this.flushAll();
    for (const lender of this.#lenders) {
      lender.#borrowers.delete(this);
      lender.gatherCaches(new Set());
    }
  }

  /** `attempt` for a range that must be sound; nothing is done for an empty one. */
  private change(start: VirtAddr, size: number, operation: () => PagingResult): PagingResult {
    if (!isAligned(start, FRAME_SIZE) || !isAligned(size, FRAME_SIZE)) return NOT_ALIGNED;
    if (!(start >= 0 && size >= 0 && start + size <= this.limit)) return NOT_ALIGNED;
    return size === 0 ? DONE : this.attempt(operation);
  }

  private mapIn(
    table: PhysAddr,
    level: number,
    base: number,
    start: number,
    end: number,
    offset: number,
    flags: Flags,
    largest: number,
  ): PagingResult {
    const { format } = this;
    const size = sizeOf(level);
    for (let index = Math.floor((start - base) / size); base + index * size < end; index++) {
      const addr = base + index * size;
      const from = Math.max(start, addr);
      const to = Math.min(end, addr + size);
      // Looked up anew for each entry: adding a table may move the memory.
      const { words } = this.view(table);
      const low = lowAt(words, index);
      const high = highAt(words, index);
      const kind = format.kindOf(low, high, level);
      if (kind !== EMPTY && kind !== TABLE) return ALREADY_MAPPED;
      const fitsHere = level <= largest && to - from === size && isAligned(offset, size);
      if (kind === EMPTY && fitsHere) {
        this.setLeaf(table, index, level, addr, physAddr(addr + offset), flags);
        continue;
      }
      const below = kind === TABLE ? format.physicalOf(low, high) : this.addTable(table, index);
      if (below === undefined) return NO_MEMORY;
      const mapped = this.mapIn(below, level - 1, addr, from, to, offset, flags, largest);
      if (!mapped.ok) return mapped;
    }
    return DONE;
  }

  /**
   * A huge page that the range cuts is split first:
   * ```
   *         [ unmap ]
   * [        huge         ]
   * [ 4 KiB ]       [ 4 KiB ]
   * ```
   */
  private unmapIn(
    table: PhysAddr,
    level: number,
    base: number,
    start: number,
    end: number,
    onUnmapped: OnUnmapped | undefined,
  ): PagingResult {
    const { format } = this;
    const size = sizeOf(level);
    for (let index = Math.floor((start - base) / size); base + index * size < end; index++) {
      const addr = base + index * size;
      const from = Math.max(start, addr);
      const to = Math.min(end, addr + size);
      const { words } = this.view(table);
      const low = lowAt(words, index);
      const high = highAt(words, index);
      const kind = format.kindOf(low, high, level);
      if (kind === EMPTY) continue;
      const physical = format.physicalOf(low, high);
      if (kind !== TABLE && to - from === size) {
        this.clearLeaf(table, index, level, addr);
        onUnmapped?.(physical, size);
        continue;
      }
      const below = kind === TABLE ? physical : this.splitLeaf(table, index, level, addr);
      if (below === undefined) return NO_MEMORY;
      const unmapped = this.unmapIn(below, level - 1, addr, from, to, onUnmapped);
      if (!unmapped.ok) return unmapped;
      const kept = level === this.rootLevel && this.#lent.has(index);
      if (!kept && this.isEmpty(below)) this.removeTable(table, index, below);
    }
    return DONE;
  }

  private protectIn(
    table: PhysAddr,
    level: number,
    base: number,
    start: number,
    end: number,
    flags: Flags,
  ): PagingResult {
    const { format } = this;
    const size = sizeOf(level);
    for (let index = Math.floor((start - base) / size); base + index * size < end; index++) {
      const addr = base + index * size;
      const from = Math.max(start, addr);
      const to = Math.min(end, addr + size);
      const { words } = this.view(table);
      const low = lowAt(words, index);
      const high = highAt(words, index);
      const kind = format.kindOf(low, high, level);
      if (kind === EMPTY) continue;
      const physical = format.physicalOf(low, high);
      if (kind !== TABLE && to - from === size) {
        this.setLeaf(table, index, level, addr, physical, flags);
        continue;
      }
      const below = kind === TABLE ? physical : this.splitLeaf(table, index, level, addr);
      if (below === undefined) return NO_MEMORY;
      const changed = this.protectIn(below, level - 1, addr, from, to, flags);
      if (!changed.ok) return changed;
    }
    return DONE;
  }

  /** Sees to it that entries [`first`, `end`) of the root have tables, which stay from now on. */
  private lend(first: number, end: number): PagingResult {
    const span = sizeOf(this.rootLevel);
    return this.change(virtAddr(first * span), (end - first) * span, () => {
      for (let index = first; index < end; index++) {
        const kind = this.entryKind(index);
        if (kind === TABLE) continue;
        const added =
          kind === EMPTY
            ? this.addTable(this.root, index)
            : this.splitLeaf(this.root, index, this.rootLevel, index * span);
        if (added === undefined) return NO_MEMORY;
      }
      for (let index = first; index < end; index++) this.#lent.add(index);
      return DONE;
    });
  }

  /** What the entry of the root table with this index is. */
  private entryKind(index: number) {
    const { words } = this.view(this.root);
    return this.format.kindOf(lowAt(words, index), highAt(words, index), this.rootLevel);
  }

  /** Frees the tables below `table`, those of others excepted. */
  private freeBelow(table: PhysAddr, level: number): void {
    if (level === 0) return;
    const { words } = this.view(table);
    for (let index = 0; index < ENTRIES; index++) {
      const low = lowAt(words, index);
      const high = highAt(words, index);
      if (this.format.kindOf(low, high, level) !== TABLE) continue;
      if (level === this.rootLevel && this.#borrowed.has(index)) continue;
      const below = this.format.physicalOf(low, high);
      this.freeBelow(below, level - 1);
      this.handler.deallocFrame(below);
    }
  }

  /** Finds out anew whose caches have to hear of changes: those of all that share tables of this one. */
  private gatherCaches(seen: Set<PageTable>): void {
    if (seen.has(this)) return;
    seen.add(this);
    const caches = new Set([this.cache]);
    for (const borrower of this.#borrowers) for (const cache of borrower.caches) caches.add(cache);
    this.caches = [...caches];
    for (const lender of this.#lenders) lender.gatherCaches(seen);
  }

  private flushAll(): void {
    for (const cache of this.caches) cache.flushAll();
  }

  /** The level whose pages have `size` bytes, if the format has such pages. */
  private leafLevelOf(size: number): number | undefined {
    for (let level = 0; level <= this.format.largestLeaf; level++) if (sizeOf(level) === size) return level;
    return undefined;
  }
}
