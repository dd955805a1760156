/** Planted defects in changing flags. */
import { DONE, type MappingResult } from "../../memory/error.ts";
import type { MockPageTable } from "../../memory/mock.ts";
import type { VirtAddr } from "../../trace/address.ts";
import { RWX, withProtection } from "../../trace/flags.ts";
import type { Change } from "../change.ts";
import type { MockArea } from "../memory-set.ts";
import type { Defect, SetClass, UpdateFlags } from "./defect.ts";

const zeroSizeSplits: Change<SetClass> = (Base) =>
  class extends Base {
    override protect(
      start: VirtAddr,
      size: number,
      updateFlags: UpdateFlags,
      pageTable: MockPageTable,
    ): MappingResult {
      const area = size === 0 ? this.find(start) : undefined;
      const right =
        area !== undefined && updateFlags(area.flags) !== undefined ? area.split(start) : undefined;
      if (right !== undefined) this.areas.set(right.start, right);
      return super.protect(start, size, updateFlags, pageTable);
    }
  };

const rightPartProtected: Change<SetClass> = (Base) =>
  class extends Base {
    protected override protectPart(
      area: MockArea,
      start: VirtAddr,
      end: VirtAddr,
      updateFlags: UpdateFlags,
      pageTable: MockPageTable,
    ): MappingResult {
      const newFlags = updateFlags(area.flags);
      const result = super.protectPart(area, start, end, updateFlags, pageTable);
      if (result.ok && newFlags !== undefined) this.areas.get(end)?.setFlags(newFlags);
      return result;
    }
  };

const holeEndsProtect: Change<SetClass> = (Base) =>
  class extends Base {
    protected override protectFrom(
      start: VirtAddr,
      end: VirtAddr,
      updateFlags: UpdateFlags,
      pageTable: MockPageTable,
    ): MappingResult {
      const first = this.areas.getPairOrNextHigher(start)?.[1];
      if (first === undefined || first.start >= end) return DONE;
      const hole = first.start > start;
      return hole ? DONE : super.protectFrom(start, end, updateFlags, pageTable);
    }
  };

const splitBeforeCall: Change<SetClass> = (Base) =>
  class extends Base {
    protected override protectPart(
      area: MockArea,
      start: VirtAddr,
      end: VirtAddr,
      updateFlags: UpdateFlags,
      pageTable: MockPageTable,
    ): MappingResult {
      const newFlags = updateFlags(area.flags);
      if (newFlags === undefined) return DONE;
      const right = area.split(end);
      if (right !== undefined) this.areas.set(end, right);
      const part = area.split(start) ?? area;
      if (part !== area) this.areas.set(start, part);
      return part.protectArea(newFlags, pageTable);
    }
  };

/** In `protect`. */
export const PROTECT_DEFECTS: readonly Defect[] = [
  {
    name: "protect-splits-equal-flags",
    summary: "an area whose flags are right already is split all the same",
    killedBy: "areas",
    parts: {
      updateFlags: (flagsFor) => (old, wanted) => flagsFor(old, wanted) ?? withProtection(old, wanted),
    },
  },
  {
    name: "protect-drops-other-flags",
    summary: "the new flags replace u, d and n too",
    killedBy: "areas",
    parts: {
      updateFlags: (flagsFor) => (old, wanted) => {
        const flags = flagsFor(old, wanted);
        return flags === undefined ? undefined : flags & RWX;
      },
    },
  },
  {
    name: "protect-adds-only",
    summary: "permissions are added and never taken away",
    killedBy: "areas",
    parts: {
      updateFlags: (flagsFor) => (old, wanted) => {
        const flags = flagsFor(old, wanted);
        return flags === undefined ? undefined : flags | (old & RWX);
      },
    },
  },
  {
    name: "protect-zero-size-splits",
    summary: "a protect of no bytes inside an area splits it",
    killedBy: "areas",
    parts: { set: zeroSizeSplits },
  },
  {
    name: "protect-right-part-too",
    summary: "the part of an area behind the range gets the new flags as well",
    killedBy: "outside",
    parts: { set: rightPartProtected },
  },
  {
    name: "protect-stops-at-hole",
    summary: "areas behind a hole in the range keep their flags",
    killedBy: "areas",
    parts: { set: holeEndsProtect },
  },
  {
    name: "protect-splits-before-call",
    summary: "the area is split before the backend is called, and stays split when the call fails",
    killedBy: "failure",
    parts: { set: splitBeforeCall },
    innermost: true,
  },
];
