import type { ShownArea, Snapshot } from "../explore/snapshot.ts";
import { ADDRESS_LIMIT, type AddrRange, alignUp, virtAddr } from "../trace/address.ts";
import { printAddr, printBackend, printFlags } from "../trace/print.ts";
import type { Request } from "../trace/request.ts";

/**
 * One column of a picture: the addresses between two neighbouring boundaries, in bytes, however many they
 * are. So a small space and addresses far apart both fit.
 */
export interface Column {
  readonly start: number;
  readonly end: number;
  /** In characters. */
  readonly width: number;
}

/** How the addresses of a picture are divided into pages and written. */
export interface Scale {
  /** Bytes in a page. */
  readonly page: number;
  /** The width at which addresses are printed. */
  readonly addrBits: number;
}

/** A column is at least this wide: room for an address such as 0x10000, and for all six flags. */
const MIN_WIDTH = 8;
/** The width of a frame's name as long as they have two digits at most: `#12`. */
const FRAME_WIDTH = 3;
/** The width of what stands beside a name: the brackets of an area, the spaces around a page. */
const AROUND = 2;

/**
 * The columns for every picture of one replay, so that the same place stays at the same place: a boundary is
 * where the range of a request, or an area that some side shows, begins or ends.
 */
export function columnsOf(
  requests: readonly Request[],
  snapshots: readonly Snapshot[],
  scale: Scale,
): readonly Column[] {
  const boundaries = new Set(requests.flatMap((request) => boundariesOf(request, scale.page)));
  const names = new Map<number, number>();
  for (const { areas, pages } of snapshots) {
    for (const area of areas) {
      // An empty area needs a column to be seen in.
      boundaries.add(area.start).add(area.end > area.start ? area.end : area.start + scale.page);
      names.set(area.start, Math.max(names.get(area.start) ?? 0, areaName(area).length + AROUND));
    }
    // Pages may be shown where nothing else is.
    const [first, last] = [pages[0], pages.at(-1)];
    if (first && last) boundaries.add(first.start).add(last.end);
  }
  const sorted = [...boundaries].sort((a, b) => a - b);
  const least = Math.max(MIN_WIDTH, pageWidth(snapshots));
  return sorted.slice(1).map((end, index) => {
    const start = sorted[index] ?? 0;
    const label = printAddr(start, scale.addrBits);
    return { start, end, width: Math.max(least, label.length + 1, names.get(start) ?? 0) };
  });
}

/** The width of a page with its flags and its frame, where frames are known. */
function pageWidth(snapshots: readonly Snapshot[]): number {
  const placed = snapshots.flatMap(({ pages }) => pages.filter(({ physical }) => physical !== undefined));
  const longest = placed.reduce((width, { flags }) => Math.max(width, printFlags(flags).length), 0);
  return longest === 0 ? 0 : longest + FRAME_WIDTH + AROUND;
}

/** What an area says of itself in a picture: its flags, and its backend unless that is the mock one. */
export function areaName({ flags, backend, physical }: ShownArea): string {
  const name = printFlags(flags);
  switch (backend) {
    case "mock":
      return name;
    case "alloc:eager":
      return `${name} eager`;
    case "alloc:lazy":
      return `${name} lazy`;
    case "linear":
      return `${name} ${physical === undefined ? backend : printBackend({ kind: backend, physical })}`;
  }
}

/** The index of the column that `addr` lies in; outside of all columns that of the nearest one. */
export function columnAt(columns: readonly Column[], addr: number): number {
  let low = 0;
  let high = columns.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((columns[middle]?.start ?? 0) <= addr) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Divides the columns into blocks that fit in `room` characters with the address at their end. */
export function blocksOf(
  columns: readonly Column[],
  room: number,
  scale: Scale,
): readonly (readonly Column[])[] {
  const blocks: Column[][] = [];
  let block: Column[] = [];
  let used = 0;
  for (const column of columns) {
    const needed = column.width + printAddr(column.end, scale.addrBits).length;
    if (block.length === 0 || used + needed > room) {
      block = [];
      blocks.push(block);
      used = 0;
    }
    block.push(column);
    used += column.width;
  }
  return blocks;
}

/** The pages that a request is about, if it is about some; `page` in bytes. */
export function rangeOf(request: Request, page: number): AddrRange | undefined {
  switch (request.op) {
    case "map":
    case "unmap":
    case "protect":
    case "overlaps":
    case "read":
    case "can-access":
      return pagesOf(request.start, request.size, page);
    case "write":
    case "store":
      return pagesOf(request.addr, request.bytes.length, page);
    case "load":
      return pagesOf(request.addr, request.size, page);
    case "fault":
    case "access":
    case "find":
    case "translate":
      return pagesOf(request.addr, 1, page);
    case "find-free":
      return request.limit;
    case "clear":
    case "areas":
    case "pages":
    case "frames":
    case "injected":
      return undefined;
  }
}

/** The pages that `size` bytes from `start` touch, as far as there are addresses. */
function pagesOf(start: number, size: number, page: number): AddrRange {
  const first = Math.floor(start / page) * page;
  const end = size === 0 ? first : Math.min(alignUp(start + size, page), ADDRESS_LIMIT);
  return { start: virtAddr(first), end: virtAddr(end) };
}

function boundariesOf(request: Request, page: number): number[] {
  const range = rangeOf(request, page);
  const boundaries = range ? [range.start, range.end] : [];
  if (request.op !== "find-free") return boundaries;
  return [...boundaries, request.hint, Math.min(request.hint + request.size, ADDRESS_LIMIT)];
}
