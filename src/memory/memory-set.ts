import {
  ADDRESS_LIMIT,
  type AddrRange,
  alignUp,
  isAligned,
  rangeFrom,
  type VirtAddr,
  virtAddr,
} from "../trace/address.ts";
import type { MemoryArea } from "./area.ts";
import type { MappingBackend } from "./backend.ts";
import { ALREADY_EXISTS, BAD_STATE, DONE, INVALID_PARAM, type MappingResult } from "./error.ts";
import { type SortedMap, sortedMap } from "./sorted-map.ts";

// What a callback answers the sorted map: drop this entry and go on, or stop here.
const REMOVE = { delete: true };
const STOP = { break: true };

/**
 * A set of memory areas that do not overlap, and what they map in a page table. Upstream: `MemorySet`.
 *
 * Each operation costs O(log n + k) for n areas of which k are touched, and works in address order.
 *
 * Areas and page table stay in step when a call of a backend fails: the backend is called first, the area
 * is changed after, one area after the other. The operation then stops with `BadState`, and what it had
 * finished before that call stays done.
 *
 * The page table is handed to each operation, as upstream does: it is always the same one.
 */
export class MemorySet<Flags, PageTable, Backend extends MappingBackend<Flags, PageTable, Backend>> {
  /** The areas by start address. None is empty, no two overlap, and every end is an address. */
  protected areas: SortedMap<MemoryArea<Flags, PageTable, Backend>> = sortedMap();

  // Holds the pair that a lookup found, so that the next one need not allocate another.
  #pair: [number, MemoryArea<Flags, PageTable, Backend>] | undefined;

  /** The number of areas. */
  get size(): number {
    return this.areas.size;
  }

  /** Whether there is no area. */
  get isEmpty(): boolean {
    return this.areas.isEmpty;
  }

  /** The areas in address order. The set must not change meanwhile. */
  [Symbol.iterator](): IterableIterator<MemoryArea<Flags, PageTable, Backend>> {
    return this.areas.values();
  }

  /**
   * Calls `visit` with the start of each area and the area, in address order; faster than iteration. It goes
   * to the sorted map as it is, which is why it has to return nothing.
   */
  forEach(visit: (start: number, area: MemoryArea<Flags, PageTable, Backend>) => undefined): void {
    this.areas.forRange(0, ADDRESS_LIMIT, false, visit);
  }

  /**
   * Remembers the areas. What it returns brings them back, as often as it is called; the page table is the caller's
   * affair. Backends are taken to have no state of their own.
   */
  snapshot(): () => void {
    const tree = this.areas.clone();
    const were = tree.valuesArray().map((area) => {
      const { start, end, flags } = area;
      return { area, start, end, flags };
    });
    return () => {
      // Copies share what is not changed.
      this.areas = tree.clone();
      for (const { area, start, end, flags } of were) area.reset(start, end, flags);
    };
  }

  /** Whether some area has an address in common with `range`. An empty range overlaps nothing. */
  overlaps(range: AddrRange): boolean {
    if (!(range.start < range.end)) return false;
    const last = this.lastBefore(range.end);
    return last !== undefined && last.end > range.start;
  }

  /** The area that contains `addr`. */
  find(addr: VirtAddr): MemoryArea<Flags, PageTable, Backend> | undefined {
    const last = this.lastBefore(addr + 1);
    return last !== undefined && last.end > addr ? last : undefined;
  }

  /**
   * The lowest multiple a of `align` from max(`hint`, `limit.start`) on for which [a, a + `size`) is free
   * and ends no later than `limit.end`. `align` is an integer above 0, in bytes, and need not be a power
   * of two. `undefined` when there is no such place, when `size` is 0 or not a multiple of `align`, or
   * when `align` is out of range.
   */
  findFreeArea(hint: VirtAddr, size: number, limit: AddrRange, align: number): VirtAddr | undefined {
    if (!(Number.isInteger(align) && align > 0 && size > 0 && isAligned(size, align))) return undefined;
    const from = alignUp(Math.max(hint, limit.start), align);
    let place = from;
    if (!(place + size <= limit.end)) return undefined;
    const before = this.lastBefore(from);
    if (before !== undefined && before.end > from) place = alignUp(before.end, align);
    this.areas.forRange(from, limit.end, false, (start, area) => {
      if (place + size <= start) return STOP;
      place = alignUp(area.end, align);
      return place + size > limit.end ? STOP : undefined;
    });
    return place + size <= limit.end ? virtAddr(place) : undefined;
  }

  /**
   * Adds `area` and maps it. With `unmapOverlap` what lies in its range is unmapped first; that stays
   * done if mapping fails.
   *
   * Errors: `InvalidParam` if the area is empty or its end is no address; `AlreadyExists` if it overlaps
   * an area and `unmapOverlap` is false; `BadState`.
   */
  map(
    area: MemoryArea<Flags, PageTable, Backend>,
    pageTable: PageTable,
    unmapOverlap: boolean,
  ): MappingResult {
    const range = rangeFrom(area.start, area.size);
    if (range === undefined || range.start === range.end) return INVALID_PARAM;
    if (this.overlaps(range)) {
      if (!unmapOverlap) return ALREADY_EXISTS;
      const unmapped = this.unmapRange(range.start, range.end, pageTable);
      if (!unmapped.ok) return unmapped;
    }
    const mapped = area.mapArea(pageTable);
    if (mapped.ok) this.areas.set(area.start, area);
    return mapped;
  }

  /**
   * Unmaps `size` bytes from `start`. Areas inside the range go, areas that it cuts shrink, and an area
   * that reaches past it at both ends becomes two. Holes are skipped, and `size` 0 does nothing.
   *
   * Errors: `InvalidParam` if the range's end is no address; `BadState`.
   */
  unmap(start: VirtAddr, size: number, pageTable: PageTable): MappingResult {
    const range = rangeFrom(start, size);
    if (range === undefined) return INVALID_PARAM;
    return range.start === range.end ? DONE : this.unmapRange(range.start, range.end, pageTable);
  }

  /** Removes every area. Error: `BadState`. */
  clear(pageTable: PageTable): MappingResult {
    // No area ends after the last address.
    return this.unmapRange(virtAddr(0), virtAddr(ADDRESS_LIMIT - 1), pageTable);
  }

  /**
   * Changes the flags of what is mapped in the `size` bytes from `start`. For each area that the range
   * touches `updateFlags` is called once with the area's flags and gives the new ones, or `undefined` to
   * leave the area alone. An area that the range cuts is split there, unless it is left alone. Holes are
   * skipped, and `size` 0 does nothing.
   *
   * Errors: `InvalidParam` if the range's end is no address; `BadState`.
   */
  protect(
    start: VirtAddr,
    size: number,
    updateFlags: (oldFlags: Flags) => Flags | undefined,
    pageTable: PageTable,
  ): MappingResult {
    const range = rangeFrom(start, size);
    if (range === undefined) return INVALID_PARAM;
    if (range.start === range.end) return DONE;
    return this.protectRange(range.start, range.end, updateFlags, pageTable);
  }

  /** The area with the highest start below `addr`. */
  protected lastBefore(addr: number): MemoryArea<Flags, PageTable, Backend> | undefined {
    const pair = this.areas.nextLowerPair(addr, this.#pair);
    if (pair === undefined) return undefined;
    this.#pair = pair;
    return pair[1];
  }

  /** `unmap` of [`start`, `end`), which is not empty. */
  protected unmapRange(start: VirtAddr, end: VirtAddr, pageTable: PageTable): MappingResult {
    const last = this.lastBefore(end);
    if (last === undefined || last.end <= start) return DONE;
    const first = last.start <= start ? last : this.lastBefore(start);
    if (first !== undefined && first.end > start) {
      const unmapped = this.unmapPart(first, start, end, pageTable);
      if (first === last || !unmapped.ok) return unmapped;
    }
    return this.unmapFrom(start, end, pageTable);
  }

  /** Unmaps what lies before `end` of the areas that begin in [`start`, `end`). */
  protected unmapFrom(start: VirtAddr, end: VirtAddr, pageTable: PageTable): MappingResult {
    let result = DONE;
    let cut: MemoryArea<Flags, PageTable, Backend> | undefined;
    this.areas.editRange(start, end, false, (_start, area) => {
      if (area.end > end) {
        // The last one. It gets another start, for which the walk must be over.
        cut = area;
        return undefined;
      }
      result = area.unmapArea(pageTable);
      return result.ok ? REMOVE : STOP;
    });
    return cut === undefined ? result : this.unmapPart(cut, start, end, pageTable);
  }

  /** Unmaps what lies in [`start`, `end`) of `area`, which the range touches. */
  protected unmapPart(
    area: MemoryArea<Flags, PageTable, Backend>,
    start: VirtAddr,
    end: VirtAddr,
    pageTable: PageTable,
  ): MappingResult {
    if (area.start < start) {
      if (area.end > end) return this.unmapMiddle(area, start, end, pageTable);
      //        [ unmap  ]
      // [ area |     ]
      return area.shrinkRight(start - area.start, pageTable);
    }
    // [  unmap    ]        [ unmap ]
    //    [ area ]    or       [    | area ]
    const oldStart = area.start;
    const cut = area.end > end;
    const unmapped = cut ? area.shrinkLeft(area.end - end, pageTable) : area.unmapArea(pageTable);
    if (!unmapped.ok) return unmapped;
    this.areas.delete(oldStart);
    if (cut) this.areas.set(end, area);
    return DONE;
  }

  /**
   * Unmaps the middle of `area`:
   * ```
   *        [ unmap ]
   * [ area |       | right ]
   * ```
   */
  protected unmapMiddle(
    area: MemoryArea<Flags, PageTable, Backend>,
    start: VirtAddr,
    end: VirtAddr,
    pageTable: PageTable,
  ): MappingResult {
    const right = area.part(end, area.end);
    if (!area.backend.unmap(start, end - start, pageTable)) return BAD_STATE;
    area.setEnd(start);
    this.areas.set(end, right);
    return DONE;
  }

  /** `protect` of [`start`, `end`), which is not empty. */
  protected protectRange(
    start: VirtAddr,
    end: VirtAddr,
    updateFlags: (oldFlags: Flags) => Flags | undefined,
    pageTable: PageTable,
  ): MappingResult {
    const last = this.lastBefore(end);
    if (last === undefined || last.end <= start) return DONE;
    const first = last.start <= start ? last : this.lastBefore(start);
    if (first === undefined || first.end <= start) {
      return this.protectFrom(start, end, updateFlags, pageTable);
    }
    // A part that begins at `start` may be split off `first`. It is not to be asked again.
    const rest = first.end;
    const changed = this.protectPart(first, start, end, updateFlags, pageTable);
    if (first === last || !changed.ok) return changed;
    return this.protectFrom(rest, end, updateFlags, pageTable);
  }

  /** Protects what lies before `end` of the areas that begin in [`start`, `end`). */
  protected protectFrom(
    start: VirtAddr,
    end: VirtAddr,
    updateFlags: (oldFlags: Flags) => Flags | undefined,
    pageTable: PageTable,
  ): MappingResult {
    let result = DONE;
    let cut: MemoryArea<Flags, PageTable, Backend> | undefined;
    this.areas.forRange(start, end, false, (_start, area) => {
      if (area.end > end) {
        // The last one. It becomes two, for which the walk must be over.
        cut = area;
        return undefined;
      }
      const newFlags = updateFlags(area.flags);
      if (newFlags !== undefined) result = area.protectArea(newFlags, pageTable);
      return result.ok ? undefined : STOP;
    });
    return cut === undefined ? result : this.protectPart(cut, start, end, updateFlags, pageTable);
  }

  /**
   * Protects what lies in [`start`, `end`) of `area`, which the range touches:
   * ```
   *        [ protect ]
   * [ left |  part   | right ]
   * ```
   * Left and right may be empty. The leftmost of the three goes on as `area`, with its backend; the
   * others get clones.
   */
  protected protectPart(
    area: MemoryArea<Flags, PageTable, Backend>,
    start: VirtAddr,
    end: VirtAddr,
    updateFlags: (oldFlags: Flags) => Flags | undefined,
    pageTable: PageTable,
  ): MappingResult {
    const newFlags = updateFlags(area.flags);
    if (newFlags === undefined) return DONE;
    const reachesOut = area.end > end;
    const partEnd = reachesOut ? end : area.end;
    const part = area.start < start ? area.part(start, partEnd) : area;
    const right = reachesOut ? area.part(end, area.end) : undefined;
    if (!part.backend.protect(part.start, partEnd - part.start, newFlags, pageTable)) return BAD_STATE;
    area.setEnd(part === area ? partEnd : start);
    part.setFlags(newFlags);
    if (part !== area) this.areas.set(start, part);
    if (right !== undefined) this.areas.set(end, right);
    return DONE;
  }
}
