/** Planted defects in what the TLB holds, and in who tells it what. */

import type { PagingResult } from "../../paging/error.ts";
import { FRAME_SIZE } from "../../paging/format.ts";
import { type OnUnmapped, PageTable } from "../../paging/page-table.ts";
import { Tlb } from "../../paging/tlb.ts";
import { type PhysAddr, type VirtAddr, virtAddr } from "../../trace/address.ts";
import { type Flags, RWX, WRITE } from "../../trace/flags.ts";
import { type AddressSpaceDefect, pageOf, withPageTable } from "./defect.ts";

/** A page table that can keep changes from the TLB. */
class Unflushed extends PageTable {
  private quiet = false;

  protected quietly<R>(change: () => R): R {
    this.quiet = true;
    const result = change();
    this.quiet = false;
    return result;
  }

  protected override flush(addr: VirtAddr, level: number): void {
    if (!this.quiet) super.flush(addr, level);
  }
}

class UnflushedProtect extends Unflushed {
  override protectRegion(start: VirtAddr, size: number, flags: Flags): PagingResult {
    return this.quietly(() => super.protectRegion(start, size, flags));
  }
}

class UnflushedUnmap extends Unflushed {
  override unmapRegion(start: VirtAddr, size: number, onUnmapped?: OnUnmapped): PagingResult {
    return this.quietly(() => super.unmapRegion(start, size, onUnmapped));
  }
}

class UnflushedSplit extends Unflushed {
  protected override splitLeaf(table: PhysAddr, index: number, level: number, addr: number) {
    return this.quietly(() => super.splitLeaf(table, index, level, addr));
  }
}

class FirstPageFlushed extends PageTable {
  private flushed = false;

  override protectRegion(start: VirtAddr, size: number, flags: Flags): PagingResult {
    this.flushed = false;
    return super.protectRegion(start, size, flags);
  }

  override unmapRegion(start: VirtAddr, size: number, onUnmapped?: OnUnmapped): PagingResult {
    this.flushed = false;
    return super.unmapRegion(start, size, onUnmapped);
  }

  protected override flush(addr: VirtAddr, level: number): void {
    if (!this.flushed) super.flush(addr, level);
    this.flushed = true;
  }
}

class FlushedAsSmall extends PageTable {
  protected override flush(addr: VirtAddr): void {
    super.flush(addr, 0);
  }
}

/** A TLB that knows whether what it found was there before. */
class HitTlb extends Tlb {
  protected hit = false;
  private filled = false;

  override fill(addr: VirtAddr, size: number, physical: PhysAddr, flags: Flags): void {
    super.fill(addr, size, physical, flags);
    this.filled = true;
  }

  override lookUp(addr: VirtAddr): boolean {
    this.hit = !this.filled;
    this.filled = false;
    return super.lookUp(addr);
  }
}

class HitPermitsAll extends HitTlb {
  override get flags(): Flags {
    return this.hit ? RWX : super.flags;
  }
}

class HitLosesOffset extends HitTlb {
  override physical(addr: VirtAddr): PhysAddr {
    return super.physical(this.hit && (this.flags & WRITE) === 0 ? pageOf(addr) : addr);
  }
}

class CachesAllAsSmall extends Tlb {
  override fill(addr: VirtAddr, _size: number, physical: PhysAddr, flags: Flags): void {
    super.fill(addr, FRAME_SIZE, physical, flags);
  }
}

class ShortTags extends Tlb {
  override lookUp(addr: VirtAddr): boolean {
    return super.lookUp(short(addr));
  }

  override fill(addr: VirtAddr, size: number, physical: PhysAddr, flags: Flags): void {
    super.fill(short(addr), size, physical, flags);
  }

  override flush(addr: VirtAddr, level: number): void {
    super.flush(short(addr), level);
  }
}

function short(addr: VirtAddr): VirtAddr {
  return virtAddr(addr % 2 ** 32);
}

/** In the TLB and in flushing it. */
export const TLB_DEFECTS: readonly AddressSpaceDefect[] = [
  {
    name: "no-flush-on-protect",
    summary: "protect doesn't flush the TLB",
    killedBy: "tlb",
    parts: withPageTable(UnflushedProtect),
  },
  {
    name: "no-flush-on-unmap",
    summary: "unmap doesn't flush the TLB",
    killedBy: "tlb",
    parts: withPageTable(UnflushedUnmap),
  },
  {
    name: "no-flush-on-split",
    summary: "the huge page that is split stays in the TLB",
    killedBy: "tlb",
    parts: withPageTable(UnflushedSplit),
  },
  {
    name: "flush-first-page-only",
    summary: "of a range that changes only the first page is flushed",
    killedBy: "tlb",
    parts: withPageTable(FirstPageFlushed),
  },
  {
    name: "huge-page-flushed-as-small",
    summary: "a huge page is flushed as if it had 4 KiB, which leaves it in the TLB",
    killedBy: "tlb",
    parts: withPageTable(FlushedAsSmall),
  },
  {
    name: "tlb-hit-permits-all",
    summary: "where the TLB has a translation, any access is permitted",
    killedBy: "answer",
    parts: { tlb: () => new HitPermitsAll() },
  },
  {
    name: "tlb-hit-loses-offset",
    summary: "where the TLB has the translation of a read-only page, it gives the first byte of its frame",
    killedBy: "answer",
    parts: { tlb: () => new HitLosesOffset() },
  },
  {
    name: "tlb-huge-page-as-small",
    summary: "a 4 KiB page inside a huge one is cached with the address of the huge page",
    killedBy: "tlb",
    parts: { tlb: () => new CachesAllAsSmall() },
  },
  {
    name: "tlb-tags-of-32-bits",
    summary: "pages 4 GiB apart share their place in the TLB",
    killedBy: "tlb",
    parts: { tlb: () => new ShortTags() },
  },
];
