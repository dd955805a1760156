/** Planted defects that show only after an injected failure, or in the backend and the page table. */
import { DONE, type MappingResult } from "../../memory/error.ts";
import { MockBackend, MockPageTable } from "../../memory/mock.ts";
import { ADDRESS_LIMIT, type VirtAddr, virtAddr } from "../../trace/address.ts";
import type { Flags } from "../../trace/flags.ts";
import { type Defect, StackSet } from "./defect.ts";

class ForgetsFailedArea extends StackSet {
  protected override unmapFrom(start: VirtAddr, end: VirtAddr, pageTable: MockPageTable): MappingResult {
    const result = super.unmapFrom(start, end, pageTable);
    const failed = result.ok ? undefined : this.areas.getPairOrNextHigher(start)?.[1];
    if (failed !== undefined && failed.end <= end) this.areas.delete(failed.start);
    return result;
  }
}

class ClearKeepsAreas extends StackSet {
  override clear(pageTable: MockPageTable): MappingResult {
    for (const area of this) {
      const unmapped = area.unmapArea(pageTable);
      if (!unmapped.ok) return unmapped;
    }
    this.areas.clear();
    return DONE;
  }
}

class UnwrapsFailure extends StackSet {
  protected override unmapFrom(start: VirtAddr, end: VirtAddr, pageTable: MockPageTable): MappingResult {
    const result = super.unmapFrom(start, end, pageTable);
    if (!result.ok) throw new Error(`called unwrap on an error: ${result.error}`);
    return result;
  }
}

class SwallowsFailure extends StackSet {
  protected override unmapRange(start: VirtAddr, end: VirtAddr, pageTable: MockPageTable): MappingResult {
    super.unmapRange(start, end, pageTable);
    return DONE;
  }
}

/** A backend with state of its own: the flags that its area has in the page table, checked on unmap. */
export class TrackingBackend extends MockBackend {
  private tracked: Flags = 0;

  override map(start: VirtAddr, size: number, flags: Flags, pageTable: MockPageTable): boolean {
    this.tracked = flags;
    return super.map(start, size, flags, pageTable);
  }

  override protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: MockPageTable): boolean {
    const changed = super.protect(start, size, newFlags, pageTable);
    if (changed) this.tracked = newFlags;
    return changed;
  }

  override unmap(start: VirtAddr, size: number, pageTable: MockPageTable): boolean {
    return pageTable.get(start) === this.tracked && super.unmap(start, size, pageTable);
  }

  override clone(): TrackingBackend {
    const copy = new TrackingBackend();
    copy.tracked = this.tracked;
    return copy;
  }
}

class SharingBackend extends TrackingBackend {
  override clone(): TrackingBackend {
    return this;
  }
}

class FailsHalfDone extends MockBackend {
  override protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: MockPageTable): boolean {
    const changed = super.protect(start, size, newFlags, pageTable);
    if (!changed) pageTable.protect(start, pageTable.pageSize, newFlags);
    return changed;
  }

  override clone(): FailsHalfDone {
    return new FailsHalfDone();
  }
}

class SkipsLastPage extends MockPageTable {
  override protect(start: VirtAddr, size: number, flags: Flags): boolean {
    const last = virtAddr(start + size - this.pageSize);
    const kept = this.get(last);
    const changed = super.protect(start, size, flags);
    if (changed && size > this.pageSize && kept !== undefined) super.protect(last, this.pageSize, kept);
    return changed;
  }
}

class NeverDisarmed extends MockPageTable {
  private last = 0;

  override disarm(): void {
    this.last = super.fired;
    super.disarm();
  }

  override get fired(): number {
    return Math.max(super.fired, this.last);
  }
}

class LimitWraps extends MockPageTable {
  override map(start: VirtAddr, size: number, flags: Flags): boolean {
    // The top page of the address space shares its entry with the one below it.
    const top = start + size === ADDRESS_LIMIT - this.pageSize;
    return super.map(start, size, top ? flags & ~2 : flags);
  }
}

/** In the way failures are handled, in backends, and in the page table. */
export const FAILURE_DEFECTS: readonly Defect[] = [
  {
    name: "failed-unmap-forgets-area",
    summary: "an area whose unmapping fails is gone from the set, its pages are not",
    killedBy: "failure",
    parts: { set: () => new ForgetsFailedArea() },
  },
  {
    name: "failed-clear-keeps-areas",
    summary: "a clear that fails half-way keeps the areas that it has unmapped",
    killedBy: "failure",
    parts: { set: () => new ClearKeepsAreas() },
  },
  {
    name: "failed-unmap-panics",
    summary: "a failing backend call in unmap ends in an exception",
    killedBy: "panic",
    parts: { set: () => new UnwrapsFailure() },
  },
  {
    name: "failed-unmap-says-ok",
    summary: "a failing backend call in unmap is answered ok",
    killedBy: "areas",
    parts: { set: () => new SwallowsFailure() },
  },
  {
    name: "clone-shares-state",
    summary: "the parts of a split area share one backend object with state",
    killedBy: "answer",
    parts: { backend: () => new SharingBackend() },
    remembers: true,
  },
  {
    name: "failed-protect-half-done",
    summary: "a backend's protect that fails has changed its first page",
    killedBy: "failure",
    parts: { backend: () => new FailsHalfDone() },
  },
  {
    name: "page-table-protect-skips-last",
    summary: "the page table keeps the old flags of the last page of a protected range",
    killedBy: "pages",
    parts: { pageTable: (pageSize) => new SkipsLastPage(pageSize) },
  },
  {
    name: "page-table-top-page-read-only",
    summary: "a mapping that reaches the last page below the end of the address space loses w",
    killedBy: "pages",
    parts: { pageTable: (pageSize) => new LimitWraps(pageSize) },
  },
  {
    name: "injection-never-disarmed",
    summary: "a failure injected into one command is reported for later ones too",
    killedBy: "injected",
    parts: { pageTable: (pageSize) => new NeverDisarmed(pageSize) },
    remembers: true,
  },
];
