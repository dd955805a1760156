/** Planted defects in the handling of page faults. */
import { DONE, NO_MEMORY, type PagingResult } from "../../paging/error.ts";
import { FRAME_SIZE } from "../../paging/format.ts";
import type { PageTable } from "../../paging/page-table.ts";
import { type PhysAddr, type VirtAddr, virtAddr } from "../../trace/address.ts";
import { type Flags, NO_FLAGS, RWX, WRITE } from "../../trace/flags.ts";
import type { Change } from "../change.ts";
import { type AddressSpaceDefect, type AllocClass, pageOf, type SpaceClass } from "./defect.ts";
import type { StackAlloc } from "./stack.ts";

const leaksOnSecondFault: Change<AllocClass> = (Base) =>
  class extends Base {
    override handlePageFault(addr: VirtAddr, flags: Flags, pageTable: PageTable): boolean {
      if (this.populate) return false;
      return pageTable.attempt(() => {
        const mapped = this.mapPage(pageOf(addr), flags, pageTable);
        return !mapped.ok && mapped.error === "AlreadyMapped" ? DONE : mapped;
      }).ok;
    }
  };

const newFrameOnSecondFault: Change<AllocClass> = (Base) =>
  class extends Base {
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
  };

const firstFlagsToo: Change<AllocClass> = (Base) => {
  const FirstFlagsToo = class extends Base {
    #mappedWith: Flags = NO_FLAGS;

    override map(start: VirtAddr, size: number, flags: Flags, pageTable: PageTable): boolean {
      this.#mappedWith = flags;
      return super.map(start, size, flags, pageTable);
    }

    override handlePageFault(addr: VirtAddr, flags: Flags, pageTable: PageTable): boolean {
      return super.handlePageFault(addr, flags | this.#mappedWith, pageTable);
    }

    protected override copy(populate: boolean): StackAlloc {
      const copy = super.copy(populate);
      if (copy instanceof FirstFlagsToo) copy.#mappedWith = this.#mappedWith;
      return copy;
    }
  };
  return FirstFlagsToo;
};

const rwxOnly: Change<AllocClass> = (Base) =>
  class extends Base {
    protected override mapPage(addr: VirtAddr, flags: Flags, pageTable: PageTable): PagingResult {
      return super.mapPage(addr, this.populate ? flags : flags & RWX, pageTable);
    }
  };

const servesEagerAreas: Change<AllocClass> = (Base) =>
  class extends Base {
    override handlePageFault(addr: VirtAddr, flags: Flags, pageTable: PageTable): boolean {
      return this.populate || super.handlePageFault(addr, flags, pageTable);
    }
  };

const mapsUnaligned: Change<AllocClass> = (Base) =>
  class extends Base {
    override handlePageFault(addr: VirtAddr, flags: Flags, pageTable: PageTable): boolean {
      if (this.populate) return false;
      if (pageTable.isMapped(addr)) return true;
      return pageTable.attempt(() => this.mapPage(addr, flags, pageTable)).ok;
    }
  };

const noTransaction: Change<AllocClass> = (Base) =>
  class extends Base {
    override handlePageFault(addr: VirtAddr, flags: Flags, pageTable: PageTable): boolean {
      if (this.populate) return false;
      return pageTable.isMapped(addr) || this.mapPage(pageOf(addr), flags, pageTable).ok;
    }
  };

const failureIsSuccess: Change<AllocClass> = (Base) =>
  class extends Base {
    override handlePageFault(addr: VirtAddr, flags: Flags, pageTable: PageTable): boolean {
      super.handlePageFault(addr, flags, pageTable);
      return !this.populate;
    }
  };

const oneZeroPage: Change<AllocClass> = (Base) => {
  const OneZeroPage = class extends Base {
    #zeroPage: PhysAddr | undefined;

    protected override mapPage(addr: VirtAddr, flags: Flags, pageTable: PageTable): PagingResult {
      if (this.populate || (flags & WRITE) !== 0) return super.mapPage(addr, flags, pageTable);
      const frame = this.#zeroPage ?? pageTable.allocFrame();
      if (frame === undefined) return NO_MEMORY;
      const mapped = pageTable.map(addr, frame, FRAME_SIZE, flags);
      if (mapped.ok) this.#zeroPage = frame;
      return mapped;
    }

    protected override copy(populate: boolean): StackAlloc {
      const copy = super.copy(populate);
      if (copy instanceof OneZeroPage) copy.#zeroPage = this.#zeroPage;
      return copy;
    }
  };
  return OneZeroPage;
};

const presentBeforePermitted: Change<SpaceClass> = (Base) =>
  class extends Base {
    override handlePageFault(addr: VirtAddr, access: Flags): boolean {
      const isLazy = this.areas.find(addr)?.backend.kind === "alloc:lazy";
      return (isLazy && this.pageTable.isMapped(addr)) || super.handlePageFault(addr, access);
    }
  };

const permissionLast: Change<SpaceClass> = (Base) =>
  class extends Base {
    override handlePageFault(addr: VirtAddr, access: Flags): boolean {
      const served = super.handlePageFault(addr, NO_FLAGS);
      return served && ((this.areas.find(addr)?.flags ?? NO_FLAGS) & access) === access;
    }
  };

const faultAround: Change<SpaceClass> = (Base) =>
  class extends Base {
    override handlePageFault(addr: VirtAddr, access: Flags): boolean {
      const served = super.handlePageFault(addr, access);
      if (served) super.handlePageFault(virtAddr(addr + FRAME_SIZE), access);
      return served;
    }
  };

/** In `fault`, and so in `access`, `load` and `store`. */
export const FAULT_DEFECTS: readonly AddressSpaceDefect[] = [
  {
    name: "fault-again-leaks-frame",
    summary: "a fault on a page that has its frame takes another one, which nobody gives back",
    killedBy: "frames",
    parts: { allocBackend: leaksOnSecondFault },
    innermost: true,
  },
  {
    name: "fault-again-new-frame",
    summary: "a fault on a page that has its frame gives it another, zeroed one",
    killedBy: "identity",
    parts: { allocBackend: newFrameOnSecondFault },
    innermost: true,
  },
  {
    name: "fault-restores-first-flags",
    summary: "a page comes in with permissions of its area that protect has taken away since",
    killedBy: "pages",
    parts: { allocBackend: firstFlagsToo },
  },
  {
    name: "fault-drops-other-flags",
    summary: "a page that comes in has lost u, d and n",
    killedBy: "pages",
    parts: { allocBackend: rwxOnly },
  },
  {
    name: "fault-again-ignores-flags",
    summary: "a fault on a page that has its frame is answered as served, whether the area permits it or not",
    killedBy: "answer",
    parts: { space: presentBeforePermitted },
  },
  {
    name: "refused-fault-brings-page-in",
    summary: "a fault that the area doesn't permit is refused after its page has come in",
    killedBy: "refusal",
    parts: { space: permissionLast },
    innermost: true,
  },
  {
    name: "fault-on-eager-page-served",
    summary: "a fault on a page of an eager area is answered as if it had been served",
    killedBy: "answer",
    parts: { allocBackend: servesEagerAreas },
  },
  {
    name: "fault-inside-page-refused",
    summary: "a fault is only served at the first byte of a page",
    killedBy: "answer",
    parts: { allocBackend: mapsUnaligned },
    innermost: true,
  },
  {
    name: "fault-brings-neighbour-in",
    summary: "a fault brings the next page of the area in as well",
    killedBy: "outside",
    parts: { space: faultAround },
  },
  {
    name: "failed-fault-keeps-frame",
    summary: "a fault that finds no frame for a table keeps the one that it has taken for the page",
    killedBy: "frames",
    parts: { allocBackend: noTransaction },
    innermost: true,
  },
  {
    name: "failed-fault-says-true",
    summary: "a fault for which there is no frame is answered as if it had been served",
    killedBy: "pages",
    parts: { allocBackend: failureIsSuccess },
    innermost: true,
  },
  {
    name: "read-only-pages-share-frame",
    summary: "the pages of an area that is not writable all come in with the same frame",
    killedBy: "identity",
    parts: { allocBackend: oneZeroPage },
    remembers: true,
  },
];
