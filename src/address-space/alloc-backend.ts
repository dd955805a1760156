import { DONE, NO_MEMORY, type PagingResult } from "../paging/error.ts";
import { FRAME_SIZE } from "../paging/format.ts";
import type { PageTable } from "../paging/page-table.ts";
import { physAddr, type VirtAddr, virtAddr } from "../trace/address.ts";
import type { Flags } from "../trace/flags.ts";
import type { SpaceBackend } from "./backend.ts";

/**
 * Gives every page of an area a frame of its own, its bytes 0: all of them when the area is mapped, or each at
 * the first page fault. Upstream: `Backend::Alloc`.
 */
export class AllocBackend implements SpaceBackend {
  /** Whether the frames are there as soon as the area is. */
  readonly populate: boolean;
  readonly kind: "alloc:eager" | "alloc:lazy";

  constructor(populate: boolean) {
    this.populate = populate;
    this.kind = populate ? "alloc:eager" : "alloc:lazy";
  }

  map(start: VirtAddr, size: number, flags: Flags, pageTable: PageTable): boolean {
    if (!this.populate) return true;
    return pageTable.attempt(() => {
      for (let addr = start; addr < start + size; addr = virtAddr(addr + FRAME_SIZE)) {
        const mapped = this.mapPage(addr, flags, pageTable);
        if (!mapped.ok) return mapped;
      }
      return DONE;
    }).ok;
  }

  unmap(start: VirtAddr, size: number, pageTable: PageTable): boolean {
    return pageTable.unmapRegion(start, size, (physical, bytes) => {
      for (let at = 0; at < bytes; at += FRAME_SIZE) pageTable.releaseFrame(physAddr(physical + at));
    }).ok;
  }

  protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: PageTable): boolean {
    return pageTable.protectRegion(start, size, newFlags).ok;
  }

  physicalAt(): undefined {
    // Each page has a frame of its own.
  }

  handlePageFault(addr: VirtAddr, flags: Flags, pageTable: PageTable): boolean {
    if (this.populate) return false;
    const page = virtAddr(addr - (addr % FRAME_SIZE));
    // The page may have come in since the access was tried: on another processor, say.
    if (pageTable.isMapped(page)) return true;
    return pageTable.attempt(() => this.mapPage(page, flags, pageTable)).ok;
  }

  clone(): SpaceBackend {
    return new AllocBackend(this.populate);
  }

  /** Maps one page to a frame of its own. */
  protected mapPage(addr: VirtAddr, flags: Flags, pageTable: PageTable): PagingResult {
    const frame = pageTable.allocFrame();
    return frame === undefined ? NO_MEMORY : pageTable.map(addr, frame, FRAME_SIZE, flags);
  }
}
