import { describe, expect, test } from "vitest";
import { Anchors } from "./anchors.ts";
import { Dice } from "./dice.ts";

function seeded(a = 1, b = 2, c = 3): Dice {
  const dice = new Dice();
  dice.seed(a, b, c);
  return dice;
}

function throwsOf(dice: Dice, bound: number, count: number): number[] {
  return Array.from({ length: count }, () => dice.below(bound));
}

describe("dice", () => {
  test("throw the same from the same seed, whatever was thrown before", () => {
    const dice = seeded();
    const first = throwsOf(dice, 1000, 20);
    dice.seed(1, 2, 3);
    expect(throwsOf(dice, 1000, 20)).toEqual(first);
    expect(throwsOf(seeded(), 1000, 20)).toEqual(first);
  });

  test("throw otherwise from seeds that differ in one of their three numbers, or in a bit", () => {
    const seeds: [number, number, number][] = [
      [1, 2, 3],
      [0, 2, 3],
      [1, 3, 3],
      [1, 2, 2],
      [3, 2, 1],
      [0, 0, 0],
      [0, 0, 1],
      [-1, 0, 0],
    ];
    const throws = seeds.map((seed) => throwsOf(seeded(...seed), 2 ** 32, 3).join());
    expect(new Set(throws).size).toBe(seeds.length);
  });

  test.each([1, 2, 3, 7, 32, 64, 1000, 0x10000, 0x10001, 2 ** 32, 2 ** 40, 2 ** 52])(
    "of %d sides stay below",
    (bound) => {
      for (const thrown of throwsOf(seeded(), bound, 2000)) {
        expect(Number.isInteger(thrown) && thrown >= 0 && thrown < bound).toBe(true);
      }
    },
  );

  test.each([2, 3, 7, 32, 64])("of %d sides show each about as often", (bound) => {
    const counts = new Array<number>(bound).fill(0);
    for (const thrown of throwsOf(seeded(), bound, bound * 1000)) counts[thrown] = (counts[thrown] ?? 0) + 1;
    // Five standard deviations.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(160);
  });

  test("reach the upper half of a large range", () => {
    const high = throwsOf(seeded(), 2 ** 52, 1000).filter((thrown) => thrown >= 2 ** 51);
    expect(Math.abs(high.length - 500)).toBeLessThan(80);
  });

  test("take a chance as often as it is one", () => {
    const dice = seeded();
    const taken = Array.from({ length: 8000 }, () => dice.chance(3, 8)).filter(Boolean);
    expect(Math.abs(taken.length - 3000)).toBeLessThan(220);
    expect([dice.chance(0, 8), dice.chance(8, 8)]).toEqual([false, true]);
  });
});

describe("anchors", () => {
  /** Every place that is picked in many throws. */
  const picked = (anchors: Anchors) => {
    const dice = seeded();
    return new Set(Array.from({ length: 2000 }, () => anchors.pick(dice)));
  };

  test("give one of the places that were added", () => {
    const anchors = new Anchors();
    for (const place of [7, 2 ** 40, 0]) anchors.add(place);
    expect(picked(anchors)).toEqual(new Set([7, 2 ** 40, 0]));
  });

  test("forget the oldest when there are many, and all when they are cleared", () => {
    const anchors = new Anchors();
    for (let place = 0; place < 30; place++) anchors.add(place);
    expect([...picked(anchors)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 24 }, (_, index) => 6 + index),
    );
    anchors.clear();
    expect(picked(anchors)).toEqual(new Set([0]));
    anchors.add(3);
    expect(picked(anchors)).toEqual(new Set([3]));
  });

  test("know what they hold", () => {
    const anchors = new Anchors(2);
    expect([anchors.isEmpty, anchors.has(0)]).toEqual([true, false]);
    for (const place of [7, 8, 9]) anchors.add(place);
    expect([7, 8, 9].map((place) => anchors.has(place))).toEqual([false, true, true]);
    anchors.clear();
    expect([anchors.isEmpty, anchors.has(8)]).toEqual([true, false]);
  });

  test("are the pages themselves more often than those beside them", () => {
    const anchors = new Anchors();
    anchors.add(10);
    const dice = seeded();
    const near = Array.from({ length: 800 }, () => anchors.pickNear(dice));
    const share = (page: number) => near.filter((picked) => picked === page).length / near.length;
    expect(new Set(near)).toEqual(new Set([9, 10, 11]));
    expect(share(10)).toBeGreaterThan(0.5);
    expect(share(11)).toBeGreaterThan(share(9));
  });
});
