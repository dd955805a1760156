/**
 * What planted defects start from: the classes of the stack, which do the same as ever. Some also tell what a defect
 * wants to know, so that several defects in one instance know it from one place.
 */
import { AllocBackend } from "../../address-space/alloc-backend.ts";
import { AreaSet } from "../../address-space/area-set.ts";
import { LinearBackend } from "../../address-space/linear-backend.ts";
import { DONE, type MappingResult } from "../../memory/error.ts";
import type { PagingResult } from "../../paging/error.ts";
import { FrameAllocator } from "../../paging/frame-allocator.ts";
import type { PagingHandler } from "../../paging/handler.ts";
import { type OnUnmapped, PageTable } from "../../paging/page-table.ts";
import { Tlb } from "../../paging/tlb.ts";
import { type PhysAddr, type VirtAddr, virtAddr } from "../../trace/address.ts";
import type { Flags } from "../../trace/flags.ts";
import { FallibleSpace } from "../address-space.ts";

/** An allocator that can be told not to take care. */
export class StackAllocator extends FrameAllocator {
  careless = false;
}

/** A TLB that knows whether what it found was there before. */
export class StackTlb extends Tlb {
  protected hit = false;
  #filled = false;

  override fill(addr: VirtAddr, size: number, physical: PhysAddr, flags: Flags): void {
    super.fill(addr, size, physical, flags);
    this.#filled = true;
  }

  override lookUp(addr: VirtAddr): boolean {
    this.hit = !this.#filled;
    this.#filled = false;
    return super.lookUp(addr);
  }
}

/** A page table that can keep changes from the TLB, and knows what is under way. */
export class StackTable extends PageTable {
  /** Whether a command of the address space is under way. Dropping the space is none. */
  protected inCommand = false;
  /** Whether pages are being unmapped. */
  protected unmapping = false;
  #quiet = false;

  override begin(): void {
    super.begin();
    this.inCommand = true;
  }

  override commit(): void {
    this.inCommand = false;
    super.commit();
  }

  override rollback(): void {
    this.inCommand = false;
    super.rollback();
  }

  override unmapRegion(start: VirtAddr, size: number, onUnmapped?: OnUnmapped): PagingResult {
    this.unmapping = true;
    const unmapped = super.unmapRegion(start, size, onUnmapped);
    this.unmapping = false;
    return unmapped;
  }

  /** Makes a change that the TLB doesn't hear of. */
  protected quietly<R>(change: () => R): R {
    const was = this.#quiet;
    this.#quiet = true;
    const result = change();
    this.#quiet = was;
    return result;
  }

  protected override flush(addr: VirtAddr, level: number): void {
    if (!this.#quiet) super.flush(addr, level);
  }
}

/** Areas that can be wiped out. */
export class StackAreas extends AreaSet {
  /** Unmaps all that the page table has, whoever mapped it, and forgets the areas. */
  wipe(pageTable: PageTable): MappingResult {
    pageTable.unmapRegion(virtAddr(0), 2 ** pageTable.format.addrBits);
    this.areas.clear();
    return DONE;
  }
}

/** A backend whose clones have the same defects. */
export class StackAlloc extends AllocBackend {
  override readonly kind: AllocBackend["kind"];
  protected readonly handler: PagingHandler;
  readonly #own: typeof StackAlloc;

  /** `handler` is where frames come from; `kind` is what it calls itself. */
  constructor(populate: boolean, handler: PagingHandler, kind?: AllocBackend["kind"]) {
    super(populate);
    this.handler = handler;
    this.kind = kind ?? (populate ? "alloc:eager" : "alloc:lazy");
    this.#own = new.target;
  }

  override clone(): StackAlloc {
    return this.copy(this.populate);
  }

  /** One that calls itself what this one does, with all that this one remembers. */
  protected copy(populate: boolean): StackAlloc {
    return new this.#own(populate, this.handler, this.kind);
  }
}

/** A backend whose clones have the same defects. */
export class StackLinear extends LinearBackend {
  readonly #own: typeof StackLinear;

  constructor(paVaOffset: number) {
    super(paVaOffset);
    this.#own = new.target;
  }

  override clone(): StackLinear {
    return new this.#own(this.paVaOffset);
  }
}

/** An address space over areas that can be wiped out. */
export class StackSpace extends FallibleSpace {
  protected override readonly areas: StackAreas = new StackAreas();
}
