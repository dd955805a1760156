import type { VirtAddr } from "../trace/address.ts";

/**
 * What happens in the page table when pages of an area are mapped, unmapped or protected. Different areas
 * of a set may have backends that work differently. Upstream: the trait `MappingBackend`.
 *
 * Each method answers whether it succeeded. A call that answers `false` has changed nothing, neither the
 * page table nor the backend: this is the backend's part of the bargain that keeps areas and page table
 * in step.
 *
 * A backend may have state of its own. It then describes the one area that the object belongs to: when an
 * area is cut, each new part gets a `clone`, taken before the call that is about the part is made.
 *
 * `Flags` and `PageTable` are whatever the user's are; `Self` is the implementing class, as in
 * `class Linear implements MappingBackend<Flags, PageTable, Linear>`.
 */
export interface MappingBackend<Flags, PageTable, Self> {
  /** Maps `size` > 0 bytes from `start`, none of which are mapped. */
  map(start: VirtAddr, size: number, flags: Flags, pageTable: PageTable): boolean;

  /** Unmaps `size` > 0 bytes from `start`, all of which this backend or one that it was cloned from mapped. */
  unmap(start: VirtAddr, size: number, pageTable: PageTable): boolean;

  /** Changes the flags of `size` > 0 bytes from `start`, all mapped as for `unmap`. */
  protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: PageTable): boolean;

  /** A copy of this backend, state included. The two share nothing mutable. */
  clone(): Self;
}
