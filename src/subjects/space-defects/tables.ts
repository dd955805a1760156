/** Planted defects in the care for page tables. */
import type { PagingResult } from "../../paging/error.ts";
import { EMPTY, ENTRIES, KEPT } from "../../paging/format.ts";
import { type OnUnmapped, PageTable } from "../../paging/page-table.ts";
import { nextInUse } from "../../paging/table-tree.ts";
import type { PhysAddr, VirtAddr } from "../../trace/address.ts";
import { FallibleSpace } from "../address-space.ts";
import { type AddressSpaceDefect, CommandTable, withPageTable, withSpace } from "./defect.ts";

/** The indices of the entries of a table. */
const INDICES = Array.from({ length: ENTRIES }, (_, index) => index);

class LeaksEmptyTable extends CommandTable {
  protected override removeTable(table: PhysAddr, index: number, removed: PhysAddr): void {
    if (this.inCommand) this.journal.write(table, this.view(table), index, 0, 0);
    else super.removeTable(table, index, removed);
  }
}

class FreesTableAtOnce extends PageTable {
  protected override removeTable(table: PhysAddr, index: number, removed: PhysAddr): void {
    this.journal.write(table, this.view(table), index, 0, 0);
    this.handler.deallocFrame(removed);
  }
}

class LinearGuardsAreNothing extends PageTable {
  protected override isEmpty(table: PhysAddr): boolean {
    const { words } = this.view(table);
    return INDICES.every((index) => {
      const low = words[2 * index] ?? 0;
      const high = words[2 * index + 1] ?? 0;
      const kind = this.format.kindOf(low, high, 0);
      const isLinear = this.handler.physToVirt(this.format.physicalOf(low, high)) === undefined;
      return kind === EMPTY || (kind === KEPT && isLinear);
    });
  }
}

/** Looks at a table of the lowest level, without guard pages, only from some entry on. */
class LooksFromSomewhere extends PageTable {
  private cleared = 0;
  private clearedTable: PhysAddr | undefined;

  /** The first entry that is looked at when the one with this number was cleared last. */
  protected firstSeen(cleared: number): number {
    return cleared;
  }

  override unmapRegion(start: VirtAddr, size: number, onUnmapped?: OnUnmapped): PagingResult {
    this.clearedTable = undefined;
    return super.unmapRegion(start, size, onUnmapped);
  }

  protected override clearLeaf(table: PhysAddr, index: number, level: number, addr: number): void {
    super.clearLeaf(table, index, level, addr);
    this.cleared = index;
    this.clearedTable = level === 0 ? table : undefined;
  }

  protected override isEmpty(table: PhysAddr): boolean {
    const view = this.view(table);
    const { words } = view;
    const guarded = INDICES.some(
      (index) => this.format.kindOf(words[2 * index] ?? 0, words[2 * index + 1] ?? 0, 0) === KEPT,
    );
    if (guarded || table !== this.clearedTable) return super.isEmpty(table);
    return nextInUse(view, this.firstSeen(this.cleared)) === ENTRIES;
  }
}

class LooksFromHalf extends LooksFromSomewhere {
  protected override firstSeen(cleared: number): number {
    return cleared < ENTRIES / 2 ? 0 : ENTRIES / 2;
  }
}

class DropsRootOnly extends PageTable {
  override drop(): void {
    this.rootFrame.drop();
  }
}

/** Gives the frames of pages back and leaves the page table as it is, which then gives back its root. */
class DropsWithoutUnmapping extends FallibleSpace {
  override drop(): void {
    this.pageTable.walk((_addr, _size, physical) => {
      if (this.handler.physToVirt(physical) !== undefined) this.handler.deallocFrame(physical);
    });
    this.pageTable.drop();
  }
}

class DropsNoLazyAreas extends FallibleSpace {
  override drop(): void {
    this.forEachArea((area) => {
      if (area.backend.kind !== "alloc:lazy") area.unmapArea(this.pageTable);
    });
    this.pageTable.drop();
  }
}

/** In hanging tables in, taking them out, and giving everything back at the end. */
export const TABLE_DEFECTS: readonly AddressSpaceDefect[] = [
  {
    name: "empty-table-leaked",
    summary: "a table that has become empty is taken out and not given back",
    killedBy: "tables",
    parts: withPageTable(LeaksEmptyTable),
  },
  {
    name: "table-freed-before-success",
    summary: "an empty table is given back before the command has succeeded, and used again when it fails",
    killedBy: "panic",
    parts: withPageTable(FreesTableAtOnce),
  },
  {
    name: "guard-table-taken-for-empty",
    summary: "a table that holds nothing but guard pages of linear areas is given back as if it were empty",
    killedBy: "pages",
    parts: withPageTable(LinearGuardsAreNothing),
  },
  {
    name: "half-empty-table-freed",
    summary: "a table counts as empty when its second half has become so",
    killedBy: "outside",
    parts: withPageTable(LooksFromHalf),
  },
  {
    name: "table-in-use-freed",
    summary: "a table counts as empty when it is so from the unmapped page on",
    killedBy: "outside",
    parts: withPageTable(LooksFromSomewhere),
  },
  {
    name: "drop-leaks-tables",
    summary: "dropping the space gives only the root table back",
    killedBy: "drop",
    parts: { ...withSpace(DropsWithoutUnmapping), ...withPageTable(DropsRootOnly) },
  },
  {
    name: "drop-leaks-lazy-frames",
    summary: "dropping the space does not give back the frames of lazy areas",
    killedBy: "drop",
    parts: withSpace(DropsNoLazyAreas),
  },
];
