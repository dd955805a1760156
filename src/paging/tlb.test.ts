import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { READ, WRITE } from "../trace/flags.ts";
import { GIB, KIB4, MIB2, pa, va } from "./machine.fixture.ts";
import { Tlb } from "./tlb.ts";

const SIZES = [KIB4, MIB2, GIB] as const;

/** The address that a lookup gives, or nothing. */
function found(tlb: Tlb, addr: number): number | undefined {
  return tlb.lookUp(va(addr)) ? tlb.physical(va(addr)) : undefined;
}

/** Every translation: address, size, physical address and flags. */
function listed(tlb: Tlb): number[][] {
  const translations: number[][] = [];
  tlb.forEach((...translation) => {
    translations.push(translation);
  });
  return translations;
}

test("an empty one finds nothing, address 0 neither", () => {
  const tlb = new Tlb();
  expect([found(tlb, 0), found(tlb, GIB)]).toEqual([undefined, undefined]);
  expect(listed(tlb)).toEqual([]);
});

describe.each(SIZES.map((size, level) => ({ size, level })))("a page of $size bytes", ({ size, level }) => {
  test("is found at each of its addresses and nowhere else", () => {
    const tlb = new Tlb();
    tlb.fill(va(5 * size + 0x123), size, pa(9 * GIB), READ | WRITE);
    expect([5 * size, 5 * size + 1, 6 * size - 1].map((addr) => found(tlb, addr))).toEqual([
      9 * GIB,
      9 * GIB + 1,
      9 * GIB + size - 1,
    ]);
    expect(tlb.flags).toBe(READ | WRITE);
    expect([5 * size - 1, 6 * size].map((addr) => found(tlb, addr))).toEqual([undefined, undefined]);
  });

  test("makes room for another page with the same place, and only for that", () => {
    const tlb = new Tlb();
    for (let page = 0; page < 64; page++) tlb.fill(va(page * size), size, pa(0), READ);
    expect(Array.from({ length: 64 }, (_, page) => found(tlb, page * size))).not.toContain(undefined);
    tlb.fill(va(67 * size), size, pa(0), READ);
    const lost = Array.from({ length: 64 }, (_, page) => page).filter((page) => !tlb.lookUp(va(page * size)));
    expect(lost).toEqual([3]);
    expect(found(tlb, 67 * size)).toBe(0);
  });

  test("goes with a flush of its level and address", () => {
    for (let other = 0; other < 3; other++) {
      const tlb = new Tlb();
      tlb.fill(va(2 * GIB), size, pa(0), READ);
      tlb.flush(va(2 * GIB), other);
      expect(tlb.lookUp(va(2 * GIB))).toBe(other !== level);
    }
  });

  test("stays when another page in the same place is flushed", () => {
    const tlb = new Tlb();
    tlb.fill(va(size), size, pa(0), READ);
    tlb.flush(va(65 * size), level);
    tlb.flush(va(2 * size), level);
    expect(tlb.lookUp(va(size))).toBe(true);
  });

  test("is listed with its address, size, physical address and flags", () => {
    const tlb = new Tlb();
    tlb.fill(va(3 * size), size, pa(4 * GIB), WRITE);
    expect(listed(tlb)).toEqual([[3 * size, size, 4 * GIB, WRITE]]);
  });
});

test("translations of all sizes live side by side, and all go at once", () => {
  const tlb = new Tlb();
  for (const size of SIZES) tlb.fill(va(4 * GIB + size), size, pa(0), READ);
  expect(listed(tlb).map(([, size]) => size)).toEqual(SIZES);
  tlb.flushAll();
  expect(listed(tlb)).toEqual([]);
  for (const size of SIZES) expect(tlb.lookUp(va(4 * GIB + size))).toBe(false);
});

test("it is filled again after everything was flushed", () => {
  const tlb = new Tlb();
  tlb.flushAll();
  tlb.fill(va(0), KIB4, pa(0), READ);
  tlb.flushAll();
  expect(tlb.lookUp(va(0))).toBe(false);
  tlb.fill(va(0), KIB4, pa(MIB2), READ);
  expect(found(tlb, 8)).toBe(MIB2 + 8);
});

test("a page that has gone elsewhere since goes back to where it was", () => {
  const tlb = new Tlb();
  tlb.fill(va(KIB4), KIB4, pa(MIB2), READ);
  const restore = tlb.snapshot();
  tlb.fill(va(KIB4), KIB4, pa(GIB), WRITE);
  restore();
  expect(listed(tlb)).toEqual([[KIB4, KIB4, MIB2, READ]]);
});

test("any sequence of fills, flushes and goings back leaves what a map would hold", () => {
  const page = fc.record({ level: fc.nat(2), page: fc.constantFrom(0, 1, 31, 32, 63, 64, 65) });
  const doing = fc.oneof(
    fc.record({ what: fc.constantFrom("fill", "flush"), at: page, flags: fc.nat(3) }),
    fc.record({ what: fc.constantFrom("flush all", "remember", "go back") }),
  );
  fc.assert(
    fc.property(fc.array(doing, { maxLength: 40 }), (all) => {
      const tlb = new Tlb();
      // By place: page and flags.
      let naive = new Map<number, readonly [number, number]>();
      let [restore, remembered] = [tlb.snapshot(), new Map(naive)];
      for (const each of all) {
        if ("at" in each) {
          const place = 64 * each.at.level + (each.at.page % 64);
          const size = SIZES[each.at.level] ?? 0;
          if (each.what === "fill") {
            tlb.fill(va(each.at.page * size), size, pa(each.at.page * size), each.flags);
            naive.set(place, [each.at.page, each.flags]);
          } else {
            tlb.flush(va(each.at.page * size), each.at.level);
            if (naive.get(place)?.[0] === each.at.page) naive.delete(place);
          }
        } else if (each.what === "flush all") {
          tlb.flushAll();
          naive.clear();
        } else if (each.what === "remember") [restore, remembered] = [tlb.snapshot(), new Map(naive)];
        else {
          restore();
          naive = new Map(remembered);
        }
        const places = [...naive.keys()].sort((a, b) => a - b);
        expect(listed(tlb)).toEqual(
          places.map((place) => {
            const [number = 0, flags = 0] = naive.get(place) ?? [];
            const size = SIZES[Math.floor(place / 64)] ?? 0;
            return [number * size, size, number * size, flags];
          }),
        );
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});
