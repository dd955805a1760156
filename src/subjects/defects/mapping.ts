/** Planted defects in adding areas. */
import { ALREADY_EXISTS, DONE, type MappingResult } from "../../memory/error.ts";
import type { MockPageTable } from "../../memory/mock.ts";
import { ADDRESS_LIMIT, virtAddr } from "../../trace/address.ts";
import type { Change } from "../change.ts";
import type { MockArea } from "../memory-set.ts";
import type { Defect, SetClass } from "./defect.ts";

const endAtLimit: Change<SetClass> = (Base) =>
  class extends Base {
    override map(area: MockArea, pageTable: MockPageTable, unmapOverlap: boolean): MappingResult {
      const last = area.end === ADDRESS_LIMIT && !this.overlaps({ start: area.start, end: area.end });
      if (!last) return super.map(area, pageTable, unmapOverlap);
      const mapped = area.mapArea(pageTable);
      if (mapped.ok) this.areas.set(area.start, area);
      return mapped;
    }
  };

const replacesWholeAreas: Change<SetClass> = (Base) =>
  class extends Base {
    override map(area: MockArea, pageTable: MockPageTable, unmapOverlap: boolean): MappingResult {
      const first = this.find(area.start);
      if (unmapOverlap && area.size > 0 && first !== undefined) {
        const unmapped = this.unmap(first.start, first.size, pageTable);
        if (!unmapped.ok) return unmapped;
      }
      return super.map(area, pageTable, unmapOverlap);
    }
  };

const mergesEqualNeighbours: Change<SetClass> = (Base) =>
  class extends Base {
    override map(area: MockArea, pageTable: MockPageTable, unmapOverlap: boolean): MappingResult {
      const mapped = super.map(area, pageTable, unmapOverlap);
      const before = this.lastBefore(area.start);
      if (mapped.ok && before !== undefined && before.end === area.start && before.flags === area.flags) {
        this.areas.delete(area.start);
        before.setEnd(area.end);
      }
      return mapped;
    }
  };

const refusedMapUnmaps: Change<SetClass> = (Base) =>
  class extends Base {
    override map(area: MockArea, pageTable: MockPageTable, unmapOverlap: boolean): MappingResult {
      // Only looks for an overlap at the start once what lies behind it is gone.
      const inTheWay = this.find(area.start);
      const refused = inTheWay !== undefined && inTheWay.end < area.end && !unmapOverlap;
      if (!refused || area.end >= ADDRESS_LIMIT) return super.map(area, pageTable, unmapOverlap);
      const rest = this.unmap(inTheWay.end, area.end - inTheWay.end, pageTable);
      return rest.ok ? ALREADY_EXISTS : rest;
    }
  };

const clearSparesTop: Change<SetClass> = (Base) =>
  class extends Base {
    override clear(pageTable: MockPageTable): MappingResult {
      const top = this.lastBefore(ADDRESS_LIMIT);
      if (top === undefined || top.end < ADDRESS_LIMIT / 2) return super.clear(pageTable);
      return top.start > 0 ? this.unmapRange(virtAddr(0), top.start, pageTable) : DONE;
    }
  };

/** In `map`, with and without replace, and `clear`. */
export const MAP_DEFECTS: readonly Defect[] = [
  {
    name: "map-end-at-limit",
    summary: "an area may end exactly where the address space does, so that its end is no address",
    killedBy: "answer",
    parts: { set: endAtLimit },
  },
  {
    name: "replace-unmaps-whole-areas",
    summary: "a replace unmaps the whole area that it begins in, not only what it covers",
    killedBy: "outside",
    parts: { set: replacesWholeAreas },
  },
  {
    name: "map-merges-neighbours",
    summary: "an area is merged with the one before it when their flags are equal",
    killedBy: "areas",
    parts: { set: mergesEqualNeighbours },
  },
  {
    name: "refused-map-unmaps",
    summary: "a map that is refused has unmapped a part of its range",
    killedBy: "refusal",
    parts: { set: refusedMapUnmaps },
  },
  {
    name: "clear-spares-upper-half",
    summary: "clear forgets an area in the upper half of the address space",
    killedBy: "areas",
    parts: { set: clearSparesTop },
  },
];
