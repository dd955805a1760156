/** How the range of a request lies on the areas and pages of an address space: see `place.ts`. */
import type { AddressSpaceModel } from "../models/address-space.ts";
import { BEGINS, IN_AREA, KIND_BITS, KIND_STEP, PRESENT, type SpacePages } from "../models/space-pages.ts";
import { isCommand, type Request } from "../src/trace/request.ts";
import {
  ALL_PRESENT,
  endOf,
  fillingOf,
  NO_FILLING,
  NONE_PRESENT,
  NOWHERE,
  placeInFree,
  placeOnOne,
  placeOnSeveral,
  SOME_PRESENT,
  startOf,
} from "./place.ts";

/** The place of a request on the address-space surface, which is not carried out yet. */
export function spacePlace({ state, page }: AddressSpaceModel, request: Request): number {
  const { pages } = state;
  // There are many places, and many failures: each with each would be more than a campaign meets.
  if (isCommand(request) && request.inject) return NOWHERE;
  switch (request.op) {
    case "map": {
      // Which backend a map brings says enough: what was there before is a matter of areas.
      const { start, size } = request;
      return bytesPlace(pages, page, start, size, false);
    }
    case "unmap":
    case "protect":
    case "overlaps":
    case "read":
    case "can-access":
      return bytesPlace(pages, page, request.start, request.size);
    case "fault":
    case "access":
    case "find":
    case "translate":
      return bytesPlace(pages, page, request.addr, 1);
    case "write":
    case "store":
      return bytesPlace(pages, page, request.addr, request.bytes.length);
    case "load":
      return bytesPlace(pages, page, request.addr, request.size);
    case "clear":
      return rangePlace(pages, 0, Number.POSITIVE_INFINITY, true);
    case "find-free":
    case "areas":
    case "pages":
    case "frames":
    case "injected":
      return NOWHERE;
  }
}

/** The place of the pages that have a byte of a range. */
function bytesPlace(
  pages: SpacePages,
  page: number,
  start: number,
  size: number,
  looksInside = true,
): number {
  if (size === 0) return NOWHERE;
  return rangePlace(pages, Math.floor(start / page), Math.ceil((start + size) / page), looksInside);
}

/** The place of the pages [from, to), of which there is one at least. `looksInside`: also by what the pages are. */
function rangePlace(pages: SpacePages, from: number, to: number, looksInside: boolean): number {
  const first = pages.next(from, to);
  if (first === to) return placeInFree(pages.get(from - 1) !== 0 || pages.get(to) !== 0);
  const filling = looksInside ? fillingIn(pages, first, from, to) : NO_FILLING;
  const start = startOf(pages.get(from), BEGINS);
  const end = endOf(pages.get(to - 1), pages.get(to), BEGINS);
  if (pages.next(first + 1, to, BEGINS) === to) return placeOnOne(start, end, filling);
  const holes = pages.firstOther(from, to, IN_AREA, IN_AREA) < to;
  return placeOnSeveral(start, end, holes, filling);
}

/** What the pages [from, to) are, of which `first` is the first one in an area: of which kind says a single page only. */
function fillingIn(pages: SpacePages, first: number, from: number, to: number): number {
  const kind = to - from === 1 ? (pages.get(first) & KIND_BITS) / KIND_STEP : 0;
  return fillingOf(kind, presentIn(pages, from, to));
}

/** How many of the pages [from, to) are there. */
function presentIn(pages: SpacePages, from: number, to: number): number {
  if (pages.next(from, to, PRESENT) === to) return NONE_PRESENT;
  return pages.firstOther(from, to, PRESENT, PRESENT) === to ? ALL_PRESENT : SOME_PRESENT;
}
