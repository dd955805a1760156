/** Whether the state that an implementation of the address-space surface shows is the model's: areas and pages. */
import type { AddressSpaceModel } from "../models/address-space.ts";
import {
  AREA_BITS,
  BEGINS,
  FLAG_BITS,
  IN_AREA,
  isAccessible,
  KIND_BITS,
  KIND_STEP,
  LINEAR,
  PRESENT,
  RWX,
  type SpacePages,
  UNKNOWN,
} from "../models/space-pages.ts";
import { BACKEND_KINDS, NO_PHYSICAL, type Observation } from "../src/trace/observation.ts";
import type { Disagreement } from "./agreement.ts";

/** Where model and implementation part. */
export interface SpaceDisagreement extends Omit<Disagreement, "view"> {
  /** As in `Disagreement`, or that the frame of the page is not its own, or not the one that it had. */
  readonly view: Disagreement["view"] | "identity";
}

const LINEAR_KIND = BACKEND_KINDS.indexOf("linear");
const END = Number.POSITIVE_INFINITY;

/**
 * The first disagreement between model and observation, or `undefined`. Frames that show for the first time are
 * taken over into the model.
 */
export function findSpaceDisagreement(
  model: AddressSpaceModel,
  observed: Observation,
): SpaceDisagreement | undefined {
  // Exact, as a page is a power of two, and cheaper than dividing.
  const perByte = 1 / model.page;
  const ofAreas = areasMalformed(observed, perByte) ?? areasDisagree(model.state.pages, observed, perByte);
  if (ofAreas !== undefined || !observed.showsPages) return ofAreas;
  const malformed = pagesMalformed(observed, perByte);
  if (malformed !== undefined) return malformed;
  return model.manners.pagesComeAndGo
    ? pagesTooMany(model, observed, perByte)
    : pagesDisagree(model, observed, perByte);
}

/**
 * Whether `pages` may show `page` with these flags, where pages come and go: it could be accessed, and has no flags
 * that its area has not. `physical` matters for a linear page, if it is known.
 */
export function mayBeShown(
  { state, pageFlags }: AddressSpaceModel,
  page: number,
  flags: number,
  physical: number,
): boolean {
  const record = state.pages.get(page);
  if (!isAccessible(record) || (flags & ~(record & pageFlags)) !== 0) return false;
  const isKnown = (record & KIND_BITS) === LINEAR && physical !== NO_PHYSICAL;
  return !isKnown || physical === state.pages.physical(page);
}

function areasMalformed(observed: Observation, perByte: number): SpaceDisagreement | undefined {
  const { areaCount, areaStarts, areaEnds } = observed;
  let previousEnd = 0;
  for (let index = 0; index < areaCount; index++) {
    const first = (areaStarts[index] ?? 0) * perByte;
    const end = (areaEnds[index] ?? 0) * perByte;
    if (!(first >= previousEnd && first < end && Number.isInteger(first) && Number.isInteger(end))) {
      return at("area-order", Math.floor(first));
    }
    previousEnd = end;
  }
  return undefined;
}

function areasDisagree(
  pages: SpacePages,
  observed: Observation,
  perByte: number,
): SpaceDisagreement | undefined {
  const { areaCount, areaStarts, areaEnds, areaPhysicals, areaBackends } = observed;
  let previousEnd = 0;
  for (let index = 0; index < areaCount; index++) {
    const first = (areaStarts[index] ?? 0) * perByte;
    const end = (areaEnds[index] ?? 0) * perByte;
    const missing = pages.next(previousEnd, first);
    if (missing < first) return at("areas", missing);
    const inside = recordShown(observed, index);
    const begin = pages.get(first) & AREA_BITS;
    if (begin !== (inside | BEGINS)) return at("areas", first, begin === inside);
    const physical = areaBackends[index] === LINEAR_KIND ? pages.physical(first) : NO_PHYSICAL;
    if (areaPhysicals[index] !== physical) return at("areas", first);
    const other = pages.firstOther(first + 1, end, AREA_BITS, inside);
    if (other < end) return at("areas", other, (pages.get(other) & AREA_BITS) === (inside | BEGINS));
    previousEnd = end;
  }
  const missing = pages.next(previousEnd, END);
  return missing === END ? undefined : at("areas", missing);
}

/** The record, behind its first page, of the area with this index; -1, which none is, for what can't be one. */
function recordShown({ areaFlags, areaBackends }: Observation, index: number): number {
  const flags = areaFlags[index] ?? 0;
  const kind = areaBackends[index] ?? 0;
  return flags > FLAG_BITS || kind >= BACKEND_KINDS.length ? -1 : IN_AREA | flags | (kind * KIND_STEP);
}

function pagesMalformed(observed: Observation, perByte: number): SpaceDisagreement | undefined {
  const { pageCount, pageAddrs, pageCounts } = observed;
  let previousEnd = 0;
  for (let index = 0; index < pageCount; index++) {
    const first = (pageAddrs[index] ?? 0) * perByte;
    const count = pageCounts[index] ?? 0;
    const end = first + count;
    // Where numbers are too large to be exact, a page more can be the same number.
    const ordered = first >= previousEnd && count >= 1 && end > first;
    if (!(ordered && Number.isInteger(first) && Number.isInteger(count))) {
      return at("page-order", Math.floor(first));
    }
    previousEnd = end;
  }
  return undefined;
}

/** Where pages come and go: the first one that is shown and may not be, as it is. */
function pagesTooMany(
  model: AddressSpaceModel,
  observed: Observation,
  perByte: number,
): SpaceDisagreement | undefined {
  const { pageCount, pageAddrs, pageCounts, pageFlags, pagePhysicals } = observed;
  for (let index = 0; index < pageCount; index++) {
    const first = (pageAddrs[index] ?? 0) * perByte;
    const end = first + (pageCounts[index] ?? 0);
    const start = pagePhysicals[index] ?? NO_PHYSICAL;
    const size = start === NO_PHYSICAL ? 0 : model.page;
    for (let page = first; page < end; page++) {
      const physical = start + (page - first) * size;
      if (!mayBeShown(model, page, pageFlags[index] ?? 0, physical)) return at("pages", page);
    }
  }
  return undefined;
}

function pagesDisagree(
  model: AddressSpaceModel,
  observed: Observation,
  perByte: number,
): SpaceDisagreement | undefined {
  const { pages } = model.state;
  const mask = PRESENT | model.pageFlags;
  const { pageCount, pageAddrs, pageCounts, pageFlags, pagePhysicals } = observed;
  let previousEnd = 0;
  for (let index = 0; index < pageCount; index++) {
    const first = (pageAddrs[index] ?? 0) * perByte;
    const end = first + (pageCounts[index] ?? 0);
    const missing = nextAccessible(pages, previousEnd, first);
    if (missing < first) return at("pages", missing);
    const flags = pageFlags[index] ?? 0;
    if ((flags & RWX) === 0 || flags > FLAG_BITS) return at("pages", first);
    const other = pages.firstOther(first, end, mask, PRESENT | flags);
    if (other < end) return at("pages", other);
    const moved = translationsDisagree(model, first, end, pagePhysicals[index] ?? NO_PHYSICAL);
    if (moved) return moved;
    previousEnd = end;
  }
  const missing = nextAccessible(pages, previousEnd, END);
  return missing === END ? undefined : at("pages", missing);
}

/** Whether the pages [first, end), which are accessible, can be shown to begin at `start` in physical memory. */
function translationsDisagree(
  model: AddressSpaceModel,
  first: number,
  end: number,
  start: number,
): SpaceDisagreement | undefined {
  const { pages } = model.state;
  // A system that knows no physical addresses shows none, for any page.
  const size = start === NO_PHYSICAL ? 0 : model.page;
  let page = pages.firstElsewhere(first, end, start, size);
  while (page < end) {
    const physical = start + (page - first) * size;
    const isLinear = (pages.get(page) & KIND_BITS) === LINEAR;
    if (isLinear && physical !== NO_PHYSICAL) return at("pages", page);
    if (!isLinear && !isFirstShown(model, page, physical)) return at("identity", page);
    page++;
    page = pages.firstElsewhere(page, end, start + (page - first) * size, size);
  }
  return undefined;
}

/** Whether `physical` can be the frame of `page`, whose frame was not known; it is from now on. */
function isFirstShown({ state, page: size }: AddressSpaceModel, page: number, physical: number): boolean {
  if (state.pages.physical(page) !== UNKNOWN || physical < 0 || physical % size !== 0) return false;
  return state.learnFrame(page, physical) === page;
}

/** The first page of [from, to) that `pages` has to show; `to` when there is none. */
function nextAccessible(pages: SpacePages, from: number, to: number): number {
  let page = pages.next(from, to, RWX);
  while (page < to && !isAccessible(pages.get(page))) page = pages.next(page + 1, to, RWX);
  return page;
}

function at(view: SpaceDisagreement["view"], page: number, boundary = false): SpaceDisagreement {
  return { view, page, boundary };
}
