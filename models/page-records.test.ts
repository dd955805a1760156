import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { virtAddr } from "../src/trace/address.ts";
import { Observation } from "../src/trace/observation.ts";
import { BEGINS, IN_AREA, PageRecords } from "./page-records.ts";

const AREA = IN_AREA | 3;

/** The pages that `list` finds. */
function listed(records: PageRecords, from: number, to: number): number[] {
  const count = records.list(from, to);
  return [...records.listed.subarray(0, count)];
}

function holding(firstPage: number, pageCount: number, pages: Iterable<number>): PageRecords {
  const records = new PageRecords(firstPage, pageCount);
  for (const page of pages) records.set(page, AREA);
  return records;
}

describe("list", () => {
  // Pages below the space, in it, above it, and at the top of the address space.
  const PAGES = [3, 2 ** 40, 11, 9, 10, 8, 15, 0, 2 ** 52 - 2, 16];

  test("gives pages in ascending order, however they came", () => {
    const records = holding(8, 4, PAGES);
    expect(listed(records, 0, Number.POSITIVE_INFINITY)).toEqual(PAGES.toSorted((a, b) => a - b));
    expect(records.count).toBe(PAGES.length);
  });

  test.each([
    [0, 8, [0, 3]],
    [3, 9, [3, 8]],
    [9, 11, [9, 10]],
    [10, 16, [10, 11, 15]],
    [12, 2 ** 40, [15, 16]],
    [2 ** 40, 2 ** 52, [2 ** 40, 2 ** 52 - 2]],
    [4, 8, []],
    [9, 9, []],
  ])("[%d, %d)", (from, to, pages) => {
    expect(listed(holding(8, 4, PAGES), from, to)).toEqual(pages);
  });

  test("sees what has changed since it was asked the same", () => {
    const records = holding(8, 4, [9]);
    expect(listed(records, 0, 20)).toEqual([9]);
    records.set(10, AREA);
    expect(listed(records, 0, 20)).toEqual([9, 10]);
    records.set(15, AREA);
    expect(listed(records, 0, 20)).toEqual([9, 10, 15]);
    records.set(9, 0);
    expect(listed(records, 0, 20)).toEqual([10, 15]);
    records.clear();
    expect(listed(records, 0, 20)).toEqual([]);
  });

  test("isn't confused by a question about another range in between", () => {
    const records = holding(8, 4, [9, 10]);
    expect(listed(records, 9, 10)).toEqual([9]);
    expect(listed(records, 10, 11)).toEqual([10]);
    expect(listed(records, 9, 10)).toEqual([9]);
  });

  test("grows with the pages outside the space", () => {
    const far = Array.from({ length: 1000 }, (_, index) => 100 + index);
    const records = holding(0, 2, [...far, 0, 1]);
    expect(listed(records, 0, 2 ** 40)).toEqual([0, 1, ...far]);
  });

  test("is the same beyond the pages that have an array", () => {
    const pages = [4094, 4095, 4096, 4097, 5000];
    expect(listed(holding(0, 8192, pages), 4095, 5001)).toEqual(pages.slice(1));
  });
});

test("whatever is set is there, and counted", () => {
  const page = fc.oneof(fc.nat(12), fc.constantFrom(2 ** 40, 2 ** 52 - 2));
  const record = fc.constantFrom(0, IN_AREA, AREA, AREA | BEGINS);
  const sets = fc.array(fc.tuple(page, record), { maxLength: 40 });
  const property = fc.property(sets, (writes) => {
    const records = new PageRecords(4, 4);
    const expected = new Map<number, number>();
    for (const [at, value] of writes) {
      records.set(at, value);
      if (value === 0) expected.delete(at);
      else expected.set(at, value);
      expect(records.get(at)).toBe(value);
      expect(records.count).toBe(expected.size);
    }
    expect(listed(records, 0, 2 ** 52)).toEqual([...expected.keys()].sort((a, b) => a - b));
  });
  fc.assert(property, { seed: 1 });
});

describe("firstOther", () => {
  // Near pages are 4 to 7.
  const records = holding(4, 4, [2, 3, 4, 5, 6, 7, 8, 9]);
  records.set(6, AREA | BEGINS);

  test.each([
    [2, 6, 6],
    [2, 10, 6],
    [4, 6, 6],
    [7, 9, 9],
    [7, 12, 10],
    [8, 12, 10],
    [9, 9, 9],
    [10, 12, 10],
    [6, 8, 6],
  ])("[%d, %d): %d", (from, to, expected) => {
    expect(records.firstOther(AREA, from, to)).toBe(expected);
  });
});

describe("areExactly", () => {
  test("says no where pages lie outside the space, whatever is shown", () => {
    const shown = new Observation();
    shown.area(virtAddr(9), virtAddr(10), 3, "mock");
    const records = new PageRecords(4, 4);
    records.set(9, AREA | BEGINS);
    expect(records.areExactly(shown, 1)).toBe(false);
    shown.reset();
    expect(records.areExactly(shown, 1)).toBe(false);
  });
});
