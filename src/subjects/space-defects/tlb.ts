/** Planted defects in what the TLB holds, and in who tells it what. */

import type { PagingResult } from "../../paging/error.ts";
import { FRAME_SIZE } from "../../paging/format.ts";
import type { OnUnmapped } from "../../paging/page-table.ts";
import { type PhysAddr, type VirtAddr, virtAddr } from "../../trace/address.ts";
import { type Flags, RWX, WRITE } from "../../trace/flags.ts";
import type { Change } from "../change.ts";
import { type AddressSpaceDefect, pageOf, type TableClass, type TlbClass } from "./defect.ts";

const unflushedProtect: Change<TableClass> = (Base) =>
  class extends Base {
    override protectRegion(start: VirtAddr, size: number, flags: Flags): PagingResult {
      return this.quietly(() => super.protectRegion(start, size, flags));
    }
  };

const unflushedUnmap: Change<TableClass> = (Base) =>
  class extends Base {
    override unmapRegion(start: VirtAddr, size: number, onUnmapped?: OnUnmapped): PagingResult {
      return this.quietly(() => super.unmapRegion(start, size, onUnmapped));
    }
  };

const unflushedSplit: Change<TableClass> = (Base) =>
  class extends Base {
    protected override splitLeaf(table: PhysAddr, index: number, level: number, addr: number) {
      return this.quietly(() => super.splitLeaf(table, index, level, addr));
    }
  };

const firstPageFlushed: Change<TableClass> = (Base) =>
  class extends Base {
    #flushed = false;

    override protectRegion(start: VirtAddr, size: number, flags: Flags): PagingResult {
      this.#flushed = false;
      return super.protectRegion(start, size, flags);
    }

    override unmapRegion(start: VirtAddr, size: number, onUnmapped?: OnUnmapped): PagingResult {
      this.#flushed = false;
      return super.unmapRegion(start, size, onUnmapped);
    }

    protected override flush(addr: VirtAddr, level: number): void {
      if (!this.#flushed) super.flush(addr, level);
      this.#flushed = true;
    }
  };

const flushedAsSmall: Change<TableClass> = (Base) =>
  class extends Base {
    protected override flush(addr: VirtAddr): void {
      super.flush(addr, 0);
    }
  };

const hitPermitsAll: Change<TlbClass> = (Base) =>
  class extends Base {
    override get flags(): Flags {
      return this.hit ? RWX : super.flags;
    }
  };

const hitLosesOffset: Change<TlbClass> = (Base) =>
  class extends Base {
    override physical(addr: VirtAddr): PhysAddr {
      return super.physical(this.hit && (this.flags & WRITE) === 0 ? pageOf(addr) : addr);
    }
  };

const cachesAllAsSmall: Change<TlbClass> = (Base) =>
  class extends Base {
    override fill(addr: VirtAddr, _size: number, physical: PhysAddr, flags: Flags): void {
      super.fill(addr, FRAME_SIZE, physical, flags);
    }
  };

const shortTags: Change<TlbClass> = (Base) =>
  class extends Base {
    override lookUp(addr: VirtAddr): boolean {
      return super.lookUp(short(addr));
    }

    override fill(addr: VirtAddr, size: number, physical: PhysAddr, flags: Flags): void {
      super.fill(short(addr), size, physical, flags);
    }

    override flush(addr: VirtAddr, level: number): void {
      super.flush(short(addr), level);
    }
  };

function short(addr: VirtAddr): VirtAddr {
  return virtAddr(addr % 2 ** 32);
}

/** In the TLB and in flushing it. */
export const TLB_DEFECTS: readonly AddressSpaceDefect[] = [
  {
    name: "no-flush-on-protect",
    summary: "protect doesn't flush the TLB",
    killedBy: "tlb",
    parts: { pageTable: unflushedProtect },
  },
  {
    name: "no-flush-on-unmap",
    summary: "unmap doesn't flush the TLB",
    killedBy: "tlb",
    parts: { pageTable: unflushedUnmap },
  },
  {
    name: "no-flush-on-split",
    summary: "the huge page that is split stays in the TLB",
    killedBy: "tlb",
    parts: { pageTable: unflushedSplit },
  },
  {
    name: "flush-first-page-only",
    summary: "of a range that changes only the first page is flushed",
    killedBy: "tlb",
    parts: { pageTable: firstPageFlushed },
  },
  {
    name: "huge-page-flushed-as-small",
    summary: "a huge page is flushed as if it had 4 KiB, which leaves it in the TLB",
    killedBy: "tlb",
    parts: { pageTable: flushedAsSmall },
  },
  {
    name: "tlb-hit-permits-all",
    summary: "where the TLB has a translation, any access is permitted",
    killedBy: "answer",
    parts: { tlb: hitPermitsAll },
  },
  {
    name: "tlb-hit-loses-offset",
    summary: "where the TLB has the translation of a read-only page, it gives the first byte of its frame",
    killedBy: "answer",
    parts: { tlb: hitLosesOffset },
  },
  {
    name: "tlb-huge-page-as-small",
    summary: "a 4 KiB page inside a huge one is cached with the address of the huge page",
    killedBy: "tlb",
    parts: { tlb: cachesAllAsSmall },
  },
  {
    name: "tlb-tags-of-32-bits",
    summary: "pages 4 GiB apart share their place in the TLB",
    killedBy: "tlb",
    parts: { tlb: shortTags },
  },
];
