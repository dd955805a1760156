import { describe, expect, test } from "vitest";
import { ADDRESS_LIMIT, virtAddr } from "../trace/address.ts";
import { type Flags, NO_FLAGS, READ, RWX, USER, WRITE } from "../trace/flags.ts";
import { MockSet } from "./mock-set.fixture.ts";

const OK = { ok: true };
const INVALID_PARAM = { ok: false, error: "InvalidParam" };
const RW = READ | WRITE;
const at = virtAddr;

function range(start: number, end: number) {
  return { start: at(start), end: at(end) };
}

/** Three areas with a hole: `[1000 r 3000)[3000 rw 5000)  [6000 r 9000)`. */
function three(): MockSet {
  const mock = new MockSet();
  mock.map(0x1000, 0x2000, READ);
  mock.map(0x3000, 0x2000, RW);
  mock.map(0x6000, 0x3000, READ);
  return mock;
}

function expectState(mock: MockSet, areas: string[]): void {
  expect(mock.areas()).toEqual(areas);
  expect(mock.pages()).toEqual(mock.pagesOfAreas());
}

const UNTOUCHED = ["1000-3000 r", "3000-5000 rw", "6000-9000 r"];

describe("map", () => {
  test("never merges neighbours", () => {
    const mock = new MockSet();
    expect(mock.map(0x2000, 0x1000, READ)).toEqual(OK);
    expect(mock.map(0x1000, 0x1000, READ)).toEqual(OK);
    expectState(mock, ["1000-2000 r", "2000-3000 r"]);
    expect([mock.set.size, mock.set.isEmpty]).toEqual([2, false]);
  });

  test.each([
    [0x1000, 0],
    [0x1000, -0x1000],
    [0x1800, Number.NaN],
    [-0x1000, 0x2000],
    [0.5, 0x1000],
    [ADDRESS_LIMIT - 0x1000, 0x1000],
    [0, ADDRESS_LIMIT],
    [0x1000, Number.MAX_VALUE],
    [0x1000, Number.POSITIVE_INFINITY],
  ])("refuses the range %d, %d, before it looks for overlaps", (start, size) => {
    for (const replace of [false, true]) {
      const mock = three();
      expect(mock.map(start, size, RWX, replace)).toEqual(INVALID_PARAM);
      expectState(mock, UNTOUCHED);
    }
  });

  test("takes an area that ends at the last address", () => {
    const mock = new MockSet(1);
    expect(mock.map(ADDRESS_LIMIT - 4, 3, READ)).toEqual(OK);
    expect(mock.set.find(at(ADDRESS_LIMIT - 2))?.size).toBe(3);
    expect(mock.clear()).toEqual(OK);
    expect(mock.pageTable.pageCount).toBe(0);
  });

  test.each([
    [0, 0x2000],
    [0x2000, 0x1000],
    [0, 0xa000],
    [0x8000, 0x4000],
    [0x5000, 0x1001],
  ])("refuses an overlap: %d, %d", (start, size) => {
    const mock = three();
    expect(mock.map(start, size, RWX)).toEqual({ ok: false, error: "AlreadyExists" });
    expectState(mock, UNTOUCHED);
  });

  test("fits into a hole exactly", () => {
    const mock = three();
    expect(mock.map(0x5000, 0x1000, RWX)).toEqual(OK);
    expectState(mock, ["1000-3000 r", "3000-5000 rw", "5000-6000 rwx", "6000-9000 r"]);
  });

  test("replaces what overlaps", () => {
    const several = three();
    expect(several.map(0x2000, 0x5000, RWX, true)).toEqual(OK);
    expectState(several, ["1000-2000 r", "2000-7000 rwx", "7000-9000 r"]);
    const inside = three();
    expect(inside.map(0x7000, 0x1000, RWX, true)).toEqual(OK);
    expectState(inside, ["1000-3000 r", "3000-5000 rw", "6000-7000 r", "7000-8000 rwx", "8000-9000 r"]);
    const nothing = three();
    expect(nothing.map(0x9000, 0x1000, RWX, true)).toEqual(OK);
    expectState(nothing, [...UNTOUCHED, "9000-a000 rwx"]);
  });
});

describe("unmap", () => {
  test.each<[string, number, number, string[]]>([
    ["one area", 0x3000, 0x2000, ["1000-3000 r", "6000-9000 r"]],
    ["the left of an area", 0x6000, 0x1000, ["1000-3000 r", "3000-5000 rw", "7000-9000 r"]],
    ["the left of an area and a hole", 0x5000, 0x2000, ["1000-3000 r", "3000-5000 rw", "7000-9000 r"]],
    ["the right of an area", 0x8000, 0x1000, ["1000-3000 r", "3000-5000 rw", "6000-8000 r"]],
    [
      "the right of an area and what is beyond",
      0x8000,
      0x9000,
      ["1000-3000 r", "3000-5000 rw", "6000-8000 r"],
    ],
    ["the middle of an area", 0x7000, 0x1000, ["1000-3000 r", "3000-5000 rw", "6000-7000 r", "8000-9000 r"]],
    ["an area and a part of each neighbour", 0x2000, 0x5000, ["1000-2000 r", "7000-9000 r"]],
    ["two areas", 0x1000, 0x4000, ["6000-9000 r"]],
    ["parts of two areas", 0x2000, 0x2000, ["1000-2000 r", "4000-5000 rw", "6000-9000 r"]],
    ["everything", 0, 0x10000, []],
    ["a hole", 0x5000, 0x1000, UNTOUCHED],
    ["what lies before all areas", 0, 0x1000, UNTOUCHED],
    ["what lies behind them", 0x9000, 0x1000, UNTOUCHED],
    ["nothing", 0x7000, 0, UNTOUCHED],
  ])("%s", (_name, start, size, areas) => {
    const mock = three();
    expect(mock.unmap(start, size)).toEqual(OK);
    expectState(mock, areas);
  });

  test.each([
    [0x7000, ADDRESS_LIMIT],
    [ADDRESS_LIMIT - 0x1000, 0x1000],
    [0x7000, -1],
    [0x7000, 0.5],
    [Number.NaN, 0],
  ])("refuses the range %d, %d", (start, size) => {
    const mock = three();
    expect(mock.unmap(start, size)).toEqual(INVALID_PARAM);
    expectState(mock, UNTOUCHED);
  });
});

test("clear removes every area", () => {
  const mock = three();
  expect(mock.clear()).toEqual(OK);
  expectState(mock, []);
  expect(mock.set.isEmpty).toBe(true);
  expect(mock.clear()).toEqual(OK);
});

describe("protect", () => {
  test.each<[string, number, number, Flags, string[]]>([
    ["one area", 0x3000, 0x2000, RWX, ["1000-3000 r", "3000-5000 rwx", "6000-9000 r"]],
    [
      "the left of an area",
      0x5000,
      0x2000,
      RW,
      ["1000-3000 r", "3000-5000 rw", "6000-7000 rw", "7000-9000 r"],
    ],
    [
      "the right of an area",
      0x8000,
      0x2000,
      RW,
      ["1000-3000 r", "3000-5000 rw", "6000-8000 r", "8000-9000 rw"],
    ],
    [
      "the middle of an area",
      0x7000,
      0x1000,
      NO_FLAGS,
      ["1000-3000 r", "3000-5000 rw", "6000-7000 r", "7000-8000 -", "8000-9000 r"],
    ],
    [
      "parts of two areas and one between",
      0x2000,
      0x5000,
      RWX,
      ["1000-2000 r", "2000-3000 rwx", "3000-5000 rwx", "6000-7000 rwx", "7000-9000 r"],
    ],
    [
      "and leaves alone, unsplit, those that are right",
      0x2000,
      0x5000,
      RW,
      ["1000-2000 r", "2000-3000 rw", "3000-5000 rw", "6000-7000 rw", "7000-9000 r"],
    ],
    [
      "and leaves alone both areas that it cuts",
      0x2000,
      0x5000,
      READ,
      ["1000-3000 r", "3000-5000 r", "6000-9000 r"],
    ],
    ["a hole", 0x5000, 0x1000, RWX, UNTOUCHED],
    ["what lies behind all areas", 0x9000, 0x1000, RWX, UNTOUCHED],
    ["nothing, inside an area", 0x7000, 0, RWX, UNTOUCHED],
  ])("%s", (_name, start, size, flags, areas) => {
    const mock = three();
    expect(mock.protect(start, size, flags)).toEqual(OK);
    expectState(mock, areas);
  });

  test.each([
    [0x7000, ADDRESS_LIMIT],
    [ADDRESS_LIMIT - 0x1000, 0x1000],
    [0x7000, -1],
    [Number.NaN, 0x1000],
  ])("refuses the range %d, %d", (start, size) => {
    const mock = three();
    expect(mock.protect(start, size, RWX)).toEqual(INVALID_PARAM);
    expectState(mock, UNTOUCHED);
  });

  test.each<[number, number, Flags[]]>([
    [0x2000, 0x5000, [READ, RW, READ]],
    [0x3000, 0x3000, [RW]],
    [0x7000, 0x1000, [READ]],
    [0x5000, 0x1000, []],
    [0x7000, 0, []],
  ])(
    "of %d, %d asks once for each area that it touches, and for no part that it made",
    (start, size, asked) => {
      const mock = three();
      const seen: Flags[] = [];
      const update = (old: Flags) => {
        seen.push(old);
        return old | USER;
      };
      expect(mock.set.protect(at(start), size, update, mock.pageTable)).toEqual(OK);
      expect(seen).toEqual(asked);
    },
  );
});

describe("looking up", () => {
  test("find gives the area that contains an address", () => {
    const { set } = three();
    const starts = [0, 0xfff, 0x1000, 0x2fff, 0x3000, 0x5000, 0x5fff, 0x8fff, 0x9000].map(
      (addr) => set.find(at(addr))?.start,
    );
    expect(starts).toEqual([
      undefined,
      undefined,
      0x1000,
      0x1000,
      0x3000,
      undefined,
      undefined,
      0x6000,
      undefined,
    ]);
  });

  test.each<[number, number, boolean]>([
    [0, 0x1000, false],
    [0, 0x1001, true],
    [0x2000, 0x2001, true],
    [0x5000, 0x6000, false],
    [0x4fff, 0x5000, true],
    [0x5000, 0x6001, true],
    [0, 0x10000, true],
    [0x9000, 0x10000, false],
    [0x7000, 0x7000, false],
  ])("overlaps: %d to %d is %o", (start, end, expected) => {
    expect(three().set.overlaps(range(start, end))).toBe(expected);
  });

  test("iteration and forEach go in address order", () => {
    const { set } = three();
    const visited: number[] = [];
    set.forEach((start) => {
      visited.push(start);
    });
    expect(visited).toEqual([0x1000, 0x3000, 0x6000]);
    expect(Array.from(set, (area) => area.start)).toEqual(visited);
  });

  test("an empty set", () => {
    const set = new MockSet().set;
    expect([set.size, set.isEmpty, [...set]]).toEqual([0, true, []]);
    expect(set.find(at(0))).toBeUndefined();
    expect(set.overlaps(range(0, 0x1000))).toBe(false);
  });
});

describe("findFreeArea", () => {
  // Areas: [1000, 3000) [3000, 5000) [6000, 9000).
  test.each<[string, number, number, [number, number], number, number | undefined]>([
    ["before all areas", 0, 0x1000, [0, 0x10000], 0x1000, 0],
    ["in a hole", 0x800, 0x1000, [0, 0x10000], 0x1000, 0x5000],
    ["behind all areas", 0, 0x2000, [0, 0x10000], 0x1000, 0x9000],
    ["at an aligned place behind them", 0, 0x2000, [0, 0x10000], 0x2000, 0xa000],
    ["at a multiple of 3 pages", 0, 0x3000, [0, 0x10000], 0x3000, 0x9000],
    ["from the start of the limit on", 0, 0x1000, [0x4000, 0x10000], 0x1000, 0x5000],
    ["up to the end of the limit", 0, 0x1000, [0x1000, 0x6000], 0x1000, 0x5000],
    ["not past the limit, between two areas", 0, 0x1000, [0x1000, 0x5800], 0x800, undefined],
    ["not past the limit, before the next area", 0, 0x800, [0x1000, 0x5400], 0x800, undefined],
    ["not past the limit, though nothing is beyond", 0x9000, 0x2000, [0, 0xa000], 0x1000, undefined],
    ["not where a later area begins before the aligned place", 0, 0x1800, [0x800, 0x10000], 0x1800, 0x9000],
    ["inside the last area", 0x7000, 0x1000, [0, 0x10000], 0x1000, 0x9000],
    ["with a limit that is empty", 0, 0x1000, [0, 0], 0x1000, undefined],
    ["with a limit the wrong way round", 0, 0x1000, [0x5000, 0x1000], 0x1000, undefined],
    ["a hint behind the limit", 0x20000, 0x1000, [0, 0x10000], 0x1000, undefined],
    ["at the end of all addresses", ADDRESS_LIMIT - 1, 0x1000, [0, ADDRESS_LIMIT - 1], 0x1000, undefined],
    ["size 0", 0, 0, [0, 0x10000], 0x1000, undefined],
    ["a size that is no multiple of the alignment", 0, 0x1800, [0, 0x10000], 0x1000, undefined],
    ["a negative size", 0, -0x1000, [0, 0x10000], 0x1000, undefined],
    ["an infinite size", 0, Number.POSITIVE_INFINITY, [0, 0x10000], 0x1000, undefined],
    ["alignment 0", 0, 0x1000, [0, 0x10000], 0, undefined],
    ["a negative alignment", 0, 0x1000, [0, 0x10000], -0x1000, undefined],
    ["a broken alignment", 0, 0x1000, [0, 0x10000], 0.5, undefined],
    ["no hint", Number.NaN, 0x1000, [0, 0x10000], 0x1000, undefined],
  ])("%s", (_name, hint, size, [start, end], align, expected) => {
    expect(three().set.findFreeArea(at(hint), size, range(start, end), align)).toBe(expected);
  });

  test("passes areas that begin between the end of one and the aligned place after it", () => {
    const mock = new MockSet(0x100);
    mock.map(0, 0x1100, READ);
    mock.map(0x1800, 0x1800, READ);
    expect(mock.set.findFreeArea(at(0x1000), 0x1000, range(0, 0x10000), 0x1000)).toBe(0x3000);
  });
});
