/** How the range of a request lies on the areas and pages before it, as one small integer: what behaviours differ in. */
import type { MemorySetModel } from "../models/memory-set.ts";
import { BEGINS, type PageRecords } from "../models/page-records.ts";
import type { Request } from "../src/trace/request.ts";

// How an end of a range [ ] lies on an area ( ): where no area is, where the area ends, or inside.
//
//     [   (   )   ]    [(   )]    (  [   ]  )
//      BEYOND           AT         WITHIN
const BEYOND = 0;
const AT = 1;
const WITHIN = 2;

// What the range lies on: nothing, as there is no range; no area; one, in nine ways; several, in eight.
const NO_RANGE = 0;
const FREE = 1;
const FREE_NEXT_TO_AN_AREA = 2;
const ONE_AREA = 3;
const SEVERAL_AREAS = 12;
const LYINGS = 20;

/** How many of the pages of a range are there. */
export const NONE_PRESENT = 0;
/** See `NONE_PRESENT`. */
export const SOME_PRESENT = 1;
/** See `NONE_PRESENT`. */
export const ALL_PRESENT = 2;

// Of the first area in the range the kind of backend, of four; how many pages are there; and `NO_FILLING`.
const FILLINGS = 13;

/** What the pages are of a range without areas, or of one that isn't looked into. */
export const NO_FILLING = 0;

/** How many places there are: each is an integer from 0 on. */
export const PLACES = LYINGS * FILLINGS;

/** The place of a request that is about no range of its own, or whose place doesn't matter. */
export const NOWHERE = NO_RANGE;

/** The place of a range on which no area lies. `isNext` tells whether one lies right before or behind it. */
export function placeInFree(isNext: boolean): number {
  return (isNext ? FREE_NEXT_TO_AN_AREA : FREE) * FILLINGS + NO_FILLING;
}

/** The place of a range on which one area lies, from what `startOf`, `endOf` and `fillingOf` say. */
export function placeOnOne(start: number, end: number, filling: number): number {
  return (ONE_AREA + start * 3 + end) * FILLINGS + filling;
}

/** The place of a range on which several areas lie. */
export function placeOnSeveral(start: number, end: number, holes: boolean, filling: number): number {
  const cuts = (start === WITHIN ? 4 : 0) + (end === WITHIN ? 2 : 0);
  return (SEVERAL_AREAS + cuts + (holes ? 1 : 0)) * FILLINGS + filling;
}

/** How the start of a range lies, from the record of its first page; `begins` is the bit of one where an area begins. */
export function startOf(record: number, begins: number): number {
  if (record === 0) return BEYOND;
  return (record & begins) !== 0 ? AT : WITHIN;
}

/** How the end of a range lies, from the records of its last page and of the page behind it. */
export function endOf(last: number, behind: number, begins: number): number {
  if (last === 0) return BEYOND;
  return behind === 0 || (behind & begins) !== 0 ? AT : WITHIN;
}

/** What the pages of a range are: `kind` is the index of the backend of its first area, `present` how many are there. */
export function fillingOf(kind: number, present: number): number {
  return 1 + kind * 3 + present;
}

/** All pages of a memory set are there, and there is one kind of backend. */
const FILLING = fillingOf(0, ALL_PRESENT);

/** The place of a request on the memory-set surface, which is not carried out yet. */
export function memorySetPlace({ pages, page }: MemorySetModel, request: Request): number {
  switch (request.op) {
    case "map":
    case "unmap":
    case "protect":
    case "overlaps":
      return rangePlace(pages, request.start / page, (request.start + request.size) / page);
    case "find":
      return pagePlace(pages, Math.floor(request.addr / page));
    case "clear":
      return rangePlace(pages, 0, Number.POSITIVE_INFINITY);
    case "find-free":
    case "areas":
    case "pages":
    case "injected":
    case "fault":
    case "access":
    case "write":
    case "store":
    case "load":
    case "frames":
    case "translate":
    case "read":
    case "can-access":
      return NOWHERE;
  }
}

/** The place of a page. */
function pagePlace(pages: PageRecords, page: number): number {
  const record = pages.get(page);
  const behind = pages.get(page + 1);
  if (record === 0) return placeInFree(pages.get(page - 1) !== 0 || behind !== 0);
  return placeOnOne(startOf(record, BEGINS), endOf(record, behind, BEGINS), FILLING);
}

/** The place of the pages [from, to). */
function rangePlace(pages: PageRecords, from: number, to: number): number {
  if (from >= to) return NOWHERE;
  const mapped = pages.list(from, to);
  if (mapped === 0) return placeInFree(pages.get(from - 1) !== 0 || pages.get(to) !== 0);
  const start = startOf(pages.get(from), BEGINS);
  const end = endOf(pages.get(to - 1), pages.get(to), BEGINS);
  for (let index = 1; index < mapped; index++) {
    if ((pages.get(pages.listed[index] ?? 0) & BEGINS) !== 0) {
      return placeOnSeveral(start, end, mapped < to - from, FILLING);
    }
  }
  return placeOnOne(start, end, FILLING);
}
