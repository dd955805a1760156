import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type RunRange, RunRanges } from "./run-ranges.ts";

const MOST = 20;
const range = fc.tuple(fc.nat(MOST), fc.nat(MOST)).map(([a, b]): RunRange => ({ from: a, to: b }));

/** The runs of some ranges, one by one. */
function numbersOf(ranges: readonly RunRange[]): ReadonlySet<number> {
  return new Set(
    ranges.flatMap(({ from, to }) => Array.from({ length: Math.max(to - from, 0) }, (_, at) => from + at)),
  );
}

test("holds the runs that were added, in few ranges", () => {
  const ranges = new RunRanges([
    { from: 10, to: 20 },
    { from: 0, to: 5 },
    { from: 30, to: 30 },
    { from: 20, to: 25 },
  ]);
  expect(ranges.list).toEqual([
    { from: 0, to: 5 },
    { from: 10, to: 25 },
  ]);
  expect(ranges.count).toBe(20);
});

test("is the set of its runs, however they were added", () => {
  fc.assert(
    fc.property(fc.array(range), (added) => {
      const ranges = new RunRanges(added);
      const numbers = numbersOf(added);
      expect(numbersOf(ranges.list)).toEqual(numbers);
      expect(ranges.count).toBe(numbers.size);
      for (const [index, { from }] of ranges.list.entries()) {
        const before = ranges.list[index - 1];
        if (before) expect(from).toBeGreaterThan(before.to);
      }
    }),
  );
});

describe("what is missing", () => {
  test.each<[wanted: RunRange, missing: RunRange | undefined]>([
    [
      { from: 0, to: 5 },
      { from: 0, to: 5 },
    ],
    [
      { from: 0, to: 12 },
      { from: 0, to: 10 },
    ],
    [
      { from: 12, to: 25 },
      { from: 20, to: 25 },
    ],
    [
      { from: 12, to: 50 },
      { from: 20, to: 30 },
    ],
    [{ from: 12, to: 20 }, undefined],
    [{ from: 12, to: 15 }, undefined],
    [
      { from: 35, to: 50 },
      { from: 40, to: 50 },
    ],
  ])("of %j is %j", (wanted, missing) => {
    const ranges = new RunRanges([
      { from: 10, to: 20 },
      { from: 30, to: 40 },
    ]);
    expect(ranges.firstMissing(wanted)).toEqual(missing);
  });
});
