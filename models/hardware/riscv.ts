/**
 * A hart of the RISC-V architecture with Sv39 or Sv48, which differ in nothing but the number of levels. RISC-V
 * privileged architecture, "Virtual Address Translation Process", with the extension Svpbmt and without
 * Svnapot and Svadu. Who may use a page with U set, and SUM and MXR, are left out of account.
 *
 *     63  62..61  60..54    53 ... 10  9..8  7  6  5  4  3  2  1  0
 *     N   PBMT    reserved  PPN        RSW   D  A  G  U  X  W  R  V
 */

import type { EntryRules } from "./tree.ts";
import { EXECUTE, FRAME, READ, USER, WRITE } from "./walk.ts";

/** What an entry means to such a hart with so many levels: 3 with Sv39, 4 with Sv48. Tables permit and forbid nothing. */
export function riscvRules(levels: number): EntryRules {
  return {
    levels,
    aboveRoot: 0,
    isPresent: isValid,
    problemOf,
    isLeaf,
    belowTable: () => 0,
    rightsOf,
    tableAddress: addressOf,
    pageAddress: addressOf,
  };
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
