import { describe, expect, test } from "vitest";
import { MemoryArea } from "../memory/area.ts";
import { Machine, va } from "../paging/machine.fixture.ts";
import type { PageTable } from "../paging/page-table.ts";
import { type Flags, READ, WRITE } from "../trace/flags.ts";
import { AllocBackend } from "./alloc-backend.ts";
import { AreaSet, type SpaceArea } from "./area-set.ts";
import type { SpaceBackend } from "./backend.ts";

/** A lazy area. */
function lazy(start: number, end: number, flags: Flags = READ): SpaceArea {
  return new MemoryArea<Flags, PageTable, SpaceBackend>(
    va(start),
    end - start,
    flags,
    new AllocBackend(false),
  );
}

/** Areas without frames: [0x1000, 0x4000), [0x4000, 0x5000), [0x6000, 0x8000), [0x9000, 0xc000). */
function setUp() {
  const { pageTable } = new Machine();
  const set = new AreaSet();
  for (const [start, end] of [
    [0x1000, 0x4000],
    [0x4000, 0x5000],
    [0x6000, 0x8000],
    [0x9000, 0xc000],
  ] as const) {
    set.map(lazy(start, end), pageTable, false);
  }
  return { set, pageTable };
}

function areas(set: AreaSet): string[] {
  return Array.from(set, (area) => `${area.start.toString(16)}-${area.end.toString(16)} ${area.flags}`);
}

const OPERATIONS = [
  [
    "unmap",
    (set: AreaSet, start: number, end: number, pageTable: PageTable) =>
      set.unmap(va(start), end - start, pageTable),
  ],
  [
    "protect",
    (set: AreaSet, start: number, end: number, pageTable: PageTable) =>
      set.protect(va(start), end - start, () => WRITE, pageTable),
  ],
  [
    "replace",
    (set: AreaSet, start: number, end: number, pageTable: PageTable) =>
      set.map(lazy(start, end, WRITE), pageTable, true),
  ],
] as const;

describe.each(OPERATIONS)("%s is taken back", (_name, operation) => {
  test.each([
    ["whole areas", 0x1000, 0x8000],
    ["areas cut at both ends", 0x2000, 0xa000],
    ["the left end of one", 0x0, 0x2000],
    ["the right end of one", 0xb000, 0xd000],
    ["the middle of one", 0x2000, 0x3000],
    ["between two that touch", 0x3000, 0x5000],
    ["everything", 0x0, 0x10000],
    ["from the end of one to the start of another", 0x5000, 0x7000],
  ])("%s", (_case, start, end) => {
    const { set, pageTable } = setUp();
    const before = areas(set);
    const backends = Array.from(set, (area) => area.backend);
    set.remember(va(start), va(end));
    expect(operation(set, start, end, pageTable).ok).toBe(true);
    expect(areas(set)).not.toEqual(before);
    set.restore(va(start), va(end));
    expect(areas(set)).toEqual(before);
    expect(Array.from(set, (area) => area.backend)).toEqual(backends);
    // The set works on: every area is found at each of its ends.
    expect([0x1000, 0x3fff, 0x4fff, 0xbfff].map((addr) => set.find(va(addr))?.start)).toEqual([
      0x1000, 0x1000, 0x4000, 0x9000,
    ]);
  });
});

test("what was added in a hole goes", () => {
  const { set, pageTable } = setUp();
  const before = areas(set);
  set.remember(va(0x5000), va(0x6000));
  set.map(lazy(0x5000, 0x6000), pageTable, false);
  set.restore(va(0x5000), va(0x6000));
  expect(areas(set)).toEqual(before);
});

test("the area behind the range is left alone", () => {
  const { set, pageTable } = setUp();
  const behind = set.find(va(0x6000));
  set.remember(va(0x4000), va(0x6000));
  set.unmap(va(0x4000), 0x2000, pageTable);
  set.restore(va(0x4000), va(0x6000));
  expect(set.find(va(0x6000))).toBe(behind);
});

test("an area comes back in the place of one that looks alike", () => {
  const { set, pageTable } = setUp();
  const backend = set.find(va(0x4000))?.backend;
  set.remember(va(0x4000), va(0x5000));
  set.map(lazy(0x4000, 0x5000), pageTable, true);
  set.restore(va(0x4000), va(0x5000));
  expect(set.find(va(0x4000))?.backend).toBe(backend);
});

test("only the last range is remembered, an empty one too", () => {
  const { set, pageTable } = setUp();
  set.remember(va(0), va(0x10000));
  set.remember(va(0x6000), va(0x7000));
  set.unmap(va(0x1000), 0x1000, pageTable);
  set.unmap(va(0x6000), 0x1000, pageTable);
  set.restore(va(0x6000), va(0x7000));
  expect(areas(set)).toEqual(["2000-4000 1", "4000-5000 1", "6000-8000 1", "9000-c000 1"]);
  for (const empty of [va(0x2000), va(0x3000), va(0x5800)]) {
    set.remember(empty, empty);
    set.restore(empty, empty);
  }
  expect(areas(set)).toEqual(["2000-4000 1", "4000-5000 1", "6000-8000 1", "9000-c000 1"]);
});

describe("areas that are as they were", () => {
  test.each([
    ["areas cut at both ends", 0x2000, 0xa000],
    ["what begins where one ends", 0x5000, 0x7000],
    ["a hole", 0x5800, 0x5900],
    ["what ends where one begins", 0x2000, 0x4000],
  ])("are left alone: %s", (_case, start, end) => {
    const { set } = setUp();
    const before = Array.from(set);
    set.remember(va(start), va(end));
    set.restore(va(start), va(end));
    expect(Array.from(set).map((area, index) => area === before[index])).toEqual([true, true, true, true]);
  });

  test.each<[what: string, change: (areas: readonly SpaceArea[]) => void]>([
    ["the first one shrank", ([first]) => first?.setEnd(va(0x3000))],
    ["one in the middle has other flags", ([, second]) => second?.setFlags(WRITE)],
    ["the last one shrank", (all) => all[3]?.setEnd(va(0xb000))],
    ["the last one has other flags", (all) => all[3]?.setFlags(WRITE)],
  ])("are not all where %s", (_what, change) => {
    const { set } = setUp();
    const before = areas(set);
    set.remember(va(0x2000), va(0xa000));
    change(Array.from(set));
    expect(areas(set)).not.toEqual(before);
    set.restore(va(0x2000), va(0xa000));
    expect(areas(set)).toEqual(before);
  });
});
