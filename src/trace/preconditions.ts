/**
 * The preconditions of the contract: what the harness never asks of an implementation. They are decided
 * from a trace's text alone, here and nowhere else, for generator, shrinker, enumerator and replay.
 */

import { isPowerOfTwo } from "./address.ts";
import { type FindFreeQuery, isCommand, type Request } from "./request.ts";
import { addressLimit, type Space, type Terms } from "./space.ts";

/** A valid `map` on the memory-set surface covers at most this many pages. */
export const MAX_MAP_PAGES = 65_536;

/** A request that breaks a precondition, and the precondition in words. */
export interface Misfit {
  /** Index of the request in its trace. */
  readonly at: number;
  readonly reason: string;
}

/** The first request of a trace that breaks a precondition, or `undefined` when the trace fits. */
export function findMisfit(requests: readonly Request[], terms: Terms): Misfit | undefined {
  for (let at = 0; at < requests.length; at++) {
    const request = requests[at];
    const reason = request && misfitOf(request, terms);
    if (reason !== undefined) return { at, reason };
  }
  return undefined;
}

/** Why no trace can run in this space, or `undefined` when it is a sound one. */
export function misfitOfSpace(space: Space, limit: number): string | undefined {
  if (!isPowerOfTwo(space.page)) return "the page size must be a power of two";
  if (space.base % space.page !== 0) return "the base must be a multiple of the page";
  if (space.size <= 0 || space.size % space.page !== 0) {
    return "the size must be a multiple of the page and not 0";
  }
  if (space.base + space.size >= limit) return "base + size must be below the end of the address space";
  if (crossesMiddle(space.base, space.size, limit)) return ACROSS_THE_MIDDLE;
  return undefined;
}

const ACROSS_THE_MIDDLE =
  "a range that starts below the middle of the address space must not reach past it (non-canonical addresses)";
const NOT_AN_ADDRESS = "an address lies beyond the width of the implementation's addresses";
const NOT_PAGES = "a start, size, hint or limit is no multiple of the page";
const OTHER_SURFACE = "the request belongs to the other surface";
const UNKNOWN_FLAGS = "a flag is not among those that the implementation knows";
const NO_INJECTION = "the implementation can't inject this kind of failure";
const TOO_MANY_PAGES = `a map covers more than ${MAX_MAP_PAGES} pages`;
const EMPTY_QUERY = "the query must be about more than 0 bytes";
const NOT_A_RANGE = "the queried range must end at an address";
const BAD_ALIGN = "the alignment must be a power of two and at least a page";
const BAD_LIMIT = "the limit's start must not be after its end";

/** Why the memory-set surface can't be asked this, in words that never change; `undefined` when it can. */
export function misfitOf(request: Request, terms: Terms): string | undefined {
  const { hello, space } = terms;
  const limit = addressLimit(hello);
  const { page } = space;
  if (isCommand(request) && request.inject && !hello.inject.includes(request.inject.kind))
    return NO_INJECTION;
  switch (request.op) {
    case "map":
      if (request.backend.kind !== "mock") return OTHER_SURFACE;
      if ((request.flags & ~hello.flags) !== 0) return UNKNOWN_FLAGS;
      if (request.start + request.size < limit && request.size / page > MAX_MAP_PAGES) return TOO_MANY_PAGES;
      return misfitOfRange(request.start, request.size, page, limit);
    case "protect":
      if ((request.flags & ~hello.flags) !== 0) return UNKNOWN_FLAGS;
      return misfitOfRange(request.start, request.size, page, limit);
    case "unmap":
      return misfitOfRange(request.start, request.size, page, limit);
    case "overlaps":
      if (request.size === 0) return EMPTY_QUERY;
      if (request.start + request.size >= limit) return NOT_A_RANGE;
      return misfitOfRange(request.start, request.size, page, limit);
    case "find":
      return request.addr < limit ? undefined : NOT_AN_ADDRESS;
    case "find-free":
      return misfitOfFindFree(request, page, limit);
    case "clear":
    case "areas":
    case "pages":
    case "injected":
      return undefined;
    case "fault":
    case "access":
    case "write":
    case "store":
    case "load":
    case "frames":
    case "translate":
    case "read":
    case "can-access":
      return OTHER_SURFACE;
  }
}

function misfitOfRange(start: number, size: number, page: number, limit: number): string | undefined {
  if (start >= limit) return NOT_AN_ADDRESS;
  if (start % page !== 0 || size % page !== 0) return NOT_PAGES;
  return crossesMiddle(start, size, limit) ? ACROSS_THE_MIDDLE : undefined;
}

function misfitOfFindFree(request: FindFreeQuery, page: number, limit: number): string | undefined {
  const { hint, size, align } = request;
  const { start, end } = request.limit;
  if (size === 0) return EMPTY_QUERY;
  if (!isPowerOfTwo(align) || align < page) return BAD_ALIGN;
  if (start > end) return BAD_LIMIT;
  if (hint >= limit || end >= limit) return NOT_AN_ADDRESS;
  if (hint % page !== 0 || size % page !== 0 || start % page !== 0 || end % page !== 0) return NOT_PAGES;
  return crossesMiddle(start, end - start, limit) ? ACROSS_THE_MIDDLE : undefined;
}

function crossesMiddle(start: number, size: number, limit: number): boolean {
  const middle = limit / 2;
  return start < middle && start + size > middle;
}
