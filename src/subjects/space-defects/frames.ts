/** Planted defects in taking frames and giving them back. */
import { AllocBackend } from "../../address-space/alloc-backend.ts";
import { NO_MEMORY } from "../../paging/error.ts";
import { FRAME_SIZE } from "../../paging/format.ts";
import { FrameAllocator } from "../../paging/frame-allocator.ts";
import { PageTable } from "../../paging/page-table.ts";
import { type PhysAddr, type VirtAddr, virtAddr } from "../../trace/address.ts";
import { type Flags, NO_FLAGS, RWX } from "../../trace/flags.ts";
import { type AddressSpaceDefect, withAllocBackend, withPageTable } from "./defect.ts";

/** Half of a frame, in words. */
const HALF = FRAME_SIZE / 8;

/** Zeroes only the first words of the frames for one use, where it is told not to take care. */
class PartlyZeroed extends FrameAllocator {
  careless = false;
  private readonly spared: "data" | "table";
  private readonly zeroed: number;
  private use: "data" | "table" = "data";

  constructor(limit: number, spared: "data" | "table", zeroed: number) {
    super(limit);
    this.spared = spared;
    this.zeroed = zeroed;
  }

  override allocFrame(use: "data" | "table"): PhysAddr | undefined {
    this.use = use;
    return super.allocFrame(use);
  }

  protected override zero(index: number): void {
    if (!this.careless || this.use !== this.spared) super.zero(index);
    else this.memory.frame(index).words.fill(0, 0, this.zeroed);
  }
}

/** Tells the allocator not to take care while an area is mapped. When a single page comes in it does. */
class CarelessTable extends PageTable {
  override begin(): void {
    super.begin();
    if (this.handler instanceof PartlyZeroed) this.handler.careless = true;
  }

  override commit(): void {
    super.commit();
    if (this.handler instanceof PartlyZeroed) this.handler.careless = false;
  }
}

class NeverReused extends FrameAllocator {
  private given = 0;

  override allocFrame(use: "data" | "table"): PhysAddr | undefined {
    const frame = this.given < this.limit ? super.allocFrame(use) : undefined;
    if (frame !== undefined) this.given++;
    return frame;
  }
}

class GuardUnmaps extends AllocBackend {
  override protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: PageTable): boolean {
    if ((newFlags & RWX) === 0) return this.unmap(start, size, pageTable);
    return super.protect(start, size, newFlags, pageTable);
  }

  override clone(): AllocBackend {
    return new GuardUnmaps(this.populate);
  }
}

class GuardNewFrame extends AllocBackend {
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

  override clone(): AllocBackend {
    return new GuardNewFrame(this.populate);
  }
}

/** In what becomes of the frames of pages. */
export const FRAME_DEFECTS: readonly AddressSpaceDefect[] = [
  {
    name: "data-frame-not-zeroed",
    summary: "the pages of an eager area have the bytes of whoever had their frames before",
    killedBy: "bytes",
    parts: { allocator: (limit) => new PartlyZeroed(limit, "data", 0), ...withPageTable(CarelessTable) },
    remembers: true,
  },
  {
    name: "data-frame-half-zeroed",
    summary: "only the first half of a frame is zeroed before a page of an eager area gets it",
    killedBy: "bytes",
    parts: { allocator: (limit) => new PartlyZeroed(limit, "data", HALF), ...withPageTable(CarelessTable) },
    remembers: true,
  },
  {
    name: "one-frame-too-many",
    summary: "one frame more is handed out than there are",
    killedBy: "frames",
    parts: { allocator: (limit) => new FrameAllocator(limit + 1) },
  },
  {
    name: "freed-frames-count-as-used",
    summary: "the frames that were given back still count towards the limit",
    killedBy: "answer",
    parts: { allocator: (limit) => new NeverReused(limit) },
    remembers: true,
  },
  {
    name: "guard-page-loses-frame",
    summary: "a page that is made inaccessible gives its frame back",
    killedBy: "frames",
    parts: withAllocBackend(GuardUnmaps),
  },
  {
    name: "guard-page-new-frame",
    summary: "a guard page that is opened again has another, zeroed frame",
    killedBy: "identity",
    parts: withAllocBackend(GuardNewFrame),
  },
];
