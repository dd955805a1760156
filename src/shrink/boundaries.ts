/**
 * The boundaries of a trace: every page address at which a range of it starts or ends. Moving one boundary
 * wherever it occurs keeps ranges that met meeting:
 *
 *     map      [-----------)             map      [-------)
 *     unmap          [-----)     ->      unmap        [---)
 *                    b     e                          b'  e'
 *
 * An address inside a page moves with the page, and so does a range that is no whole number of pages.
 */
import { virtAddr } from "../trace/address.ts";
import type { Request } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";
import { cuts } from "./lower-values.ts";

/** All boundaries, ascending, each once, in bytes; `page` in bytes, here and below. */
export function boundariesOf(requests: readonly Request[], page: number): readonly number[] {
  const found = new Set<number>();
  for (const request of requests) {
    moveBoundaries(request, page, (address) => {
      found.add(address);
      return address;
    });
  }
  return [...found].sort((a, b) => a - b);
}

/** `request` with each of its boundaries replaced by what `move` makes of it; sizes follow their ends. */
export function moveBoundaries(request: Request, page: number, move: (boundary: number) => number): Request {
  const moved = (address: number) => {
    const offset = address % page;
    return virtAddr(move(address - offset) + offset);
  };
  switch (request.op) {
    case "map":
    case "unmap":
    case "protect":
    case "overlaps":
    case "can-access": {
      const start = moved(request.start);
      // Where the end moves below the start nothing is left.
      return { ...request, start, size: Math.max(0, moved(request.start + request.size) - start) };
    }
    case "find-free": {
      const limit = { start: moved(request.limit.start), end: moved(request.limit.end) };
      return { ...request, hint: moved(request.hint), limit };
    }
    case "read":
      return { ...request, start: moved(request.start) };
    case "find":
    case "translate":
    case "fault":
    case "access":
    case "write":
    case "store":
    case "load":
      return { ...request, addr: moved(request.addr) };
    case "clear":
    case "areas":
    case "pages":
    case "frames":
    case "injected":
      return request;
  }
}

/**
 * Traces in which the space is folded: a stretch between two boundaries is cut out, or shortened, and
 * everything above it moves down, all of it to the base of `space` first; or one boundary alone moves down.
 */
export function* foldSpace(requests: readonly Request[], { base, page }: Space): Generator<Request[]> {
  const boundaries = boundariesOf(requests, page);
  for (const [index, boundary] of boundaries.entries()) {
    const below = index === 0 ? 0 : (boundaries[index - 1] ?? 0);
    const toBase = below < base && base < boundary ? [boundary - base] : [];
    const gap = cuts(boundary - below, page);
    for (const cut of [...toBase, ...gap]) {
      const folded = requests.map((r) =>
        moveBoundaries(r, page, (address) => (address >= boundary ? address - cut : address)),
      );
      yield folded;
      if (folded.some((r) => r.op === "find-free")) yield folded.map((r) => searchForLess(r, cut));
    }
    for (const lower of boundaries.slice(0, index)) {
      yield requests.map((r) =>
        moveBoundaries(r, page, (address) => (address === boundary ? lower : address)),
      );
    }
    for (const cut of gap) {
      yield requests.map((r) =>
        moveBoundaries(r, page, (address) => (address === boundary ? address - cut : address)),
      );
    }
  }
}

/**
 * The trace with its lower end and its upper one exchanged: what lay at one now lies as far from the other.
 *
 *     map      [-----------)             map      [-----------)
 *     unmap          [-----)     ->      unmap    [-----)
 */
export function* mirrorSpace(requests: readonly Request[], page: number): Generator<Request[]> {
  const boundaries = boundariesOf(requests, page);
  const ends = (boundaries[0] ?? 0) + (boundaries.at(-1) ?? 0);
  const moved = requests.map((request) => {
    if (!("size" in request && "start" in request)) return atMirrored(request, ends, page);
    return { ...request, start: virtAddr(Math.max(0, ends - request.start - request.size)) };
  });
  yield moved;
}

/** A request about a page: about the mirrored one, at the same offset in it. */
function atMirrored(request: Request, ends: number, page: number): Request {
  if (!("addr" in request)) return request;
  const offset = request.addr % page;
  return { ...request, addr: virtAddr(Math.max(0, ends - page - (request.addr - offset)) + offset) };
}

/** A `find-free` for so many bytes less; any other request as it is. */
function searchForLess(request: Request, bytes: number): Request {
  return request.op === "find-free" ? { ...request, size: Math.max(0, request.size - bytes) } : request;
}
