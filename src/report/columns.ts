import type { ShownArea, Snapshot } from "../explore/snapshot.ts";
import { ADDRESS_LIMIT, type AddrRange, virtAddr } from "../trace/address.ts";
import { printAddr, printFlags } from "../trace/print.ts";
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
  let longestName = 0;
  for (const { areas, pages } of snapshots) {
    for (const area of areas) {
      // An empty area needs a column to be seen in.
      boundaries.add(area.start).add(area.end > area.start ? area.end : area.start + scale.page);
      longestName = Math.max(longestName, areaName(area).length);
    }
    // Pages may be shown where nothing else is.
    const [first, last] = [pages[0], pages.at(-1)];
    if (first && last) boundaries.add(first.start).add(last.end);
  }
  const sorted = [...boundaries].sort((a, b) => a - b);
  return sorted.slice(1).map((end, index) => {
    const start = sorted[index] ?? 0;
    const label = printAddr(start, scale.addrBits);
    return { start, end, width: Math.max(MIN_WIDTH, label.length + 1, longestName + 2) };
  });
}

/** What an area says of itself in a picture. Most backends are mock ones: only another is worth a word. */
export function areaName({ flags, backend }: ShownArea): string {
  return backend === "mock" ? printFlags(flags) : `${printFlags(flags)} ${backend}`;
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

/** The addresses that a request is about, if it is about some; `page` in bytes. */
export function rangeOf(request: Request, page: number): AddrRange | undefined {
  switch (request.op) {
    case "map":
    case "unmap":
    case "protect":
    case "overlaps":
    case "read":
    case "can-access":
      return { start: request.start, end: virtAddr(Math.min(request.start + request.size, ADDRESS_LIMIT)) };
    case "fault":
    case "access":
    case "write":
    case "store":
    case "load":
    case "find":
    case "translate": {
      const start = Math.floor(request.addr / page) * page;
      return { start: virtAddr(start), end: virtAddr(start + page) };
    }
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

function boundariesOf(request: Request, page: number): number[] {
  const range = rangeOf(request, page);
  const boundaries = range ? [range.start, range.end] : [];
  if (request.op !== "find-free") return boundaries;
  return [...boundaries, request.hint, Math.min(request.hint + request.size, ADDRESS_LIMIT)];
}
