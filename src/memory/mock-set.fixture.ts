import { virtAddr } from "../trace/address.ts";
import { FLAG_LETTERS, type Flags, sameProtection, withProtection } from "../trace/flags.ts";
import { MemoryArea } from "./area.ts";
import type { MappingResult } from "./error.ts";
import { MemorySet } from "./memory-set.ts";
import { MockBackend, MockPageTable } from "./mock.ts";

/** A memory set over a mock page table, and what tests ask of the two. */
export class MockSet {
  readonly pageTable: MockPageTable;
  readonly set = new MemorySet<Flags, MockPageTable, MockBackend>();

  /** `pageSize` is in bytes. */
  constructor(pageSize = 0x1000) {
    this.pageTable = new MockPageTable(pageSize);
  }

  map(start: number, size: number, flags: Flags, replace = false): MappingResult {
    const area = new MemoryArea(virtAddr(start), size, flags, new MockBackend());
    return this.set.map(area, this.pageTable, replace);
  }

  unmap(start: number, size: number): MappingResult {
    return this.set.unmap(virtAddr(start), size, this.pageTable);
  }

  /** Changes r, w and x, as the contract's `protect` does. */
  protect(start: number, size: number, flags: Flags): MappingResult {
    const update = (old: Flags) => (sameProtection(old, flags) ? undefined : withProtection(old, flags));
    return this.set.protect(virtAddr(start), size, update, this.pageTable);
  }

  clear(): MappingResult {
    return this.set.clear(this.pageTable);
  }

  /** Every area, as in `1000-3000 rw`. */
  areas(): string[] {
    return Array.from(
      this.set,
      (area) => `${area.start.toString(16)}-${area.end.toString(16)} ${letters(area.flags)}`,
    );
  }

  /** Every page of the page table, as in `1000 rw`. */
  pages(): string[] {
    const pages: string[] = [];
    this.pageTable.forEachPage((addr, flags) => pages.push(`${addr.toString(16)} ${letters(flags)}`));
    return pages;
  }

  /** Every page that lies in an area, likewise. It equals `pages` as long as the two are in step. */
  pagesOfAreas(): string[] {
    const pages: string[] = [];
    for (const area of this.set) {
      for (let addr: number = area.start; addr < area.end; addr += this.pageTable.pageSize) {
        pages.push(`${addr.toString(16)} ${letters(area.flags)}`);
      }
    }
    return pages;
  }
}

function letters(flags: Flags): string {
  return [...FLAG_LETTERS].filter((_letter, bit) => (flags & (1 << bit)) !== 0).join("") || "-";
}
