/** Planted defects in taking frames and giving them back. */
import { NO_MEMORY } from "../../paging/error.ts";
import { FRAME_SIZE } from "../../paging/format.ts";
import type { PageTable } from "../../paging/page-table.ts";
import { type PhysAddr, type VirtAddr, virtAddr } from "../../trace/address.ts";
import { type Flags, NO_FLAGS, RWX } from "../../trace/flags.ts";
import type { Change } from "../change.ts";
import type { AddressSpaceDefect, AllocatorClass, AllocClass, TableClass } from "./defect.ts";
import { StackAllocator } from "./stack.ts";

/** Half of a frame, in words. */
const HALF = FRAME_SIZE / 8;

/** Zeroes only so many words of the frames for data, where it is told not to take care. */
const partlyZeroed =
  (zeroed: number): Change<AllocatorClass> =>
  (Base) =>
    class extends Base {
      #use: "data" | "table" = "data";

      override allocFrame(use: "data" | "table"): PhysAddr | undefined {
        this.#use = use;
        return super.allocFrame(use);
      }

      protected override zero(index: number): void {
        if (!this.careless || this.#use !== "data") super.zero(index);
        else this.memory.frame(index).words.fill(0, 0, zeroed);
      }
    };

/** Tells the allocator not to take care while an area is mapped. When a single page comes in it does. */
const carelessTable: Change<TableClass> = (Base) =>
  class extends Base {
    override begin(): void {
      super.begin();
      if (this.handler instanceof StackAllocator) this.handler.careless = true;
    }

    override commit(): void {
      super.commit();
      if (this.handler instanceof StackAllocator) this.handler.careless = false;
    }
  };

const oneTooMany: Change<AllocatorClass> = (Base) =>
  class extends Base {
    constructor(limit: number) {
      super(limit + 1);
    }
  };

const neverReused: Change<AllocatorClass> = (Base) =>
  class extends Base {
    #given = 0;

    override allocFrame(use: "data" | "table"): PhysAddr | undefined {
      const frame = this.#given < this.limit ? super.allocFrame(use) : undefined;
      if (frame !== undefined) this.#given++;
      return frame;
    }
  };

const guardUnmaps: Change<AllocClass> = (Base) =>
  class extends Base {
    override protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: PageTable): boolean {
      if ((newFlags & RWX) === 0) return this.unmap(start, size, pageTable);
      return super.protect(start, size, newFlags, pageTable);
    }
  };

const guardNewFrame: Change<AllocClass> = (Base) =>
  class extends Base {
    override protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: PageTable): boolean {
      return pageTable.attempt(() => {
        for (let addr = start; addr < start + size; addr = virtAddr(addr + FRAME_SIZE)) {
          const page = pageTable.query(addr);
          if (page?.flags !== NO_FLAGS) continue;
          const frame = pageTable.allocFrame();
          if (frame === undefined) return NO_MEMORY;
          pageTable.releaseFrame(page.physical);
          pageTable.remap(addr, frame, newFlags);
        }
        return pageTable.protectRegion(start, size, newFlags);
      }).ok;
    }
  };

/** In what becomes of the frames of pages. */
export const FRAME_DEFECTS: readonly AddressSpaceDefect[] = [
  {
    name: "data-frame-not-zeroed",
    summary: "the pages of an eager area have the bytes of whoever had their frames before",
    killedBy: "bytes",
    parts: { allocator: partlyZeroed(0), pageTable: carelessTable },
    remembers: true,
    innermost: true,
  },
  {
    name: "data-frame-half-zeroed",
    summary: "only the first half of a frame is zeroed before a page of an eager area gets it",
    killedBy: "bytes",
    parts: { allocator: partlyZeroed(HALF), pageTable: carelessTable },
    remembers: true,
    innermost: true,
  },
  {
    name: "one-frame-too-many",
    summary: "one frame more is handed out than there are",
    killedBy: "frames",
    parts: { allocator: oneTooMany },
  },
  {
    name: "freed-frames-count-as-used",
    summary: "the frames that were given back still count towards the limit",
    killedBy: "answer",
    parts: { allocator: neverReused },
    remembers: true,
  },
  {
    name: "guard-page-loses-frame",
    summary: "a page that is made inaccessible gives its frame back",
    killedBy: "frames",
    parts: { allocBackend: guardUnmaps },
    innermost: true,
  },
  {
    name: "guard-page-new-frame",
    summary: "a guard page that is opened again has another, zeroed frame",
    killedBy: "identity",
    parts: { allocBackend: guardNewFrame },
    innermost: true,
  },
];
