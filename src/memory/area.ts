import { type AddrRange, type VirtAddr, virtAddr } from "../trace/address.ts";
import type { MappingBackend } from "./backend.ts";
import { BAD_STATE, DONE, INVALID_PARAM, type MappingResult } from "./error.ts";

/**
 * A continuous range of virtual memory with the same flags and one backend. Upstream: `MemoryArea`.
 *
 * The methods that change an area are for the `MemorySet` that holds it: used on an area that is in a set
 * they leave the set's order and the page table behind. Each calls the backend first and changes the area
 * after, so that a failed call leaves it as it was.
 */
export class MemoryArea<Flags, PageTable, Backend extends MappingBackend<Flags, PageTable, Backend>> {
  readonly #backend: Backend;
  #start: VirtAddr;
  #end: VirtAddr;
  #flags: Flags;

  /** `size` is in bytes. An area that is empty or whose end is no address can be made, but not mapped. */
  constructor(start: VirtAddr, size: number, flags: Flags, backend: Backend) {
    this.#backend = backend;
    this.#start = start;
    this.#end = virtAddr(start + size);
    this.#flags = flags;
  }

  /** The first address of the area. */
  get start(): VirtAddr {
    return this.#start;
  }

  /** The first address after the area. */
  get end(): VirtAddr {
    return this.#end;
  }

  /** In bytes. */
  get size(): number {
    return this.#end - this.#start;
  }

  /** From `start` to `end`, as they are now. */
  get vaRange(): AddrRange {
    return { start: this.#start, end: this.#end };
  }

  /** The flags of every page of the area. */
  get flags(): Flags {
    return this.#flags;
  }

  /** What maps and unmaps the area's pages. It belongs to this area alone. */
  get backend(): Backend {
    return this.#backend;
  }

  /** Gives the area other flags, without a word to the backend. */
  setFlags(newFlags: Flags): void {
    this.#flags = newFlags;
  }

  /** Gives the area another end, after its start, without a word to the backend. */
  setEnd(newEnd: VirtAddr): void {
    this.#end = newEnd;
  }

  /** Makes the area what it was at some time before, without a word to the backend. */
  reset(start: VirtAddr, end: VirtAddr, flags: Flags): void {
    this.#start = start;
    this.#end = end;
    this.#flags = flags;
  }

  /** Maps the whole area in the page table. Error: `BadState`. */
  mapArea(pageTable: PageTable): MappingResult {
    return this.#backend.map(this.#start, this.size, this.#flags, pageTable) ? DONE : BAD_STATE;
  }

  /** Unmaps the whole area in the page table. Error: `BadState`. */
  unmapArea(pageTable: PageTable): MappingResult {
    return this.#backend.unmap(this.#start, this.size, pageTable) ? DONE : BAD_STATE;
  }

  /** Changes the flags of the whole area, in the page table and here. Error: `BadState`. */
  protectArea(newFlags: Flags, pageTable: PageTable): MappingResult {
    if (!this.#backend.protect(this.#start, this.size, newFlags, pageTable)) return BAD_STATE;
    this.#flags = newFlags;
    return DONE;
  }

  /**
   * Unmaps the left part, so that the last `newSize` bytes stay. Errors: `InvalidParam` unless
   * 0 < `newSize` < `size`; `BadState`.
   */
  shrinkLeft(newSize: number, pageTable: PageTable): MappingResult {
    if (!(newSize > 0 && newSize < this.size)) return INVALID_PARAM;
    if (!this.#backend.unmap(this.#start, this.size - newSize, pageTable)) return BAD_STATE;
    this.#start = virtAddr(this.#end - newSize);
    return DONE;
  }

  /**
   * Unmaps the right part, so that the first `newSize` bytes stay. Errors: `InvalidParam` unless
   * 0 < `newSize` < `size`; `BadState`.
   */
  shrinkRight(newSize: number, pageTable: PageTable): MappingResult {
    if (!(newSize > 0 && newSize < this.size)) return INVALID_PARAM;
    const newEnd = virtAddr(this.#start + newSize);
    if (!this.#backend.unmap(newEnd, this.#end - newEnd, pageTable)) return BAD_STATE;
    this.#end = newEnd;
    return DONE;
  }

  /** A new area over [`start`, `end`) of this one, with its flags and a clone of its backend. */
  part(start: VirtAddr, end: VirtAddr): MemoryArea<Flags, PageTable, Backend> {
    return new MemoryArea(start, end - start, this.#flags, this.#backend.clone());
  }

  /**
   * Cuts the area in two: this one keeps what lies before `pos`, the rest is returned. `undefined`, and
   * no change, when one of the two would be empty.
   */
  split(pos: VirtAddr): MemoryArea<Flags, PageTable, Backend> | undefined {
    if (!(this.#start < pos && pos < this.#end)) return undefined;
    const right = this.part(pos, this.#end);
    this.#end = pos;
    return right;
  }
}
