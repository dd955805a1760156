/**
 * A processor that translates guest-physical addresses through Intel's extended page tables, with four levels.
 * Intel SDM volume 3C, "The Extended Page Table Mechanism (EPT)", with MAXPHYADDR = 52, execute-only
 * translations supported and mode-based execute control off.
 *
 *     63 ... 52  51 ... 12  11    10   9  8  7     6     5..3         2  1  0
 *     ignored    address    ign.  ign. D  A  leaf  IPAT  memory type  X  W  R     of a page
 *     ignored    address    ign.  ign. .  A  0     0     0            X  W  R     of a table
 *
 * Bits 8 and 9 are flags that the processor sets, or ignores.
 */

import type { EntryRules } from "./tree.ts";
import { EXECUTE, READ, WRITE } from "./walk.ts";

const ALL_RIGHTS = READ | WRITE | EXECUTE;

/** What an entry means to such a processor. What a page permits, all tables on the way to it have to permit too. */
export const EPT_RULES: EntryRules = {
  levels: 4,
  aboveRoot: ALL_RIGHTS,
  isPresent,
  problemOf,
  isLeaf,
  belowTable: (low, _high, above) => above & rightsOf(low),
  rightsOf: (low, _high, above) => above & rightsOf(low),
  tableAddress: addressOf,
  pageAddress: addressOf,
};

/** An entry is present when any of bits 2:0 is set. */
function isPresent(low: number): boolean {
  return (low & 0x7) !== 0;
}

/** Bit 7 says whether an entry of level 1 or 2 maps a page; it is ignored in an entry of level 0. */
function isLeaf(low: number, level: number): boolean {
  return level === 0 || (low & 0x80) !== 0;
}

/** R, W and X are bits 0, 1 and 2. */
function rightsOf(low: number): number {
  let rights = 0;
  if ((low & 0x1) !== 0) rights |= READ;
  if ((low & 0x2) !== 0) rights |= WRITE;
  if ((low & 0x4) !== 0) rights |= EXECUTE;
  return rights;
}

/** Why a present entry is an EPT misconfiguration. */
function problemOf(low: number, _high: number, level: number): string | undefined {
  if ((low & 0x3) === 0x2) return "writable but not readable";
  if (level === 3 && (low & 0x80) !== 0) return "bit 7 is reserved";
  if (!isLeaf(low, level)) return (low & 0x78) !== 0 ? "bits 6:3 are reserved" : undefined;
  const memoryType = (low >>> 3) & 0x7;
  if (memoryType === 2 || memoryType === 3 || memoryType === 7) return "the memory type is reserved";
  if (level === 2 && (low & 0x3ffff000) !== 0) return "bits 29:12 are reserved";
  if (level === 1 && (low & 0x001ff000) !== 0) return "bits 20:12 are reserved";
  return undefined;
}

/** Bits 51:12. Those below the page's size are reserved and clear. */
function addressOf(low: number, high: number): number {
  return (high & 0x000fffff) * 2 ** 32 + ((low & 0xfffff000) >>> 0);
}
