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

// Low half.
const P = 1 << 0;
const RW = 1 << 1;
const US = 1 << 2;
const PWT = 1 << 3;
const PCD = 1 << 4;
const A = 1 << 5;
const D = 1 << 6;
const PS = 1 << 7;
/** Bit 9, which the processor ignores in present entries too: the software's mark of a kept page. */
const KEEP = 1 << 9;
const FRAME_LOW = 0xfffff000;

// High half: the address in bits 51:32, XD in bit 63.
const XD = 0x80000000;
const FRAME_HIGH = 0x000fffff;

/**
 * 4-level paging of x86-64. Source: Intel SDM volume 3A, chapter "Paging" (4; 5 in later editions),
 * section 4.5 "4-Level Paging and 5-Level Paging" for the layout, 4.6 "Access Rights" for R/W, U/S and XD,
 * 4.8 "Accessed and Dirty Flags", 4.9 "Paging and Memory Typing" for PCD and PWT, 4.10 "Caching
 * Translation Information" for what a TLB may hold.
 *
 * ```
 *  63 62       52 51                12 11  9 8 7  6 5 4   3   2   1   0
 * [XD|  ignored  | physical address   | ign |G|PS|D|A|PCD|PWT|U/S|R/W|P]
 * ```
 *
 * - It relies on IA32_EFER.NXE, CR0.WP and the PAT as it is after reset: PCD alone selects PA2, UC-
 *   (`n`); PCD with PWT PA3, UC (`d`); neither PA0, write-back.
 * - A and D are set beforehand, so that the processor never writes to an entry.
 * - Tables permit everything; the rights of a page are those of its leaf.
 * - A page without r, w and x has P = 0, its address and bit 9: "If a paging-structure entry's P flag
 *   (bit 0) is 0 […], the entry is used neither to reference another paging-structure entry nor to map a
 *   page", and the figure of the formats shows bits 63:1 of such an entry as ignored.
 */
export const X86_64: PageTableFormat = {
  name: "x86-64",
  levels: 4,
  addrBits: 48,
  largestLeaf: 2,
  pageFlags: ALL_FLAGS,

  tableLow(table: PhysAddr): number {
    return (table | P | RW | US | A) >>> 0;
  },

  tableHigh(table: PhysAddr): number {
    return Math.floor(table / 2 ** 32);
  },

  leafLow(physical: PhysAddr, flags: Flags, level: number): number {
    if ((flags & RWX) === 0) return (physical | KEEP) >>> 0;
    let bits = P | A | D;
    if (level > 0) bits |= PS;
    if ((flags & WRITE) !== 0) bits |= RW;
    if ((flags & USER) !== 0) bits |= US;
    if ((flags & DEVICE) !== 0) bits |= PCD | PWT;
    else if ((flags & UNCACHED) !== 0) bits |= PCD;
    return (physical | bits) >>> 0;
  },

  leafHigh(physical: PhysAddr, flags: Flags): number {
    const address = Math.floor(physical / 2 ** 32);
    const noExecute = (flags & RWX) !== 0 && (flags & EXECUTE) === 0;
    return noExecute ? address + XD : address;
  },

  kindOf(low: number, _high: number, level: number): EntryKind {
    if ((low & P) === 0) return (low & KEEP) === 0 ? EMPTY : KEPT;
    return level === 0 || (low & PS) !== 0 ? LEAF : TABLE;
  },

  physicalOf(low: number, high: number): PhysAddr {
    return physAddr(((low & FRAME_LOW) >>> 0) + (high & FRAME_HIGH) * 2 ** 32);
  },

  flagsOf(low: number, high: number): Flags {
    let flags = READ;
    if ((low & RW) !== 0) flags |= WRITE;
    if ((high & XD) === 0) flags |= EXECUTE;
    if ((low & US) !== 0) flags |= USER;
    if ((low & PWT) !== 0) flags |= DEVICE;
    else if ((low & PCD) !== 0) flags |= UNCACHED;
    return flags;
  },
};
