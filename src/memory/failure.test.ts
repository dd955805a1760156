import { describe, expect, test } from "vitest";
import { READ, RWX, WRITE } from "../trace/flags.ts";
import type { MappingResult } from "./error.ts";
import { MockSet } from "./mock-set.fixture.ts";

const PAGE = 0x1000;
const PAGES = 20;
const RW = READ | WRITE;

/** `[0 r 4000)[4000 rw 6000)  [8000 r 9000)[9000 rwx b000)  [d000 r 12000)` */
function five(): MockSet {
  const mock = new MockSet();
  mock.map(0x0000, 0x4000, READ);
  mock.map(0x4000, 0x2000, RW);
  mock.map(0x8000, 0x1000, READ);
  mock.map(0x9000, 0x2000, RWX);
  mock.map(0xd000, 0x5000, READ);
  return mock;
}

interface Operation {
  readonly name: string;
  /** What it works on, in pages. */
  readonly first: number;
  readonly end: number;
  readonly run: (mock: MockSet) => MappingResult;
  /** How many calls of a backend it makes when none fails. */
  readonly calls: number;
}

/** Operations that, run again after they failed, do what was left undone. */
const OPERATIONS: Operation[] = [
  { name: "map", first: 6, end: 8, run: (mock) => mock.map(0x6000, 0x2000, RW), calls: 1 },
  { name: "map, replacing", first: 2, end: 15, run: (mock) => mock.map(0x2000, 0xd000, RW, true), calls: 6 },
  {
    name: "map, replacing inside",
    first: 1,
    end: 2,
    run: (mock) => mock.map(PAGE, PAGE, RW, true),
    calls: 2,
  },
  { name: "unmap", first: 2, end: 15, run: (mock) => mock.unmap(0x2000, 0xd000), calls: 5 },
  { name: "unmap, whole areas", first: 4, end: 11, run: (mock) => mock.unmap(0x4000, 0x7000), calls: 3 },
  { name: "unmap inside", first: 1, end: 2, run: (mock) => mock.unmap(PAGE, PAGE), calls: 1 },
  { name: "unmap, one left part", first: 12, end: 15, run: (mock) => mock.unmap(0xc000, 0x3000), calls: 1 },
  { name: "protect", first: 2, end: 15, run: (mock) => mock.protect(0x2000, 0xd000, RWX), calls: 4 },
  {
    name: "protect, some left alone",
    first: 2,
    end: 15,
    run: (mock) => mock.protect(0x2000, 0xd000, READ),
    calls: 2,
  },
  { name: "protect inside", first: 1, end: 2, run: (mock) => mock.protect(PAGE, PAGE, RW), calls: 1 },
  { name: "clear", first: 0, end: PAGES, run: (mock) => mock.clear(), calls: 5 },
];

/** What each page shows: its flags, and whether an area begins there. */
function show(mock: MockSet): { flags: (string | undefined)[]; begins: boolean[] } {
  const flags = new Map(mock.pagesOfAreas().map((page) => [page.split(" ")[0], page.split(" ")[1]]));
  const starts = new Set(Array.from(mock.set, (area) => area.start / PAGE));
  const pages = Array.from({ length: PAGES }, (_, page) => page);
  return {
    flags: pages.map((page) => flags.get((page * PAGE).toString(16))),
    begins: pages.map((page) => starts.has(page)),
  };
}

/** Whether every page is as `before`, or, inside the range, as `after`, and boundaries stay between the former. */
function expectBetween(mock: MockSet, before: MockSet, after: MockSet, { first, end }: Operation): void {
  const [now, old, done] = [show(mock), show(before), show(after)];
  const replaced = (page: number) => page >= first && page < end && now.flags[page] === undefined;
  for (let page = 0; page < PAGES; page++) {
    const unchanged = now.flags[page] === old.flags[page];
    const finished = page >= first && page < end && now.flags[page] === done.flags[page];
    expect([page, unchanged || finished || replaced(page)]).toEqual([page, true]);
    if (unchanged && now.flags[page - 1] === old.flags[page - 1]) {
      expect([page, now.begins[page]]).toEqual([page, old.begins[page]]);
    }
  }
}

describe.each(OPERATIONS)("$name", (operation) => {
  const done = () => {
    const after = five();
    operation.run(after);
    return after;
  };

  test("makes as few calls as the areas that it touches ask for", () => {
    const mock = five();
    mock.pageTable.failAfter(operation.calls);
    expect(operation.run(mock)).toEqual({ ok: true });
    expect(mock.pageTable.fired).toBe(0);
    expect(mock.areas()).toEqual(done().areas());
  });

  test.each(Array.from({ length: operation.calls }, (_, k) => k))(
    "stays consistent when call %d fails",
    (k) => {
      const mock = five();
      const after = done();
      mock.pageTable.failAfter(k);
      expect(operation.run(mock)).toEqual({ ok: false, error: "BadState" });
      expect(mock.pageTable.fired).toBe(1);
      expect(mock.pages()).toEqual(mock.pagesOfAreas());
      expectBetween(mock, five(), after, operation);

      mock.pageTable.disarm();
      expect(operation.run(mock)).toEqual({ ok: true });
      expect(mock.areas()).toEqual(after.areas());
      expect(mock.pages()).toEqual(after.pages());
    },
  );
});

test("what was finished before the failing call stays done, in address order", () => {
  const unmapping = five();
  unmapping.pageTable.failAfter(2);
  unmapping.unmap(0x2000, 0xd000);
  expect(unmapping.areas()).toEqual(["0-2000 r", "8000-9000 r", "9000-b000 rwx", "d000-12000 r"]);

  const protecting = five();
  protecting.pageTable.failAfter(2);
  protecting.protect(0x2000, 0xd000, RWX);
  expect(protecting.areas()).toEqual([
    "0-2000 r",
    "2000-4000 rwx",
    "4000-6000 rwx",
    "8000-9000 r",
    "9000-b000 rwx",
    "d000-12000 r",
  ]);

  const replacing = five();
  replacing.pageTable.failAfter(5);
  replacing.map(0x2000, 0xd000, RW, true);
  expect(replacing.areas()).toEqual(["0-2000 r", "f000-12000 r"]);
});
