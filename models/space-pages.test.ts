import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FRAME, IN_AREA, isAccessible, PRESENT, RWX, SpacePages, UNKNOWN } from "./space-pages.ts";

/** Pages near the ends of chunks of 512, near zero and far away. */
const PAGES = [0, 1, 2, 510, 511, 512, 513, 1023, 1024, 5000, 2 ** 35 - 1, 2 ** 35, 2 ** 35 + 600];
const anyPage = fc.constantFrom(...PAGES);

function withPages(...list: readonly number[]): SpacePages {
  const pages = new SpacePages();
  for (const page of list) pages.add(page, IN_AREA, UNKNOWN);
  return pages;
}

test("does what a map would do", () => {
  const step = fc.record({
    page: anyPage,
    record: fc.constantFrom(IN_AREA, IN_AREA | 3, IN_AREA | FRAME, 0),
    physical: fc.nat(),
    content: fc.nat(9),
  });
  const steps = fc.array(step, { maxLength: 60 });
  const range = fc.tuple(anyPage, anyPage);
  fc.assert(
    fc.property(steps, range, fc.constantFrom(FRAME, RWX, undefined), (list, [from, to], bits) => {
      const pages = new SpacePages();
      const plain = new Map<number, { record: number; physical: number; content: number }>();
      for (const { page, record, physical, content } of list) {
        if (record === 0) {
          if (plain.delete(page)) pages.remove(page);
          continue;
        }
        if (plain.has(page)) {
          pages.change(page, record);
          pages.setPhysical(page, physical);
        } else {
          pages.add(page, record, physical);
          // Nothing is left of what a page had before.
          expect(pages.content(page)).toBe(0);
        }
        pages.setContent(page, content);
        plain.set(page, { record, physical, content });
      }
      expect(pages.count).toBe(plain.size);
      for (const page of PAGES) expect(pages.get(page)).toBe(plain.get(page)?.record ?? 0);
      for (const [page, { physical, content }] of plain) {
        expect([pages.physical(page), pages.content(page)]).toEqual([physical, content]);
      }
      const wanted = PAGES.filter((page) => {
        const record = plain.get(page)?.record ?? 0;
        return page >= from && page < to && (bits === undefined ? record !== 0 : (record & bits) !== 0);
      });
      expect(pages.next(from, to, bits)).toBe(wanted[0] ?? to);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test("what is no page is in no area", () => {
  const pages = withPages(3);
  for (const page of [3.5, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60])
    expect(pages.get(page)).toBe(0);
  expect(pages.physical(4000)).toBe(UNKNOWN);
  expect(pages.content(4000)).toBe(0);
  // Nor does it become one.
  pages.change(4000, IN_AREA);
  pages.setPhysical(4000, 1);
  pages.setContent(4000, 1);
  expect([pages.get(4000), pages.count]).toEqual([0, 1]);
});

test("finds the next page far away, without end", () => {
  const pages = withPages(700, 2 ** 35);
  expect(pages.next(0, Number.POSITIVE_INFINITY)).toBe(700);
  expect(pages.next(701, Number.POSITIVE_INFINITY)).toBe(2 ** 35);
  expect(pages.next(2 ** 35 + 1, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  expect(pages.next(800, 2 ** 35)).toBe(2 ** 35);
  expect(pages.next(9, 9)).toBe(9);
});

describe("the first page that is otherwise", () => {
  test("by its record", () => {
    const pages = withPages(510, 511, 512, 513);
    expect(pages.firstOther(510, 514, 0xffff, IN_AREA)).toBe(514);
    pages.change(512, IN_AREA | 1);
    expect(pages.firstOther(510, 514, 0xffff, IN_AREA)).toBe(512);
    expect(pages.firstOther(510, 514, IN_AREA, IN_AREA)).toBe(514);
    expect(pages.firstOther(510, 600, IN_AREA, IN_AREA)).toBe(514);
    expect(pages.firstOther(2000, 2001, IN_AREA, IN_AREA)).toBe(2000);
    expect(pages.firstOther(512, 512, IN_AREA, 0)).toBe(512);
  });

  test("by where it is in physical memory", () => {
    const pages = new SpacePages();
    for (let page = 510; page < 514; page++) pages.add(page, IN_AREA, 0x5000 + (page - 510) * 16);
    expect(pages.firstElsewhere(510, 514, 0x5000, 16)).toBe(514);
    expect(pages.firstElsewhere(511, 514, 0x5000, 16)).toBe(511);
    pages.setPhysical(513, UNKNOWN);
    expect(pages.firstElsewhere(510, 514, 0x5000, 16)).toBe(513);
    expect(pages.firstElsewhere(513, 514, UNKNOWN, 0)).toBe(514);
    expect(pages.firstElsewhere(2000, 2001, 0, 16)).toBe(2000);
  });
});

test("a cleared one has nothing, and is as good as new", () => {
  const pages = withPages(1, 600, 2 ** 35);
  pages.setContent(600, 5);
  pages.clear();
  expect(pages.count).toBe(0);
  expect([pages.get(1), pages.get(600), pages.next(0, 2 ** 36)]).toEqual([0, 0, 2 ** 36]);
  pages.clear();
  pages.add(601, IN_AREA, 7);
  expect(pages.next(0, 2 ** 36)).toBe(601);
  expect(pages.get(600)).toBe(0);
});

test.each([
  [IN_AREA | PRESENT | 1, true],
  [IN_AREA | PRESENT | 8, false],
  [IN_AREA | 7, false],
  [0, false],
])("a page with the record %i is accessible: %s", (record, accessible) => {
  expect(isAccessible(record)).toBe(accessible);
});

test("a snapshot brings all pages back, near and far, as often as it is called", () => {
  const record = fc.constantFrom(0, IN_AREA, IN_AREA | 3, IN_AREA | FRAME);
  const changes = fc.array(fc.record({ page: anyPage, record, number: fc.nat(9) }), { maxLength: 20 });
  const change = (pages: SpacePages, list: readonly { page: number; record: number; number: number }[]) => {
    for (const { page, record, number } of list) {
      if (pages.get(page) !== 0) pages.remove(page);
      if (record === 0) continue;
      pages.add(page, record, number);
      pages.setContent(page, number);
    }
  };
  const all = (pages: SpacePages) => [
    pages.count,
    PAGES.map((page) => [pages.get(page), pages.get(page) && [pages.physical(page), pages.content(page)]]),
  ];
  fc.assert(
    fc.property(changes, changes, changes, fc.boolean(), (before, after, later, isCleared) => {
      const pages = new SpacePages();
      change(pages, before);
      const expected = all(pages);
      const restore = pages.snapshot();
      for (const list of [after, later]) {
        if (isCleared) pages.clear();
        change(pages, list);
        restore();
        expect(all(pages)).toEqual(expected);
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});
