/** Planted defects in the handling of page faults. */
import { AllocBackend } from "../../address-space/alloc-backend.ts";
import { DONE, NO_MEMORY, type PagingResult } from "../../paging/error.ts";
import { FRAME_SIZE } from "../../paging/format.ts";
import type { PageTable } from "../../paging/page-table.ts";
import { type PhysAddr, type VirtAddr, virtAddr } from "../../trace/address.ts";
import { type Flags, NO_FLAGS, RWX, WRITE } from "../../trace/flags.ts";
import { FallibleSpace } from "../address-space.ts";
import { type AddressSpaceDefect, pageOf, withAllocBackend, withSpace } from "./defect.ts";

class LeaksOnSecondFault extends AllocBackend {
  override handlePageFault(addr: VirtAddr, flags: Flags, pageTable: PageTable): boolean {
    if (this.populate) return false;
    return pageTable.attempt(() => {
      const mapped = this.mapPage(pageOf(addr), flags, pageTable);
      return !mapped.ok && mapped.error === "AlreadyMapped" ? DONE : mapped;
    }).ok;
  }

  override clone(): AllocBackend {
    return new LeaksOnSecondFault(this.populate);
  }
}

class NewFrameOnSecondFault extends AllocBackend {
  override handlePageFault(addr: VirtAddr, flags: Flags, pageTable: PageTable): boolean {
    const page = this.populate ? undefined : pageTable.query(addr);
    if (page === undefined) return super.handlePageFault(addr, flags, pageTable);
    return pageTable.attempt(() => {
      const frame = pageTable.allocFrame();
      if (frame === undefined) return NO_MEMORY;
      pageTable.releaseFrame(page.physical);
      return pageTable.remap(addr, frame, flags);
    }).ok;
  }

  override clone(): AllocBackend {
    return new NewFrameOnSecondFault(this.populate);
  }
}

class FirstFlagsToo extends AllocBackend {
  private mappedWith: Flags = NO_FLAGS;

  override map(start: VirtAddr, size: number, flags: Flags, pageTable: PageTable): boolean {
    this.mappedWith = flags;
    return super.map(start, size, flags, pageTable);
  }

  override handlePageFault(addr: VirtAddr, flags: Flags, pageTable: PageTable): boolean {
    return super.handlePageFault(addr, flags | this.mappedWith, pageTable);
  }

  override clone(): AllocBackend {
    const copy = new FirstFlagsToo(this.populate);
    copy.mappedWith = this.mappedWith;
    return copy;
  }
}

class RwxOnly extends AllocBackend {
  override handlePageFault(addr: VirtAddr, flags: Flags, pageTable: PageTable): boolean {
    return super.handlePageFault(addr, flags & RWX, pageTable);
  }

  override clone(): AllocBackend {
    return new RwxOnly(this.populate);
  }
}

class ServesEagerAreas extends AllocBackend {
  override handlePageFault(addr: VirtAddr, flags: Flags, pageTable: PageTable): boolean {
    return this.populate || super.handlePageFault(addr, flags, pageTable);
  }

  override clone(): AllocBackend {
    return new ServesEagerAreas(this.populate);
  }
}

class MapsUnaligned extends AllocBackend {
  override handlePageFault(addr: VirtAddr, flags: Flags, pageTable: PageTable): boolean {
    if (this.populate) return false;
    if (pageTable.isMapped(addr)) return true;
    return pageTable.attempt(() => this.mapPage(addr, flags, pageTable)).ok;
  }

  override clone(): AllocBackend {
    return new MapsUnaligned(this.populate);
  }
}

class NoTransaction extends AllocBackend {
  override handlePageFault(addr: VirtAddr, flags: Flags, pageTable: PageTable): boolean {
    if (this.populate) return false;
    return pageTable.isMapped(addr) || this.mapPage(pageOf(addr), flags, pageTable).ok;
  }

  override clone(): AllocBackend {
    return new NoTransaction(this.populate);
  }
}

class FailureIsSuccess extends AllocBackend {
  override handlePageFault(addr: VirtAddr, flags: Flags, pageTable: PageTable): boolean {
    super.handlePageFault(addr, flags, pageTable);
    return !this.populate;
  }

  override clone(): AllocBackend {
    return new FailureIsSuccess(this.populate);
  }
}

class OneZeroPage extends AllocBackend {
  private zeroPage: PhysAddr | undefined;

  protected override mapPage(addr: VirtAddr, flags: Flags, pageTable: PageTable): PagingResult {
    if (this.populate || (flags & WRITE) !== 0) return super.mapPage(addr, flags, pageTable);
    const frame = this.zeroPage ?? pageTable.allocFrame();
    if (frame === undefined) return NO_MEMORY;
    const mapped = pageTable.map(addr, frame, FRAME_SIZE, flags);
    if (mapped.ok) this.zeroPage = frame;
    return mapped;
  }

  override clone(): AllocBackend {
    const copy = new OneZeroPage(this.populate);
    copy.zeroPage = this.zeroPage;
    return copy;
  }
}

class PresentBeforePermitted extends FallibleSpace {
  override handlePageFault(addr: VirtAddr, access: Flags): boolean {
    const isLazy = this.areas.find(addr)?.backend.kind === "alloc:lazy";
    return (isLazy && this.pageTable.isMapped(addr)) || super.handlePageFault(addr, access);
  }
}

class PermissionLast extends FallibleSpace {
  override handlePageFault(addr: VirtAddr, access: Flags): boolean {
    const served = super.handlePageFault(addr, NO_FLAGS);
    return served && ((this.areas.find(addr)?.flags ?? NO_FLAGS) & access) === access;
  }
}

class FaultAround extends FallibleSpace {
  override handlePageFault(addr: VirtAddr, access: Flags): boolean {
    const served = super.handlePageFault(addr, access);
    if (served) super.handlePageFault(virtAddr(addr + FRAME_SIZE), access);
    return served;
  }
}

/** In `fault`, and so in `access`, `load` and `store`. */
export const FAULT_DEFECTS: readonly AddressSpaceDefect[] = [
  {
    name: "fault-again-leaks-frame",
    summary: "a fault on a page that has its frame takes another one, which nobody gives back",
    killedBy: "frames",
    parts: withAllocBackend(LeaksOnSecondFault),
  },
  {
    name: "fault-again-new-frame",
    summary: "a fault on a page that has its frame gives it another, zeroed one",
    killedBy: "identity",
    parts: withAllocBackend(NewFrameOnSecondFault),
  },
  {
    name: "fault-restores-first-flags",
    summary: "a page comes in with permissions of its area that protect has taken away since",
    killedBy: "pages",
    parts: withAllocBackend(FirstFlagsToo),
  },
  {
    name: "fault-drops-other-flags",
    summary: "a page that comes in has lost u, d and n",
    killedBy: "pages",
    parts: withAllocBackend(RwxOnly),
  },
  {
    name: "fault-again-ignores-flags",
    summary: "a fault on a page that has its frame is answered as served, whether the area permits it or not",
    killedBy: "answer",
    parts: withSpace(PresentBeforePermitted),
  },
  {
    name: "refused-fault-brings-page-in",
    summary: "a fault that the area doesn't permit is refused after its page has come in",
    killedBy: "refusal",
    parts: withSpace(PermissionLast),
  },
  {
    name: "fault-on-eager-page-served",
    summary: "a fault on a page of an eager area is answered as if it had been served",
    killedBy: "answer",
    parts: withAllocBackend(ServesEagerAreas),
  },
  {
    name: "fault-inside-page-refused",
    summary: "a fault is only served at the first byte of a page",
    killedBy: "answer",
    parts: withAllocBackend(MapsUnaligned),
  },
  {
    name: "fault-brings-neighbour-in",
    summary: "a fault brings the next page of the area in as well",
    killedBy: "outside",
    parts: withSpace(FaultAround),
  },
  {
    name: "failed-fault-keeps-frame",
    summary: "a fault that finds no frame for a table keeps the one that it has taken for the page",
    killedBy: "frames",
    parts: withAllocBackend(NoTransaction),
  },
  {
    name: "failed-fault-says-true",
    summary: "a fault for which there is no frame is answered as if it had been served",
    killedBy: "pages",
    parts: withAllocBackend(FailureIsSuccess),
  },
  {
    name: "read-only-pages-share-frame",
    summary: "the pages of an area that is not writable all come in with the same frame",
    killedBy: "identity",
    parts: withAllocBackend(OneZeroPage),
    remembers: true,
  },
];
