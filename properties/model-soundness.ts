/** What must be true of a model by itself, whatever implementation it is compared with. */
import type { AddressSpaceModel } from "../models/address-space.ts";
import type { MemorySetModel } from "../models/memory-set.ts";
import { BEGINS, FLAG_BITS, IN_AREA } from "../models/page-records.ts";
import * as space from "../models/space-pages.ts";
import type { AreaRecord, PageRecord } from "../src/trace/answer.ts";

const END = Number.POSITIVE_INFINITY;

/** What is wrong about the state of a model of a memory set, in words; `undefined` where nothing is. */
export function faultOfMemorySet(model: MemorySetModel): string | undefined {
  const { pages, page: size } = model;
  const count = pages.list(0, END);
  for (const page of pages.listed.slice(0, count)) {
    const record = pages.get(page);
    if ((record & IN_AREA) === 0) return `page ${page} has flags and no area`;
    if ((record & BEGINS) !== 0) continue;
    const before = pages.get(page - 1);
    if ((before & IN_AREA) === 0) return `page ${page} goes on with an area that isn't there`;
    if (((before ^ record) & FLAG_BITS) !== 0) return `page ${page} has other flags than its area`;
  }
  if (count !== pages.count) return `${pages.count} pages are counted, and there are ${count}`;
  const shown = model.translations();
  if (shown.length !== count) return `${count} pages lie in areas, and ${shown.length} are present`;
  return faultOfAreas(model.areas(), count, size) ?? faultOfPages(shown, model.areas(), FLAG_BITS);
}

/** What is wrong about the state of a model of an address space, in words; `undefined` where nothing is. */
export function faultOfAddressSpace(model: AddressSpaceModel): string | undefined {
  const { state, page: size, pageFlags } = model;
  const { pages } = state;
  let count = 0;
  let frames = 0;
  const owners = new Map<number, number>();
  for (let page = pages.next(0, END); page < END; page = pages.next(page + 1, END)) {
    const wrong = faultOfSpacePage(model, page);
    if (wrong !== undefined) return `page ${page} ${wrong}`;
    count++;
    if ((pages.get(page) & space.FRAME) === 0) continue;
    frames++;
    const physical = pages.physical(page);
    const other = physical === space.UNKNOWN ? undefined : owners.get(physical);
    if (other !== undefined) return `pages ${other} and ${page} have one frame`;
    owners.set(physical, page);
  }
  if (count !== pages.count) return `${pages.count} pages are counted, and there are ${count}`;
  if (frames !== state.dataFrames) return `${state.dataFrames} frames are counted, and there are ${frames}`;
  const areas = model.areas();
  return faultOfAreas(areas, count, size) ?? faultOfPages(model.translations(), areas, pageFlags);
}

function faultOfSpacePage({ state }: AddressSpaceModel, page: number): string | undefined {
  const { pages } = state;
  const record = pages.get(page);
  const kind = record & space.KIND_BITS;
  const isPresent = (record & space.PRESENT) !== 0;
  const hasFrame = (record & space.FRAME) !== 0;
  if ((record & space.IN_AREA) === 0) return "has a record and no area";
  if (kind === space.LINEAR && (hasFrame || !isPresent)) return "is linear, and absent or in a frame";
  if (kind === space.EAGER && !hasFrame) return "is eager and has no frame";
  if (kind !== space.LINEAR && hasFrame !== isPresent)
    return "is present without a frame, or absent with one";
  if (pages.content(page) !== 0 && !hasFrame) return "holds bytes and has no frame";
  if ((record & space.BEGINS) !== 0) return undefined;
  const differs = (record ^ pages.get(page - 1)) & space.AREA_BITS & ~space.BEGINS;
  if (differs !== 0 || !state.leadsOn(page)) return "goes on with an area that it doesn't fit";
  return undefined;
}

/** Areas are in order, not empty, made of whole pages, apart, and have as many pages as there are. */
function faultOfAreas(areas: readonly AreaRecord[], count: number, size: number): string | undefined {
  let end = 0;
  let pages = 0;
  for (const area of areas) {
    if (area.start < end || area.start >= area.end) return `the area at ${area.start} is out of order`;
    if (area.start % size !== 0 || area.end % size !== 0) return `the area at ${area.start} cuts a page`;
    end = area.end;
    pages += (area.end - area.start) / size;
  }
  return pages === count ? undefined : `the areas have ${pages} pages of ${count}`;
}

/** Pages are in order, and each lies in an area and has its flags, of those that pages show. */
function faultOfPages(
  pages: readonly PageRecord[],
  areas: readonly AreaRecord[],
  shown: number,
): string | undefined {
  let last = -1;
  for (const { addr, flags } of pages) {
    const area = areas.find(({ start, end }) => start <= addr && addr < end);
    if (addr <= last) return `the page at ${addr} is out of order`;
    if (area === undefined) return `the page at ${addr} lies in no area`;
    if ((area.flags & shown) !== flags) return `the page at ${addr} has other flags than its area`;
    last = addr;
  }
  return undefined;
}
