/** What the preconditions of both surfaces have in common: the reasons, in words that never change. */

import { isPowerOfTwo } from "./address.ts";
import type { FindFreeQuery } from "./request.ts";

/** For a range across the hole of non-canonical addresses. */
export const ACROSS_THE_MIDDLE =
  "a range that starts below the middle of the address space must not reach past it (non-canonical addresses)";
/** For an address that the implementation has not. */
export const NOT_AN_ADDRESS = "an address lies beyond the width of the implementation's addresses";
/** For a verb or a backend of the other surface. */
export const OTHER_SURFACE = "the request belongs to the other surface";
/** For flags, or an access, that `hello` doesn't declare. */
export const UNKNOWN_FLAGS = "a flag is not among those that the implementation knows";
/** For a verb or a backend that `hello` doesn't declare. */
export const NOT_OFFERED = "the implementation doesn't offer this";
/** For an injection that `hello` doesn't declare. */
export const NO_INJECTION = "the implementation can't inject this kind of failure";
/** For a query about nothing. */
export const EMPTY_QUERY = "the query must be about more than 0 bytes";
/** For a queried range that runs out of the address space. */
export const NOT_A_RANGE = "the queried range must end at an address";
const BAD_ALIGN = "the alignment must be a power of two and at least a page";
const BAD_LIMIT = "the limit's start must not be after its end";

/**
 * Why a range of `size` bytes from `start` can't be named where addresses are below `limit`; `undefined` when
 * it can. Its end may lie beyond: commands are asked to refuse that.
 */
export function misfitOfRange(start: number, size: number, limit: number): string | undefined {
  if (start >= limit) return NOT_AN_ADDRESS;
  return crossesMiddle(start, size, limit) ? ACROSS_THE_MIDDLE : undefined;
}

/** As `misfitOfRange`, for a query that takes only a range that has an end and isn't empty. */
export function misfitOfQueriedRange(start: number, size: number, limit: number): string | undefined {
  if (size === 0) return EMPTY_QUERY;
  if (start + size >= limit) return NOT_A_RANGE;
  return misfitOfRange(start, size, limit);
}

/** Why no implementation with pages of `page` bytes and addresses below `limit` can be asked this. */
export function misfitOfFindFree(request: FindFreeQuery, page: number, limit: number): string | undefined {
  const { hint, size, align } = request;
  const { start, end } = request.limit;
  if (size === 0) return EMPTY_QUERY;
  if (!isPowerOfTwo(align) || align < page) return BAD_ALIGN;
  if (start > end) return BAD_LIMIT;
  if (hint >= limit || end >= limit) return NOT_AN_ADDRESS;
  return crossesMiddle(start, end - start, limit) ? ACROSS_THE_MIDDLE : undefined;
}

/** Whether the range starts below the middle of the addresses below `limit` and reaches past it. */
export function crossesMiddle(start: number, size: number, limit: number): boolean {
  const middle = limit / 2;
  return start < middle && start + size > middle;
}
