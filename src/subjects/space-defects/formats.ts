/** Planted defects in the layout of entries. Most encode and decode alike: only the hardware sees them. */
import { KEPT } from "../../paging/format.ts";
import { physAddr } from "../../trace/address.ts";
import { RWX, WRITE } from "../../trace/flags.ts";
import type { AddressSpaceDefect } from "./defect.ts";

// RISC-V, low half.
const V = 1 << 0;
const RISCV_RWX = 7 << 1;
const RISCV_A_D = 3 << 6;
const RISCV_D = 1 << 7;
const RISCV_KEEP = 1 << 8;

// x86-64: U/S in the low half; XD in the high half, and the bit below it.
const US = 1 << 2;
const XD = 2 ** 31;
const BIT_62 = 2 ** 30;

// AArch64, low half.
const PAGE = 1 << 1;
const AF = 1 << 10;

// EPT, low half: X, and what is execution in user mode where mode-based execute control is on.
const X = 1 << 2;
const XU = 1 << 10;

/** In page-table formats. */
export const FORMAT_DEFECTS: readonly AddressSpaceDefect[] = [
  {
    name: "x86-64-execute-disable-in-bit-62",
    summary: "execution is disabled by bit 62 of an entry, which the processor ignores, instead of bit 63",
    killedBy: "walk",
    format: "x86-64",
    parts: {
      format: (format) => ({
        ...format,
        leafHigh: (physical, flags, level) => {
          const high = format.leafHigh(physical, flags, level);
          return high >= XD ? high - XD + BIT_62 : high;
        },
        flagsOf: (low, high) => format.flagsOf(low, high >= BIT_62 ? XD : 0),
      }),
    },
  },
  {
    name: "x86-64-tables-not-for-users",
    summary: "the entries of tables lack U/S, so that no page below them is a user's",
    killedBy: "walk",
    format: "x86-64",
    parts: {
      format: (format) => ({ ...format, tableLow: (table) => (format.tableLow(table) & ~US) >>> 0 }),
    },
  },
  {
    name: "sv39-writable-page-not-dirty",
    summary: "D isn't set on writable pages, and nobody answers the page fault at the first write",
    killedBy: "walk",
    format: "sv39",
    parts: {
      format: (format) => ({
        ...format,
        leafLow: (physical, flags, level) => {
          const low = format.leafLow(physical, flags, level);
          return (flags & WRITE) === 0 ? low : (low & ~RISCV_D) >>> 0;
        },
      }),
    },
  },
  {
    name: "sv39-guard-page-valid",
    summary: "a guard page has V set, and without r, w and x that makes it a pointer to a table",
    killedBy: "walk",
    format: "sv39",
    parts: {
      format: (format) => ({
        ...format,
        leafLow: (physical, flags, level) => {
          const low = format.leafLow(physical, flags, level);
          return (flags & RWX) === 0 ? (low | V) >>> 0 : low;
        },
        kindOf: (low, high, level) => {
          const guard = (low & RISCV_KEEP) !== 0 && (low & RISCV_RWX) === 0;
          return guard ? KEPT : format.kindOf(low, high, level);
        },
      }),
    },
  },
  {
    name: "sv39-page-number-of-32-bits",
    summary: "physical addresses of 16 GiB and more lose their upper bits",
    killedBy: "pages",
    format: "sv39",
    parts: {
      format: (format) => ({
        ...format,
        leafHigh: (physical, flags, level) => format.leafHigh(physAddr(physical % 2 ** 34), flags, level),
      }),
    },
  },
  {
    name: "sv48-table-entry-with-a-and-d",
    summary: "A and D are set in entries that point to tables, where they are reserved",
    killedBy: "walk",
    format: "sv48",
    parts: {
      format: (format) => ({ ...format, tableLow: (table) => (format.tableLow(table) | RISCV_A_D) >>> 0 }),
    },
  },
  {
    name: "aarch64-block-without-af",
    summary: "AF isn't set in blocks, so that the first access to a huge page faults",
    killedBy: "walk",
    format: "aarch64",
    parts: {
      format: (format) => ({
        ...format,
        leafLow: (physical, flags, level) => {
          const low = format.leafLow(physical, flags, level);
          return level === 0 ? low : (low & ~AF) >>> 0;
        },
      }),
    },
  },
  {
    name: "aarch64-page-as-block",
    summary: "an entry of the lowest level is encoded as a block, which is reserved there",
    killedBy: "walk",
    format: "aarch64",
    parts: {
      format: (format) => ({
        ...format,
        leafLow: (physical, flags, level) => {
          const low = format.leafLow(physical, flags, level);
          return level === 0 ? (low & ~PAGE) >>> 0 : low;
        },
      }),
    },
  },
  {
    name: "ept-execute-in-bit-10",
    summary: "execution is permitted by bit 10 instead of bit 2",
    killedBy: "walk",
    format: "ept",
    parts: {
      format: (format) => ({
        ...format,
        leafLow: (physical, flags, level) => {
          const low = format.leafLow(physical, flags, level);
          return (low & X) === 0 ? low : ((low & ~X) | XU) >>> 0;
        },
        flagsOf: (low, high) => format.flagsOf((low & XU) === 0 ? low : low | X, high),
      }),
    },
  },
];
