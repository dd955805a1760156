import { describe, expect, test } from "vitest";
import { type BehaviourCounts, Behaviours } from "./behaviours.ts";

/** A behaviour: its shape and its situations. */
type Behaviour = readonly [shape: number, situations: number];

/** What each of some runs showed. */
type Runs = readonly (readonly Behaviour[])[];

function countedIn(runs: Runs): Behaviours {
  const behaviours = new Behaviours();
  for (const run of runs) {
    behaviours.begin();
    for (const [shape, situations] of run) behaviours.note(shape, situations);
    behaviours.end();
  }
  return behaviours;
}

function merged(...parts: readonly BehaviourCounts[]): Behaviours {
  const behaviours = new Behaviours();
  for (const part of parts) behaviours.add(part);
  return behaviours;
}

const A: Behaviour = [7, 0];
const B: Behaviour = [7, 1];
const C: Behaviour = [0, 0];
const D: Behaviour = [1_900_000, -(2 ** 31)];

const FEW: Runs = [[A, A, B], [A], [C, B, C], [D], []];

/** Some hundred runs with thousands of behaviours, a few of which come up often: more than the table has room for at first. */
const MANY: Runs = Array.from({ length: 400 }, (_, run) =>
  Array.from({ length: 30 }, (_, at): Behaviour => [(run * run * 31 + at * at * at * 17) % 4099, at % 3]),
);

/** The same, counted without any cleverness. */
function plainly(runs: Runs): { readonly behaviours: number; readonly once: number } {
  const seen = new Map<string, number>();
  for (const run of runs) {
    for (const key of new Set(run.map(String))) seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  return { behaviours: seen.size, once: [...seen.values()].filter((count) => count === 1).length };
}

describe("counting", () => {
  test("a behaviour counts once in each run", () => {
    expect(countedIn([[A, A, A]]).risk()).toMatchObject({ behaviours: 1, once: 1, estimate: 1 });
    expect(countedIn([[A], [A]]).risk()).toMatchObject({ behaviours: 1, once: 0, estimate: 0 });
    expect(countedIn([[A], [A], [A]]).risk()).toMatchObject({ behaviours: 1, once: 0 });
    // A and B were seen in two runs, C and D in one.
    expect(countedIn(FEW).risk()).toMatchObject({ behaviours: 4, once: 2, estimate: 2 / 5 });
  });

  test("what is noted outside of a run doesn't count", () => {
    const behaviours = new Behaviours();
    behaviours.note(...A);
    expect(behaviours.isCounting).toBe(false);
    behaviours.begin();
    expect(behaviours.isCounting).toBe(true);
    behaviours.note(...B);
    behaviours.end();
    behaviours.note(...C);
    behaviours.note(...B);
    expect(behaviours.risk()).toMatchObject({ behaviours: 1, once: 1 });
    expect(behaviours.counts()).toEqual(countedIn([[B]]).counts());
  });

  test("is the same in a table that has grown", () => {
    expect(plainly(MANY).behaviours).toBeGreaterThan(4000);
    expect(plainly(MANY).once).toBeGreaterThan(100);
    expect(countedIn(MANY).risk()).toMatchObject(plainly(MANY));
  });

  test("gives plain columns, in an order of their own", () => {
    expect(countedIn(FEW).counts()).toEqual({
      runs: 5,
      shapes: Int32Array.of(0, 7, 7, 1_900_000),
      situations: Int32Array.of(0, 0, 1, -(2 ** 31)),
      seen: Uint8Array.of(1, 2, 2, 1),
    });
  });

  test("doesn't depend on the order of runs, nor on that in a run", () => {
    const counts = countedIn(MANY).counts();
    expect(countedIn(MANY.toReversed()).counts()).toEqual(counts);
    expect(countedIn(MANY.map((run) => run.toReversed())).counts()).toEqual(counts);
    const byNumber = MANY.map((run, index) => ({ run, rank: (index * 149) % MANY.length }));
    const mixed = byNumber.toSorted((a, b) => a.rank - b.rank).map(({ run }) => run);
    expect(countedIn(mixed).counts()).toEqual(counts);
  });
});

describe("the counts of some runs and of the others", () => {
  test.each([0, 1, 2, 3, 4, 5])("are those of all (%i of 5)", (first) => {
    const parts = [FEW.slice(0, first), FEW.slice(first)].map((runs) => countedIn(runs).counts());
    expect(merged(...parts).counts()).toEqual(countedIn(FEW).counts());
    expect(merged(...parts).risk()).toEqual(countedIn(FEW).risk());
  });

  test.each([1, 200, 399])("are those of all, in any order (%i of 400)", (first) => {
    const all = countedIn(MANY);
    const parts = [MANY.slice(0, first), MANY.slice(first)].map((runs) => countedIn(runs).counts());
    expect(merged(...parts).counts()).toEqual(all.counts());
    expect(merged(...parts.toReversed()).risk()).toEqual(all.risk());
  });

  test("can be added to a campaign that goes on", () => {
    const campaign = countedIn(FEW.slice(0, 2));
    campaign.add(countedIn(FEW.slice(3)).counts());
    campaign.begin();
    for (const behaviour of FEW[2] ?? []) campaign.note(...behaviour);
    campaign.end();
    expect(campaign.counts()).toEqual(countedIn(FEW).counts());
  });
});

describe("the risk is below", () => {
  test("nothing before anything has run", () => {
    expect(new Behaviours().isBelow(0.999)).toBe(false);
  });

  test("a bound from the first run on that makes it smaller than that", () => {
    const behaviours = countedIn(Array.from({ length: 30 }, () => [A]));
    // 3/30 is not below it, 3/31 is.
    expect(behaviours.isBelow(0.1)).toBe(false);
    behaviours.begin();
    expect(behaviours.isBelow(0.1)).toBe(true);
    // Two behaviours that were seen once: 6.296/31.
    behaviours.note(...B);
    behaviours.note(...C);
    expect([behaviours.isBelow(0.203), behaviours.isBelow(0.204)]).toEqual([false, true]);
  });
});
