/** Planted defects in giving back the frames of pages that are unmapped. */
import type { SpaceResult } from "../../address-space/error.ts";
import type { PagingResult } from "../../paging/error.ts";
import { FRAME_SIZE } from "../../paging/format.ts";
import type { OnUnmapped } from "../../paging/page-table.ts";
import { type PhysAddr, type VirtAddr, virtAddr } from "../../trace/address.ts";
import { NO_FLAGS } from "../../trace/flags.ts";
import type { Change } from "../change.ts";
import type { AddressSpaceDefect, SpaceClass, TableClass } from "./defect.ts";

const releasesNothing: Change<TableClass> = (Base) =>
  class extends Base {
    override releaseFrame(frame: PhysAddr): void {
      if (!this.inCommand) super.releaseFrame(frame);
    }
  };

const releasesOne: Change<TableClass> = (Base) =>
  class extends Base {
    #released = 0;

    override begin(): void {
      super.begin();
      this.#released = 0;
    }

    override releaseFrame(frame: PhysAddr): void {
      if (!this.inCommand || this.#released === 0) super.releaseFrame(frame);
      this.#released++;
    }
  };

const releasesNoGuards: Change<TableClass> = (Base) =>
  class extends Base {
    #isGuard = false;

    override releaseFrame(frame: PhysAddr): void {
      if (!(this.inCommand && this.#isGuard)) super.releaseFrame(frame);
    }

    protected override clearLeaf(table: PhysAddr, index: number, level: number, addr: number): void {
      this.#isGuard = this.query(virtAddr(addr))?.flags === NO_FLAGS;
      super.clearLeaf(table, index, level, addr);
    }
  };

const releasesUpToGap: Change<TableClass> = (Base) =>
  class extends Base {
    #next = 0;
    #gap = false;

    override unmapRegion(start: VirtAddr, size: number, onUnmapped?: OnUnmapped): PagingResult {
      this.#next = start;
      this.#gap = false;
      return super.unmapRegion(start, size, onUnmapped);
    }

    override releaseFrame(frame: PhysAddr): void {
      if (!(this.inCommand && this.#gap)) super.releaseFrame(frame);
    }

    protected override clearLeaf(table: PhysAddr, index: number, level: number, addr: number): void {
      if (addr !== this.#next) this.#gap = true;
      this.#next = addr + FRAME_SIZE;
      super.clearLeaf(table, index, level, addr);
    }
  };

const releasesLinearPages: Change<TableClass> = (Base) =>
  class extends Base {
    override unmapRegion(start: VirtAddr, size: number, onUnmapped?: OnUnmapped): PagingResult {
      const release = (physical: PhysAddr) => this.releaseFrame(physical);
      return super.unmapRegion(start, size, onUnmapped ?? (this.inCommand ? release : undefined));
    }
  };

const releasesAtOnce: Change<TableClass> = (Base) =>
  class extends Base {
    override releaseFrame(frame: PhysAddr): void {
      this.handler.deallocFrame(frame);
    }
  };

const clearWipes: Change<SpaceClass> = (Base) =>
  class extends Base {
    override clear(): SpaceResult {
      return this.transact(this.base, this.size, () => this.areas.wipe(this.pageTable));
    }
  };

/** In `unmap`, `clear` and `map` with replace. */
export const RELEASE_DEFECTS: readonly AddressSpaceDefect[] = [
  {
    name: "unmap-leaks-frames",
    summary: "unmapped pages keep their frames",
    killedBy: "frames",
    parts: { pageTable: releasesNothing },
    innermost: true,
  },
  {
    name: "unmap-frees-first-frame-only",
    summary: "of the frames in a range that is unmapped only the first one is given back",
    killedBy: "frames",
    parts: { pageTable: releasesOne },
  },
  {
    name: "unmap-leaks-guard-frames",
    summary: "guard pages that are unmapped keep their frames",
    killedBy: "frames",
    parts: { pageTable: releasesNoGuards },
  },
  {
    name: "unmap-leaks-behind-absent-page",
    summary: "of a range that is unmapped the pages behind an absent one keep their frames",
    killedBy: "frames",
    parts: { pageTable: releasesUpToGap },
  },
  {
    name: "unmap-frees-linear-pages",
    summary: "unmapping a linear area gives frames back that it never took",
    killedBy: "panic",
    parts: { pageTable: releasesLinearPages },
    innermost: true,
  },
  {
    name: "frame-freed-before-success",
    summary: "unmap gives frames back before it has succeeded, and can't undo that when it fails",
    killedBy: "frames",
    parts: { pageTable: releasesAtOnce },
    innermost: true,
  },
  {
    name: "clear-leaks-frames",
    summary: "clear wipes the page table in one go and forgets the frames of the pages",
    killedBy: "frames",
    parts: { space: clearWipes },
  },
];
