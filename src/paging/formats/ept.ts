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
const R = 1 << 0;
const W = 1 << 1;
const X = 1 << 2;
const PRESENT = R | W | X;
const MEMORY_TYPE = 7 << 3;
const UC = 0 << 3;
const WC = 1 << 3;
const WB = 6 << 3;
const LARGE = 1 << 7;
/** Bit 11, which the processor ignores in present entries too: the software's mark of a kept page. */
const KEEP = 1 << 11;
const FRAME_LOW = 0xfffff000;

// High half: the address in bits 51:32.
const FRAME_HIGH = 0x000fffff;

/**
 * Intel's extended page tables, from guest-physical to physical addresses, with a page walk of length 4.
 * Source: Intel SDM volume 3C, chapter "VMX Support for Address Translation", section 29.3 "The Extended
 * Page Table Mechanism" (28.3 in earlier, 31.3 in later editions): "EPT Translation Mechanism" for the
 * layout, "EPT-Induced VM Exits" for what is a misconfiguration, "EPT and Memory Typing".
 *
 * ```
 *  63      52 51                12 11 10 9 8 7     6    5 3  2 1 0
 * [ ignored  | physical address   |  |XU|D|A|large|IPAT|type|X|W|R]
 * ```
 *
 * - There is no bit for user pages: `u` isn't told apart. XU (bit 10, mode-based execute control) is 0 and
 *   so are A and D: the EPT pointer doesn't enable them, so the processor never writes to an entry.
 * - Memory types of leaves: UC 0 (`d`), WC 1 (`n`), else WB 6.
 * - Tables permit everything; bits 7:3 of an entry that points to a table are reserved, 0.
 * - A page without r, w and x has bits 2:0 = 0, its address and bit 11: "An EPT paging-structure entry is
 *   present if any of bits 2:0 is 1; otherwise, the entry is not present. The processor ignores bits 62:3
 *   and uses the entry neither to reference another EPT paging-structure entry nor to produce a physical
 *   address." (Bit 10 would make it present where mode-based execute control is on.)
 */
export const EPT: PageTableFormat = {
  name: "ept",
  levels: 4,
  addrBits: 48,
  largestLeaf: 2,
  pageFlags: ALL_FLAGS & ~USER,

  tableLow(table: PhysAddr): number {
    return (table | R | W | X) >>> 0;
  },

  tableHigh(table: PhysAddr): number {
    return Math.floor(table / 2 ** 32);
  },

  leafLow(physical: PhysAddr, flags: Flags, level: number): number {
    if ((flags & RWX) === 0) return (physical | KEEP) >>> 0;
    let bits = R | memoryType(flags);
    if (level > 0) bits |= LARGE;
    if ((flags & WRITE) !== 0) bits |= W;
    if ((flags & EXECUTE) !== 0) bits |= X;
    return (physical | bits) >>> 0;
  },

  leafHigh(physical: PhysAddr): number {
    return Math.floor(physical / 2 ** 32);
  },

  kindOf(low: number, _high: number, level: number): EntryKind {
    if ((low & PRESENT) === 0) return (low & KEEP) === 0 ? EMPTY : KEPT;
    return level === 0 || (low & LARGE) !== 0 ? LEAF : TABLE;
  },

  physicalOf(low: number, high: number): PhysAddr {
    return physAddr(((low & FRAME_LOW) >>> 0) + (high & FRAME_HIGH) * 2 ** 32);
  },

  flagsOf(low: number, _high: number): Flags {
    let flags = READ;
    if ((low & W) !== 0) flags |= WRITE;
    if ((low & X) !== 0) flags |= EXECUTE;
    const type = low & MEMORY_TYPE;
    if (type === UC) flags |= DEVICE;
    else if (type === WC) flags |= UNCACHED;
    return flags;
  },
};

function memoryType(flags: Flags): number {
  if ((flags & DEVICE) !== 0) return UC;
  return (flags & UNCACHED) !== 0 ? WC : WB;
}
