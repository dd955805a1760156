import { expect } from "vitest";
import { type PhysAddr, physAddr, type VirtAddr, virtAddr } from "../trace/address.ts";
import { NO_FLAGS } from "../trace/flags.ts";
import { FORMAT_NAMES, type FormatName } from "../trace/hardware.ts";
import { printFlags } from "../trace/print.ts";
import type { PagingResult } from "./error.ts";
import { FRAME_SIZE, type PageTableFormat } from "./format.ts";
import { FORMATS } from "./formats/by-name.ts";
import { FrameAllocator, MEMORY_START } from "./frame-allocator.ts";
import { translate } from "./mmu.ts";
import { PageTable } from "./page-table.ts";
import { PhysFrame } from "./phys-frame.ts";
import { Tlb } from "./tlb.ts";

export const KIB4 = 2 ** 12;
export const MIB2 = 2 ** 21;
export const GIB = 2 ** 30;

export const ALL_FORMATS: readonly FormatName[] = FORMAT_NAMES;

/** Short names for addresses in tests. */
export const va: (bytes: number) => VirtAddr = virtAddr;
export const pa: (bytes: number) => PhysAddr = physAddr;

/** A processor's TLB, physical memory, and a page table in it; and what tests ask of them. */
export class Machine {
  readonly format: PageTableFormat;
  readonly allocator: FrameAllocator;
  readonly tlb = new Tlb();
  readonly pageTable: PageTable;

  constructor(format: FormatName = "x86-64", allocator: FrameAllocator = new FrameAllocator()) {
    this.format = FORMATS[format];
    this.allocator = allocator;
    const root = PhysFrame.alloc(allocator, "table");
    if (root === undefined) throw new Error("no frame for the root table");
    this.pageTable = new PageTable(this.format, allocator, this.tlb, root);
  }

  /** Frames handed out. */
  get counts(): { data: number; table: number } {
    return { data: this.allocator.dataFrames, table: this.allocator.tableFrames };
  }

  /** Every page, as in `0x200000 2M 0x80000000 rw`. */
  pages(): string[] {
    const pages: string[] = [];
    this.pageTable.walk((addr, size, physical, flags) => {
      const name = size === GIB ? "1G" : size === MIB2 ? "2M" : size === KIB4 ? "4K" : String(size);
      pages.push(`0x${addr.toString(16)} ${name} 0x${physical.toString(16)} ${printFlags(flags)}`);
    });
    return pages;
  }

  /** How many pages there are of each size. */
  sizes(): Record<string, number> {
    const sizes: Record<string, number> = {};
    for (const page of this.pages()) {
      const name = page.split(" ")[1] ?? "";
      sizes[name] = (sizes[name] ?? 0) + 1;
    }
    return sizes;
  }

  /** Every frame that is handed out, its use, and those of its words of 32 bits that are not 0. */
  memory(): string[] {
    const frames: string[] = [];
    for (let number = 0; number < this.allocator.memory.frameCount; number++) {
      const frame = physAddr(MEMORY_START + number * FRAME_SIZE);
      const use = this.allocator.useOf(frame);
      if (use === "free") continue;
      const words: string[] = [];
      this.allocator.memory.frame(number).words.forEach((word, index) => {
        if (word !== 0) words.push(`${index}=${word.toString(16)}`);
      });
      frames.push(`${frame.toString(16)} ${use} ${words.join(" ")}`);
    }
    return frames;
  }

  /** Everything that an operation that fails must leave as it was. */
  state(): unknown {
    return { counts: this.counts, memory: this.memory(), pages: this.pages() };
  }

  /** Brings the translations of these addresses into the TLB. */
  touch(...addrs: number[]): void {
    for (const addr of addrs) this.translate(addr);
  }

  /** What a processor makes of a read access. */
  translate(addr: number, access = 1): PhysAddr | undefined {
    return translate(virtAddr(addr), access, this.tlb, this.pageTable);
  }

  /** The pages in the TLB, as in `0x200000 2097152`, in the order of their places. */
  cached(): string[] {
    const cached: string[] = [];
    this.tlb.forEach((addr, size) => {
      cached.push(`0x${addr.toString(16)} ${size}`);
    });
    return cached;
  }

  /** Translations in the TLB that are not what the page table says. */
  stale(): string[] {
    const stale: string[] = [];
    this.tlb.forEach((addr, size, physical, flags) => {
      const page = this.pageTable.query(addr);
      const right =
        page !== undefined && page.flags !== NO_FLAGS && page.flags === flags && page.size === size;
      if (!right || page.physical !== physical) stale.push(`0x${addr.toString(16)} ${size}`);
    });
    return stale;
  }
}

/**
 * Lets the frame allocations in `operation` fail from the first on, from the second on, and so on, each time on a
 * new machine; the operation must then have changed nothing, and succeed afterwards. Gives back how many there are.
 */
export function failEachFrame<M extends Machine>(
  machineOf: () => M,
  operation: (machine: M) => PagingResult,
): number {
  for (let calls = 0; ; calls++) {
    const machine = machineOf();
    const before = machine.state();
    machine.allocator.injection.failAfter(calls);
    const result = operation(machine);
    const { fired } = machine.allocator.injection;
    machine.allocator.injection.disarm();
    expect(machine.stale()).toEqual([]);
    if (fired === 0) {
      expect(result).toEqual({ ok: true });
      return calls;
    }
    expect(result).toEqual({ ok: false, error: "NoMemory" });
    expect(machine.state()).toEqual(before);
    expect(operation(machine)).toEqual({ ok: true });
  }
}
