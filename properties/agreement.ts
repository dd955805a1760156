/** Whether the state that an implementation shows is the model's: the areas and the pages. */
import type { PageRecords } from "../models/page-records.ts";
import { BEGINS, FLAG_BITS, insideOf } from "../models/page-records.ts";
import type { Observation } from "../src/trace/observation.ts";

/** Where model and implementation part, and in which of the two views. */
export interface Disagreement {
  /** `…-order`: what is shown is malformed in itself. Otherwise the view that differs from the model. */
  readonly view: "area-order" | "page-order" | "areas" | "pages";
  /** The number of the first page that differs. */
  readonly page: number;
  /** Whether it differs only in that an area begins there, in one of the two and not in the other. */
  readonly boundary: boolean;
}

/** The first disagreement between model and observation, or `undefined`. `page` is in bytes. */
export function findDisagreement(
  records: PageRecords,
  observed: Observation,
  page: number,
): Disagreement | undefined {
  // Exact, as a page is a power of two, and cheaper than dividing.
  const perByte = 1 / page;
  const disagreement = records.areExactly(observed, perByte)
    ? undefined
    : areasDisagree(records, observed, page);
  if (disagreement !== undefined || !observed.showsPages || pagesFollowAreas(observed, page))
    return disagreement;
  return pagesDisagree(records, observed, page);
}

/** Whether the pages shown are those of the areas shown, which are known to be the model's: the usual case. */
function pagesFollowAreas(observed: Observation, page: number): boolean {
  const { areaCount, areaStarts, areaEnds, areaFlags, pageAddrs, pageCounts, pageFlags } = observed;
  let run = 0;
  // How far the run was followed through earlier areas.
  let followed = pageAddrs[0];
  for (let index = 0; index < areaCount; index++) {
    const end = areaEnds[index] ?? 0;
    for (let addr = areaStarts[index] ?? 0; addr < end; ) {
      if (run === observed.pageCount || followed !== addr || pageFlags[run] !== areaFlags[index])
        return false;
      const count = pageCounts[run] ?? 0;
      if (!(count >= 1 && Number.isInteger(count))) return false;
      const runEnd = (pageAddrs[run] ?? 0) + count * page;
      addr = Math.min(end, runEnd);
      followed = addr === runEnd ? pageAddrs[++run] : addr;
    }
  }
  return run === observed.pageCount;
}

function areasDisagree(records: PageRecords, observed: Observation, page: number): Disagreement | undefined {
  const { areaCount, areaStarts, areaEnds, areaFlags, areaBackends } = observed;
  // Exact, as a page is a power of two, and cheaper than dividing.
  const perByte = 1 / page;
  let previousEnd = 0;
  let covered = 0;
  for (let index = 0; index < areaCount; index++) {
    const first = (areaStarts[index] ?? 0) * perByte;
    const end = (areaEnds[index] ?? 0) * perByte;
    const inside = insideOf(areaFlags[index] ?? 0);
    const ordered = first >= previousEnd && first < end;
    if (!ordered || records.get(first) !== (inside | BEGINS) || areaBackends[index] !== 0) {
      return areaDisagrees(records, observed, page, index, previousEnd);
    }
    const other = records.firstOther(inside, first + 1, end);
    if (other !== end) {
      if (!Number.isInteger(end)) return { view: "area-order", page: Math.floor(first), boundary: false };
      const missing = firstMissing(records, observed, page, other);
      const boundary = missing === other && records.get(other) === (inside | BEGINS);
      return { view: "areas", page: missing, boundary };
    }
    covered += end - first;
    previousEnd = end;
  }
  if (covered === records.count) return undefined;
  const missing = firstMissing(records, observed, page, Number.POSITIVE_INFINITY);
  return { view: "areas", page: missing, boundary: false };
}

/** What is wrong about the start of the area with this index. */
function areaDisagrees(
  records: PageRecords,
  observed: Observation,
  page: number,
  index: number,
  previousEnd: number,
): Disagreement {
  const first = (observed.areaStarts[index] ?? 0) / page;
  const end = (observed.areaEnds[index] ?? 0) / page;
  const ordered = first >= previousEnd && first < end && Number.isInteger(first) && Number.isInteger(end);
  if (!ordered) return { view: "area-order", page: Math.floor(first), boundary: false };
  const inside = insideOf(observed.areaFlags[index] ?? 0);
  const missing = firstMissing(records, observed, page, first);
  return { view: "areas", page: missing, boundary: missing === first && records.get(first) === inside };
}

/** The first page before `to` that the model has in an area and no area shown covers; else `to`. */
function firstMissing(records: PageRecords, observed: Observation, page: number, to: number): number {
  const count = records.list(0, to);
  for (let index = 0; index < count; index++) {
    const candidate = records.listed[index] ?? 0;
    if (areaIndexOf(observed, candidate * page) < 0) return candidate;
  }
  return to;
}

function pagesDisagree(records: PageRecords, observed: Observation, page: number): Disagreement | undefined {
  const { pageCount, pageAddrs, pageCounts, pageFlags } = observed;
  const perByte = 1 / page;
  let previousEnd = 0;
  let shown = 0;
  for (let index = 0; index < pageCount; index++) {
    const first = (pageAddrs[index] ?? 0) * perByte;
    const count = pageCounts[index] ?? 0;
    if (!(first >= previousEnd && Number.isInteger(first) && count >= 1 && Number.isInteger(count))) {
      return { view: "page-order", page: Math.floor(first), boundary: false };
    }
    // Counted by offset: beyond 2^53 one page more is the same number.
    for (let offset = 0; offset < count; offset++) {
      const record = records.get(first + offset);
      if (record === 0 || (record & FLAG_BITS) !== pageFlags[index]) {
        return { view: "pages", page: first + offset, boundary: false };
      }
    }
    previousEnd = first + count;
    shown += count;
  }
  if (shown === records.count) return undefined;
  const count = records.list(0, Number.POSITIVE_INFINITY);
  const missing = records.listed
    .subarray(0, count)
    .find((candidate) => !isShown(observed, candidate * page, page));
  return { view: "pages", page: missing ?? 0, boundary: false };
}

/** Whether some run of pages contains the page at `addr`. */
function isShown({ pageCount, pageAddrs, pageCounts }: Observation, addr: number, page: number): boolean {
  for (let index = 0; index < pageCount; index++) {
    const offset = addr - (pageAddrs[index] ?? 0);
    if (offset >= 0 && offset < (pageCounts[index] ?? 0) * page) return true;
  }
  return false;
}

/** The index of the observed area that contains `addr`, or -1. */
export function areaIndexOf(observed: Observation, addr: number): number {
  for (let index = 0; index < observed.areaCount; index++) {
    if ((observed.areaStarts[index] ?? 0) <= addr && addr < (observed.areaEnds[index] ?? 0)) return index;
  }
  return -1;
}
