import { Buffer } from "node:buffer";
import { isAligned, type PhysAddr, physAddr, type VirtAddr, virtAddr } from "../trace/address.ts";
import { type Flags, NO_FLAGS } from "../trace/flags.ts";
import { highAt, lowAt } from "./entry.ts";
import {
  EMPTY,
  ENTRIES,
  type EntryKind,
  FRAME_SIZE,
  LEAF,
  type PageTableFormat,
  PHYSICAL_LIMIT,
  TABLE,
} from "./format.ts";
import type { FrameView, PagingHandler } from "./handler.ts";
import { Journal } from "./journal.ts";
import type { PhysFrame } from "./phys-frame.ts";
import type { TranslationCache } from "./tlb.ts";

const ZEROS = new Uint8Array(FRAME_SIZE);
const ENTRY_SIZE = FRAME_SIZE / ENTRIES;

/** How many entries are looked at one by one. */
const NEIGHBOURS = 4;

/** Bytes in a page of each level, from 4 KiB up. The last two are the sizes of whole spaces. */
export const PAGE_SIZES = [2 ** 12, 2 ** 21, 2 ** 30, 2 ** 39, 2 ** 48] as const;

/**
 * The tree of tables: finding an entry, and the changes that everything else is made of. Each change is
 * written to the journal and told to the TLB.
 */
export abstract class TableTree {
  readonly format: PageTableFormat;
  readonly journal: Journal;
  protected readonly handler: PagingHandler;
  protected readonly rootFrame: PhysFrame;
  /** What caches the translations of this tree alone. */
  protected readonly cache: TranslationCache;
  /** The first address that the format can't map. */
  protected readonly limit: number;
  /** The level of the root table. */
  protected readonly rootLevel: number;
  /** All that has to hear of changes. */
  protected caches: TranslationCache[];

  // Where `find` ended: the entry, its level, and the first address that it is about.
  protected foundTable: PhysAddr;
  protected foundIndex = 0;
  protected foundLevel = 0;
  protected foundBase = 0;

  /** `root` is an empty frame for the root table, which belongs to the tree from now on. */
  constructor(format: PageTableFormat, handler: PagingHandler, cache: TranslationCache, root: PhysFrame) {
    this.format = format;
    this.limit = 2 ** format.addrBits;
    this.rootLevel = format.levels - 1;
    this.handler = handler;
    this.journal = new Journal(handler);
    this.rootFrame = root;
    this.foundTable = root.startPaddr;
    this.cache = cache;
    this.caches = [cache];
  }

  /** The physical address of the root table. */
  get root(): PhysAddr {
    return this.rootFrame.startPaddr;
  }

  /** The memory of a table. Throws when there is none: then a table was freed while it was in use. */
  protected view(table: PhysAddr): FrameView {
    const view = this.handler.physToVirt(table);
    if (view === undefined)
      throw new Error(`the page table at 0x${table.toString(16)} is used after it was freed`);
    return view;
  }

  /**
   * Goes down to the entry that decides about `addr`, and says what it is. It is never `TABLE`, and `EMPTY` for an address
   * that the format can't map: the root table has no such entry.
   */
  protected find(addr: number): EntryKind {
    let table = this.root;
    let base = 0;
    for (let level = this.rootLevel; ; level--) {
      const size = sizeOf(level);
      const index = Math.floor((addr - base) / size);
      const { words } = this.view(table);
      const low = lowAt(words, index);
      const high = highAt(words, index);
      const kind = this.format.kindOf(low, high, level);
      base += index * size;
      if (kind !== TABLE) {
        this.foundTable = table;
        this.foundIndex = index;
        this.foundLevel = level;
        this.foundBase = base;
        return kind;
      }
      table = this.format.physicalOf(low, high);
    }
  }

  /** The physical address in the entry that `find` found. */
  protected get foundPhysical(): PhysAddr {
    const { words } = this.view(this.foundTable);
    return this.format.physicalOf(lowAt(words, this.foundIndex), highAt(words, this.foundIndex));
  }

  /** The flags in the entry that `find` found, which is a leaf. */
  protected get foundFlags(): Flags {
    const { words } = this.view(this.foundTable);
    return this.format.flagsOf(lowAt(words, this.foundIndex), highAt(words, this.foundIndex));
  }

  /** Puts a page into an empty entry, or gives the page in it another address or flags. */
  protected setLeaf(
    table: PhysAddr,
    index: number,
    level: number,
    addr: number,
    physical: PhysAddr,
    flags: Flags,
  ): void {
    const { format } = this;
    const low = format.leafLow(physical, flags, level);
    this.replace(table, index, level, addr, low, format.leafHigh(physical, flags, level));
  }

  /** Takes the page out of an entry. */
  protected clearLeaf(table: PhysAddr, index: number, level: number, addr: number): void {
    this.replace(table, index, level, addr, 0, 0);
  }

  /** Hangs a new, empty table into an empty entry; `undefined` when there is no frame for it. */
  protected addTable(table: PhysAddr, index: number): PhysAddr | undefined {
    const added = this.journal.allocFrame("table");
    if (added === undefined) return undefined;
    this.journal.write(
      table,
      this.view(table),
      index,
      this.format.tableLow(added),
      this.format.tableHigh(added),
    );
    return added;
  }

  /** Takes an empty table out of its entry and gives it back. */
  protected removeTable(table: PhysAddr, index: number, removed: PhysAddr): void {
    this.journal.write(table, this.view(table), index, 0, 0);
    this.journal.releaseFrame(removed);
  }

  /**
   * Replaces the huge page in an entry by a table of pages of the next lower level with the same addresses
   * and flags. `undefined`, and no change, when there is no frame for it.
   *
   * The entry is made invalid and flushed before it points to the table: AArch64 demands it (Arm ARM, "break
   * before make").
   */
  protected splitLeaf(table: PhysAddr, index: number, level: number, addr: number): PhysAddr | undefined {
    const { format, journal } = this;
    const added = journal.allocFrame("table");
    if (added === undefined) return undefined;
    // The allocation may have moved the memory.
    const { words } = this.view(table);
    const low = lowAt(words, index);
    const high = highAt(words, index);
    const physical = format.physicalOf(low, high);
    const flags = format.kindOf(low, high, level) === LEAF ? format.flagsOf(low, high) : NO_FLAGS;
    const entries = this.view(added).words;
    const size = sizeOf(level - 1);
    for (let part = 0; part < ENTRIES; part++) {
      const partPhysical = physAddr(physical + part * size);
      entries[2 * part] = format.leafLow(partPhysical, flags, level - 1);
      entries[2 * part + 1] = format.leafHigh(partPhysical, flags, level - 1);
    }
    this.replace(table, index, level, addr, 0, 0);
    journal.write(table, this.view(table), index, format.tableLow(added), format.tableHigh(added));
    return added;
  }

  /** Whether no entry of a table is in use. An entry that keeps a page's address is. */
  protected isEmpty(table: PhysAddr): boolean {
    return nextInUse(this.view(table), 0) === ENTRIES;
  }

  /** Replaces an entry that may hold a page. */
  protected replace(
    table: PhysAddr,
    index: number,
    level: number,
    addr: number,
    low: number,
    high: number,
  ): void {
    const view = this.view(table);
    const { words } = view;
    const was = this.format.kindOf(lowAt(words, index), highAt(words, index), level);
    this.journal.write(table, view, index, low, high);
    // What is not there for the hardware is in no TLB.
    if (was === LEAF) this.flush(virtAddr(addr), level);
  }

  /** Tells the TLBs that the page of `level` at `addr` has changed. */
  protected flush(addr: VirtAddr, level: number): void {
    for (const cache of this.caches) cache.flush(addr, level);
  }

  /** Calls `visit` for every page below a table, those without r, w and x too; their flags are none. */
  protected visit(
    table: PhysAddr,
    level: number,
    base: number,
    visit: (addr: VirtAddr, size: number, physical: PhysAddr, flags: Flags) => void,
  ): void {
    const { format } = this;
    const view = this.view(table);
    const { words } = view;
    const size = sizeOf(level);
    for (let index = nextInUse(view, 0); index < ENTRIES; index = nextInUse(view, index + 1)) {
      const low = lowAt(words, index);
      const high = highAt(words, index);
      const kind = format.kindOf(low, high, level);
      const addr = base + index * size;
      if (kind === TABLE) this.visit(format.physicalOf(low, high), level - 1, addr, visit);
      else if (kind !== EMPTY) {
        const flags = kind === LEAF ? format.flagsOf(low, high) : NO_FLAGS;
        visit(virtAddr(addr), size, format.physicalOf(low, high), flags);
      }
    }
  }
}

/** Bytes that an entry of a table of `level` stands for. */
export function sizeOf(level: number): number {
  return PAGE_SIZES[level] ?? FRAME_SIZE;
}

/** The index of the first entry of a table from `index` on that is not all zeros; `ENTRIES` when there is none. */
export function nextInUse({ words, bytes }: FrameView, index: number): number {
  // Entries in use are neighbours, mostly, and behind them a table is empty.
  const near = Math.min(index + NEIGHBOURS, ENTRIES);
  for (let next = index; next < near; next++) if (isInUse(words, next)) return next;
  if (isZeroFrom(bytes, near * ENTRY_SIZE)) return ENTRIES;
  let next = near;
  while (!isInUse(words, next)) next++;
  return next;
}

function isInUse(words: Uint32Array, index: number): boolean {
  return (lowAt(words, index) | highAt(words, index)) !== 0;
}

/** Whether all bytes of a frame from `offset` on are 0: the engine compares many of them far faster than a loop does. */
function isZeroFrom(bytes: Uint8Array, offset: number): boolean {
  return Buffer.prototype.compare.call(bytes, ZEROS, offset, FRAME_SIZE, offset, FRAME_SIZE) === 0;
}

/** Whether `size` bytes from `physical` can be mapped by pages that lie on multiples of `align`. */
export function fits(physical: PhysAddr, size: number, align: number): boolean {
  return isAligned(physical, align) && physical >= 0 && physical + size <= PHYSICAL_LIMIT;
}
