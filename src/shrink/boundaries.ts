/**
 * The boundaries of a trace: every address at which a range of it starts or ends. Moving one boundary
 * wherever it occurs keeps ranges that met meeting:
 *
 *     map      [-----------)             map      [-------)
 *     unmap          [-----)     ->      unmap        [---)
 *                    b     e                          b'  e'
 */
import { virtAddr } from "../trace/address.ts";
import type { Request } from "../trace/request.ts";

/** All boundaries, ascending, each once, in bytes. */
export function boundariesOf(requests: readonly Request[]): readonly number[] {
  const found = new Set<number>();
  for (const request of requests) {
    moveBoundaries(request, (address) => {
      found.add(address);
      return address;
    });
  }
  return [...found].sort((a, b) => a - b);
}

/** `request` with each of its boundaries replaced by what `move` makes of it; sizes follow their ends. */
export function moveBoundaries(request: Request, move: (address: number) => number): Request {
  switch (request.op) {
    case "map":
    case "unmap":
    case "protect":
    case "overlaps":
    case "read":
    case "can-access": {
      const start = move(request.start);
      // Where the end moves below the start nothing is left.
      return {
        ...request,
        start: virtAddr(start),
        size: Math.max(0, move(request.start + request.size) - start),
      };
    }
    case "find-free": {
      const limit = { start: virtAddr(move(request.limit.start)), end: virtAddr(move(request.limit.end)) };
      return { ...request, hint: virtAddr(move(request.hint)), limit };
    }
    case "find":
    case "translate":
    case "fault":
    case "access":
    case "write":
    case "store":
    case "load":
      return { ...request, addr: virtAddr(move(request.addr)) };
    case "clear":
    case "areas":
    case "pages":
    case "frames":
    case "injected":
      return request;
  }
}

/**
 * Traces in which the space is folded: a stretch between two boundaries is cut out, or shortened to a
 * page, and everything above it moves down; or one boundary alone moves down to a lower one.
 */
export function* foldSpace(requests: readonly Request[], page: number): Generator<Request[]> {
  const boundaries = boundariesOf(requests);
  for (const [index, boundary] of boundaries.entries()) {
    const below = index === 0 ? 0 : (boundaries[index - 1] ?? 0);
    const gap = boundary - below;
    for (const cut of cuts(gap, page)) {
      const folded = requests.map((r) =>
        moveBoundaries(r, (address) => (address >= boundary ? address - cut : address)),
      );
      yield folded;
      if (folded.some((r) => r.op === "find-free")) yield folded.map((r) => searchForLess(r, cut));
    }
    for (const lower of boundaries.slice(0, index)) {
      yield requests.map((r) => moveBoundaries(r, (address) => (address === boundary ? lower : address)));
    }
    for (const cut of cuts(gap, page)) {
      yield requests.map((r) =>
        moveBoundaries(r, (address) => (address === boundary ? address - cut : address)),
      );
    }
  }
}

/** A `find-free` for so many bytes less; any other request as it is. */
function searchForLess(request: Request, bytes: number): Request {
  return request.op === "find-free" ? { ...request, size: Math.max(0, request.size - bytes) } : request;
}

/** How much to take out of a gap of so many bytes: all, all but a page, half, a quarter, and so on to a page. */
function cuts(gap: number, page: number): readonly number[] {
  const found = new Set([gap, gap - page]);
  for (let pages = Math.floor(gap / page / 2); pages >= 1; pages = Math.floor(pages / 2))
    found.add(pages * page);
  return [...found].filter((cut) => cut > 0);
}
