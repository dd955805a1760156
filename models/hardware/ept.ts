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

import type { Hardware } from "../../src/trace/hardware.ts";
import {
  areEightAbsent,
  bytesAt,
  ENTRIES,
  EXECUTE,
  firstWordOf,
  type HardwareWalk,
  holdsTable,
  indexAt,
  READ,
  type Translation,
  WRITE,
} from "./walk.ts";

const ROOT_LEVEL = 3;
const ALL_RIGHTS = READ | WRITE | EXECUTE;

/** Reads the whole tree of tables. */
export function walkEpt(hardware: Hardware, into: HardwareWalk): void {
  into.begin();
  walkTable(hardware, hardware.root, ROOT_LEVEL, 0, ALL_RIGHTS, into);
}

/** Whether `addr` has a translation that allows anything; `into` is it then. */
export function lookUpEpt(hardware: Hardware, addr: number, into: Translation): boolean {
  if (addr >= 2 ** 48) return false;
  let table: number = hardware.root;
  let rights = ALL_RIGHTS;
  for (let level = ROOT_LEVEL; level >= 0; level--) {
    if (!holdsTable(hardware, table)) return false;
    const word = firstWordOf(hardware, table) + indexAt(addr, level) * 2;
    const low = hardware.words[word] ?? 0;
    const high = hardware.words[word + 1] ?? 0;
    if (!isPresent(low) || problemOf(low, level) !== undefined) return false;
    rights &= rightsOf(low);
    if (isLeaf(low, level)) {
      into.physical = addressOf(low, high);
      into.size = bytesAt(level);
      into.flags = rights;
      return rights !== 0;
    }
    table = addressOf(low, high);
  }
  return false;
}

/** Walks the table at `table`, whose first entry translates `start`; `above` are the rights on the way to it. */
function walkTable(
  hardware: Hardware,
  table: number,
  level: number,
  start: number,
  above: number,
  into: HardwareWalk,
): void {
  if (!into.enter(hardware, table, start)) return;
  const words = hardware.words;
  const firstWord = firstWordOf(hardware, table);
  const size = bytesAt(level);
  for (let group = 0; group < ENTRIES; group += 8) {
    if (areEightAbsent(words, firstWord + group * 2)) continue;
    for (let index = group; index < group + 8; index++) {
      const low = words[firstWord + index * 2] ?? 0;
      if (!isPresent(low)) continue;
      const high = words[firstWord + index * 2 + 1] ?? 0;
      const addr = start + index * size;
      const rights = above & rightsOf(low);
      const problem = problemOf(low, level);
      if (problem !== undefined) into.malformedEntry(addr, level, low, high, problem);
      else if (!isLeaf(low, level)) walkTable(hardware, addressOf(low, high), level - 1, addr, rights, into);
      else if (rights !== 0) into.leaf(addr, size, addressOf(low, high), rights);
    }
  }
}

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
function problemOf(low: number, level: number): string | undefined {
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
