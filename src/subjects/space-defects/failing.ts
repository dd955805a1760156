/** Planted defects that show only when a command fails. */
import type { SpaceBackend } from "../../address-space/backend.ts";
import type { SpaceResult } from "../../address-space/error.ts";
import { NO_MEMORY, type PagingResult } from "../../paging/error.ts";
import { FRAME_SIZE } from "../../paging/format.ts";
import type { Savepoint } from "../../paging/journal.ts";
import type { PageTable } from "../../paging/page-table.ts";
import type { PhysAddr, VirtAddr } from "../../trace/address.ts";
import type { Flags } from "../../trace/flags.ts";
import type { Change } from "../change.ts";
import type {
  AddressSpaceDefect,
  AllocClass,
  AreasClass,
  JournalClass,
  LinearClass,
  SpaceClass,
  TableClass,
} from "./defect.ts";

const nothingRestored: Change<AreasClass> = (Base) =>
  class extends Base {
    override restore(): void {}
  };

const cutOffEndKept: Change<AreasClass> = (Base) =>
  class extends Base {
    override restore(start: VirtAddr, end: VirtAddr): void {
      const cutOff = this.areas.get(end);
      super.restore(start, end);
      if (cutOff !== undefined) this.areas.set(end, cutOff);
    }
  };

const replacesInTwoSteps: Change<SpaceClass> = (Base) =>
  class extends Base {
    protected override map(
      start: VirtAddr,
      size: number,
      flags: Flags,
      backend: SpaceBackend,
      replace: boolean,
    ): SpaceResult {
      const unmapped = replace && size > 0 ? this.unmap(start, size) : undefined;
      return unmapped?.ok === false ? unmapped : super.map(start, size, flags, backend, replace);
    }
  };

const commitsFailedProtect: Change<TableClass> = (Base) =>
  class extends Base {
    #protecting = false;

    override begin(): void {
      super.begin();
      this.#protecting = false;
    }

    override protectRegion(start: VirtAddr, size: number, flags: Flags): PagingResult {
      this.#protecting = true;
      return super.protectRegion(start, size, flags);
    }

    override rollback(): void {
      if (this.#protecting) this.commit();
      else super.rollback();
    }
  };

const keepsTakenFrames: Change<JournalClass> = (Base) =>
  class extends Base {
    #data = 0;

    override allocFrame(use: "data" | "table"): PhysAddr | undefined {
      const frame = super.allocFrame(use);
      if (frame !== undefined && use === "data") this.#data++;
      return frame;
    }

    override commit(): void {
      super.commit();
      this.#data = 0;
    }

    override rollbackTo(savepoint: Savepoint): void {
      const { taken } = this.#data > 0 ? this.savepoint() : savepoint;
      super.rollbackTo({ ...savepoint, taken });
    }

    override rollback(): void {
      super.rollback();
      this.#data = 0;
    }
  };

const keepsTableEntries: Change<JournalClass> = (Base) =>
  class extends Base {
    #tables = 0;

    override allocFrame(use: "data" | "table"): PhysAddr | undefined {
      const frame = super.allocFrame(use);
      if (frame !== undefined && use === "table") this.#tables++;
      return frame;
    }

    override commit(): void {
      super.commit();
      this.#tables = 0;
    }

    override rollbackTo(savepoint: Savepoint): void {
      const { entries } = this.#tables > 0 ? this.savepoint() : savepoint;
      super.rollbackTo({ ...savepoint, entries });
    }
  };

/** An eager backend that gives its frames back when it fails, although the journal does so too. */
const undoesTwice: Change<AllocClass> = (Base) =>
  class extends Base {
    #taken: PhysAddr[] = [];

    override map(start: VirtAddr, size: number, flags: Flags, pageTable: PageTable): boolean {
      this.#taken = [];
      const mapped = super.map(start, size, flags, pageTable);
      if (!mapped) for (const frame of this.#taken) this.handler.deallocFrame(frame);
      return mapped;
    }

    protected override mapPage(addr: VirtAddr, flags: Flags, pageTable: PageTable): PagingResult {
      const frame = pageTable.allocFrame();
      if (frame === undefined) return NO_MEMORY;
      this.#taken.push(frame);
      return pageTable.map(addr, frame, FRAME_SIZE, flags);
    }
  };

const alwaysSucceeds: Change<LinearClass> = (Base) =>
  class extends Base {
    override unmap(start: VirtAddr, size: number, pageTable: PageTable): boolean {
      super.unmap(start, size, pageTable);
      return true;
    }

    override protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: PageTable): boolean {
      super.protect(start, size, newFlags, pageTable);
      return true;
    }
  };

/** In undoing what was done before a failure. */
export const UNDO_DEFECTS: readonly AddressSpaceDefect[] = [
  {
    name: "failed-command-leaves-areas",
    summary: "a command that fails half-way undoes its changes to the page table, not those to the areas",
    killedBy: "failure",
    parts: { areas: nothingRestored },
    innermost: true,
  },
  {
    name: "failed-command-leaves-cut-off-end",
    summary: "a failed replace leaves the end of the area that it had cut beside the whole one",
    killedBy: "order",
    parts: { areas: cutOffEndKept },
    innermost: true,
  },
  {
    name: "failed-protect-leaves-pages",
    summary: "a protect that fails half-way undoes its changes to the areas, not those to the page table",
    killedBy: "failure",
    parts: { pageTable: commitsFailedProtect },
  },
  {
    name: "failed-replace-leaves-hole",
    summary: "a map with replace that fails has unmapped what was there",
    killedBy: "failure",
    parts: { space: replacesInTwoSteps },
    innermost: true,
  },
  {
    name: "failed-split-says-ok",
    summary: "a command that cuts a huge page and finds no frame for its parts is answered ok",
    killedBy: "pages",
    parts: { linearBackend: alwaysSucceeds },
  },
  {
    name: "rollback-leaks-frames",
    summary: "the frames that a failed command has taken, for data and for its tables, are not given back",
    killedBy: "frames",
    parts: { journal: keepsTakenFrames },
  },
  {
    name: "rollback-leaves-entries",
    summary: "a failed command gives its new tables back and leaves the entries that point to them",
    killedBy: "panic",
    parts: { journal: keepsTableEntries },
  },
  {
    name: "failed-populate-frees-twice",
    summary: "an eager map that runs out of frames gives those that it has taken back twice",
    killedBy: "panic",
    parts: { allocBackend: undoesTwice },
    innermost: true,
  },
];
