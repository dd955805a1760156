/** Planted defects in mapping and protecting areas of the two kinds. */
import type { SpaceArea } from "../../address-space/area-set.ts";
import type { SpaceBackend } from "../../address-space/backend.ts";
import { DONE, type SpaceResult } from "../../address-space/error.ts";
import { LinearBackend } from "../../address-space/linear-backend.ts";
import { MemoryArea } from "../../memory/area.ts";
import { FRAME_SIZE } from "../../paging/format.ts";
import type { PageTable } from "../../paging/page-table.ts";
import { type PhysAddr, physAddr, type VirtAddr, virtAddr } from "../../trace/address.ts";
import { type Flags, RWX } from "../../trace/flags.ts";
import type { Change } from "../change.ts";
import type { AddressSpaceDefect, AllocClass, AreasClass, LinearClass, SpaceClass } from "./defect.ts";
import type { StackAlloc } from "./stack.ts";

const forgetsLastPage: Change<AllocClass> = (Base) =>
  class extends Base {
    override map(start: VirtAddr, size: number, flags: Flags, pageTable: PageTable): boolean {
      const long = size > 8 * FRAME_SIZE && (flags & RWX) !== 0;
      return super.map(start, long ? size - FRAME_SIZE : size, flags, pageTable);
    }
  };

const clonesLazy: Change<AllocClass> = (Base) =>
  class extends Base {
    /** One of an eager backend calls itself eager, and answers faults like a lazy one. */
    override clone(): StackAlloc {
      return this.copy(false);
    }
  };

const leavesLazyPages: Change<AllocClass> = (Base) =>
  class extends Base {
    override protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: PageTable): boolean {
      return !this.populate || super.protect(start, size, newFlags, pageTable);
    }
  };

const protectBringsIn: Change<AllocClass> = (Base) =>
  class extends Base {
    override protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: PageTable): boolean {
      const end = this.populate || (newFlags & RWX) === 0 ? start : start + size;
      for (let addr = start; addr < end; addr = virtAddr(addr + FRAME_SIZE)) {
        if (!this.handlePageFault(addr, newFlags, pageTable)) return false;
      }
      return super.protect(start, size, newFlags, pageTable);
    }
  };

const stopsAtAbsentPage: Change<AllocClass> = (Base) =>
  class extends Base {
    override protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: PageTable): boolean {
      for (let addr = start; addr < start + size; addr = virtAddr(addr + FRAME_SIZE)) {
        if (!pageTable.protect(addr, newFlags).ok) return true;
      }
      return true;
    }
  };

const keepsEqualArea: Change<SpaceClass> = (Base) =>
  class extends Base {
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
  };

const forgetsOffset: Change<LinearClass> = (Base) =>
  class extends Base {
    #forgotten = false;

    override protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: PageTable): boolean {
      this.#forgotten = super.protect(start, size, newFlags, pageTable);
      return this.#forgotten;
    }

    override physicalAt(addr: VirtAddr): PhysAddr {
      return this.#forgotten ? physAddr(addr) : super.physicalAt(addr);
    }
  };

const restartingAreas: Change<AreasClass> = (Base) =>
  class extends Base {
    protected override unmapMiddle(area: SpaceArea, start: VirtAddr, end: VirtAddr, pageTable: PageTable) {
      const unmapped = super.unmapMiddle(area, start, end, pageTable);
      const right = unmapped.ok ? this.areas.get(end) : undefined;
      const physical = right && area.backend.physicalAt(area.start);
      if (right === undefined || physical === undefined) return unmapped;
      const restarting: SpaceBackend = new LinearBackend(physical - end);
      this.areas.set(end, new MemoryArea(end, right.size, right.flags, restarting));
      return unmapped;
    }
  };

const distanceWithoutSign: Change<LinearClass> = (Base) =>
  class extends Base {
    override physicalAt(addr: VirtAddr): PhysAddr {
      return physAddr(addr + Math.abs(this.paVaOffset));
    }
  };

/** In the backends, while nothing fails. */
export const MAPPING_DEFECTS: readonly AddressSpaceDefect[] = [
  {
    name: "eager-map-forgets-last-page",
    summary: "the last page of an accessible eager area of more than eight pages has no frame",
    killedBy: "pages",
    parts: { allocBackend: forgetsLastPage },
  },
  {
    name: "eager-clone-serves-faults",
    summary: "a part that is cut off an eager area answers page faults like a lazy one",
    killedBy: "answer",
    parts: { allocBackend: clonesLazy },
  },
  {
    name: "protect-leaves-lazy-pages",
    summary: "the pages of a lazy area that are there already keep their old flags",
    killedBy: "pages",
    parts: { allocBackend: leavesLazyPages },
  },
  {
    name: "protect-brings-pages-in",
    summary: "a protect that opens or changes a lazy area brings its absent pages in",
    killedBy: "pages",
    parts: { allocBackend: protectBringsIn },
  },
  {
    name: "protect-stops-at-absent-page",
    summary: "in a lazy area the pages behind an absent one keep their old flags",
    killedBy: "pages",
    parts: { allocBackend: stopsAtAbsentPage },
    innermost: true,
  },
  {
    name: "replace-keeps-equal-area",
    summary: "a replace of a lazy area by one that looks the same keeps the old pages",
    killedBy: "pages",
    parts: { space: keepsEqualArea },
  },
  {
    name: "linear-protect-forgets-offset",
    summary: "a linear area that was protected says that it maps to its own addresses",
    killedBy: "areas",
    parts: { linearBackend: forgetsOffset },
  },
  {
    name: "linear-split-restarts",
    summary:
      "what remains behind the middle of a linear area says that it maps to the area's first addresses",
    killedBy: "outside",
    parts: { areas: restartingAreas },
  },
  {
    name: "linear-offset-without-sign",
    summary: "physical addresses below the virtual ones are taken for addresses above them",
    killedBy: "areas",
    parts: { linearBackend: distanceWithoutSign },
    innermost: true,
  },
];
