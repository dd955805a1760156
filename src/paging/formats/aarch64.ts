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
const VALID = 1 << 0;
/** Bit 1 of a valid descriptor: a table, or at the lowest level a page; a block where it is 0. */
const TABLE_OR_PAGE = 1 << 1;
const ATTR_INDX = 7 << 2;
const DEVICE_NGNRE = 0 << 2;
const NORMAL_WRITE_BACK = 1 << 2;
const NORMAL_NON_CACHEABLE = 2 << 2;
/** AP[1]: EL0 may access the page too. */
const AP_EL0 = 1 << 6;
/** AP[2]. */
const AP_READ_ONLY = 1 << 7;
const INNER_SHAREABLE = 3 << 8;
const AF = 1 << 10;
const FRAME_LOW = 0xfffff000;

// High half: the address in bits 47:32.
const FRAME_HIGH = 0x0000ffff;
/** Bit 53. */
const PXN = 1 << 21;
/** Bit 54. */
const UXN = 1 << 22;
/** Bit 55, for software in valid descriptors too: the mark of a kept page. */
const KEEP = 1 << 23;

/**
 * VMSAv8-64 of AArch64: stage 1 of the EL1&0 regime, 4 KiB granule, 48 bits of address (T0SZ = 16). Source:
 * Arm Architecture Reference Manual for A-profile, section D8.3 on the VMSAv8-64 translation table format
 * descriptors for the layout (D4.3 in early issues), "Memory access control" for AP, PXN and UXN, "Memory
 * region attributes" for AttrIndx and SH. The manual counts levels from the root: its level 3 is level 0
 * here.
 *
 * ```
 *  58   55 54  53  52  51  50 47              12 11 10 9  8 7   6  5  4      2 1 0
 * [software|UXN|PXN|Contig|…| output address    |nG|AF|SH |AP[2:1]|NS|AttrIndx|type]
 * ```
 *
 * - Bits 1:0 are 11 for a table and for a page (manual level 3), 01 for a block (manual levels 1 and 2).
 * - AttrIndx follows the layout of MAIR_EL1 that this harness lays down: 0 Device-nGnRE (`d`), 1 Normal
 *   write-back, 2 Normal non-cacheable (`n`). Normal memory is inner shareable.
 * - AP[2] is read-only, AP[1] gives EL0 the same access as EL1. A user page is executable at EL0 alone
 *   (PXN set, UXN clear with `x`), any other page at EL1 alone (UXN set, PXN clear with `x`).
 * - AF is set beforehand, so that no access raises an Access flag fault. Dirty state isn't tracked (DBM 0).
 * - Tables restrict nothing: NSTable, APTable, UXNTable and PXNTable are 0.
 * - A page without r, w and x has bit 0 = 0, its address and bit 55: the figure of the formats shows bits
 *   63:1 of an invalid descriptor as IGNORED, and "If a lookup returns an invalid descriptor, the
 *   associated input address is unmapped, and any attempt to access it generates a Translation fault."
 */
export const AARCH64: PageTableFormat = {
  name: "aarch64",
  levels: 4,
  addrBits: 48,
  largestLeaf: 2,
  pageFlags: ALL_FLAGS,

  tableLow(table: PhysAddr): number {
    return (table | VALID | TABLE_OR_PAGE) >>> 0;
  },

  tableHigh(table: PhysAddr): number {
    return Math.floor(table / 2 ** 32);
  },

  leafLow(physical: PhysAddr, flags: Flags, level: number): number {
    if ((flags & RWX) === 0) return physical >>> 0;
    let bits = VALID | AF | memoryType(flags);
    if (level === 0) bits |= TABLE_OR_PAGE;
    if ((flags & WRITE) === 0) bits |= AP_READ_ONLY;
    if ((flags & USER) !== 0) bits |= AP_EL0;
    return (physical | bits) >>> 0;
  },

  leafHigh(physical: PhysAddr, flags: Flags): number {
    const address = Math.floor(physical / 2 ** 32);
    if ((flags & RWX) === 0) return address | KEEP;
    if ((flags & EXECUTE) === 0) return address | UXN | PXN;
    return (flags & USER) === 0 ? address | UXN : address | PXN;
  },

  kindOf(low: number, high: number, level: number): EntryKind {
    if ((low & VALID) === 0) return (high & KEEP) === 0 ? EMPTY : KEPT;
    return level > 0 && (low & TABLE_OR_PAGE) !== 0 ? TABLE : LEAF;
  },

  physicalOf(low: number, high: number): PhysAddr {
    return physAddr(((low & FRAME_LOW) >>> 0) + (high & FRAME_HIGH) * 2 ** 32);
  },

  flagsOf(low: number, high: number): Flags {
    let flags = READ;
    if ((low & AP_READ_ONLY) === 0) flags |= WRITE;
    if ((low & AP_EL0) !== 0) flags |= USER;
    if ((high & (UXN | PXN)) !== (UXN | PXN)) flags |= EXECUTE;
    const type = low & ATTR_INDX;
    if (type === DEVICE_NGNRE) flags |= DEVICE;
    else if (type === NORMAL_NON_CACHEABLE) flags |= UNCACHED;
    return flags;
  },
};

/** AttrIndx and SH. The processor takes Device memory for outer shareable, whatever SH says: it stays 0. */
function memoryType(flags: Flags): number {
  if ((flags & DEVICE) !== 0) return DEVICE_NGNRE;
  return INNER_SHAREABLE | ((flags & UNCACHED) !== 0 ? NORMAL_NON_CACHEABLE : NORMAL_WRITE_BACK);
}
