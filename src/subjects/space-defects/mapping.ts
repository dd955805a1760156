/** Planted defects in mapping and protecting areas of the two kinds. */
import { AllocBackend } from "../../address-space/alloc-backend.ts";
import { AreaSet, type SpaceArea } from "../../address-space/area-set.ts";
import type { SpaceBackend } from "../../address-space/backend.ts";
import { DONE, type SpaceResult } from "../../address-space/error.ts";
import { LinearBackend } from "../../address-space/linear-backend.ts";
import { MemoryArea } from "../../memory/area.ts";
import { FRAME_SIZE } from "../../paging/format.ts";
import type { PageTable } from "../../paging/page-table.ts";
import { type PhysAddr, physAddr, type VirtAddr, virtAddr } from "../../trace/address.ts";
import { type Flags, RWX } from "../../trace/flags.ts";
import { FallibleSpace } from "../address-space.ts";
import { type AddressSpaceDefect, withAllocBackend, withLinearBackend, withSpace } from "./defect.ts";

class ForgetsLastPage extends AllocBackend {
  override map(start: VirtAddr, size: number, flags: Flags, pageTable: PageTable): boolean {
    const long = size > 8 * FRAME_SIZE && (flags & RWX) !== 0;
    return super.map(start, long ? size - FRAME_SIZE : size, flags, pageTable);
  }

  override clone(): AllocBackend {
    return new ForgetsLastPage(this.populate);
  }
}

/** Says that it is an eager backend, and answers faults like a lazy one. */
class EagerByName extends AllocBackend {
  override readonly kind = "alloc:eager";

  override clone(): AllocBackend {
    return new EagerByName(this.populate);
  }
}

class ClonesLazy extends AllocBackend {
  override clone(): AllocBackend {
    return this.populate ? new EagerByName(false) : new ClonesLazy(false);
  }
}

class LeavesLazyPages extends AllocBackend {
  override protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: PageTable): boolean {
    return !this.populate || super.protect(start, size, newFlags, pageTable);
  }

  override clone(): AllocBackend {
    return new LeavesLazyPages(this.populate);
  }
}

class ProtectBringsIn extends AllocBackend {
  override protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: PageTable): boolean {
    const end = this.populate || (newFlags & RWX) === 0 ? start : start + size;
    for (let addr = start; addr < end; addr = virtAddr(addr + FRAME_SIZE)) {
      if (!this.handlePageFault(addr, newFlags, pageTable)) return false;
    }
    return super.protect(start, size, newFlags, pageTable);
  }

  override clone(): AllocBackend {
    return new ProtectBringsIn(this.populate);
  }
}

class StopsAtAbsentPage extends AllocBackend {
  override protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: PageTable): boolean {
    for (let addr = start; addr < start + size; addr = virtAddr(addr + FRAME_SIZE)) {
      if (!pageTable.protect(addr, newFlags).ok) return true;
    }
    return true;
  }

  override clone(): AllocBackend {
    return new StopsAtAbsentPage(this.populate);
  }
}

class KeepsEqualArea extends FallibleSpace {
  protected override map(
    start: VirtAddr,
    size: number,
    flags: Flags,
    backend: SpaceBackend,
    replace: boolean,
  ): SpaceResult {
    const there = this.areas.find(start);
    const same = there?.start === start && there.size === size && there.flags === flags;
    const keeps = replace && same && backend.kind === "alloc:lazy" && there.backend.kind === backend.kind;
    return keeps ? DONE : super.map(start, size, flags, backend, replace);
  }
}

class ForgetsOffset extends LinearBackend {
  private forgotten = false;

  override protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: PageTable): boolean {
    this.forgotten = super.protect(start, size, newFlags, pageTable);
    return this.forgotten;
  }

  override physicalAt(addr: VirtAddr): PhysAddr {
    return this.forgotten ? physAddr(addr) : super.physicalAt(addr);
  }

  override clone(): LinearBackend {
    return new ForgetsOffset(this.paVaOffset);
  }
}

class RestartingAreas extends AreaSet {
  protected override unmapMiddle(area: SpaceArea, start: VirtAddr, end: VirtAddr, pageTable: PageTable) {
    const unmapped = super.unmapMiddle(area, start, end, pageTable);
    const right = unmapped.ok ? this.areas.get(end) : undefined;
    const physical = right && area.backend.physicalAt(area.start);
    if (right === undefined || physical === undefined) return unmapped;
    const restarting: SpaceBackend = new LinearBackend(physical - end);
    this.areas.set(end, new MemoryArea(end, right.size, right.flags, restarting));
    return unmapped;
  }
}

class SplitRestarts extends FallibleSpace {
  protected override readonly areas = new RestartingAreas();
}

class DistanceWithoutSign extends LinearBackend {
  override physicalAt(addr: VirtAddr): PhysAddr {
    return physAddr(addr + Math.abs(this.paVaOffset));
  }

  override clone(): LinearBackend {
    return new DistanceWithoutSign(this.paVaOffset);
  }
}

/** In the backends, while nothing fails. */
export const MAPPING_DEFECTS: readonly AddressSpaceDefect[] = [
  {
    name: "eager-map-forgets-last-page",
    summary: "the last page of an accessible eager area of more than eight pages has no frame",
    killedBy: "pages",
    parts: withAllocBackend(ForgetsLastPage),
  },
  {
    name: "eager-clone-serves-faults",
    summary: "a part that is cut off an eager area answers page faults like a lazy one",
    killedBy: "answer",
    parts: withAllocBackend(ClonesLazy),
  },
  {
    name: "protect-leaves-lazy-pages",
    summary: "the pages of a lazy area that are there already keep their old flags",
    killedBy: "pages",
    parts: withAllocBackend(LeavesLazyPages),
  },
  {
    name: "protect-brings-pages-in",
    summary: "a protect that opens or changes a lazy area brings its absent pages in",
    killedBy: "pages",
    parts: withAllocBackend(ProtectBringsIn),
  },
  {
    name: "protect-stops-at-absent-page",
    summary: "in a lazy area the pages behind an absent one keep their old flags",
    killedBy: "pages",
    parts: withAllocBackend(StopsAtAbsentPage),
  },
  {
    name: "replace-keeps-equal-area",
    summary: "a replace of a lazy area by one that looks the same keeps the old pages",
    killedBy: "pages",
    parts: withSpace(KeepsEqualArea),
  },
  {
    name: "linear-protect-forgets-offset",
    summary: "a linear area that was protected says that it maps to its own addresses",
    killedBy: "areas",
    parts: withLinearBackend(ForgetsOffset),
  },
  {
    name: "linear-split-restarts",
    summary:
      "what remains behind the middle of a linear area says that it maps to the area's first addresses",
    killedBy: "outside",
    parts: withSpace(SplitRestarts),
  },
  {
    name: "linear-offset-without-sign",
    summary: "physical addresses below the virtual ones are taken for addresses above them",
    killedBy: "answer",
    parts: withLinearBackend(DistanceWithoutSign),
  },
];
