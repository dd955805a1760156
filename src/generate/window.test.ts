import { describe, expect, test } from "vitest";
import { virtAddr } from "../trace/address.ts";
import { Dice } from "./dice.ts";
import { GIANT_PAGE, LARGE_PAGE, Window } from "./window.ts";

const PAGE = 0x1000;

/** What is drawn for so many runs in a space of `pages` pages from page `first` on. */
function drawn(first: number, pages: number, runs = 4000) {
  const window = new Window(
    { base: virtAddr(first * PAGE), size: pages * PAGE, page: PAGE, frames: 0 },
    true,
  );
  const dice = new Dice();
  dice.seed(1, 2, 3);
  return Array.from({ length: runs }, () => {
    window.draw(dice);
    const { from, to, unit, bound } = window;
    return { from, to, unit, bound, page: window.page(dice) };
  });
}

describe("a space of few pages", () => {
  test.each([1, 2, 16, 33, 64])("%d: is used as a whole, every page of it", (pages) => {
    const all = drawn(0x123, pages);
    expect(all.every(({ from, to }) => from === 0x123 && to === 0x123 + pages)).toBe(true);
    expect(all.every(({ unit }) => unit === 1)).toBe(true);
    expect(new Set(all.map(({ page }) => page)).size).toBe(pages);
  });
});

describe.each<[what: string, first: number, pages: number]>([
  ["of 65 pages", 0x123, 65],
  ["too small for large pages", 0x123, 6000],
  ["for large pages", 0x1ff, 7000],
  ["of 256 GiB from 0", 0, 2 ** 26],
  ["of 256 GiB from anywhere", 0x123_4567, 2 ** 26],
  ["of 256 GiB that ends at an odd page", 2 ** 35, 2 ** 26 - 1],
])("a space %s", (_what, first, pages) => {
  const all = drawn(first, pages, 20_000);
  const small = all.filter(({ unit }) => unit === 1);
  const share = (isMeant: (window: (typeof all)[number]) => boolean) =>
    small.filter(isMeant).length / small.length;

  test("has each window inside, and each page in its window", () => {
    const wrong = all.filter(
      ({ from, to, page }) => from < first || to > first + pages || from >= to || page < from || page >= to,
    );
    expect(wrong).toEqual([]);
  });

  test("is used 16 pages at a time mostly: at its start, at its end, at boundaries, anywhere", () => {
    expect(small.every(({ from, to }) => to - from === 16)).toBe(true);
    expect(share(({ from }) => from === first)).toBeGreaterThan(0.15);
    expect(share(({ to }) => to === first + pages)).toBeGreaterThan(0.15);
    expect(new Set(small.map(({ from }) => from)).size).toBeGreaterThan(40);
  });

  test("has windows of large pages, beginning at one, if there is room for them", () => {
    const large = all.filter(({ unit }) => unit === LARGE_PAGE);
    if (pages <= 12 * LARGE_PAGE) return expect(large).toEqual([]);
    expect(large.length / all.length).toBeGreaterThan(0.2);
    expect(large.length / all.length).toBeLessThan(0.3);
    expect(large.every(({ from, bound }) => from % LARGE_PAGE === 0 && bound === 4096)).toBe(true);
    expect(large.every(({ from, to }) => to - from > 5 * LARGE_PAGE && to - from <= 6 * LARGE_PAGE)).toBe(
      true,
    );
    const atStart = large.filter(({ page }) => page % LARGE_PAGE === 0).length / large.length;
    expect(atStart).toBeGreaterThan(0.7);
    expect(atStart).toBeLessThan(0.8);
  });

  test("has very few windows of giant pages, if there is room for them, and none else may map so much", () => {
    const giant = all.filter(({ unit }) => unit === GIANT_PAGE);
    expect(all.filter(({ bound }) => bound !== 4096)).toEqual(giant);
    if (pages <= 4 * GIANT_PAGE) return expect(giant).toEqual([]);
    expect(giant.length / all.length).toBeGreaterThan(1 / 200);
    expect(giant.length / all.length).toBeLessThan(1 / 80);
    expect(giant.every(({ from, bound }) => from % GIANT_PAGE === 0 && bound === 2 ** 18)).toBe(true);
  });
});

test("windows lie across the boundaries of large and giant pages", () => {
  const small = drawn(0x123_4567, 2 ** 26).filter(({ unit }) => unit === 1);
  const across = (unit: number) => small.filter(({ from }) => (from + 8) % unit === 0).length / small.length;
  expect(across(LARGE_PAGE)).toBeGreaterThan(0.3);
  expect(across(GIANT_PAGE)).toBeGreaterThan(0.15);
});
