import type { MappingBackend } from "../memory/backend.ts";
import type { PageTable } from "../paging/page-table.ts";
import type { PhysAddr, VirtAddr } from "../trace/address.ts";
import type { Flags } from "../trace/flags.ts";

/**
 * How an area gets its physical memory. Upstream: the enum `Backend` of axmm and axaddrspace.
 *
 * When a command fails the space undoes it, and an area that had been cut gets its backend back as it is then:
 * state that a backend has of its own is not undone.
 */
export interface SpaceBackend extends MappingBackend<Flags, PageTable, SpaceBackend> {
  readonly kind: "linear" | "alloc:eager" | "alloc:lazy";
  /** What a linear area maps `addr` to; `undefined` for areas whose frames are allocated. */
  physicalAt(addr: VirtAddr): PhysAddr | undefined;
  /**
   * Answers a page fault at `addr`, in an area of this backend whose flags, `flags`, permit the access: whether
   * the access can be tried again. `false` leaves everything as it was.
   */
  handlePageFault(addr: VirtAddr, flags: Flags, pageTable: PageTable): boolean;
}
