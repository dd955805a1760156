/** What the address-space surface can't be asked, of the preconditions in `preconditions.ts`. */

import { DEVICE, type Flags, READ, RWX, UNCACHED } from "./flags.ts";
import type { MappingHistory } from "./mapping-history.ts";
import {
  EMPTY_QUERY,
  misfitOfFindFree,
  misfitOfQueriedRange,
  misfitOfRange,
  NOT_AN_ADDRESS,
  OTHER_SURFACE,
  UNKNOWN_FLAGS,
} from "./misfit.ts";
import { MAX_BYTES } from "./numbers.ts";
import type { MapCommand, Request } from "./request.ts";
import { addressLimit, type Terms } from "./space.ts";

/** A `map … alloc:eager` covers at most this many pages. */
const MAX_EAGER_PAGES = 4096;

/** At most this many pages are mapped at once. */
export const MAX_MAPPED_PAGES = 2 ** 18;

/** The physical addresses of linear areas are below this: 2^46. */
export const PHYSICAL_LIMIT = 2 ** 46;

const UNTELLABLE_FLAGS =
  "not every processor can tell these flags apart (w and x come with r, and d not with n)";
const PHYSICAL_TOO_HIGH = "a linear area ends above the physical address 2^46";
const TOO_MANY_EAGER_PAGES = `an eager map covers more than ${MAX_EAGER_PAGES} pages`;
const TOO_MANY_PAGES = `more than ${MAX_MAPPED_PAGES} pages may be mapped at once`;
const TOO_MANY_BYTES = `more than ${MAX_BYTES} bytes are read or written`;
const ACROSS_PAGES = "a load or store leaves the page that it begins in";
const MAY_BE_LINEAR = "a page whose bytes are read or written may be a linear one";

/** Whether an area may have these flags: processors can tell them apart from all others that it may have. */
export function areTellable(flags: Flags): boolean {
  const readable = (flags & READ) !== 0 || (flags & RWX) === 0;
  return readable && (flags & (DEVICE | UNCACHED)) !== (DEVICE | UNCACHED);
}

/** Why the address-space surface can't be asked this, whatever came before it; `undefined` when it can. */
export function misfitOnAddressSpace(request: Request, { space, hello }: Terms): string | undefined {
  const limit = addressLimit(hello);
  switch (request.op) {
    case "map":
      return (
        misfitOfBackend(request, space.page) ??
        misfitOfFlags(request.flags, hello.flags) ??
        misfitOfRange(request.start, request.size, limit)
      );
    case "protect":
      return misfitOfFlags(request.flags, hello.flags) ?? misfitOfRange(request.start, request.size, limit);
    case "unmap":
      return misfitOfRange(request.start, request.size, limit);
    case "can-access":
      if ((request.access & ~hello.flags) !== 0) return UNKNOWN_FLAGS;
      return misfitOfRange(request.start, request.size, limit);
    case "fault":
    case "access":
      if ((request.access & ~hello.flags) !== 0) return UNKNOWN_FLAGS;
      return request.addr < limit ? undefined : NOT_AN_ADDRESS;
    case "find":
    case "translate":
      return request.addr < limit ? undefined : NOT_AN_ADDRESS;
    case "write":
      return misfitOfBytes(request.addr, request.bytes.length, limit);
    case "read":
      return misfitOfBytes(request.start, request.size, limit);
    case "store":
      return misfitInPage(request.addr, request.bytes.length, space.page, limit);
    case "load":
      return misfitInPage(request.addr, request.size, space.page, limit);
    case "overlaps":
      return misfitOfQueriedRange(request.start, request.size, limit);
    case "find-free":
      return misfitOfFindFree(request, space.page, limit);
    case "clear":
    case "areas":
    case "pages":
    case "frames":
    case "injected":
      return undefined;
  }
}

/** Why it can't be asked after what `history` has noted, if it can be asked at all. */
export function misfitAfter(history: MappingHistory, request: Request): string | undefined {
  switch (request.op) {
    case "map":
      return history.boundWith(request) > MAX_MAPPED_PAGES ? TOO_MANY_PAGES : undefined;
    case "write":
    case "store":
      return history.mayBeLinear(request.addr, request.bytes.length) ? MAY_BE_LINEAR : undefined;
    case "load":
      return history.mayBeLinear(request.addr, request.size) ? MAY_BE_LINEAR : undefined;
    case "read":
      return history.mayBeLinear(request.start, request.size) ? MAY_BE_LINEAR : undefined;
    case "unmap":
    case "protect":
    case "clear":
    case "fault":
    case "access":
    case "areas":
    case "pages":
    case "frames":
    case "injected":
    case "find":
    case "translate":
    case "overlaps":
    case "find-free":
    case "can-access":
      return undefined;
  }
}

function misfitOfBackend({ backend, size }: MapCommand, page: number): string | undefined {
  switch (backend.kind) {
    case "mock":
      return OTHER_SURFACE;
    case "linear":
      return backend.physical + size > PHYSICAL_LIMIT ? PHYSICAL_TOO_HIGH : undefined;
    case "alloc:eager":
      return size / page > MAX_EAGER_PAGES ? TOO_MANY_EAGER_PAGES : undefined;
    case "alloc:lazy":
      return undefined;
  }
}

function misfitOfFlags(flags: Flags, known: Flags): string | undefined {
  if ((flags & ~known) !== 0) return UNKNOWN_FLAGS;
  return areTellable(flags) ? undefined : UNTELLABLE_FLAGS;
}

function misfitOfBytes(addr: number, bytes: number, limit: number): string | undefined {
  if (bytes === 0) return EMPTY_QUERY;
  return bytes > MAX_BYTES ? TOO_MANY_BYTES : misfitOfRange(addr, bytes, limit);
}

function misfitInPage(addr: number, bytes: number, page: number, limit: number): string | undefined {
  return (addr % page) + bytes > page ? ACROSS_PAGES : misfitOfBytes(addr, bytes, limit);
}
