/** Planted defects that show only when a command fails. */
import { AllocBackend } from "../../address-space/alloc-backend.ts";
import { AreaSet } from "../../address-space/area-set.ts";
import type { SpaceBackend } from "../../address-space/backend.ts";
import type { SpaceResult } from "../../address-space/error.ts";
import { LinearBackend } from "../../address-space/linear-backend.ts";
import { NO_MEMORY, type PagingResult } from "../../paging/error.ts";
import { FRAME_SIZE } from "../../paging/format.ts";
import type { PagingHandler } from "../../paging/handler.ts";
import { Journal, type Savepoint } from "../../paging/journal.ts";
import { PageTable } from "../../paging/page-table.ts";
import type { PhysAddr, VirtAddr } from "../../trace/address.ts";
import type { Flags } from "../../trace/flags.ts";
import { type AddressSpaceParts, FallibleSpace } from "../address-space.ts";
import { FallibleBackend } from "../fallible-backend.ts";
import { type AddressSpaceDefect, withLinearBackend, withPageTable, withSpace } from "./defect.ts";

class NothingRestored extends AreaSet {
  override restore(): void {}
}

class AreasStayChanged extends FallibleSpace {
  protected override readonly areas = new NothingRestored();
}

class CutOffEndKept extends AreaSet {
  override restore(start: VirtAddr, end: VirtAddr): void {
    const cutOff = this.areas.get(end);
    super.restore(start, end);
    if (cutOff !== undefined) this.areas.set(end, cutOff);
  }
}

class CutOffEndStays extends FallibleSpace {
  protected override readonly areas = new CutOffEndKept();
}

class ReplacesInTwoSteps extends FallibleSpace {
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
}

class CommitsFailedProtect extends PageTable {
  private protecting = false;

  override begin(): void {
    super.begin();
    this.protecting = false;
  }

  override protectRegion(start: VirtAddr, size: number, flags: Flags): PagingResult {
    this.protecting = true;
    return super.protectRegion(start, size, flags);
  }

  override rollback(): void {
    if (this.protecting) this.commit();
    else super.rollback();
  }
}

class KeepsTakenFrames extends Journal {
  private data = 0;

  override allocFrame(use: "data" | "table"): PhysAddr | undefined {
    const frame = super.allocFrame(use);
    if (frame !== undefined && use === "data") this.data++;
    return frame;
  }

  override commit(): void {
    super.commit();
    this.data = 0;
  }

  override rollbackTo(savepoint: Savepoint): void {
    const { taken } = this.data > 0 ? this.savepoint() : savepoint;
    super.rollbackTo({ ...savepoint, taken });
  }

  override rollback(): void {
    super.rollback();
    this.data = 0;
  }
}

class KeepsTableEntries extends Journal {
  private tables = 0;

  override allocFrame(use: "data" | "table"): PhysAddr | undefined {
    const frame = super.allocFrame(use);
    if (frame !== undefined && use === "table") this.tables++;
    return frame;
  }

  override commit(): void {
    super.commit();
    this.tables = 0;
  }

  override rollbackTo(savepoint: Savepoint): void {
    const { entries } = this.tables > 0 ? this.savepoint() : savepoint;
    super.rollbackTo({ ...savepoint, entries });
  }
}

/** An eager backend that gives its frames back when it fails, although the journal does so too. */
class UndoesTwice extends AllocBackend {
  private readonly handler: PagingHandler;
  private taken: PhysAddr[] = [];

  constructor(populate: boolean, handler: PagingHandler) {
    super(populate);
    this.handler = handler;
  }

  override map(start: VirtAddr, size: number, flags: Flags, pageTable: PageTable): boolean {
    this.taken = [];
    const mapped = super.map(start, size, flags, pageTable);
    if (!mapped) for (const frame of this.taken) this.handler.deallocFrame(frame);
    return mapped;
  }

  override clone(): AllocBackend {
    return new UndoesTwice(this.populate, this.handler);
  }

  protected override mapPage(addr: VirtAddr, flags: Flags, pageTable: PageTable): PagingResult {
    const frame = pageTable.allocFrame();
    if (frame === undefined) return NO_MEMORY;
    this.taken.push(frame);
    return pageTable.map(addr, frame, FRAME_SIZE, flags);
  }
}

class PopulateUndoneTwice extends FallibleSpace {
  protected override allocBackend(populate: boolean): SpaceBackend {
    return new FallibleBackend(new UndoesTwice(populate, this.handler), this.calls);
  }
}

class AlwaysSucceeds extends LinearBackend {
  override unmap(start: VirtAddr, size: number, pageTable: PageTable): boolean {
    super.unmap(start, size, pageTable);
    return true;
  }

  override protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: PageTable): boolean {
    super.protect(start, size, newFlags, pageTable);
    return true;
  }

  override clone(): LinearBackend {
    return new AlwaysSucceeds(this.paVaOffset);
  }
}

/** The stack with another journal. */
function withJournal(Kind: new (handler: PagingHandler) => Journal): Partial<AddressSpaceParts> {
  return withPageTable(
    class extends PageTable {
      override readonly journal = new Kind(this.handler);
    },
  );
}

/** In undoing what was done before a failure. */
export const UNDO_DEFECTS: readonly AddressSpaceDefect[] = [
  {
    name: "failed-command-leaves-areas",
    summary: "a command that fails half-way undoes its changes to the page table, not those to the areas",
    killedBy: "failure",
    parts: withSpace(AreasStayChanged),
  },
  {
    name: "failed-command-leaves-cut-off-end",
    summary: "a failed replace leaves the end of the area that it had cut beside the whole one",
    killedBy: "order",
    parts: withSpace(CutOffEndStays),
  },
  {
    name: "failed-protect-leaves-pages",
    summary: "a protect that fails half-way undoes its changes to the areas, not those to the page table",
    killedBy: "failure",
    parts: withPageTable(CommitsFailedProtect),
  },
  {
    name: "failed-replace-leaves-hole",
    summary: "a map with replace that fails has unmapped what was there",
    killedBy: "failure",
    parts: withSpace(ReplacesInTwoSteps),
  },
  {
    name: "failed-split-says-ok",
    summary: "a command that cuts a huge page and finds no frame for its parts is answered ok",
    killedBy: "pages",
    parts: withLinearBackend(AlwaysSucceeds),
  },
  {
    name: "rollback-leaks-frames",
    summary: "the frames that a failed command has taken, for data and for its tables, are not given back",
    killedBy: "frames",
    parts: withJournal(KeepsTakenFrames),
  },
  {
    name: "rollback-leaves-entries",
    summary: "a failed command gives its new tables back and leaves the entries that point to them",
    killedBy: "panic",
    parts: withJournal(KeepsTableEntries),
  },
  {
    name: "failed-populate-frees-twice",
    summary: "an eager map that runs out of frames gives those that it has taken back twice",
    killedBy: "panic",
    parts: withSpace(PopulateUndoneTwice),
  },
];
