/** Planted defects in removing mappings. */
import { DONE, type MappingResult } from "../../memory/error.ts";
import type { MockPageTable } from "../../memory/mock.ts";
import { ADDRESS_LIMIT, type VirtAddr, virtAddr } from "../../trace/address.ts";
import type { Change } from "../change.ts";
import type { MockArea } from "../memory-set.ts";
import type { Defect, SetClass } from "./defect.ts";

const firstAreaOnly: Change<SetClass> = (Base) =>
  class extends Base {
    protected override unmapFrom(start: VirtAddr, end: VirtAddr, pageTable: MockPageTable): MappingResult {
      const first = this.areas.getPairOrNextHigher(start)?.[1];
      if (first === undefined || first.start >= end) return DONE;
      return super.unmapFrom(start, first.end < end ? first.end : end, pageTable);
    }
  };

const fourAreasAtMost: Change<SetClass> = (Base) =>
  class extends Base {
    protected override unmapFrom(start: VirtAddr, end: VirtAddr, pageTable: MockPageTable): MappingResult {
      const fifth = this.areas.getRange(start, end, false, 5)[4]?.[1];
      return super.unmapFrom(start, fifth === undefined ? end : fifth.start, pageTable);
    }
  };

const rightPartLost: Change<SetClass> = (Base) =>
  class extends Base {
    protected override unmapMiddle(
      area: MockArea,
      start: VirtAddr,
      end: VirtAddr,
      pageTable: MockPageTable,
    ): MappingResult {
      const result = super.unmapMiddle(area, start, end, pageTable);
      if (result.ok) this.areas.delete(end);
      return result;
    }
  };

const middleStaysMapped: Change<SetClass> = (Base) =>
  class extends Base {
    protected override unmapMiddle(
      area: MockArea,
      start: VirtAddr,
      end: VirtAddr,
      _pageTable: MockPageTable,
    ): MappingResult {
      const right = area.split(end);
      if (right !== undefined) this.areas.set(end, right);
      area.setEnd(start);
      return DONE;
    }
  };

const overflowCutShort: Change<SetClass> = (Base) =>
  class extends Base {
    override unmap(start: VirtAddr, size: number, pageTable: MockPageTable): MappingResult {
      return super.unmap(start, Math.min(size, ADDRESS_LIMIT - 1 - start), pageTable);
    }
  };

const holeEndsUnmap: Change<SetClass> = (Base) =>
  class extends Base {
    protected override unmapFrom(start: VirtAddr, end: VirtAddr, pageTable: MockPageTable): MappingResult {
      let reached: number = start;
      this.areas.forRange(start, end, false, (from, area) => {
        if (reached !== start && from > reached) return { break: true };
        reached = area.end;
        return undefined;
      });
      return super.unmapFrom(start, virtAddr(Math.min(reached, end)), pageTable);
    }
  };

const emptyRemainder: Change<SetClass> = (Base) =>
  class extends Base {
    override unmap(start: VirtAddr, size: number, pageTable: MockPageTable): MappingResult {
      const area = this.find(start);
      const end = virtAddr(start + size);
      const result = super.unmap(start, size, pageTable);
      // The remainder of an area that the range exactly ends is kept, though nothing remains.
      const ends = result.ok && area !== undefined && area.start < start && area.end === start;
      if (ends && size > 0 && !this.areas.has(end)) this.areas.set(end, area.part(end, end));
      return result;
    }
  };

/** In `unmap`, and so in `map` with replace and `clear`. */
export const UNMAP_DEFECTS: readonly Defect[] = [
  {
    name: "unmap-first-area-only",
    summary: "of several areas that begin inside the range only the first is unmapped",
    killedBy: "areas",
    parts: { set: firstAreaOnly },
  },
  {
    name: "unmap-four-areas-at-most",
    summary: "a fifth area inside the range is forgotten",
    killedBy: "areas",
    parts: { set: fourAreasAtMost },
  },
  {
    name: "unmap-loses-right-part",
    summary: "an unmap in the middle of an area loses what lies behind it",
    killedBy: "outside",
    parts: { set: rightPartLost },
    innermost: true,
  },
  {
    name: "unmap-middle-stays-mapped",
    summary: "an unmap in the middle of an area splits it and leaves the page table as it was",
    killedBy: "pages",
    parts: { set: middleStaysMapped },
    innermost: true,
  },
  {
    name: "unmap-overflow-cut-short",
    summary: "a range that runs out of the address space is cut short instead of refused",
    killedBy: "answer",
    parts: { set: overflowCutShort },
  },
  {
    name: "unmap-stops-at-hole",
    summary: "areas behind a hole in the range stay mapped",
    killedBy: "areas",
    parts: { set: holeEndsUnmap },
  },
  {
    name: "unmap-leaves-empty-area",
    summary: "cutting off the end of an area leaves an empty area behind it",
    killedBy: "order",
    parts: { set: emptyRemainder },
  },
];
