import type { PageTable } from "../paging/page-table.ts";
import type { PhysicalMemory } from "../paging/physical-memory.ts";
import type { PhysAddr, VirtAddr } from "../trace/address.ts";
import type { Flags } from "../trace/flags.ts";

/** Is told of a page, as by `PageTable.walk`. */
export type VisitPage = Parameters<PageTable["walk"]>[0];

/**
 * The pages of a page table, which is walked again only when memory can have changed: when somebody has asked for a
 * frame since.
 */
export class WalkedPages {
  private readonly pageTable: PageTable;
  private readonly memory: PhysicalMemory;
  // How often frames had been asked for when it was walked.
  private asks = -1;
  private pages = new PageColumns();
  // What it is walked into: other columns than those that a snapshot keeps.
  private next = this.pages;

  constructor(pageTable: PageTable, memory: PhysicalMemory) {
    this.pageTable = pageTable;
    this.memory = memory;
  }

  /** Calls `visit` for every page in address order, as `PageTable.walk` does. */
  forEach(visit: VisitPage): void {
    this.update();
    this.pages.forEach(visit);
  }

  /** Remembers the pages. What it returns brings them back; memory has to be as it was then. */
  snapshot(): () => void {
    this.update();
    const { pages } = this;
    this.next = new PageColumns();
    return () => {
      this.pages = pages;
      this.asks = this.memory.asks;
    };
  }

  private update(): void {
    if (this.asks === this.memory.asks) return;
    this.pages = this.next;
    this.pages.reset();
    this.pageTable.walk(this.pages.add);
    // Walking asks for frames too.
    this.asks = this.memory.asks;
  }
}

/** Pages in columns, which are reused. */
class PageColumns {
  private count = 0;
  private readonly addrs: VirtAddr[] = [];
  private readonly sizes: number[] = [];
  private readonly physicals: PhysAddr[] = [];
  private readonly flags: Flags[] = [];

  reset(): void {
    this.count = 0;
  }

  readonly add = (addr: VirtAddr, size: number, physical: PhysAddr, flags: Flags): void => {
    const index = this.count++;
    this.addrs[index] = addr;
    this.sizes[index] = size;
    this.physicals[index] = physical;
    this.flags[index] = flags;
  };

  forEach(visit: VisitPage): void {
    for (let index = 0; index < this.count; index++) {
      const addr = this.addrs[index];
      const physical = this.physicals[index];
      if (addr === undefined || physical === undefined) return;
      visit(addr, this.sizes[index] ?? 0, physical, this.flags[index] ?? 0);
    }
  }
}
