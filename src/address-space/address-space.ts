import { MemoryArea } from "../memory/area.ts";
import type { MappingResult } from "../memory/error.ts";
import { FRAME_SIZE, PHYSICAL_LIMIT } from "../paging/format.ts";
import type { PagingHandler } from "../paging/handler.ts";
import type { PageTable } from "../paging/page-table.ts";
import {
  type AddrRange,
  isAligned,
  type PhysAddr,
  physAddr,
  type VirtAddr,
  virtAddr,
} from "../trace/address.ts";
import { type Flags, NO_FLAGS, RWX, sameProtection, withProtection } from "../trace/flags.ts";
import { AllocBackend } from "./alloc-backend.ts";
import { AreaSet, type SpaceArea } from "./area-set.ts";
import type { SpaceBackend } from "./backend.ts";
import { ALREADY_EXISTS, DONE, INVALID_PARAM, NO_MEMORY, NOT_MAPPED, type SpaceResult } from "./error.ts";
import { LinearBackend } from "./linear-backend.ts";

/** Where a virtual address leads, and how far the area around it goes. */
export interface PhysicalPlace {
  readonly physical: PhysAddr;
  /** Bytes in the whole area that the address lies in. */
  readonly areaSize: number;
}

/**
 * An address space: areas, and a page table that maps them. Upstream: `AddrSpace` of axmm, and of axaddrspace
 * for the guest-physical addresses of a virtual machine, which is this one over a nested page table (the format
 * `ept`) with guest-physical addresses in the place of virtual ones.
 *
 * Every operation that changes something is a transaction over areas, page table and frames: when it fails
 * everything is as before. What it unmaps stays reserved until it has succeeded, so `map` with `replace` may run
 * out of frames that the old mapping still holds.
 */
export class AddressSpace {
  readonly base: VirtAddr;
  /** In bytes. */
  readonly size: number;
  readonly pageTable: PageTable;
  protected readonly areas = new AreaSet();
  protected readonly handler: PagingHandler;

  /**
   * `pageTable` is an empty one, which belongs to the space from now on; `handler` is where its frames come
   * from. `base` and `size` are multiples of 4 KiB, and the format can map all of it. Upstream: `new_empty`.
   */
  constructor(base: VirtAddr, size: number, pageTable: PageTable, handler: PagingHandler) {
    this.base = base;
    this.size = size;
    this.pageTable = pageTable;
    this.handler = handler;
  }

  /** The first address behind the space. */
  get end(): VirtAddr {
    return virtAddr(this.base + this.size);
  }

  /** Whether all of the range lies in the space. An empty one does, at its very end too. */
  containsRange(start: VirtAddr, size: number): boolean {
    return size >= 0 && this.base <= start && start + size <= this.end;
  }

  /** See `MemorySet.findFreeArea`; the limit alone bounds it. */
  findFreeArea(hint: VirtAddr, size: number, limit: AddrRange, align: number): VirtAddr | undefined {
    return this.areas.findFreeArea(hint, size, limit, align);
  }

  /** The area that contains `addr`. */
  findArea(addr: VirtAddr): SpaceArea | undefined {
    return this.areas.find(addr);
  }

  /** Whether some area has an address in common with `range`. */
  overlaps(range: AddrRange): boolean {
    return this.areas.overlaps(range);
  }

  /** Calls `visit` for each area in address order. The space must not change meanwhile. */
  forEachArea(visit: (area: SpaceArea) => undefined): void {
    this.areas.forEach((_start, area) => {
      visit(area);
    });
  }

  /**
   * Adds an area that maps to as many physical addresses in a row, all below `PHYSICAL_LIMIT`. With `replace` what
   * overlaps is unmapped first. Not every format has all flags: w and x come with r, and d not with n. Errors:
   * `InvalidParam`, `AlreadyExists`, `NoMemory`, `BadState`.
   */
  mapLinear(start: VirtAddr, physical: PhysAddr, size: number, flags: Flags, replace = false): SpaceResult {
    const sound = isAligned(physical, FRAME_SIZE) && physical >= 0 && physical + size <= PHYSICAL_LIMIT;
    if (!sound) return INVALID_PARAM;
    return this.map(start, size, flags, this.linearBackend(physical - start), replace);
  }

  /**
   * Adds an area each of whose pages gets a frame of its own: now (`populate`), or at its first page fault.
   * Flags and errors: as for `mapLinear`.
   */
  mapAlloc(start: VirtAddr, size: number, flags: Flags, populate: boolean, replace = false): SpaceResult {
    return this.map(start, size, flags, this.allocBackend(populate), replace);
  }

  /** Unmaps `size` bytes from `start`; see `MemorySet.unmap`. Errors: `InvalidParam`, `NoMemory`, `BadState`. */
  unmap(start: VirtAddr, size: number): SpaceResult {
    if (!this.containsPages(start, size)) return INVALID_PARAM;
    return this.transact(start, size, () => this.areas.unmap(start, size, this.pageTable));
  }

  /**
   * Gives the areas in `size` bytes from `start` the r, w and x of `flags`; see `MemorySet.protect`. An area that
   * has them already is left alone. Errors: `InvalidParam`, `NoMemory`, `BadState`.
   */
  protect(start: VirtAddr, size: number, flags: Flags): SpaceResult {
    if (!this.containsPages(start, size)) return INVALID_PARAM;
    return this.transact(start, size, () =>
      this.areas.protect(start, size, (old) => this.updateFlags(old, flags), this.pageTable),
    );
  }

  /** Removes every area. Errors: `NoMemory`, `BadState`. */
  clear(): SpaceResult {
    return this.transact(this.base, this.size, () => this.areas.clear(this.pageTable));
  }

  /**
   * Answers a page fault: whether the access can be tried again. It can't where there is no area, where the area
   * doesn't permit it (a guard area permits nothing), and where no frame is to be had; nothing has changed then.
   */
  handlePageFault(addr: VirtAddr, access: Flags): boolean {
    const area = this.areas.find(addr);
    if (area === undefined || (area.flags & access) !== access || (area.flags & RWX) === NO_FLAGS)
      return false;
    return area.backend.handlePageFault(addr, area.flags, this.pageTable);
  }

  /** Copies memory from `start` on into `into`. Errors: `InvalidParam`, `NotMapped`. */
  read(start: VirtAddr, into: Uint8Array): SpaceResult {
    return this.eachFrame(start, into.length, (bytes, at) => into.set(bytes, at));
  }

  /** Copies `from` into memory from `start` on. Errors: `InvalidParam`, `NotMapped`. */
  write(start: VirtAddr, from: Uint8Array): SpaceResult {
    return this.eachFrame(start, from.length, (bytes, at) => bytes.set(from.subarray(at, at + bytes.length)));
  }

  /** The physical address behind `addr`, where there is an accessible page. */
  translate(addr: VirtAddr): PhysAddr | undefined {
    const page = this.containsRange(addr, 1) ? this.pageTable.query(addr) : undefined;
    if (page === undefined || page.flags === NO_FLAGS) return undefined;
    return physAddr(page.physical + (addr % page.size));
  }

  /** As `translate`, with the size of the area around it. */
  translateAndGetLimit(addr: VirtAddr): PhysicalPlace | undefined {
    const physical = this.translate(addr);
    const area = this.areas.find(addr);
    return physical === undefined || area === undefined ? undefined : { physical, areaSize: area.size };
  }

  /**
   * The memory behind `size` bytes from `start`, frame by frame, good until the next allocation of a frame.
   * `undefined` unless one area contains the range and every page of it is accessible.
   */
  translatedByteBuffer(start: VirtAddr, size: number): Uint8Array[] | undefined {
    const area = this.areas.find(start);
    if (area === undefined || start + size > area.end) return undefined;
    const buffers: Uint8Array[] = [];
    const found = this.eachFrame(start, size, (bytes) => buffers.push(bytes));
    return found.ok ? buffers : undefined;
  }

  /** Whether every page of the range lies in an area whose flags contain `access`. */
  canAccessRange(start: VirtAddr, size: number, access: Flags): boolean {
    if (!this.containsRange(start, size)) return false;
    for (let addr = start; addr < start + size; ) {
      const area = this.areas.find(addr);
      if (area === undefined || (area.flags & access) !== access) return false;
      addr = area.end;
    }
    return true;
  }

  /**
   * Shares what `other` maps, now and later; see `PageTable.copyFrom`. The areas stay those of `other`. Errors:
   * `InvalidParam` when the two spaces overlap, `other` does not begin and end at entries of the root table, has
   * another format, or is shared already; `NoMemory`.
   */
  copyMappingsFrom(other: AddressSpace): SpaceResult {
    if (other.base < this.end && this.base < other.end) return INVALID_PARAM;
    const copied = this.pageTable.copyFrom(other.pageTable, other.base, other.size);
    if (copied.ok) return DONE;
    return copied.error === "NoMemory" ? NO_MEMORY : INVALID_PARAM;
  }

  /** Gives back all frames, tables included. The space must not be used any more. */
  drop(): void {
    this.areas.clear(this.pageTable);
    this.pageTable.drop();
  }

  /** Remembers the areas; see `MemorySet.snapshot`. The page table is the caller's affair. */
  snapshot(): () => void {
    return this.areas.snapshot();
  }

  /** What maps a linear area. */
  protected linearBackend(paVaOffset: number): SpaceBackend {
    return new LinearBackend(paVaOffset);
  }

  /** What maps an area whose frames are allocated. */
  protected allocBackend(populate: boolean): SpaceBackend {
    return new AllocBackend(populate);
  }

  /** The flags that `protect` gives an area with flags `old`; `undefined` for one that is right already. */
  protected updateFlags(old: Flags, wanted: Flags): Flags | undefined {
    return sameProtection(old, wanted) ? undefined : withProtection(old, wanted);
  }

  /** Adds an area. */
  protected map(
    start: VirtAddr,
    size: number,
    flags: Flags,
    backend: SpaceBackend,
    replace: boolean,
  ): SpaceResult {
    if (size === 0 || !this.containsPages(start, size)) return INVALID_PARAM;
    if (!replace && this.areas.overlaps({ start, end: virtAddr(start + size) })) return ALREADY_EXISTS;
    return this.transact(start, size, () =>
      this.areas.map(new MemoryArea(start, size, flags, backend), this.pageTable, replace),
    );
  }

  /** Runs `operation` on a range that lies in the space, and undoes it all when it fails. */
  protected transact(start: VirtAddr, size: number, operation: () => MappingResult): SpaceResult {
    const end = virtAddr(start + size);
    const { areas, pageTable } = this;
    areas.remember(start, end);
    pageTable.begin();
    const result = operation();
    if (result.ok) {
      pageTable.commit();
      return DONE;
    }
    const { ranOut } = pageTable.journal;
    pageTable.rollback();
    areas.restore(start, end);
    return ranOut ? NO_MEMORY : result;
  }

  /**
   * Calls `visit` with the memory behind each page's part of the range, and with where in the range that part
   * begins. It is called for all parts or for none.
   */
  private eachFrame(
    start: VirtAddr,
    size: number,
    visit: (bytes: Uint8Array, at: number) => void,
  ): SpaceResult {
    if (!this.containsRange(start, size)) return INVALID_PARAM;
    const parts: Uint8Array[] = [];
    for (let at = 0; at < size; ) {
      const addr = start + at;
      const offset = addr % FRAME_SIZE;
      const physical = this.translate(virtAddr(addr));
      const view = physical === undefined ? undefined : this.handler.physToVirt(physAddr(physical - offset));
      if (view === undefined) return NOT_MAPPED;
      const part = view.bytes.subarray(offset, Math.min(FRAME_SIZE, offset + size - at));
      parts.push(part);
      at += part.length;
    }
    let at = 0;
    for (const part of parts) {
      visit(part, at);
      at += part.length;
    }
    return DONE;
  }

  /** Whether the range is made of whole pages of the space. */
  private containsPages(start: VirtAddr, size: number): boolean {
    return isAligned(start, FRAME_SIZE) && isAligned(size, FRAME_SIZE) && this.containsRange(start, size);
  }
}
