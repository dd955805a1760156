/**
 * A processor of the AArch64 architecture: stage 1, granule of 4 KiB, T0SZ = 16, so four levels. Arm
 * Architecture Reference Manual, "VMSAv8-64 translation table format descriptors", with outputs of 48 bits,
 * without hardware management of the access flag and the dirty state, and with WXN and PAN clear.
 *
 *     63     62..61   60       59        58..51  50..48  47 ... 12  11..2    1..0
 *     NS     APTable  XNTable  PXNTable  ign.    0       address    ignored  11        of a table
 *
 *     63..55   54   53   52          51   50..48  47 ... 12  11  10  9..8  7..6     5   4..2  1..0
 *     ignored  UXN  PXN  contiguous  DBM  0       address    nG  AF  SH    AP[2:1]  NS  attr  11 or 01
 *
 * The levels are numbered from the bottom here, the other way round than in the manual: its level 0 is our 3.
 */

import type { EntryRules } from "./tree.ts";
import { EXECUTE, READ, USER, WRITE } from "./walk.ts";

/** Bits of what tables on the way forbid. */
const NO_USER = 1;
const NO_WRITE = 2;
const NO_EXECUTE_USER = 4;
const NO_EXECUTE_KERNEL = 8;

/** What an entry means to such a processor. What one table on the way to a page forbids, the page can't permit. */
export const AARCH64_RULES: EntryRules = {
  levels: 4,
  aboveRoot: 0,
  isPresent: isValid,
  problemOf,
  isLeaf,
  belowTable: (_low, high, above) => above | forbiddenBy(high),
  rightsOf,
  tableAddress: addressOf,
  pageAddress: addressOf,
};

/** Bit 0. Of an entry without it the processor ignores all other bits. */
function isValid(low: number): boolean {
  return (low & 0x1) !== 0;
}

/** Bits 1:0 are 01 for a block and 11 for a table; at the lowest level 11 is a page. */
function isLeaf(low: number, level: number): boolean {
  return level === 0 || (low & 0x2) === 0;
}

/** APTable[0] is bit 61, APTable[1] bit 62, XNTable (which is about EL0) bit 60, PXNTable bit 59. */
function forbiddenBy(high: number): number {
  let forbidden = 0;
  if ((high & 0x20000000) !== 0) forbidden |= NO_USER;
  if ((high & 0x40000000) !== 0) forbidden |= NO_WRITE;
  if ((high & 0x10000000) !== 0) forbidden |= NO_EXECUTE_USER;
  if ((high & 0x08000000) !== 0) forbidden |= NO_EXECUTE_KERNEL;
  return forbidden;
}

/**
 * AP[1] (bit 6) lets EL0 in, AP[2] (bit 7) makes read-only, UXN is bit 54 and PXN bit 53. A page that EL0 may
 * use is executable when EL0 may execute it, any other when EL1 may.
 */
function rightsOf(low: number, high: number, forbidden: number): number {
  const user = (low & 0x40) !== 0 && (forbidden & NO_USER) === 0;
  const readOnly = (low & 0x80) !== 0 || (forbidden & NO_WRITE) !== 0;
  const userNever = (high & 0x00400000) !== 0 || (forbidden & NO_EXECUTE_USER) !== 0;
  const kernelNever = (high & 0x00200000) !== 0 || (forbidden & NO_EXECUTE_KERNEL) !== 0;
  let rights = READ;
  if (!readOnly) rights |= WRITE;
  if (user) rights |= USER;
  if (user ? !userNever : !kernelNever) rights |= EXECUTE;
  return rights;
}

/** Why the processor would fault on a valid entry, or do what nobody can rely on. */
function problemOf(low: number, high: number, level: number): string | undefined {
  if ((high & 0x00070000) !== 0) return "bits 50:48 are reserved";
  if (level === 0 && (low & 0x2) === 0) return "bits 1:0 are 01 at the lowest level";
  if (!isLeaf(low, level)) return undefined;
  if (level === 3) return "a block of 512 GiB";
  if (level === 2 && (low & 0x3ffff000) !== 0) return "bits 29:12 of a block of 1 GiB are not clear";
  if (level === 1 && (low & 0x001ff000) !== 0) return "bits 20:12 of a block of 2 MiB are not clear";
  if ((high & 0x00100000) !== 0) return "bit 52 (contiguous) is set";
  if ((low & 0x300) === 0x100) return "bits 9:8 (SH) hold the reserved value 1";
  if ((low & 0x400) === 0) return "AF is clear: every access faults";
  return undefined;
}

/** Bits 47:12. Those of a block that lie below its size are clear. */
function addressOf(low: number, high: number): number {
  return (high & 0x0000ffff) * 2 ** 32 + ((low & 0xfffff000) >>> 0);
}
