/**
 * The order on traces: which of two is the simpler counterexample. Every pass yields only traces that are
 * simpler in this order, so shrinking ends. In words, the first difference decides:
 *
 *   1. fewer requests
 *   2. simpler operations
 *   3. smaller sizes
 *   4. lower addresses
 *   5. fewer distinct boundaries
 *   6. plainer flags and alignments
 *   7. no injection, or an earlier one
 *   8. request by request: the simpler operation, the lower address, the smaller size first
 */
import { isCommand, OPS, type Request } from "../trace/request.ts";
import { boundariesOf } from "./boundaries.ts";

/** Below 0 when `a` is simpler than `b`, above 0 when `b` is simpler, 0 when they are equal. */
export function compareTraces(a: readonly Request[], b: readonly Request[]): number {
  return (
    a.length - b.length ||
    total(a, opRank) - total(b, opRank) ||
    total(a, sizeOf) - total(b, sizeOf) ||
    total(a, addressOf) - total(b, addressOf) ||
    boundariesOf(a).length - boundariesOf(b).length ||
    total(a, detailOf) - total(b, detailOf) ||
    total(a, injectionOf) - total(b, injectionOf) ||
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
    case "load":
      return 10;
    case "access":
      return 11;
    case "store":
    case "write":
      return 12;
  }
}

/** Flags by plainness: fewer first, and among as many r before w before x and so on. */
export function flagRank(flags: number): number {
  let count = 0;
  for (let bits = flags; bits !== 0; bits &= bits - 1) count++;
  return count * 64 + flags;
}

function sizeOf(request: Request): number {
  if (request.op === "find-free") return request.size + (request.limit.end - request.limit.start);
  return "size" in request ? request.size : 0;
}

function addressOf(request: Request): number {
  if (request.op === "find-free") return request.hint + request.limit.start;
  if ("start" in request) return request.start;
  return "addr" in request ? request.addr : 0;
}

function detailOf(request: Request): number {
  if (request.op === "find-free") return request.align;
  if ("flags" in request) return flagRank(request.flags);
  return "access" in request ? flagRank(request.access) : 0;
}

function injectionOf(request: Request): number {
  return isCommand(request) && request.inject ? 1 + request.inject.after : 0;
}

function total(requests: readonly Request[], weight: (request: Request) => number): number {
  let sum = 0;
  for (const request of requests) sum += weight(request);
  return sum;
}

/** The last three tell requests apart that are as simple as each other: no two of this surface are equal. */
const MEASURES = [opRank, addressOf, sizeOf, detailOf, injectionOf, opCode, hintOf, wantedOf];

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
  for (let index = 0; index < a.length; index++) {
    const [x, y] = [a[index], b[index]];
    if (!x || !y) continue;
    for (const measure of MEASURES) {
      const difference = measure(x) - measure(y);
      if (difference !== 0) return difference;
    }
  }
  return 0;
}
