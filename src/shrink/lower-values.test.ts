import { describe, expect, test } from "vitest";
import { cuts, hugePagesIn, lowerValues } from "./lower-values.ts";

const PAGE = 0x1000;
const LARGE = 0x200000;
const GIANT = 0x40000000;

describe("lower values", () => {
  test.each<[value: number, page: number, lower: readonly number[]]>([
    [0, PAGE, []],
    [PAGE, PAGE, [0]],
    [3 * PAGE, PAGE, [0, PAGE, 2 * PAGE]],
    [4, 1, [0, 1, 2, 3]],
    [PAGE + 3, PAGE, [0, PAGE, 3, PAGE + 1, PAGE + 2]],
    [2, PAGE, [0, 1]],
  ])("of few pages are all: %i", (value, page, lower) => {
    expect([...lowerValues(value, page)]).toEqual(lower);
  });

  test("of many pages are few, and end with the one before", () => {
    const lower = [...lowerValues(2 ** 46, PAGE)];
    expect(lower.length).toBeLessThan(50);
    expect([lower[0], lower[1], lower.at(-1)]).toEqual([0, PAGE, 2 ** 46 - PAGE]);
    expect(lower).toEqual([...lower].sort((a, b) => a - b));
  });

  test.each([
    ["a huge page", LARGE],
    ["a giant one", GIANT],
    ["whole huge pages", 3 * GIANT + LARGE],
    ["whole giant ones", 3 * GIANT],
    ["the same place in a huge page", 5 * PAGE],
    ["the same place in a giant one", LARGE + 5 * PAGE],
  ])("have %s among them", (_what, lower) => {
    expect([...lowerValues(3 * GIANT + LARGE + 5 * PAGE, PAGE)]).toContain(lower);
  });

  test("no value is as high or not a whole number", () => {
    for (const value of [1, 63, 64, 65, 1000, PAGE, 65 * PAGE - 1, 2 ** 40 + 0x801, 2 ** 52 - 1]) {
      for (const lower of lowerValues(value, PAGE)) {
        expect(Number.isInteger(lower) && 0 <= lower && lower < value).toBe(true);
      }
    }
  });
});

describe("cuts", () => {
  test("take all, all but a page, and halves", () => {
    expect(cuts(8 * PAGE, PAGE)).toEqual([8 * PAGE, 7 * PAGE, 4 * PAGE, 2 * PAGE, PAGE]);
    expect([cuts(PAGE, PAGE), cuts(0, PAGE)]).toEqual([[PAGE], []]);
  });

  test("keep large ones to whole huge pages", () => {
    const gap = 3 * GIANT + LARGE + 5 * PAGE;
    const found = cuts(gap, PAGE);
    expect(found.slice(0, 3)).toEqual([gap, 3 * GIANT, 3 * GIANT + LARGE]);
    for (const cut of found) {
      if (cut < gap - PAGE && cut >= LARGE) expect(cut % LARGE).toBe(0);
    }
    expect(found).toContain(PAGE);
  });
});

test("the huge pages in a range are those that are in it whole", () => {
  expect(hugePagesIn(0, LARGE)).toEqual([0, LARGE]);
  expect(hugePagesIn(PAGE, 3 * LARGE + PAGE)).toEqual([LARGE, 3 * LARGE]);
  expect(hugePagesIn(PAGE, 2 * LARGE - PAGE)).toBeUndefined();
  expect(hugePagesIn(0, LARGE - PAGE)).toBeUndefined();
});
