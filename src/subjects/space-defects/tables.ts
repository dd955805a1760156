/** Planted defects in the care for page tables. */
import type { PagingResult } from "../../paging/error.ts";
import { EMPTY, ENTRIES, KEPT } from "../../paging/format.ts";
import type { OnUnmapped } from "../../paging/page-table.ts";
import { nextInUse } from "../../paging/table-tree.ts";
import type { PhysAddr, VirtAddr } from "../../trace/address.ts";
import type { Change } from "../change.ts";
import type { AddressSpaceDefect, SpaceClass, TableClass } from "./defect.ts";

/** The indices of the entries of a table. */
const INDICES = Array.from({ length: ENTRIES }, (_, index) => index);

const leaksEmptyTable: Change<TableClass> = (Base) =>
  class extends Base {
    protected override removeTable(table: PhysAddr, index: number, removed: PhysAddr): void {
      if (this.inCommand) this.journal.write(table, this.view(table), index, 0, 0);
      else super.removeTable(table, index, removed);
    }
  };

const freesTableAtOnce: Change<TableClass> = (Base) =>
  class extends Base {
    protected override removeTable(table: PhysAddr, index: number, removed: PhysAddr): void {
      this.journal.write(table, this.view(table), index, 0, 0);
      this.handler.deallocFrame(removed);
    }
  };

const linearGuardsAreNothing: Change<TableClass> = (Base) =>
  class extends Base {
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
  };

/**
 * Looks at a table of the lowest level, without guard pages, only from some entry on; `firstSeen` says from which when
 * the one with this number was cleared last.
 */
const looksFrom =
  (firstSeen: (cleared: number) => number): Change<TableClass> =>
  (Base) =>
    class extends Base {
      #cleared = 0;
      #clearedTable: PhysAddr | undefined;

      override unmapRegion(start: VirtAddr, size: number, onUnmapped?: OnUnmapped): PagingResult {
        this.#clearedTable = undefined;
        return super.unmapRegion(start, size, onUnmapped);
      }

      protected override clearLeaf(table: PhysAddr, index: number, level: number, addr: number): void {
        super.clearLeaf(table, index, level, addr);
        this.#cleared = index;
        this.#clearedTable = level === 0 ? table : undefined;
      }

      protected override isEmpty(table: PhysAddr): boolean {
        const view = this.view(table);
        const { words } = view;
        const guarded = INDICES.some(
          (index) => this.format.kindOf(words[2 * index] ?? 0, words[2 * index + 1] ?? 0, 0) === KEPT,
        );
        if (guarded || table !== this.#clearedTable) return super.isEmpty(table);
        return nextInUse(view, firstSeen(this.#cleared)) === ENTRIES;
      }
    };

const looksFromCleared = looksFrom((cleared) => cleared);
const looksFromHalf = looksFrom((cleared) => (cleared < ENTRIES / 2 ? 0 : ENTRIES / 2));

const dropsRootOnly: Change<TableClass> = (Base) =>
  class extends Base {
    override drop(): void {
      this.rootFrame.drop();
    }
  };

/** Gives the frames of pages back and leaves the page table as it is, which then gives back its root. */
const dropsWithoutUnmapping: Change<SpaceClass> = (Base) =>
  class extends Base {
    override drop(): void {
      this.pageTable.walk((_addr, _size, physical) => {
        if (this.handler.physToVirt(physical) !== undefined) this.handler.deallocFrame(physical);
      });
      this.pageTable.drop();
    }
  };

const dropsNoLazyAreas: Change<SpaceClass> = (Base) =>
  class extends Base {
    override drop(): void {
      this.forEachArea((area) => {
        if (area.backend.kind !== "alloc:lazy") area.unmapArea(this.pageTable);
      });
      this.pageTable.drop();
    }
  };

/** In hanging tables in, taking them out, and giving everything back at the end. */
export const TABLE_DEFECTS: readonly AddressSpaceDefect[] = [
  {
    name: "empty-table-leaked",
    summary: "a table that has become empty is taken out and not given back",
    killedBy: "tables",
    parts: { pageTable: leaksEmptyTable },
    innermost: true,
  },
  {
    name: "table-freed-before-success",
    summary: "an empty table is given back before the command has succeeded, and used again when it fails",
    killedBy: "panic",
    parts: { pageTable: freesTableAtOnce },
    innermost: true,
  },
  {
    name: "guard-table-taken-for-empty",
    summary: "a table that holds nothing but guard pages of linear areas is given back as if it were empty",
    killedBy: "pages",
    parts: { pageTable: linearGuardsAreNothing },
    innermost: true,
  },
  {
    name: "half-empty-table-freed",
    summary: "a table counts as empty when its second half has become so",
    killedBy: "outside",
    parts: { pageTable: looksFromHalf },
  },
  {
    name: "table-in-use-freed",
    summary: "a table counts as empty when it is so from the unmapped page on",
    killedBy: "outside",
    parts: { pageTable: looksFromCleared },
  },
  {
    name: "drop-leaks-tables",
    summary: "dropping the space gives only the root table back",
    killedBy: "drop",
    parts: { space: dropsWithoutUnmapping, pageTable: dropsRootOnly },
    innermost: true,
  },
  {
    name: "drop-leaks-lazy-frames",
    summary: "dropping the space does not give back the frames of lazy areas",
    killedBy: "drop",
    parts: { space: dropsNoLazyAreas },
    innermost: true,
  },
];
