/** Planted defects in finding areas and free places. */
import type { MappingResult } from "../../memory/error.ts";
import type { MockPageTable } from "../../memory/mock.ts";
import { type AddrRange, alignUp, type VirtAddr, virtAddr } from "../../trace/address.ts";
import type { Change } from "../change.ts";
import type { MockArea } from "../memory-set.ts";
import type { Defect, SetClass } from "./defect.ts";

const touchingOverlaps: Change<SetClass> = (Base) =>
  class extends Base {
    override overlaps(range: AddrRange): boolean {
      const last = this.lastBefore(range.end);
      return last !== undefined && last.end >= range.start;
    }
  };

const overlapAtStartOnly: Change<SetClass> = (Base) =>
  class extends Base {
    override overlaps(range: AddrRange): boolean {
      return this.find(range.start) !== undefined;
    }
  };

const findIncludesEnd: Change<SetClass> = (Base) =>
  class extends Base {
    override find(addr: VirtAddr): MockArea | undefined {
      const last = this.lastBefore(addr + 1);
      return last !== undefined && last.end >= addr ? last : undefined;
    }
  };

const staleFindCache: Change<SetClass> = (Base) =>
  class extends Base {
    #last: MockArea | undefined;

    override find(addr: VirtAddr): MockArea | undefined {
      const cached = this.#last !== undefined && this.#last.start <= addr && addr < this.#last.end;
      if (!cached) this.#last = super.find(addr);
      return this.#last;
    }

    override map(area: MockArea, pageTable: MockPageTable, unmapOverlap: boolean): MappingResult {
      this.#last = undefined;
      return super.map(area, pageTable, unmapOverlap);
    }
  };

const freeBeyondLimit: Change<SetClass> = (Base) =>
  class extends Base {
    override findFreeArea(
      hint: VirtAddr,
      size: number,
      limit: AddrRange,
      align: number,
    ): VirtAddr | undefined {
      const wider = { start: limit.start, end: virtAddr(limit.end + size) };
      return super.findFreeArea(hint, size, wider, align);
    }
  };

const freeBelowHint: Change<SetClass> = (Base) =>
  class extends Base {
    override findFreeArea(
      _hint: VirtAddr,
      size: number,
      limit: AddrRange,
      align: number,
    ): VirtAddr | undefined {
      return super.findFreeArea(limit.start, size, limit, align);
    }
  };

const freeInsideEarlierArea: Change<SetClass> = (Base) =>
  class extends Base {
    override findFreeArea(
      hint: VirtAddr,
      size: number,
      limit: AddrRange,
      align: number,
    ): VirtAddr | undefined {
      const place = alignUp(Math.max(hint, limit.start), align);
      const next = this.areas.nextHigherKey(place - 1) ?? Number.POSITIVE_INFINITY;
      const straddled = this.lastBefore(place);
      const fits = size > 0 && size % align === 0 && place + size <= Math.min(next, limit.end);
      // Only an area that reaches in by more than the size wanted is seen.
      if (fits && straddled !== undefined && straddled.end - place <= size) return virtAddr(place);
      return super.findFreeArea(hint, size, limit, align);
    }
  };

const freeUnalignedBehindArea: Change<SetClass> = (Base) =>
  class extends Base {
    override findFreeArea(
      hint: VirtAddr,
      size: number,
      limit: AddrRange,
      align: number,
    ): VirtAddr | undefined {
      const place = super.findFreeArea(hint, size, limit, align);
      if (place === undefined) return undefined;
      const before = this.lastBefore(place);
      const behind = before === undefined ? place : before.end;
      return behind >= Math.max(hint, limit.start) ? behind : place;
    }
  };

/** In `find`, `overlaps` and `findFreeArea`. */
export const LOOKUP_DEFECTS: readonly Defect[] = [
  {
    name: "touching-overlaps",
    summary: "areas that only touch count as overlapping",
    killedBy: "answer",
    parts: { set: touchingOverlaps },
    innermost: true,
  },
  {
    name: "overlap-at-start-only",
    summary: "an overlap is seen only where the range starts inside an area",
    killedBy: "answer",
    parts: { set: overlapAtStartOnly },
    innermost: true,
  },
  {
    name: "find-includes-end",
    summary: "find takes the first address behind an area for its own",
    killedBy: "answer",
    parts: { set: findIncludesEnd },
    innermost: true,
  },
  {
    name: "stale-find-cache",
    summary: "find remembers the last area it found, also when that is unmapped meanwhile",
    killedBy: "answer",
    parts: { set: staleFindCache },
    remembers: true,
  },
  {
    name: "find-free-ignores-limit",
    summary: "findFreeArea gives places that begin inside the limit and end behind it",
    killedBy: "answer",
    parts: { set: freeBeyondLimit },
  },
  {
    name: "find-free-below-hint",
    summary: "findFreeArea forgets the hint",
    killedBy: "answer",
    parts: { set: freeBelowHint },
  },
  {
    name: "find-free-inside-area",
    summary: "findFreeArea overlooks an area that begins before the hint and reaches in a little",
    killedBy: "answer",
    parts: { set: freeInsideEarlierArea },
  },
  {
    name: "find-free-unaligned",
    summary: "findFreeArea gives the end of the area before, aligned or not",
    killedBy: "answer",
    parts: { set: freeUnalignedBehindArea },
  },
];
