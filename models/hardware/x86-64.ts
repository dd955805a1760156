/**
 * A processor of the x86-64 architecture in 64-bit mode with four levels of paging. Intel SDM volume 3A,
 * "4-Level Paging", with EFER.NXE = 1, MAXPHYADDR = 52 and CR0.WP = 1. Accesses are those of the supervisor,
 * with SMEP, SMAP and protection keys off.
 *
 *     63  62..52   51 ... 12  11..9  8  7       6  5  4    3    2    1    0
 *     XD  ignored  address    ign.   G  PS/PAT  D  A  PCD  PWT  U/S  R/W  P
 *
 * The processor itself sets A and D, so it is no fault that they are clear.
 */

import type { EntryRules } from "./tree.ts";
import { EXECUTE, READ, USER, WRITE } from "./walk.ts";

const ALL_RIGHTS = READ | WRITE | EXECUTE | USER;

/** What an entry means to such a processor. What a page permits, all tables on the way to it have to permit too. */
export const X86_64_RULES: EntryRules = {
  levels: 4,
  aboveRoot: ALL_RIGHTS,
  isPresent,
  problemOf,
  isLeaf,
  belowTable: (low, high, above) => above & rightsOf(low, high),
  rightsOf: (low, high, above) => above & rightsOf(low, high),
  tableAddress,
  pageAddress,
};

/** P, bit 0. Of an entry without it the processor ignores all other bits. */
function isPresent(low: number): boolean {
  return (low & 0x1) !== 0;
}

/** PS, bit 7, says whether an entry of level 1 or 2 maps a page; there it is the bit PAT in an entry of level 0. */
function isLeaf(low: number, level: number): boolean {
  return level === 0 || (low & 0x80) !== 0;
}

/** R/W is bit 1, U/S bit 2, XD bit 63. Being present is enough to be read. */
function rightsOf(low: number, high: number): number {
  let rights = READ;
  if ((low & 0x2) !== 0) rights |= WRITE;
  if ((low & 0x4) !== 0) rights |= USER;
  if ((high & 0x80000000) === 0) rights |= EXECUTE;
  return rights;
}

/** Why the processor would take a present entry for malformed. */
function problemOf(low: number, _high: number, level: number): string | undefined {
  if (level === 3 && (low & 0x80) !== 0) return "bit 7 is reserved";
  if (level === 2 && (low & 0x80) !== 0 && (low & 0x3fffe000) !== 0) return "bits 29:13 are reserved";
  if (level === 1 && (low & 0x80) !== 0 && (low & 0x001fe000) !== 0) return "bits 20:13 are reserved";
  return undefined;
}

/** Bits 51:12. */
function tableAddress(low: number, high: number): number {
  return (high & 0x000fffff) * 2 ** 32 + ((low & 0xfffff000) >>> 0);
}

/** Bits 51:30, 51:21 or 51:12. Bit 12 of an entry of level 1 or 2 is PAT and no part of the address. */
function pageAddress(low: number, high: number, level: number): number {
  const mask = level === 2 ? 0xc0000000 : level === 1 ? 0xffe00000 : 0xfffff000;
  return (high & 0x000fffff) * 2 ** 32 + ((low & mask) >>> 0);
}
