import { RangeSet } from "./range-set.ts";
import type { MapCommand, Request, UnmapCommand } from "./request.ts";
import { addressLimit, type Terms } from "./space.ts";

/**
 * What the commands of a trace so far may have left mapped on the address-space surface, decided from their
 * text alone: a command that may fail takes nothing away, and one that may succeed adds.
 */
export class MappingHistory {
  readonly #limit: number;
  readonly #page: number;
  readonly #spaceStart: number;
  readonly #spaceEnd: number;
  /** Whether a command without an injection may run out of frames. */
  readonly #scarce: boolean;
  /** Whether a map or an unmap may meet a limit of the system's own. */
  readonly #limited: boolean;
  /** Whether an unmap may be refused for a hole. */
  readonly #needsAll: boolean;
  /** What sizes are rounded up to, in bytes; 1 for as they are. */
  readonly #granule: number;
  readonly #mapped = new RangeSet();
  readonly #linear = new RangeSet();

  constructor({ space, hello }: Terms) {
    this.#limit = addressLimit(hello);
    this.#page = space.page;
    this.#spaceStart = space.base;
    this.#spaceEnd = space.base + space.size;
    this.#scarce = space.frames > 0;
    this.#limited = hello.dialect["no-memory"] === "any";
    this.#needsAll = hello.dialect["unmap-holes"] === "refuse";
    this.#granule = hello.dialect.sizes === "roundup" ? space.page : 1;
  }

  /** An upper bound of the pages that are mapped now. */
  get mappedPages(): number {
    return this.#mapped.bytes / this.#page;
  }

  /** Forgets everything, for another trace. */
  reset(): void {
    this.#mapped.clear();
    this.#linear.clear();
  }

  /** Goes on from where another history is, of the same terms. */
  copyFrom(other: MappingHistory): void {
    this.#mapped.copyFrom(other.#mapped);
    this.#linear.copyFrom(other.#linear);
  }

  /** Takes note of the next request of the trace. */
  note(request: Request): void {
    switch (request.op) {
      case "map":
        this.#noteMap(request);
        return;
      case "unmap":
        this.#noteUnmap(request);
        return;
      case "clear":
        if (this.#hasFrames(request)) this.reset();
        return;
      case "protect":
      case "fault":
      case "access":
      case "write":
      case "store":
      case "load":
      case "areas":
      case "pages":
      case "frames":
      case "injected":
      case "find":
      case "translate":
      case "overlaps":
      case "read":
      case "find-free":
      case "can-access":
        return;
    }
  }

  /** Whether a page that has a byte of this range may be a linear one. In bytes, `size` greater than 0. */
  mayBeLinear(start: number, size: number): boolean {
    const firstPage = start - (start % this.#page);
    return this.#linear.overlaps(firstPage, start + size);
  }

  /** The upper bound of the pages that are mapped if this map comes next. */
  boundWith(map: MapCommand): number {
    if (this.isInvalid(map)) return this.mappedPages;
    const end = this.#endOf(map);
    return this.mappedPages + (end - map.start - this.#mapped.overlap(map.start, end)) / this.#page;
  }

  /** Whether the map has to be refused as `InvalidParam`, whatever is mapped. */
  isInvalid(map: MapCommand): boolean {
    const { backend } = map;
    return (
      map.size === 0 ||
      !this.#isSound(map) ||
      (backend.kind === "linear" && backend.physical % this.#page !== 0)
    );
  }

  #noteMap(map: MapCommand): void {
    if (this.isInvalid(map)) return;
    const end = this.#endOf(map);
    this.#mapped.add(map.start, end);
    if (map.backend.kind === "linear") this.#linear.add(map.start, end);
    else if (map.replace && !this.#limited && this.#hasFrames(map)) this.#linear.remove(map.start, end);
  }

  #noteUnmap(unmap: UnmapCommand): void {
    if (this.#limited || this.#needsAll || !this.#hasFrames(unmap)) return;
    if (unmap.size === 0 || !this.#isSound(unmap)) return;
    const end = this.#endOf(unmap);
    this.#mapped.remove(unmap.start, end);
    this.#linear.remove(unmap.start, end);
  }

  /** Where the range ends, a size that is no multiple of the page rounded up if need be. */
  #endOf({ start, size }: Pick<UnmapCommand, "start" | "size">): number {
    return start + (this.#granule === 1 ? size : Math.ceil(size / this.#granule) * this.#granule);
  }

  /** Whether it can't fail for want of a frame or by injection. */
  #hasFrames({ inject }: Pick<UnmapCommand, "inject">): boolean {
    return inject === undefined && !this.#scarce;
  }

  /** Whether the range is made of whole pages and inside the space. */
  #isSound(range: Pick<UnmapCommand, "start" | "size">): boolean {
    const { start } = range;
    const end = this.#endOf(range);
    return (
      end < this.#limit &&
      start >= this.#spaceStart &&
      end <= this.#spaceEnd &&
      start % this.#page === 0 &&
      end % this.#page === 0
    );
  }
}
