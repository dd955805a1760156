/** Planted defects that show only after an injected failure, or in the backend and the page table. */
import { DONE, type MappingResult } from "../../memory/error.ts";
import type { MockBackend, MockPageTable } from "../../memory/mock.ts";
import { ADDRESS_LIMIT, type VirtAddr, virtAddr } from "../../trace/address.ts";
import type { Flags } from "../../trace/flags.ts";
import type { Change } from "../change.ts";
import { type BackendClass, type Defect, type SetClass, StackBackend, type TableClass } from "./defect.ts";

const forgetsFailedArea: Change<SetClass> = (Base) =>
  class extends Base {
    protected override unmapFrom(start: VirtAddr, end: VirtAddr, pageTable: MockPageTable): MappingResult {
      const result = super.unmapFrom(start, end, pageTable);
      const failed = result.ok ? undefined : this.areas.getPairOrNextHigher(start)?.[1];
      if (failed !== undefined && failed.end <= end) this.areas.delete(failed.start);
      return result;
    }
  };

const clearKeepsAreas: Change<SetClass> = (Base) =>
  class extends Base {
    override clear(pageTable: MockPageTable): MappingResult {
      for (const area of this) {
        const unmapped = area.unmapArea(pageTable);
        if (!unmapped.ok) return unmapped;
      }
      this.areas.clear();
      return DONE;
    }
  };

const unwrapsFailure: Change<SetClass> = (Base) =>
  class extends Base {
    protected override unmapFrom(start: VirtAddr, end: VirtAddr, pageTable: MockPageTable): MappingResult {
      const result = super.unmapFrom(start, end, pageTable);
      if (!result.ok) throw new Error(`called unwrap on an error: ${result.error}`);
      return result;
    }
  };

const swallowsFailure: Change<SetClass> = (Base) =>
  class extends Base {
    protected override unmapRange(start: VirtAddr, end: VirtAddr, pageTable: MockPageTable): MappingResult {
      super.unmapRange(start, end, pageTable);
      return DONE;
    }
  };

const tracking: Change<BackendClass> = (Base) => {
  const Tracking = class extends Base {
    #tracked: Flags = 0;

    override map(start: VirtAddr, size: number, flags: Flags, pageTable: MockPageTable): boolean {
      this.#tracked = flags;
      return super.map(start, size, flags, pageTable);
    }

    override protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: MockPageTable): boolean {
      const changed = super.protect(start, size, newFlags, pageTable);
      if (changed) this.#tracked = newFlags;
      return changed;
    }

    override unmap(start: VirtAddr, size: number, pageTable: MockPageTable): boolean {
      return pageTable.get(start) === this.#tracked && super.unmap(start, size, pageTable);
    }

    override clone(): MockBackend {
      const copy = super.clone();
      if (copy instanceof Tracking) copy.#tracked = this.#tracked;
      return copy;
    }
  };
  return Tracking;
};

/** A backend with state of its own: the flags that its area has in the page table, checked on unmap. */
export const TrackingBackend: BackendClass = tracking(StackBackend);

const sharingBackend: Change<BackendClass> = (Base) =>
  class extends tracking(Base) {
    override clone(): MockBackend {
      return this;
    }
  };

const failsHalfDone: Change<BackendClass> = (Base) =>
  class extends Base {
    override protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: MockPageTable): boolean {
      const changed = super.protect(start, size, newFlags, pageTable);
      if (!changed) pageTable.protect(start, pageTable.pageSize, newFlags);
      return changed;
    }
  };

const skipsLastPage: Change<TableClass> = (Base) =>
  class extends Base {
    override protect(start: VirtAddr, size: number, flags: Flags): boolean {
      const last = virtAddr(start + size - this.pageSize);
      const kept = this.get(last);
      const changed = super.protect(start, size, flags);
      if (changed && size > this.pageSize && kept !== undefined) super.protect(last, this.pageSize, kept);
      return changed;
    }
  };

const neverDisarmed: Change<TableClass> = (Base) =>
  class extends Base {
    #last = 0;

    override disarm(): void {
      this.#last = super.fired;
      super.disarm();
    }

    override get fired(): number {
      return Math.max(super.fired, this.#last);
    }
  };

const limitWraps: Change<TableClass> = (Base) =>
  class extends Base {
    override map(start: VirtAddr, size: number, flags: Flags): boolean {
      // The top page of the address space shares its entry with the one below it.
      const top = start + size === ADDRESS_LIMIT - this.pageSize;
      return super.map(start, size, top ? flags & ~2 : flags);
    }
  };

/** In the way failures are handled, in backends, and in the page table. */
export const FAILURE_DEFECTS: readonly Defect[] = [
  {
    name: "failed-unmap-forgets-area",
    summary: "an area whose unmapping fails is gone from the set, its pages are not",
    killedBy: "failure",
    parts: { set: forgetsFailedArea },
    innermost: true,
  },
  {
    name: "failed-clear-keeps-areas",
    summary: "a clear that fails half-way keeps the areas that it has unmapped",
    killedBy: "failure",
    parts: { set: clearKeepsAreas },
    innermost: true,
  },
  {
    name: "failed-unmap-panics",
    summary: "a failing backend call in unmap ends in an exception",
    killedBy: "panic",
    parts: { set: unwrapsFailure },
    innermost: true,
  },
  {
    name: "failed-unmap-says-ok",
    summary: "a failing backend call in unmap is answered ok",
    killedBy: "areas",
    parts: { set: swallowsFailure },
  },
  {
    name: "clone-shares-state",
    summary: "the parts of a split area share one backend object with state",
    killedBy: "answer",
    parts: { backend: sharingBackend },
    remembers: true,
  },
  {
    name: "failed-protect-half-done",
    summary: "a backend's protect that fails has changed its first page",
    killedBy: "failure",
    parts: { backend: failsHalfDone },
  },
  {
    name: "page-table-protect-skips-last",
    summary: "the page table keeps the old flags of the last page of a protected range",
    killedBy: "pages",
    parts: { pageTable: skipsLastPage },
  },
  {
    name: "page-table-top-page-read-only",
    summary: "a mapping that reaches the last page below the end of the address space loses w",
    killedBy: "pages",
    parts: { pageTable: limitWraps },
  },
  {
    name: "injection-never-disarmed",
    summary: "a failure injected into one command is reported for later ones too",
    killedBy: "injected",
    parts: { pageTable: neverDisarmed },
    remembers: true,
  },
];
