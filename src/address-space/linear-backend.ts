import type { PageTable } from "../paging/page-table.ts";
import { type PhysAddr, physAddr, type VirtAddr } from "../trace/address.ts";
import type { Flags } from "../trace/flags.ts";
import type { SpaceBackend } from "./backend.ts";

/**
 * Maps an area to as many physical addresses in a row, at a constant distance. It owns no frames, and uses
 * huge pages where both addresses permit. Upstream: `Backend::Linear`.
 */
export class LinearBackend implements SpaceBackend {
  readonly kind = "linear";
  /** The physical address less the virtual one, in bytes; negative when physical addresses are lower. */
  readonly paVaOffset: number;

  constructor(paVaOffset: number) {
    this.paVaOffset = paVaOffset;
  }

  map(start: VirtAddr, size: number, flags: Flags, pageTable: PageTable): boolean {
    return pageTable.mapRegion(start, this.physicalAt(start), size, flags, true).ok;
  }

  unmap(start: VirtAddr, size: number, pageTable: PageTable): boolean {
    return pageTable.unmapRegion(start, size).ok;
  }

  protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: PageTable): boolean {
    return pageTable.protectRegion(start, size, newFlags).ok;
  }

  physicalAt(addr: VirtAddr): PhysAddr {
    return physAddr(addr + this.paVaOffset);
  }

  handlePageFault(): boolean {
    return false;
  }

  clone(): SpaceBackend {
    return new LinearBackend(this.paVaOffset);
  }
}
