/** Planted defects in mapping and splitting huge pages. */

import type { PagingResult } from "../../paging/error.ts";
import { LEAF } from "../../paging/format.ts";
import type { OnUnmapped, PageTable } from "../../paging/page-table.ts";
import { PAGE_SIZES, sizeOf } from "../../paging/table-tree.ts";
import { alignUp, isAligned, type PhysAddr, physAddr, type VirtAddr, virtAddr } from "../../trace/address.ts";
import { type Flags, NO_FLAGS, RWX } from "../../trace/flags.ts";
import type { Change } from "../change.ts";
import type { AddressSpaceDefect, TableClass } from "./defect.ts";

const HUGE = PAGE_SIZES[1];

/** The physical address and the flags that a part of a huge page gets when that is split. */
interface Part {
  readonly physical: PhysAddr;
  readonly flags: Flags;
}

/** What becomes of the part with this number, of `size` bytes, when the first one is `first`; `undefined`: nothing wrong. */
type WrongPart = (part: number, size: number, first: Part, unmapping: boolean) => Part | undefined;

/** A page table that makes the parts of a huge page anew after splitting it. */
const withParts =
  (wrongPart: WrongPart): Change<TableClass> =>
  (Base) =>
    class extends Base {
      protected override splitLeaf(table: PhysAddr, index: number, level: number, addr: number) {
        const added = super.splitLeaf(table, index, level, addr);
        if (added === undefined) return undefined;
        const { words } = this.view(added);
        const low = words[0] ?? 0;
        const high = words[1] ?? 0;
        const physical = this.format.physicalOf(low, high);
        const flags =
          this.format.kindOf(low, high, level - 1) === LEAF ? this.format.flagsOf(low, high) : NO_FLAGS;
        for (let part = 1; part < 512; part++) {
          const wrong = wrongPart(part, sizeOf(level - 1), { physical, flags }, this.unmapping);
          if (wrong === undefined) continue;
          words[2 * part] = this.format.leafLow(wrong.physical, wrong.flags, level - 1);
          words[2 * part + 1] = this.format.leafHigh(wrong.physical, wrong.flags, level - 1);
        }
        return added;
      }
    };

const sameAddress = withParts((_part, _size, first, unmapping) => (unmapping ? first : undefined));

const rwxOnly = withParts((part, size, { physical, flags }) => {
  return { physical: physAddr(physical + part * size), flags: flags & RWX };
});

const gigapagePartsClose = withParts((part, _size, { physical, flags }, unmapping) => {
  return unmapping ? { physical: physAddr(physical + part * sizeOf(0)), flags } : undefined;
});

/** The range with the whole of the huge pages that it cuts, as start and size. */
function widened(pageTable: PageTable, start: VirtAddr, size: number): readonly [VirtAddr, number] {
  const first = pageTable.query(start)?.size ?? 1;
  const last = pageTable.query(virtAddr(start + size - 1))?.size ?? 1;
  const from = start - (start % first);
  return [virtAddr(from), alignUp(start + size, last) - from];
}

const unmapsWholePages: Change<TableClass> = (Base) =>
  class extends Base {
    override unmapRegion(start: VirtAddr, size: number, onUnmapped?: OnUnmapped): PagingResult {
      return super.unmapRegion(...widened(this, start, size), onUnmapped);
    }
  };

const protectsWholePages: Change<TableClass> = (Base) =>
  class extends Base {
    override protectRegion(start: VirtAddr, size: number, flags: Flags): PagingResult {
      return super.protectRegion(...widened(this, start, size), flags);
    }
  };

const onlyVirtualAligned: Change<TableClass> = (Base) =>
  class extends Base {
    override mapRegion(
      start: VirtAddr,
      physical: PhysAddr,
      size: number,
      flags: Flags,
      allowHuge: boolean,
    ): PagingResult {
      const low = physical % HUGE;
      const fits = allowHuge && low !== 0 && isAligned(start, HUGE) && isAligned(size, HUGE);
      if (!fits) return super.mapRegion(start, physical, size, flags, allowHuge);
      return this.attempt(() => {
        const mapped = super.mapRegion(start, physAddr(physical - low), size, flags, true);
        if (!mapped.ok) return mapped;
        for (let addr: number = start; addr < start + size; addr += sizeOf(this.foundLevel)) {
          this.find(addr);
          const wrong = physAddr(physical + addr - start);
          this.setLeaf(this.foundTable, this.foundIndex, this.foundLevel, addr, wrong, flags);
        }
        return mapped;
      });
    }
  };

const roundsUp: Change<TableClass> = (Base) =>
  class extends Base {
    override mapRegion(
      start: VirtAddr,
      physical: PhysAddr,
      size: number,
      flags: Flags,
      allowHuge: boolean,
    ): PagingResult {
      const huge = allowHuge && size > HUGE && isAligned(start, HUGE) && isAligned(physical, HUGE);
      const rounded = huge && (flags & RWX) !== 0 ? alignUp(size, HUGE) : size;
      const mapped = super.mapRegion(start, physical, rounded, flags, allowHuge);
      return mapped.ok ? mapped : super.mapRegion(start, physical, size, flags, allowHuge);
    }
  };

const gigapageAsOneHuge: Change<TableClass> = (Base) =>
  class extends Base {
    protected override setLeaf(
      table: PhysAddr,
      index: number,
      level: number,
      addr: number,
      physical: PhysAddr,
      flags: Flags,
    ): void {
      const below = level === 2 ? this.addTable(table, index) : undefined;
      if (below === undefined) super.setLeaf(table, index, level, addr, physical, flags);
      else super.setLeaf(below, 0, 1, addr, physical, flags);
    }
  };

/** In pages of 2 MiB and 1 GiB. */
export const HUGE_PAGE_DEFECTS: readonly AddressSpaceDefect[] = [
  {
    name: "unmap-drops-whole-huge-page",
    summary: "unmapping a part of a huge page unmaps all of it",
    killedBy: "outside",
    parts: { pageTable: unmapsWholePages },
    innermost: true,
  },
  {
    name: "protect-changes-whole-huge-page",
    summary: "protecting a part of a huge page protects all of it",
    killedBy: "outside",
    parts: { pageTable: protectsWholePages },
  },
  {
    name: "split-parts-same-address",
    summary: "every part of a huge page of which some are unmapped maps to the first one's frame",
    killedBy: "outside",
    parts: { pageTable: sameAddress },
  },
  {
    name: "split-drops-other-flags",
    summary: "the parts of a huge page that is split have lost u, d and n",
    killedBy: "outside",
    parts: { pageTable: rwxOnly },
    innermost: true,
  },
  {
    name: "split-gigapage-as-small",
    summary: "the parts of a 1 GiB page that is split are 4 KiB apart instead of 2 MiB",
    killedBy: "outside",
    parts: { pageTable: gigapagePartsClose },
    innermost: true,
  },
  {
    name: "huge-page-physical-unaligned",
    summary: "a huge page is used although the physical address is no multiple of its size",
    killedBy: "walk",
    parts: { pageTable: onlyVirtualAligned },
  },
  {
    name: "huge-map-rounds-up",
    summary: "an accessible mapping that begins with a huge page ends with one, too, where there is room",
    killedBy: "outside",
    parts: { pageTable: roundsUp },
  },
  {
    name: "gigapage-maps-first-2-mib",
    summary: "where a 1 GiB page fits, only its first 2 MiB are mapped",
    killedBy: "pages",
    parts: { pageTable: gigapageAsOneHuge },
  },
];
