import { describe, expect, test } from "vitest";
import type { PageRun, ShownArea, Snapshot } from "../explore/snapshot.ts";
import { physAddr, virtAddr } from "../trace/address.ts";
import { type Flags, READ, WRITE } from "../trace/flags.ts";
import { areasOnlyIn, firstDifference, isSameMapping, mappingAt, pageChanges } from "./page-changes.ts";

const RW = READ | WRITE;

function run(start: number, end: number, flags: Flags, physical?: number): PageRun {
  const place = physical === undefined ? {} : { physical: physAddr(physical) };
  return { start: virtAddr(start), end: virtAddr(end), flags, ...place };
}

function area(start: number, end: number, flags: Flags = READ, physical?: number): ShownArea {
  const backend = physical === undefined ? "mock" : "linear";
  return { ...run(start, end, flags, physical), backend };
}

function state(areas: readonly ShownArea[], pages: readonly PageRun[] = []): Snapshot {
  return { areas, pages };
}

describe("changes of pages", () => {
  test.each<[what: string, before: readonly PageRun[], after: readonly PageRun[], changes: unknown]>([
    [
      "nothing",
      [run(0, 0x4000, RW, 0x9000)],
      [run(0, 0x2000, RW, 0x9000), run(0x2000, 0x4000, RW, 0xb000)],
      [],
    ],
    ["a page that is new", [], [run(0, 0x1000, RW)], [{ start: 0, end: 0x1000, after: { flags: RW } }]],
    [
      "pages that are gone, in the middle",
      [run(0, 0x4000, RW, 0x9000)],
      [run(0, 0x1000, RW, 0x9000), run(0x3000, 0x4000, RW, 0xc000)],
      [{ start: 0x1000, end: 0x3000, before: { flags: RW, physical: 0xa000 } }],
    ],
    [
      "other flags, and another frame behind them",
      [run(0, 0x2000, RW, 0x9000)],
      [run(0, 0x1000, READ, 0x9000), run(0x1000, 0x2000, RW, 0xf000)],
      [
        {
          start: 0,
          end: 0x1000,
          before: { flags: RW, physical: 0x9000 },
          after: { flags: READ, physical: 0x9000 },
        },
        {
          start: 0x1000,
          end: 0x2000,
          before: { flags: RW, physical: 0xa000 },
          after: { flags: RW, physical: 0xf000 },
        },
      ],
    ],
    ["a frame that only one side knows", [run(0, 0x1000, RW)], [run(0, 0x1000, RW, 0x9000)], []],
  ])("%s", (_what, before, after, changes) => {
    expect(pageChanges(state([], before), state([], after))).toEqual(changes);
  });

  test("a page is where its run is, so many pages on", () => {
    const pages = [run(0x1000, 0x4000, RW, 0x9000)];
    expect(mappingAt(pages, 0x3000)).toEqual({ flags: RW, physical: 0xb000 });
    expect([mappingAt(pages, 0), mappingAt(pages, 0x4000)]).toEqual([undefined, undefined]);
    expect(isSameMapping(undefined, { flags: RW })).toBe(false);
  });
});

test("areas are the same with the same ends, flags, backend and place", () => {
  const one = state([area(0, 0x1000), area(0x1000, 0x2000), area(0x2000, 0x3000, READ, 0x9000)]);
  const other = state([area(0, 0x1000), area(0x1000, 0x2000, RW), area(0x2000, 0x3000, READ, 0xa000)]);
  expect(areasOnlyIn(one, other)).toEqual(one.areas.slice(1));
});

describe("the first page that differs", () => {
  test.each<[what: string, one: Snapshot, other: Snapshot, at: number | undefined]>([
    ["none", state([area(0, 0x2000)]), state([area(0, 0x2000)]), undefined],
    [
      "an area cut in two is none: only where its parts lie otherwise",
      state([area(0, 0x2000)]),
      state([area(0, 0x1000)]),
      0x1000,
    ],
    ["an area that begins later", state([area(0x1000, 0x3000)]), state([area(0x2000, 0x3000)]), 0x1000],
    ["flags", state([area(0, 0x2000)]), state([area(0, 0x1000), area(0x1000, 0x2000, RW)]), 0x1000],
    [
      "a linear area in step, and one that isn't",
      state([area(0, 0x3000, READ, 0x9000)]),
      state([
        area(0, 0x1000, READ, 0x9000),
        area(0x1000, 0x2000, READ, 0xa000),
        area(0x2000, 0x3000, READ, 0x9000),
      ]),
      0x2000,
    ],
    ["a page before an area", state([area(0x2000, 0x3000)], [run(0, 0x1000, RW)]), state([]), 0],
  ])("%s", (_what, one, other, at) => {
    expect(firstDifference(one, other)).toBe(at);
    expect(firstDifference(other, one)).toBe(at);
  });
});
