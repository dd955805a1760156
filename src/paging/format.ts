import type { PhysAddr } from "../trace/address.ts";
import type { Flags } from "../trace/flags.ts";

/** Bytes in a frame, and in the smallest page. */
export const FRAME_SIZE = 4096;

/** Entries in a table: all formats have tables of one frame with entries of eight bytes. */
export const ENTRIES = 512;

/** Physical addresses of pages are below this: all formats have room for them. */
export const PHYSICAL_LIMIT = 2 ** 47;

/** What an entry is. */
export const EMPTY = 0;
/** The entry points to a table of the next lower level. */
export const TABLE = 1;
/** The entry maps a page of its level, and the hardware sees it. */
export const LEAF = 2;
/**
 * The entry belongs to a page without r, w and x. It keeps the physical address, and the hardware takes it
 * for an absent one.
 */
export const KEPT = 3;

/** What an entry is: `EMPTY`, `TABLE`, `LEAF` or `KEPT`. */
export type EntryKind = typeof EMPTY | typeof TABLE | typeof LEAF | typeof KEPT;

/**
 * The layout of a radix page table: everything that differs between architectures. An entry of 64 bits is
 * handled as two halves of 32, low and high, each from 0 to 2^32 - 1, as it lies in little-endian memory.
 *
 * Level 0 is the lowest: its entries map pages of 4 KiB. Those of level 1 map 2 MiB, of level 2 1 GiB.
 */
export interface PageTableFormat {
  readonly name: string;
  /** How many levels there are; the root table is at level `levels` - 1. */
  readonly levels: number;
  /** The width of its virtual addresses: 12 + 9 × `levels`. */
  readonly addrBits: number;
  /** The highest level whose entries may map pages. */
  readonly largestLeaf: number;
  /** The flags that its entries can tell apart. */
  readonly pageFlags: Flags;

  /** The low half of an entry of level 1 or above that points to the table in frame `table`. */
  tableLow(table: PhysAddr): number;
  /** Its high half. */
  tableHigh(table: PhysAddr): number;

  /**
   * The low half of an entry of `level`, at most `largestLeaf`, that maps a page. `physical` is a multiple
   * of the page's size and below 2^47. `flags` have r where they have w or x, and at most one of d and n.
   * Without r, w and x they give an entry of kind `KEPT`.
   */
  leafLow(physical: PhysAddr, flags: Flags, level: number): number;
  /** Its high half. */
  leafHigh(physical: PhysAddr, flags: Flags, level: number): number;

  /** What an entry of `level` is. Defined for entries that this format made, and for 0. */
  kindOf(low: number, high: number, level: number): EntryKind;
  /** The physical address in an entry of kind `TABLE`, `LEAF` or `KEPT`. */
  physicalOf(low: number, high: number): PhysAddr;
  /** The flags of a `LEAF`: those of `pageFlags` that it was made with. */
  flagsOf(low: number, high: number): Flags;
}
