/**
 * Where an implementation may merge and split areas as it likes, as long as their pages stay what they are
 * (`boundaries=free`), the model begins them where they are shown to begin, if that can be:
 *
 *     model     [ a ][ a ][ b ]
 *     shown     [   a    ][ b ]      taken over
 *     shown     [      a      ]      not taken over at b: the comparison that follows reports it
 */
import type { AreaRecord } from "../src/trace/answer.ts";
import type { Observation } from "../src/trace/observation.ts";
import { BEGINS, type PageRecords } from "./page-records.ts";
import * as space from "./space-pages.ts";
import type { SpaceState } from "./space-state.ts";

const END = Number.POSITIVE_INFINITY;

/** Takes the boundaries shown over into the records of a memory set. `size` is that of a page in bytes. */
export function takeBoundaries(records: PageRecords, observed: Observation, size: number): void {
  const { areaCount, areaStarts, areaEnds } = observed;
  const count = records.list(0, END);
  let index = 0;
  for (let at = 0; at < count; at++) {
    const page = records.listed[at] ?? 0;
    const record = records.get(page);
    while (index < areaCount && (areaStarts[index] ?? 0) < page * size) index++;
    // Between neighbours one area ends where the next one starts: overlaps are not taken over.
    const begins =
      index < areaCount && areaStarts[index] === page * size && areaEnds[index - 1] === page * size;
    const isFree = (records.get(page - 1) & ~BEGINS) === (record & ~BEGINS);
    const wanted = begins ? record | BEGINS : record & ~BEGINS;
    if (isFree && wanted !== record) records.set(page, wanted);
  }
}

/** Takes the boundaries shown over into an address space. */
export function takeSpaceBoundaries(state: SpaceState, observed: Observation): void {
  const { pages, page: size } = state;
  const { areaCount, areaStarts } = observed;
  let index = 0;
  for (let page = nextStart(pages, 0); page < END; page = nextStart(pages, page + 1)) {
    while (index < areaCount && (areaStarts[index] ?? 0) < page * size) index++;
    if (index < areaCount && areaStarts[index] === page * size) continue;
    if (goesOn(state, page)) pages.change(page, pages.get(page) & ~space.BEGINS);
  }
  for (index = 0; index < areaCount; index++) {
    const page = (areaStarts[index] ?? 0) / size;
    if (goesOn(state, page)) pages.change(page, pages.get(page) | space.BEGINS);
  }
}

/** The areas with neighbours that could be one area made one. */
export function joined(areas: readonly AreaRecord[]): AreaRecord[] {
  const list: AreaRecord[] = [];
  for (const area of areas) {
    const last = list.at(-1);
    if (last !== undefined && canJoin(last, area)) list[list.length - 1] = { ...last, end: area.end };
    else list.push(area);
  }
  return list;
}

/** Whether `page` lies in an area and could lie in one with the page before it. */
function goesOn(state: SpaceState, page: number): boolean {
  const { pages } = state;
  const record = pages.get(page);
  const differs = ((record ^ pages.get(page - 1)) & space.AREA_BITS & ~space.BEGINS) !== 0;
  return record !== 0 && !differs && state.leadsOn(page);
}

function nextStart(pages: space.SpacePages, from: number): number {
  return pages.next(from, END, space.BEGINS);
}

function canJoin(last: AreaRecord, area: AreaRecord): boolean {
  if (last.end !== area.start || last.flags !== area.flags) return false;
  if (last.start >= last.end || area.start >= area.end) return false;
  const [before, after] = [last.backend, area.backend];
  if (before.kind !== "linear" || after.kind !== "linear") return before.kind === after.kind;
  return before.physical + (last.end - last.start) === after.physical;
}
