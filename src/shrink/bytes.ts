/** Requests that read or write fewer bytes, or plainer ones. */
import { virtAddr } from "../trace/address.ts";
import type { LoadCommand, Request, WriteCommand } from "../trace/request.ts";
import { lowerValues } from "./lower-values.ts";

/** In how many parts at most the bytes of a request are made 0 one after another. */
const MOST_PARTS = 64;

/** Up to how many bytes that aren't 0 each one is made lower alone. */
const FEW_PLACES = 16;

/** What reads bytes: a load, or a query of a range. */
type Reading = LoadCommand | Extract<Request, { readonly op: "overlaps" | "read" }>;

/** Reads fewer bytes: from the same address on, or up to the same end. */
export function* readLess(request: Reading): Generator<Request> {
  for (const size of lowerValues(request.size, 1)) {
    if (size === 0) continue;
    const skipped = request.size - size;
    yield { ...request, size };
    yield "addr" in request
      ? { ...request, addr: virtAddr(request.addr + skipped), size }
      : { ...request, start: virtAddr(request.start + skipped), size };
  }
}

/** Writes fewer bytes, from the same address on or up to the same end, or plainer ones. */
export function* writeLess(request: WriteCommand): Generator<Request> {
  const { addr, bytes } = request;
  for (const size of lowerValues(bytes.length, 1)) {
    if (size === 0) continue;
    const skipped = bytes.length - size;
    yield { ...request, bytes: bytes.subarray(0, size) };
    yield { ...request, addr: virtAddr(addr + skipped), bytes: bytes.subarray(skipped) };
  }
  for (const plainer of plainerBytes(bytes)) yield { ...request, bytes: plainer };
}

/** What two bytes across a boundary may be. */
const PAIRS = [Uint8Array.of(0, 1), Uint8Array.of(1, 0), Uint8Array.of(1, 2)] as const;

/**
 * Traces in which a read or a write across the boundary of two pages is one of a byte on either side of it; and what was
 * stored or written in the pages that were read lies right before the boundary, or right behind it.
 */
export function* shortenAcrossBoundary(requests: readonly Request[], page: number): Generator<Request[]> {
  for (const [at, request] of requests.entries()) {
    if (request.op === "write") {
      const boundary = lastBoundary(request.addr, request.bytes.length, page);
      if (boundary === undefined) continue;
      for (const bytes of PAIRS) yield requests.with(at, { ...request, addr: virtAddr(boundary - 1), bytes });
    } else if (request.op === "read") {
      const { start, size } = request;
      const boundary = lastBoundary(start, size, page);
      if (boundary === undefined) continue;
      const across = requests.with(at, { ...request, start: virtAddr(boundary - 1), size: 2 });
      yield across;
      for (const place of [boundary - 1, boundary]) {
        yield across.map((each) => (liesIn(each, start, size) ? { ...each, addr: virtAddr(place) } : each));
      }
    }
  }
}

function liesIn(request: Request, start: number, size: number): request is WriteCommand {
  return (
    (request.op === "store" || request.op === "write") && start <= request.addr && request.addr < start + size
  );
}

/** The last boundary of pages that lies inside of `size` bytes from `start` on. */
function lastBoundary(start: number, size: number, page: number): number | undefined {
  const boundary = Math.floor((start + size - 1) / page) * page;
  return boundary > start ? boundary : undefined;
}

/** As many bytes: all 1; some of those that aren't 0 yet 0; or, where these are few, one of them lower. */
function* plainerBytes(bytes: Uint8Array): Generator<Uint8Array> {
  yield new Uint8Array(bytes.length).fill(1);
  const places = Array.from(bytes.keys()).filter((at) => bytes[at] !== 0);
  for (let parts = 1; parts <= MOST_PARTS && parts < 2 * places.length; parts *= 2) {
    const part = Math.ceil(places.length / parts);
    for (let first = 0; first < places.length; first += part) {
      const plainer = bytes.slice();
      for (const at of places.slice(first, first + part)) plainer[at] = 0;
      yield plainer;
    }
  }
  if (places.length > FEW_PLACES) return;
  for (const at of places) {
    for (const value of lowerValues(bytes[at] ?? 0, 1)) yield bytes.with(at, value);
  }
}
