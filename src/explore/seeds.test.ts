import { expect, test } from "vitest";
import { freshSeed, RunSeeds } from "./seeds.ts";

/** What a run draws first. */
function drawn(seeds: RunSeeds, run: number): number[] {
  const random = seeds.random(run);
  return Array.from({ length: 3 }, () => random.nextInt(0, 0xffff));
}

test("a run depends on the seed's text and its own number, not on what was asked before", () => {
  const runs = [0, 1, 255, 256, 257, 1000, 100_000];
  const upward = new RunSeeds("nightly-17");
  const downward = new RunSeeds("nightly-17");
  const first = runs.map((run) => drawn(upward, run));
  expect(runs.toReversed().map((run) => drawn(downward, run))).toEqual(first.toReversed());
  expect(runs.map((run) => drawn(upward, run))).toEqual(first);
});

test("the numbers are the same on every machine and in every version", () => {
  const seeds = new RunSeeds("nightly-17");
  expect([0, 1, 256].map((run) => drawn(seeds, run))).toMatchInlineSnapshot(`
    [
      [
        34115,
        8995,
        35248,
      ],
      [
        60948,
        54408,
        15759,
      ],
      [
        9905,
        44941,
        18275,
      ],
    ]
  `);
});

test("runs differ, and seeds do", () => {
  const drawnBy = (text: string) => {
    const seeds = new RunSeeds(text);
    return Array.from({ length: 600 }, (_, run) => drawn(seeds, run).join());
  };
  const all = ["a", "b", "", "a/0", "ä", "1", "01"].flatMap(drawnBy);
  expect(new Set(all).size).toBe(all.length);
});

test("each source is a new one", () => {
  const seeds = new RunSeeds("x");
  seeds.random(0).nextInt(0, 0xffff);
  expect(drawn(seeds, 0)).toEqual(drawn(new RunSeeds("x"), 0));
});

test("a fresh seed is another one each time, and can be typed", () => {
  const fresh = Array.from({ length: 20 }, freshSeed);
  expect(new Set(fresh).size).toBe(fresh.length);
  for (const seed of fresh) expect(seed).toMatch(/^[0-9a-z]{1,8}$/);
});
