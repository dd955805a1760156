import { describe, expect, test } from "vitest";
import { type RunRange, RunRanges } from "./run-ranges.ts";
import { RUNS_OF_A_TURN, runsOfUnit, type Shard, Units } from "./units.ts";

const ALL: Shard = { index: 1, count: 1 };

function unitsOf(runs: number, shard = ALL, done = new RunRanges(), lifetime = 1): readonly RunRange[] {
  const units = new Units(runsOfUnit(shard, lifetime), runs, shard, done);
  const all: RunRange[] = [];
  for (let unit = units.next(); unit !== undefined; unit = units.next()) all.push(unit);
  return all;
}

/** The runs of some units, which no two of them share. */
function runsOf(units: readonly RunRange[]): RunRanges {
  const runs = new RunRanges(units);
  expect(runs.count).toBe(units.reduce((sum, { from, to }) => sum + (to - from), 0));
  return runs;
}

describe("units", () => {
  test.each([0, 1, 31, 32, 100, 1000, 12_345])("are all of %i runs", (runs) => {
    expect(runsOf(unitsOf(runs)).list).toEqual(runs === 0 ? [] : [{ from: 0, to: runs }]);
  });

  test("are the same whatever the number of all is", () => {
    expect(unitsOf(4000).slice(0, 2)).toEqual(unitsOf(512));
    expect(unitsOf(100)).toEqual([{ from: 0, to: 100 }]);
  });

  test("have as many runs as an implementation may keep something for", () => {
    expect(unitsOf(5000, ALL, new RunRanges(), 4096)).toEqual([
      { from: 0, to: 4096 },
      { from: 4096, to: 5000 },
    ]);
  });

  test("are those that aren't done", () => {
    const done = new RunRanges([
      { from: 0, to: 300 },
      { from: 500, to: 600 },
    ]);
    const units = unitsOf(2000, ALL, done);
    expect(runsOf(units).list).toEqual([
      { from: 300, to: 500 },
      { from: 600, to: 2000 },
    ]);
    expect(unitsOf(2000, ALL, new RunRanges([{ from: 0, to: 2000 }]))).toEqual([]);
  });
});

describe("shards", () => {
  test.each([
    [1, 1000],
    [4, 1000],
    [4, 100_000],
    [7, 12_345],
  ])("of which there are %i have %i runs together, each by one of them", (count, runs) => {
    const shards = Array.from({ length: count }, (_, at) => unitsOf(runs, { index: at + 1, count }));
    expect(runsOf(shards.flat()).list).toEqual([{ from: 0, to: runs }]);
    const sizes = shards.map((units) => runsOf(units).count);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(
      Math.max(RUNS_OF_A_TURN, runs % RUNS_OF_A_TURN),
    );
  });

  test("have the same runs whatever the number of all is, and however long an implementation keeps something", () => {
    const shard = { index: 2, count: 3 };
    const [first] = unitsOf(10_000, shard);
    expect(first).toEqual({ from: RUNS_OF_A_TURN, to: 2 * RUNS_OF_A_TURN });
    expect(unitsOf(700, shard)).toEqual([first]);
    expect(unitsOf(700, shard, new RunRanges(), 4096)).toEqual([first]);
  });
});
