/** Every small state of the model against everything that an implementation could show for it. */
import { describe, expect, test } from "vitest";
import { everyState, recordsOf, type SmallArea } from "../models/cells.fixture.ts";
import { BEGINS, PageRecords } from "../models/page-records.ts";
import { virtAddr } from "../src/trace/address.ts";
import { Observation } from "../src/trace/observation.ts";
import { type Disagreement, findDisagreement } from "./agreement.ts";

const PAGES = 3;
const FLAGS = [0, 1];
const PAGE = 0x1000;

/** The three pages of the states: all in the space, all outside it, or one of each kind. */
const SPACES: readonly (readonly [name: string, firstPage: number, pageCount: number])[] = [
  ["in the space", 0, PAGES],
  ["far from the space", 100, PAGES],
  ["around the space", 1, 1],
];

function recordsHolding(areas: readonly SmallArea[], firstPage: number, pageCount: number): PageRecords {
  const records = new PageRecords(firstPage, pageCount);
  for (const [page, record] of recordsOf(areas, PAGES).entries()) records.set(page, record);
  return records;
}

type Page = readonly [page: number, flags: number];

function pagesOf(areas: readonly SmallArea[]): Page[] {
  return areas.flatMap(({ start, end, flags }) =>
    Array.from({ length: end - start }, (_, index): Page => [start + index, flags]),
  );
}

function show(observed: Observation, areas: readonly SmallArea[], pages: readonly Page[]): Observation {
  observed.reset();
  for (const { start, end, flags } of areas) {
    observed.area(virtAddr(start * PAGE), virtAddr(end * PAGE), flags, "mock");
  }
  for (const [page, flags] of pages) observed.page(virtAddr(page * PAGE), flags);
  return observed;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isSound(areas: readonly SmallArea[]): boolean {
  return areas.every(({ start, end }, index) => {
    const whole = Number.isInteger(start) && Number.isInteger(end);
    return whole && start >= (areas[index - 1]?.end ?? 0) && start < end;
  });
}

/** Whether the disagreement names the first page where two sound states differ, and says how. */
function isFirst(
  { view, page, boundary }: Disagreement,
  model: readonly SmallArea[],
  seen: readonly SmallArea[],
) {
  const [a, b] = [recordsOf(model, PAGES + 2), recordsOf(seen, PAGES + 2)];
  const first = a.findIndex((record, index) => record !== b[index]);
  return view === "areas" && page === first && boundary === (((a[first] ?? 0) ^ (b[first] ?? 0)) === BEGINS);
}

/** Boundaries and ends that no sound area has are among these. */
const PLACES = [0, 1, 2, 3, 4, -1, 0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 52];

/** Every area between two of these places, sound or not. */
function between(places: readonly number[]): readonly SmallArea[] {
  return places.flatMap((start) => places.flatMap((end) => FLAGS.map((flags) => ({ start, end, flags }))));
}

const ODD = between(PLACES);
const WHOLE = between([0, 1, 2, 3, 4]);

/** Every one or two areas that could be shown, a sound one before one that isn't; and the sound states of more. */
function* everyList(): Generator<readonly SmallArea[]> {
  for (const one of ODD) yield [one];
  for (const one of WHOLE) for (const other of one.start < one.end ? ODD : WHOLE) yield [one, other];
  for (const areas of everyState(PAGES, FLAGS)) if (areas.length === 0 || areas.length > 2) yield areas;
}

describe.each(SPACES)("the model's pages %s", (_name, firstPage, pageCount) => {
  const models = everyState(PAGES, FLAGS).map((areas) => ({
    areas,
    records: recordsHolding(areas, firstPage, pageCount),
  }));

  test("agree with the areas that are the model's, and no others", () => {
    const observed = new Observation();
    const wrong: string[] = [];
    let compared = 0;
    for (const seen of everyList()) {
      const sound = isSound(seen);
      const text = JSON.stringify(seen);
      for (const { areas, records } of models) {
        show(observed, seen, pagesOf(areas));
        const found = findDisagreement(records, observed, PAGE);
        const same = sound && JSON.stringify(areas) === text;
        const right = found ? !same && (!sound || isFirst(found, areas, seen)) : same;
        if (!right) wrong.push(`${JSON.stringify(areas)} ${text}: ${JSON.stringify(found)}`);
        compared++;
      }
    }
    expect(wrong).toEqual([]);
    expect(compared).toBe(270_231);
  });

  test("agree with the pages that are the model's, and no others", () => {
    const observed = new Observation();
    const wrong: string[] = [];
    for (const { areas, records } of models) {
      const right = pagesOf(areas);
      for (const seen of everyPageList()) {
        show(observed, areas, seen);
        const found = findDisagreement(records, observed, PAGE);
        if (isRightAboutPages(found, right, seen)) continue;
        wrong.push(`${JSON.stringify([right, seen])}: ${JSON.stringify(found)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("agree with no backend but the mock one", () => {
    for (const { areas, records } of models) {
      if (areas.length === 0) continue;
      const observed = show(new Observation(), areas, pagesOf(areas));
      observed.areaBackends[areas.length - 1] = 1;
      expect(findDisagreement(records, observed, PAGE)).toMatchObject({ view: "areas", boundary: false });
    }
  });

  test.each([64, 128, 192])("agree with no flags beyond the six: %d", (bits) => {
    for (const { areas, records } of models) {
      if (areas.length === 0) continue;
      const odd = areas.map((area, index) => (index === 0 ? { ...area, flags: area.flags | bits } : area));
      const observed = show(new Observation(), odd, pagesOf(odd));
      expect(findDisagreement(records, observed, PAGE)).toMatchObject({
        view: "areas",
        page: areas[0]?.start,
      });
    }
  });
});

const PAGE_PLACES = [0, 1, 2, 3, 0.5, -1, Number.NaN, Number.POSITIVE_INFINITY];

/** Everything that could be shown in at most three pages. */
function* everyPageList(): Generator<readonly Page[]> {
  const single = PAGE_PLACES.flatMap((page) => FLAGS.map((flags): Page => [page, flags]));
  yield [];
  for (const one of single) {
    yield [one];
    for (const two of single) {
      yield [one, two];
      for (const three of single) yield [one, two, three];
    }
  }
}

function isRightAboutPages(
  found: Disagreement | undefined,
  model: readonly Page[],
  seen: readonly Page[],
): boolean {
  if (found === undefined) return isSame(model, seen);
  const sound = seen.every(([page], index) => Number.isInteger(page) && page > (seen[index - 1]?.[0] ?? -1));
  if (!sound && found.view === "page-order") return true;
  if (found.view !== "pages" || found.boundary) return false;
  // A page that one of the two has and the other hasn't, or with other flags.
  const flagsIn = (pages: readonly Page[]) => pages.find(([page]) => page === found.page)?.[1];
  return flagsIn(model) !== flagsIn(seen);
}
