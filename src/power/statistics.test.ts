import { describe, expect, test } from "vitest";
import { geometricMean, holm, mannWhitney, quantile } from "./statistics.ts";

describe("quantile", () => {
  const ten = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
  test.each([
    [0.5, 5],
    [0.51, 6],
    [0.9, 9],
    [0.91, 10],
    [1, 10],
    [0.01, 1],
  ])("%d of ten", (share, expected) => {
    expect(quantile(ten, share)).toBe(expected);
  });

  test("is one of the values, however few there are", () => {
    expect([quantile([7], 0.5), quantile([7], 0.9), quantile([3, 4], 0.5), quantile([], 0.5)]).toEqual([
      7, 7, 3, 0,
    ]);
  });
});

test("the geometric mean", () => {
  expect(geometricMean([2, 8])).toBeCloseTo(4, 12);
  expect(geometricMean([1, 10, 100])).toBeCloseTo(10, 12);
  expect(geometricMean([])).toBe(1);
});

describe("Mann-Whitney", () => {
  // U = 9 of 9, mean 4.5, variance 3·3·7/12 = 5.25: z = (9 - 4.5 - 0.5) / 2.291288 = 1.745743.
  test("three above three", () => {
    expect(mannWhitney([4, 5, 6], [1, 2, 3])).toBeCloseTo(0.0404278, 6);
  });

  // The other way round z = (0 - 4.5 - 0.5) / 2.291288 = -2.182179.
  test("three below three", () => {
    expect(mannWhitney([1, 2, 3], [4, 5, 6])).toBeCloseTo(0.985452, 6);
  });

  // Hollander and Wolfe, Nonparametric Statistical Methods (1973), p. 69: W = 35 of 50.
  // z = (35 - 25 - 0.5) / sqrt(10·5·16/12) = 9.5 / 8.164966 = 1.163508.
  test("permeability constants of the human chorioamnion", () => {
    const atTerm = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const early = [1.15, 0.88, 0.9, 0.74, 1.21];
    expect(mannWhitney(atTerm, early)).toBeCloseTo(0.122312, 6);
  });

  // Ranks 1, 2.5, 2.5, 4.5, 4.5, 6: the values 2, 3, 4 have 2.5 + 4.5 + 6 = 13, so U = 13 - 6 = 7.
  // Two ties of two: variance 9/12 · (7 - (6 + 6) / 30) = 4.95; z = (7 - 4.5 - 0.5) / 2.224860 = 0.898933.
  test("ties share their ranks and make the variance smaller", () => {
    expect(mannWhitney([2, 3, 4], [1, 2, 3])).toBeCloseTo(0.184344, 5);
  });

  // 100 misses at the budget on one side, and 50 on the other with 50 findings before: U = 50·100 + 50·100/2 = 7500.
  // Ties of 150: variance 10000/12 · (201 - (150³ - 150) / (200·199)) = 96837.31; z = 2499.5 / 311.2 = 8.03.
  test("misses are ties at the budget", () => {
    const missed = new Array<number>(100).fill(1_000_000);
    const found = missed.map((budget, index) => (index < 50 ? index + 1 : budget));
    const p = mannWhitney(missed, found);
    expect(p).toBeGreaterThan(4e-16);
    expect(p).toBeLessThan(6e-16);
    expect(mannWhitney(found, missed)).toBeGreaterThan(0.999);
  });

  test("says nothing where there is nothing to compare", () => {
    expect([mannWhitney([5, 5], [5, 5]), mannWhitney([], [1]), mannWhitney([1], [])]).toEqual([1, 1, 1]);
  });
});

describe("Holm", () => {
  // Four tests: 0.005·4, 0.01·3, 0.03·2, 0.04·1, none below the one before it.
  test("corrects each for those that are no smaller", () => {
    const corrected = holm([0.01, 0.04, 0.03, 0.005]);
    for (const [index, p] of [0.03, 0.06, 0.06, 0.02].entries()) expect(corrected[index]).toBeCloseTo(p, 12);
  });

  test("no chance is above 1, and one test is not corrected", () => {
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
    expect(holm([0.02])).toEqual([0.02]);
    expect(holm([])).toEqual([]);
  });
});
