/**
 * What a processor reads from physical memory: the results of the hardware walkers. There is one walker for
 * each page-table format, written from the architecture's manual, and none shares code with the stack.
 */

import { Buffer } from "node:buffer";
import type { Hardware } from "../../src/trace/hardware.ts";

// The values are those of the trace language.
/** The flag of a page that can be read. */
export const READ = 1;
/** The flag of a page that can be written. */
export const WRITE = 2;
/** The flag of a page that can be executed. */
export const EXECUTE = 4;
/** The flag of a page that user mode may use. */
export const USER = 8;

/** Bytes in a table, in a frame and in the smallest page. */
export const FRAME = 4096;
/** Entries in a table. */
export const ENTRIES = 512;

const ZEROS = new Uint8Array(FRAME);

/** How many bytes an entry of each level translates. Levels are numbered from the bottom: a page has level 0. */
const BYTES_AT = [2 ** 12, 2 ** 21, 2 ** 30, 2 ** 39, 2 ** 48];

/** A processor of one architecture: how it turns addresses into physical ones. */
export interface Walker {
  /** Reads the whole tree of tables from `hardware.root` on. What `into` held before is forgotten. */
  walk(hardware: Hardware, into: HardwareWalk): void;
  /**
   * Whether the processor finds an accessible translation for `addr`; then `into` is that. It finds none
   * where an entry on the way is absent or malformed, or beyond the widest address.
   */
  lookUp(hardware: Hardware, addr: number, into: Translation): boolean;
}

/** The page that an address lies in, as the processor sees it. */
export class Translation {
  /** The physical address of the page's first byte. */
  physical = 0;
  /** Bytes in the page: 4 KiB, 2 MiB or 1 GiB. */
  size = 0;
  /** A set of `READ`, `WRITE`, `EXECUTE` and, where the format has it, `USER`. */
  flags = 0;
}

/** An entry that the manual forbids, or that no correct page table in memory of this kind holds. */
export interface Malformed {
  /** The first virtual address that the entry or table translates. */
  readonly addr: number;
  /** What is wrong, for a person to read. */
  readonly why: string;
}

/**
 * Everything that a walk of the whole tree finds, in columns of numbers, so that a walk allocates nothing
 * once the columns have grown. Only the first `leafCount` and `tableCount` entries count.
 */
export class HardwareWalk {
  /** How many pages are accessible. They are in address order. */
  leafCount = 0;
  /** The first virtual address of each page, in bytes. */
  leafAddrs = new Float64Array(64);
  /** Bytes in each page: 4 KiB, 2 MiB or 1 GiB. */
  leafSizes = new Float64Array(64);
  /** The physical address of each page's first byte. */
  leafPhysicals = new Float64Array(64);
  /** Sets of `READ`, `WRITE`, `EXECUTE` and, where the format has it, `USER`. */
  leafFlags = new Uint8Array(64);

  /** How many tables were reached, the root among them. */
  tableCount = 0;
  /** Their physical addresses, in the order of the walk. */
  tables = new Float64Array(16);

  /** The first thing found wrong. A walk passes over what is malformed and goes on behind it. */
  malformed: Malformed | undefined = undefined;

  // The memory that was walked last, and the same byte by byte.
  private words: Uint32Array = new Uint32Array();
  private bytes: Uint8Array = new Uint8Array();

  // For each frame of physical memory the number of the last walk that reached it as a table.
  private reachedIn = new Float64Array(64);
  private walkNumber = 0;

  /** Forgets everything, for the next walk. */
  begin(): void {
    this.leafCount = 0;
    this.tableCount = 0;
    this.malformed = undefined;
    this.walkNumber += 1;
  }

  /** Whether the words [`from`, `to`), at most a table, are all zeros. The engine is faster at that than a loop. */
  isZero({ words }: Hardware, from: number, to: number): boolean {
    if (words !== this.words) {
      this.words = words;
      this.bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    }
    return Buffer.prototype.compare.call(this.bytes, ZEROS, 0, (to - from) * 4, from * 4, to * 4) === 0;
  }

  /** Records an accessible page. */
  leaf(addr: number, size: number, physical: number, flags: number): void {
    const index = this.leafCount;
    if (index === this.leafAddrs.length) this.growLeaves();
    this.leafAddrs[index] = addr;
    this.leafSizes[index] = size;
    this.leafPhysicals[index] = physical;
    this.leafFlags[index] = flags;
    this.leafCount = index + 1;
  }

  /**
   * Records that the walk has come to the table at `table`, whose first entry translates `addr`. Whether it
   * can go on there: not in a table outside physical memory, nor in one where it has been already.
   */
  enter(hardware: Hardware, table: number, addr: number): boolean {
    if (!holdsTable(hardware, table)) return this.reject(addr, `${tableText(table)} is no frame of memory`);
    const frame = (table - hardware.memoryStart) / FRAME;
    if (frame >= this.reachedIn.length) this.growReached(frame);
    if (this.reachedIn[frame] === this.walkNumber) {
      return this.reject(addr, `${tableText(table)} is reached twice`);
    }
    this.reachedIn[frame] = this.walkNumber;
    if (this.tableCount === this.tables.length) this.growTables();
    this.tables[this.tableCount] = table;
    this.tableCount += 1;
    return true;
  }

  /** Records what is wrong with the entry, of these two halves, that translates `addr` at `level`. */
  malformedEntry(addr: number, level: number, low: number, high: number, problem: string): void {
    if (this.malformed !== undefined) return;
    this.reject(addr, `entry 0x${hex32(high)}${hex32(low)} at level ${level}: ${problem}`);
  }

  private reject(addr: number, why: string): false {
    this.malformed ??= { addr, why };
    return false;
  }

  private growLeaves(): void {
    this.leafAddrs = withRoom(this.leafAddrs);
    this.leafSizes = withRoom(this.leafSizes);
    this.leafPhysicals = withRoom(this.leafPhysicals);
    const flags = new Uint8Array(this.leafFlags.length * 2);
    flags.set(this.leafFlags);
    this.leafFlags = flags;
  }

  private growTables(): void {
    this.tables = withRoom(this.tables);
  }

  private growReached(frame: number): void {
    while (frame >= this.reachedIn.length) this.reachedIn = withRoom(this.reachedIn);
  }
}

/** Whether a table can lie at `table`: a whole frame of physical memory. */
export function holdsTable(hardware: Hardware, table: number): boolean {
  const offset = table - hardware.memoryStart;
  return offset >= 0 && offset % FRAME === 0 && offset + FRAME <= hardware.words.length * 4;
}

/** How many bytes an entry of `level` translates; at one above the root, how many a whole address space has. */
export function bytesAt(level: number): number {
  return BYTES_AT[level] ?? Number.NaN;
}

/** The index of the entry of `level` that translates `addr`: nine bits of the address. */
export function indexAt(addr: number, level: number): number {
  return (addr / bytesAt(level)) & (ENTRIES - 1);
}

/** Where in `hardware.words` the table at `table` begins. */
export function firstWordOf(hardware: Hardware, table: number): number {
  // An integer by its type too, or the compiler converts it again for every entry.
  return ((table - hardware.memoryStart) / 4) | 0;
}

/**
 * Whether the low halves of eight entries are zero; the first begins at `word`. Most of a table is empty, and
 * in all formats an entry whose low half is zero is absent.
 */
export function areEightAbsent(words: Uint32Array, word: number): boolean {
  const firstFour =
    (words[word] ?? 0) | (words[word + 2] ?? 0) | (words[word + 4] ?? 0) | (words[word + 6] ?? 0);
  const lastFour =
    (words[word + 8] ?? 0) | (words[word + 10] ?? 0) | (words[word + 12] ?? 0) | (words[word + 14] ?? 0);
  return (firstFour | lastFour) === 0;
}

/** A copy of `column` with room for twice as many entries. */
function withRoom(column: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}

function tableText(table: number): string {
  return `the table at 0x${table.toString(16)}`;
}

function hex32(half: number): string {
  return half.toString(16).padStart(8, "0");
}
