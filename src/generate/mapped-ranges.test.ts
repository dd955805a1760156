import { describe, expect, test } from "vitest";
import { virtAddr } from "../trace/address.ts";
import { requestsIn } from "../trace/literal.fixture.ts";
import { printFlags } from "../trace/print.ts";
import { Dice } from "./dice.ts";
import { MappedRanges, NO_RANGE } from "./mapped-ranges.ts";

/** What is remembered of eight pages from 0x10000 on after these lines. */
function noted(...lines: readonly string[]): MappedRanges {
  const ranges = new MappedRanges({ base: virtAddr(0x10000), size: 0x8000, page: 0x1000, frames: 0 });
  for (const request of requestsIn(...lines)) ranges.note(request);
  return ranges;
}

/** The flags of the eight pages, `.` where nothing is. */
function shown(...lines: readonly string[]): string {
  const ranges = noted(...lines);
  const pages = Array.from({ length: 8 }, (_, index) => 0x10 + index);
  return pages
    .map((page) => (ranges.meets(page, page + 1) ? printFlags(ranges.flagsAt(page)) : "."))
    .join(" ");
}

const THREE = "map 0x11000 0x3000 rw alloc:lazy";

describe("what is noted", () => {
  test.each<[lines: string[], pages: string]>([
    [[], ". . . . . . . ."],
    [[THREE], ". rw rw rw . . . ."],
    [[THREE, "map 0x14000 0x1000 rx linear:0x5000"], ". rw rw rw rx . . ."],
    [[THREE, "map 0x13000 0x2000 rx alloc:eager replace"], ". rw rw rx rx . . ."],
    [[THREE, "unmap 0x12000 0x1000"], ". rw . rw . . . ."],
    [[THREE, "unmap 0x10000 0x8000"], ". . . . . . . ."],
    [[THREE, "protect 0x12000 0x4000 -"], ". rw - - . . . ."],
    [[THREE, "protect 0x12000 0x1000 -", "protect 0x10000 0x8000 rx"], ". rx rx rx . . . ."],
    [["map 0x11000 0x1000 rwun alloc:lazy", "protect 0x11000 0x1000 rd"], ". run . . . . . ."],
    [[THREE, "clear"], ". . . . . . . ."],
    [["map 0x10000 0x8000 r alloc:lazy"], "r r r r r r r r"],
    [[THREE, "map 0x15000 0x1000 rw alloc:lazy", "clear !backend=2"], ". . . . . . . ."],
  ])("%j: %s", (lines, pages) => {
    expect(shown(...lines)).toBe(pages);
  });
});

describe("what is refused, or probably fails, changes nothing", () => {
  test.each([
    "map 0x13000 0x2000 rx alloc:eager",
    "map 0x14000 0x0 rx alloc:eager",
    "map 0x14000 0x5000 rx alloc:eager",
    "map 0xf000 0x2000 rx alloc:eager",
    "map 0x14001 0x1000 rx alloc:eager",
    "map 0x14000 0x1001 rx alloc:eager",
    "map 0x14000 0x1000 rx linear:0x1",
    "map 0x14000 0x2000 rx alloc:eager !frame=1",
    "map 0x14000 0x2000 rx alloc:eager !backend=0",
    "map 0x13000 0x2000 rx alloc:eager replace !backend=1",
    "unmap 0x11800 0x1000",
    "unmap 0x11000 0x800",
    "unmap 0x11000 0x8000",
    "unmap 0x11000 0x1000 !backend=0",
    "protect 0x11000 0x1000 r !backend=0",
    "protect 0xf000 0x8000 r",
    "clear !backend=0",
    "areas",
    "store 0x11000 00",
  ])("%s", (line) => {
    expect(shown(THREE, line)).toBe(". rw rw rw . . . .");
  });

  test("but a failure that probably never fires lets the command be", () => {
    expect(shown(THREE, "unmap 0x11000 0x1000 !backend=1")).toBe(". . rw rw . . . .");
    expect(shown(THREE, "unmap 0x11000 0x1000 !frame=0")).toBe(". . rw rw . . . .");
    expect(shown(THREE, "map 0x14000 0x2000 r alloc:eager !frame=2")).toBe(". rw rw rw r r . .");
    expect(shown(THREE, "map 0x14000 0x2000 r alloc:lazy !frame=1")).toBe(". rw rw rw r r . .");
    expect(shown(THREE, "map 0x14000 0x2000 r alloc:lazy !backend=1")).toBe(". rw rw rw r r . .");
  });
});

describe("ranges", () => {
  const dice = new Dice();
  dice.seed(1, 2, 3);

  test("are picked each as often as another", () => {
    const ranges = noted(THREE, "unmap 0x12000 0x1000", "map 0x15000 0x2000 r alloc:eager");
    const counts = new Map<string, number>();
    for (let picks = 0; picks < 3000; picks++) {
      const at = ranges.pick(dice);
      const range = `${ranges.from(at).toString(16)}-${ranges.to(at).toString(16)} ${ranges.isEager(at)}`;
      counts.set(range, (counts.get(range) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(["11-12 false", "13-14 false", "15-17 true"]);
    expect(Math.min(...counts.values())).toBeGreaterThan(900);
  });

  test("stay eager in both halves when they are cut", () => {
    const ranges = noted("map 0x11000 0x3000 rw alloc:eager", "unmap 0x12000 0x1000");
    const eager = Array.from({ length: 50 }, () => ranges.isEager(ranges.pick(dice)));
    expect(eager.every(Boolean)).toBe(true);
  });

  test("are none at first", () => {
    expect([noted().isEmpty, noted(THREE).isEmpty]).toEqual([true, false]);
    expect(noted().pick(dice)).toBe(NO_RANGE);
    expect(noted().meets(0, 0x100)).toBe(false);
  });

  test("may be forgotten when there are very many", () => {
    const space = { base: virtAddr(0), size: 0x100000, page: 0x1000, frames: 0 };
    const ranges = new MappedRanges(space);
    const maps = Array.from(
      { length: 100 },
      (_, page) => `map 0x${page.toString(16)}000 0x1000 r alloc:lazy`,
    );
    for (const request of requestsIn(...maps)) ranges.note(request);
    const known = maps.filter((_, page) => ranges.meets(page, page + 1));
    expect(known).toHaveLength(64);
    expect(ranges.meets(99, 100)).toBe(true);
  });
});
