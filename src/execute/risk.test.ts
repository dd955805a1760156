import { describe, expect, test } from "vitest";
import { mostExpected, riskAfter } from "./risk.ts";

/** As the definition says, term by term. */
function chanceOfAtMost(count: number, mean: number): number {
  let term = Math.exp(-mean);
  let sum = term;
  for (let value = 1; value <= count; value++) {
    term *= mean / value;
    sum += term;
  }
  return sum;
}

describe("the risk", () => {
  test("is all that there can be before anything has run", () => {
    expect(riskAfter(0, 0, 0)).toEqual({ behaviours: 0, once: 0, estimate: 1, bound: 1 });
  });

  test("is 3/n at most where nothing was seen once", () => {
    expect(riskAfter(300_000, 12, 0)).toEqual({ behaviours: 12, once: 0, estimate: 0, bound: 1e-5 });
    expect(riskAfter(2, 12, 0).bound).toBe(1);
  });

  test("is estimated by how many behaviours one run of all has shown", () => {
    expect(riskAfter(100, 40, 7)).toMatchObject({ behaviours: 40, once: 7, estimate: 0.07 });
    // A run can show several new ones.
    expect(riskAfter(10, 40, 25)).toMatchObject({ estimate: 2.5, bound: 1 });
  });

  test("has a bound of as many as would show so few in one campaign of twenty", () => {
    // 5.5 % of all campaigns would show none or one if 4.65 were expected, 5 % if 4.744 were.
    expect(riskAfter(1000, 40, 1).bound).toBeCloseTo(0.004744, 6);
  });
});

describe("the most that can be expected", () => {
  // Garwood's limits, as in any table of the Poisson distribution.
  test.each([
    [0, 3],
    [1, 4.744],
    [2, 6.296],
    [3, 7.754],
    [5, 10.513],
    [10, 16.962],
  ])("of a count of %i is %f", (count, limit) => {
    expect(mostExpected(count)).toBeCloseTo(limit, 3);
  });

  test.each([1, 4, 30, 100, 500])("leaves so small a count as %i a probability of 5 %", (count) => {
    expect(chanceOfAtMost(count, mostExpected(count))).toBeCloseTo(0.05, 9);
  });

  test("comes near a normal distribution's for a large count", () => {
    expect(mostExpected(1_000_000)).toBeCloseTo(1_000_000 + 1.645 * 1000, -1);
  });
});
