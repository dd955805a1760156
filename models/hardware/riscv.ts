/**
 * A hart of the RISC-V architecture with Sv39 or Sv48, which differ in nothing but the number of levels. RISC-V
 * privileged architecture, "Virtual Address Translation Process", with the extension Svpbmt and without
 * Svnapot and Svadu. Who may use a page with U set, and SUM and MXR, are left out of account.
 *
 *     63  62..61  60..54    53 ... 10  9..8  7  6  5  4  3  2  1  0
 *     N   PBMT    reserved  PPN        RSW   D  A  G  U  X  W  R  V
 */

import type { Hardware } from "../../src/trace/hardware.ts";
import {
  areEightAbsent,
  bytesAt,
  ENTRIES,
  EXECUTE,
  FRAME,
  firstWordOf,
  type HardwareWalk,
  holdsTable,
  indexAt,
  READ,
  type Translation,
  USER,
  WRITE,
} from "./walk.ts";

/** Reads the whole tree of `levels` levels of tables: 3 with Sv39, 4 with Sv48. */
export function walkRiscV(hardware: Hardware, levels: number, into: HardwareWalk): void {
  into.begin();
  walkTable(hardware, hardware.root, levels - 1, 0, into);
}

/** Whether `addr` has a translation; `into` is it then. */
export function lookUpRiscV(hardware: Hardware, levels: number, addr: number, into: Translation): boolean {
  if (addr >= bytesAt(levels)) return false;
  let table: number = hardware.root;
  for (let level = levels - 1; level >= 0; level--) {
    if (!holdsTable(hardware, table)) return false;
    const word = firstWordOf(hardware, table) + indexAt(addr, level) * 2;
    const low = hardware.words[word] ?? 0;
    const high = hardware.words[word + 1] ?? 0;
    if (!isValid(low) || problemOf(low, high, level) !== undefined) return false;
    if (isLeaf(low)) {
      into.physical = addressOf(low, high);
      into.size = bytesAt(level);
      into.flags = rightsOf(low);
      return true;
    }
    table = addressOf(low, high);
  }
  return false;
}

/** Walks the table at `table`, whose first entry translates `start`. */
function walkTable(
  hardware: Hardware,
  table: number,
  level: number,
  start: number,
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
      if (!isValid(low)) continue;
      const high = words[firstWord + index * 2 + 1] ?? 0;
      const addr = start + index * size;
      const problem = problemOf(low, high, level);
      if (problem !== undefined) into.malformedEntry(addr, level, low, high, problem);
      else if (isLeaf(low)) into.leaf(addr, size, addressOf(low, high), rightsOf(low));
      else walkTable(hardware, addressOf(low, high), level - 1, addr, into);
    }
  }
}

/** V, bit 0. Of an entry without it the hart ignores all other bits. */
function isValid(low: number): boolean {
  return (low & 0x1) !== 0;
}

/** A valid entry without R, W and X points to a table. */
function isLeaf(low: number): boolean {
  return (low & 0xe) !== 0;
}

/** R, W, X and U are bits 1, 2, 3 and 4. */
function rightsOf(low: number): number {
  let rights = 0;
  if ((low & 0x02) !== 0) rights |= READ;
  if ((low & 0x04) !== 0) rights |= WRITE;
  if ((low & 0x08) !== 0) rights |= EXECUTE;
  if ((low & 0x10) !== 0) rights |= USER;
  return rights;
}

/** Why a valid entry raises a page fault. */
function problemOf(low: number, high: number, level: number): string | undefined {
  if ((high & 0x80000000) !== 0) return "bit 63 (N) is reserved";
  if ((high & 0x1fc00000) !== 0) return "bits 60:54 are reserved";
  return isLeaf(low) ? problemOfLeaf(low, high, level) : problemOfPointer(low, high, level);
}

function problemOfPointer(low: number, high: number, level: number): string | undefined {
  if (level === 0) return "a table below the lowest level";
  if ((high & 0x60000000) !== 0) return "bits 62:61 (PBMT) are reserved in the entry of a table";
  if ((low & 0xd0) !== 0) return "D, A and U are reserved in the entry of a table";
  return undefined;
}

function problemOfLeaf(low: number, high: number, level: number): string | undefined {
  if ((low & 0x6) === 0x4) return "writable but not readable";
  if ((high & 0x60000000) === 0x60000000) return "bits 62:61 (PBMT) hold the reserved value 3";
  if (level === 3) return "a page of 512 GiB";
  if (level === 2 && (low & 0x0ffffc00) !== 0) return "a page of 1 GiB that is not aligned";
  if (level === 1 && (low & 0x0007fc00) !== 0) return "a page of 2 MiB that is not aligned";
  if ((low & 0x40) === 0) return "A is clear: every access faults";
  if ((low & 0x84) === 0x04) return "D is clear in a writable page: every write faults";
  return undefined;
}

/** The page number, bits 53:10, times 4096. Bit 32 of the entry, the lowest of its high half, stands for 2^34 bytes. */
function addressOf(low: number, high: number): number {
  return (high & 0x003fffff) * 2 ** 34 + (low >>> 10) * FRAME;
}
