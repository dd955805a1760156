import { type PhysAddr, physAddr } from "../../trace/address.ts";
import {
  ALL_FLAGS,
  DEVICE,
  EXECUTE,
  type Flags,
  READ,
  RWX,
  UNCACHED,
  USER,
  WRITE,
} from "../../trace/flags.ts";
import { EMPTY, type EntryKind, KEPT, LEAF, type PageTableFormat, TABLE } from "../format.ts";

// Low half. The physical page number begins at bit 10: an address, a multiple of 2^12, is divided by 4.
const V = 1 << 0;
const R = 1 << 1;
const W = 1 << 2;
const X = 1 << 3;
const U = 1 << 4;
const A = 1 << 6;
const D = 1 << 7;
/** The lower of the two bits "reserved for use by supervisor software" (RSW): the mark of a kept page. */
const KEEP = 1 << 8;
const PPN_LOW = 0xfffffc00;

// High half: the page number in bits 53:32, PBMT in bits 62:61.
const PPN_HIGH = 0x003fffff;
const PBMT = 3 << 29;
const NC = 1 << 29;
const IO = 2 << 29;

/**
 * Sv39 of RISC-V. Source: RISC-V Privileged Architecture, supervisor level, "Sv39: Page-Based 39-bit
 * Virtual-Memory System", with "Sv32" for the meaning of the bits and "Virtual Address Translation
 * Process"; "Svpbmt" for PBMT.
 *
 * ```
 *  63 62  61 60    54 53                 10 9 8 7 6 5 4 3 2 1 0
 * [N | PBMT | zeros  | physical page no.   |RSW|D|A|G|U|X|W|R|V]
 * ```
 *
 * - PBMT of leaves: NC 1 (`n`), IO 2 (`d`), else PMA 0. It relies on menvcfg.PBMTE.
 * - A and D are set beforehand, so that neither a page fault nor the processor is to set them.
 * - An entry that points to a table has V and no other bit: D, A and U, PBMT and N are reserved there.
 * - A page without r, w and x has V = 0, its page number and bit 8: "The V bit indicates whether the PTE is
 *   valid; if it is 0, all other bits in the PTE are don't-cares and may be used freely by software." With
 *   V = 1 it would be a pointer to a table.
 */
export const SV39: PageTableFormat = riscv("sv39", 3);

/**
 * Sv48 of RISC-V: the entries of Sv39 and one level more. Source: RISC-V Privileged Architecture,
 * supervisor level, "Sv48: Page-Based 48-bit Virtual-Memory System". Its 512 GiB pages are not used.
 */
export const SV48: PageTableFormat = riscv("sv48", 4);

function riscv(name: "sv39" | "sv48", levels: number): PageTableFormat {
  return {
    name,
    levels,
    addrBits: 12 + 9 * levels,
    largestLeaf: 2,
    pageFlags: ALL_FLAGS,
    tableLow,
    tableHigh,
    leafLow,
    leafHigh,
    kindOf,
    physicalOf,
    flagsOf,
  };
}

function tableLow(table: PhysAddr): number {
  return ((table / 4) | V) >>> 0;
}

function tableHigh(table: PhysAddr): number {
  return Math.floor(table / 2 ** 34);
}

function leafLow(physical: PhysAddr, flags: Flags): number {
  if ((flags & RWX) === 0) return ((physical / 4) | KEEP) >>> 0;
  let bits = V | R | A | D;
  if ((flags & WRITE) !== 0) bits |= W;
  if ((flags & EXECUTE) !== 0) bits |= X;
  if ((flags & USER) !== 0) bits |= U;
  return ((physical / 4) | bits) >>> 0;
}

function leafHigh(physical: PhysAddr, flags: Flags): number {
  const page = Math.floor(physical / 2 ** 34);
  if ((flags & RWX) === 0) return page;
  if ((flags & DEVICE) !== 0) return page + IO;
  return (flags & UNCACHED) !== 0 ? page + NC : page;
}

function kindOf(low: number, _high: number, _level: number): EntryKind {
  if ((low & V) === 0) return (low & KEEP) === 0 ? EMPTY : KEPT;
  return (low & (R | W | X)) === 0 ? TABLE : LEAF;
}

function physicalOf(low: number, high: number): PhysAddr {
  return physAddr(((low & PPN_LOW) >>> 0) * 4 + (high & PPN_HIGH) * 2 ** 34);
}

function flagsOf(low: number, high: number): Flags {
  let flags = READ;
  if ((low & W) !== 0) flags |= WRITE;
  if ((low & X) !== 0) flags |= EXECUTE;
  if ((low & U) !== 0) flags |= USER;
  const type = high & PBMT;
  if (type === IO) flags |= DEVICE;
  else if (type === NC) flags |= UNCACHED;
  return flags;
}
