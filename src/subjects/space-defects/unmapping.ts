/** Planted defects in giving back the frames of pages that are unmapped. */
import { AreaSet } from "../../address-space/area-set.ts";
import type { SpaceResult } from "../../address-space/error.ts";
import { DONE, type MappingResult } from "../../memory/error.ts";
import type { PagingResult } from "../../paging/error.ts";
import { FRAME_SIZE } from "../../paging/format.ts";
import { type OnUnmapped, PageTable } from "../../paging/page-table.ts";
import { type PhysAddr, type VirtAddr, virtAddr } from "../../trace/address.ts";
import { NO_FLAGS } from "../../trace/flags.ts";
import { FallibleSpace } from "../address-space.ts";
import { type AddressSpaceDefect, CommandTable, withPageTable, withSpace } from "./defect.ts";

class ReleasesNothing extends CommandTable {
  override releaseFrame(frame: PhysAddr): void {
    if (!this.inCommand) super.releaseFrame(frame);
  }
}

class ReleasesOne extends CommandTable {
  private released = 0;

  override begin(): void {
    super.begin();
    this.released = 0;
  }

  override releaseFrame(frame: PhysAddr): void {
    if (!this.inCommand || this.released === 0) super.releaseFrame(frame);
    this.released++;
  }
}

class ReleasesNoGuards extends CommandTable {
  private isGuard = false;

  override releaseFrame(frame: PhysAddr): void {
    if (!(this.inCommand && this.isGuard)) super.releaseFrame(frame);
  }

  protected override clearLeaf(table: PhysAddr, index: number, level: number, addr: number): void {
    this.isGuard = this.query(virtAddr(addr))?.flags === NO_FLAGS;
    super.clearLeaf(table, index, level, addr);
  }
}

class ReleasesUpToGap extends CommandTable {
  private next = 0;
  private gap = false;

  override unmapRegion(start: VirtAddr, size: number, onUnmapped?: OnUnmapped): PagingResult {
    this.next = start;
    this.gap = false;
    return super.unmapRegion(start, size, onUnmapped);
  }

  override releaseFrame(frame: PhysAddr): void {
    if (!(this.inCommand && this.gap)) super.releaseFrame(frame);
  }

  protected override clearLeaf(table: PhysAddr, index: number, level: number, addr: number): void {
    if (addr !== this.next) this.gap = true;
    this.next = addr + FRAME_SIZE;
    super.clearLeaf(table, index, level, addr);
  }
}

class ReleasesLinearPages extends CommandTable {
  override unmapRegion(start: VirtAddr, size: number, onUnmapped?: OnUnmapped): PagingResult {
    const release = (physical: PhysAddr) => this.releaseFrame(physical);
    return super.unmapRegion(start, size, onUnmapped ?? (this.inCommand ? release : undefined));
  }
}

class ReleasesAtOnce extends PageTable {
  override releaseFrame(frame: PhysAddr): void {
    this.handler.deallocFrame(frame);
  }
}

class WipedAreas extends AreaSet {
  wipe(pageTable: PageTable): MappingResult {
    pageTable.unmapRegion(virtAddr(0), 2 ** pageTable.format.addrBits);
    this.areas.clear();
    return DONE;
  }
}

class ClearWipes extends FallibleSpace {
  protected override readonly areas = new WipedAreas();

  override clear(): SpaceResult {
    return this.transact(this.base, this.size, () => this.areas.wipe(this.pageTable));
  }
}

/** In `unmap`, `clear` and `map` with replace. */
export const RELEASE_DEFECTS: readonly AddressSpaceDefect[] = [
  {
    name: "unmap-leaks-frames",
    summary: "unmapped pages keep their frames",
    killedBy: "frames",
    parts: withPageTable(ReleasesNothing),
  },
  {
    name: "unmap-frees-first-frame-only",
    summary: "of the frames in a range that is unmapped only the first one is given back",
    killedBy: "frames",
    parts: withPageTable(ReleasesOne),
  },
  {
    name: "unmap-leaks-guard-frames",
    summary: "guard pages that are unmapped keep their frames",
    killedBy: "frames",
    parts: withPageTable(ReleasesNoGuards),
  },
  {
    name: "unmap-leaks-behind-absent-page",
    summary: "of a range that is unmapped the pages behind an absent one keep their frames",
    killedBy: "frames",
    parts: withPageTable(ReleasesUpToGap),
  },
  {
    name: "unmap-frees-linear-pages",
    summary: "unmapping a linear area gives frames back that it never took",
    killedBy: "panic",
    parts: withPageTable(ReleasesLinearPages),
  },
  {
    name: "frame-freed-before-success",
    summary: "unmap gives frames back before it has succeeded, and can't undo that when it fails",
    killedBy: "frames",
    parts: withPageTable(ReleasesAtOnce),
  },
  {
    name: "clear-leaks-frames",
    summary: "clear wipes the page table in one go and forgets the frames of the pages",
    killedBy: "frames",
    parts: withSpace(ClearWipes),
  },
];
