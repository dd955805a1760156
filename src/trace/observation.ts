import type { PhysAddr, VirtAddr } from "./address.ts";
import { ALL_FLAGS, type Flags } from "./flags.ts";
import type { Hardware } from "./hardware.ts";
import type { Backend } from "./request.ts";

/** Stands where no physical address is known. */
export const NO_PHYSICAL = -1;

/** Stands where an implementation doesn't count its frames. */
export const NO_FRAMES = -1;

/** What the columns of flags hold for a value that is no set of flags; no set of flags equals it. */
export const UNKNOWN_FLAGS = 256;

/** The kinds of backend; a kind's index is its code in an observation. */
export const BACKEND_KINDS = [
  "mock",
  "linear",
  "alloc:eager",
  "alloc:lazy",
] as const satisfies readonly Backend["kind"][];

/**
 * What an implementation shows of its state after a request, in columns of numbers, so that observing
 * allocates nothing once the columns have grown. An implementation fills it with `area` and `page`, each
 * in address order; the judge reads the columns. Only the first `areaCount` and `pageCount` entries count.
 */
export class Observation {
  areaCount = 0;
  areaStarts = new Float64Array(64);
  areaEnds = new Float64Array(64);
  areaFlags = new Uint16Array(64);
  /** Indices into `BACKEND_KINDS`. */
  areaBackends = new Uint8Array(64);
  /** What the first byte of a linear area is mapped to; `NO_PHYSICAL` for all others. */
  areaPhysicals = new Float64Array(64);

  /** Whether pages are shown at all. Where they are not, `pageCount` is 0 and says nothing. */
  showsPages = true;
  /** How many runs of pages there are: neighbouring pages may be shown as one run, or one by one. */
  pageCount = 0;
  pageAddrs = new Float64Array(64);
  /** How many pages a run has. */
  pageCounts = new Float64Array(64);
  pageFlags = new Uint16Array(64);
  /** Physical addresses of the first page of each run, or `NO_PHYSICAL`. */
  pagePhysicals = new Float64Array(64);

  /** Frames handed out for data, or `NO_FRAMES`. */
  dataFrames = NO_FRAMES;
  /** Frames handed out for page tables, or `NO_FRAMES`. */
  tableFrames = NO_FRAMES;
  /** The machine below, where the implementation shows it. */
  hardware: Hardware | undefined = undefined;

  /** How many injected failures fired in the last command. */
  injected = 0;

  /** Forgets everything, for the next observation. */
  reset(): void {
    this.areaCount = 0;
    this.showsPages = true;
    this.pageCount = 0;
    this.injected = 0;
    this.dataFrames = NO_FRAMES;
    this.tableFrames = NO_FRAMES;
    this.hardware = undefined;
  }

  /** Records one area. Areas are given in address order. */
  area(
    start: VirtAddr,
    end: VirtAddr,
    flags: Flags,
    backend: Backend["kind"],
    physical: PhysAddr | typeof NO_PHYSICAL = NO_PHYSICAL,
  ): void {
    const index = this.areaCount;
    if (index === this.areaStarts.length) this.growAreas();
    this.areaStarts[index] = start;
    this.areaEnds[index] = end;
    this.areaFlags[index] = known(flags);
    this.areaBackends[index] = backendCode(backend);
    this.areaPhysicals[index] = physical;
    this.areaCount = index + 1;
  }

  /** Records the translation of one page, `addr` its first byte. Pages are given in address order. */
  page(addr: VirtAddr, flags: Flags, physical: PhysAddr | typeof NO_PHYSICAL = NO_PHYSICAL): void {
    this.pageRun(addr, 1, flags, physical);
  }

  /** Records the translations of `count` neighbouring pages that map to neighbouring physical addresses. */
  pageRun(addr: VirtAddr, count: number, flags: Flags, physical: PhysAddr | typeof NO_PHYSICAL): void {
    const index = this.pageCount;
    if (index === this.pageAddrs.length) this.growPages();
    this.pageAddrs[index] = addr;
    this.pageCounts[index] = count;
    this.pageFlags[index] = known(flags);
    this.pagePhysicals[index] = physical;
    this.pageCount = index + 1;
  }

  private growAreas(): void {
    this.areaStarts = doubled(this.areaStarts, Float64Array);
    this.areaEnds = doubled(this.areaEnds, Float64Array);
    this.areaFlags = doubled(this.areaFlags, Uint16Array);
    this.areaBackends = doubled(this.areaBackends, Uint8Array);
    this.areaPhysicals = doubled(this.areaPhysicals, Float64Array);
  }

  private growPages(): void {
    this.pageAddrs = doubled(this.pageAddrs, Float64Array);
    this.pageCounts = doubled(this.pageCounts, Float64Array);
    this.pageFlags = doubled(this.pageFlags, Uint16Array);
    this.pagePhysicals = doubled(this.pagePhysicals, Float64Array);
  }
}

/** The flags, or `UNKNOWN_FLAGS` for a value that is no set of the six. */
function known(flags: Flags): Flags {
  return (flags & ALL_FLAGS) === flags ? flags : UNKNOWN_FLAGS;
}

/** The code of a kind of backend: its index in `BACKEND_KINDS`. */
function backendCode(kind: Backend["kind"]): number {
  return kind === "mock" ? 0 : BACKEND_KINDS.indexOf(kind);
}

/** A copy of `column` with room for twice as many entries. */
function doubled<C extends Float64Array | Uint16Array | Uint8Array>(
  column: C,
  kind: new (length: number) => C,
): C {
  const larger = new kind(column.length * 2);
  larger.set(column);
  return larger;
}
