/**
 * The order on traces: which of two is the simpler counterexample. Every pass yields only traces that are
 * simpler in this order, so shrinking ends. In words, the first difference decides:
 *
 *   1. fewer requests
 *   2. simpler operations
 *   3. fewer numbers that are no multiple of the page where whole pages are asked for
 *   4. fewer distinct pages
 *   5. smaller sizes, fewer bytes
 *   6. lower addresses
 *   7. fewer distinct boundaries
 *   8. plainer backends
 *   9. lower physical addresses
 *  10. plainer flags, kinds of access and alignments
 *  11. no injection, or an earlier one
 *  12. lower bytes
 *  13. request by request: the simpler operation, the lower address, the smaller size first
 */
import { type Backend, isCommand, OPS, type Request } from "../trace/request.ts";
import { boundariesOf } from "./boundaries.ts";

/** Below 0 when `a` is simpler than `b`, above 0 when `b` is simpler, 0 when they are equal; `page` in bytes. */
export function compareTraces(a: readonly Request[], b: readonly Request[], page: number): number {
  return (
    a.length - b.length ||
    compareTotals(a, b, opRank) ||
    compareTotals(a, b, (request) => misalignedIn(request, page)) ||
    pagesIn(a, page) - pagesIn(b, page) ||
    compareTotals(a, b, sizeOf) ||
    compareTotals(a, b, addressOf) ||
    boundariesOf(a, page).length - boundariesOf(b, page).length ||
    compareTotals(a, b, backendOf) ||
    compareTotals(a, b, physicalOf) ||
    compareTotals(a, b, detailOf) ||
    compareTotals(a, b, injectionOf) ||
    compareTotals(a, b, sumOfBytes) ||
    compareInTurn(a, b)
  );
}

/** How simple an operation is: 0 for the simplest. */
export function opRank(request: Request): number {
  switch (request.op) {
    case "map":
      return request.replace ? 4 : 0;
    case "unmap":
      return 1;
    case "clear":
      return 2;
    case "protect":
      return 3;
    case "areas":
    case "pages":
    case "frames":
    case "injected":
      return 5;
    case "find":
    case "translate":
      return 6;
    case "overlaps":
    case "read":
    case "can-access":
      return 7;
    case "find-free":
      return 8;
    case "fault":
      return 9;
    case "access":
      return 10;
    case "load":
      return 11;
    case "store":
      return 12;
    case "write":
      return 13;
  }
}

/** How plain a kind of backend is: 0 for the plainest. */
export function backendRank(kind: Backend["kind"]): number {
  switch (kind) {
    case "mock":
      return 0;
    case "alloc:eager":
      return 1;
    case "alloc:lazy":
      return 2;
    case "linear":
      return 3;
  }
}

/** Flags by plainness: fewer first, and among as many r before w before x and so on. */
export function flagRank(flags: number): number {
  let count = 0;
  for (let bits = flags; bits !== 0; bits &= bits - 1) count++;
  return count * 64 + flags;
}

/** How many of its numbers should be multiples of the page and aren't. */
function misalignedIn(request: Request, page: number): number {
  switch (request.op) {
    case "map":
      return countMisaligned(page, request.start, request.size, physicalOf(request));
    case "unmap":
    case "protect":
    case "overlaps":
    case "can-access":
      return countMisaligned(page, request.start, request.size);
    case "find-free":
      return countMisaligned(page, request.hint, request.size, request.limit.start, request.limit.end);
    case "clear":
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
    case "read":
      return 0;
  }
}

/** How many distinct pages a trace is about. */
function pagesIn(requests: readonly Request[], page: number): number {
  let count = 0;
  let end = 0;
  for (const { from, to } of [...stretchesOf(requests, page)].sort((a, b) => a.from - b.from)) {
    count += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return count;
}

/** The pages, [from, to), that each request is about, but for those in which a free place may be found. */
export function stretchesOf(
  requests: readonly Request[],
  page: number,
): readonly { readonly from: number; readonly to: number }[] {
  return requests.flatMap((request) => {
    if (request.op === "find-free" || !("start" in request || "addr" in request)) return [];
    const start = addressOf(request);
    // Whoever asks about an address asks about its page.
    const end = start + ("addr" in request ? Math.max(sizeOf(request), 1) : sizeOf(request));
    return [{ from: Math.floor(start / page), to: Math.ceil(end / page) }];
  });
}

function countMisaligned(page: number, ...numbers: readonly number[]): number {
  return numbers.filter((number) => number % page !== 0).length;
}

function sizeOf(request: Request): number {
  if (request.op === "find-free") return request.size + (request.limit.end - request.limit.start);
  if ("bytes" in request) return request.bytes.length;
  return "size" in request ? request.size : 0;
}

function addressOf(request: Request): number {
  if (request.op === "find-free") return request.hint + request.limit.start;
  if ("start" in request) return request.start;
  return "addr" in request ? request.addr : 0;
}

function backendOf(request: Request): number {
  return request.op === "map" ? backendRank(request.backend.kind) : 0;
}

function physicalOf(request: Request): number {
  return request.op === "map" && request.backend.kind === "linear" ? request.backend.physical : 0;
}

function detailOf(request: Request): number {
  if (request.op === "find-free") return request.align;
  if ("flags" in request) return flagRank(request.flags);
  return "access" in request ? flagRank(request.access) : 0;
}

function injectionOf(request: Request): number {
  return isCommand(request) && request.inject ? 1 + request.inject.after : 0;
}

/** Failures of the backend first, at the same call. */
function injectionKindOf(request: Request): number {
  return isCommand(request) && request.inject?.kind === "frame" ? 1 : 0;
}

function sumOfBytes(request: Request): number {
  return "bytes" in request ? request.bytes.reduce((sum, byte) => sum + byte, 0) : 0;
}

function compareTotals(
  a: readonly Request[],
  b: readonly Request[],
  weight: (request: Request) => number,
): number {
  return total(a, weight) - total(b, weight);
}

function total(requests: readonly Request[], weight: (request: Request) => number): number {
  let sum = 0;
  for (const request of requests) sum += weight(request);
  return sum;
}

/** The later ones tell requests apart that are as simple as each other: no two are equal. */
const MEASURES = [
  opRank,
  addressOf,
  sizeOf,
  backendOf,
  physicalOf,
  detailOf,
  injectionOf,
  injectionKindOf,
  opCode,
  hintOf,
  wantedOf,
];

function opCode(request: Request): number {
  return OPS.indexOf(request.op);
}

function hintOf(request: Request): number {
  return request.op === "find-free" ? request.hint : 0;
}

function wantedOf(request: Request): number {
  return request.op === "find-free" ? request.size : 0;
}

function compareInTurn(a: readonly Request[], b: readonly Request[]): number {
  for (const [index, x] of a.entries()) {
    const y = b[index];
    if (!y) continue;
    for (const measure of MEASURES) {
      const difference = measure(x) - measure(y);
      if (difference !== 0) return difference;
    }
    const difference = compareBytes(x, y);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The first byte that differs decides. */
function compareBytes(a: Request, b: Request): number {
  if (!("bytes" in a && "bytes" in b)) return 0;
  const at = a.bytes.findIndex((byte, index) => byte !== b.bytes[index]);
  return at < 0 ? 0 : (a.bytes[at] ?? 0) - (b.bytes[at] ?? 0);
}
