import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RangeSet } from "./range-set.ts";

/** The addresses of `set` from 0 to 31, as a picture. */
function picture(set: RangeSet, size = 32): string {
  return Array.from({ length: size }, (_, at) => (set.overlaps(at, at + 1) ? "#" : ".")).join("");
}

function setOf(text: string): RangeSet {
  const set = new RangeSet();
  for (const [at, char] of [...text].entries()) if (char === "#") set.add(at, at + 1);
  return set;
}

describe("a range that is", () => {
  test.each<[what: string, before: string, from: number, to: number, added: string, removed: string]>([
    ["apart from all", "##....##", 3, 5, "##.##.##", "##....##"],
    ["touching both sides", "##..##", 2, 4, "######", "##..##"],
    ["inside another", "######", 2, 4, "######", "##..##"],
    ["over the end of one and the start of the next", "###..###", 2, 6, "########", "##....##"],
    ["over several", ".#.#.#.", 0, 7, "#######", "......."],
    ["the whole of one", "#.##.#", 2, 4, "#.##.#", "#....#"],
    ["at its start", "..###", 2, 3, "..###", "...##"],
    ["at its end", "..###", 4, 5, "..###", "..##."],
  ])("%s is added and removed", (_what, before, from, to, added, removed) => {
    const one = setOf(before);
    one.add(from, to);
    expect(picture(one, before.length)).toBe(added);
    const other = setOf(before);
    other.remove(from, to);
    expect(picture(other, before.length)).toBe(removed);
  });
});

test("any sequence of changes leaves what single addresses would", () => {
  const range = fc.tuple(fc.nat(31), fc.integer({ min: 1, max: 12 }), fc.boolean());
  const property = fc.property(fc.array(range, { maxLength: 40 }), range, (changes, [from, length]) => {
    const set = new RangeSet();
    const cells = new Set<number>();
    for (const [start, size, adds] of changes) {
      if (adds) set.add(start, start + size);
      else set.remove(start, start + size);
      for (let at = start; at < start + size; at++) adds ? cells.add(at) : cells.delete(at);
    }
    const inside = [...cells].filter((at) => from <= at && at < from + length).length;
    expect(picture(set, 48)).toBe(
      Array.from({ length: 48 }, (_, at) => (cells.has(at) ? "#" : ".")).join(""),
    );
    expect([set.bytes, set.overlap(from, from + length)]).toEqual([cells.size, inside]);
  });
  fc.assert(property, { seed: 1, numRuns: 2000 });
});

test("a set takes over another one, of more ranges than it ever had or of fewer, and goes its own way", () => {
  const [many, few] = [new RangeSet(), setOf("##..#")];
  for (let at = 0; at < 300; at++) many.add(2 * at, 2 * at + 1);
  const copy = setOf("....##");
  copy.copyFrom(many);
  expect([copy.bytes, picture(copy, 600)]).toEqual([300, picture(many, 600)]);
  copy.copyFrom(few);
  expect([copy.bytes, picture(copy, 600)]).toEqual([3, picture(few, 600)]);
  copy.remove(0, 1);
  few.add(2, 3);
  expect([picture(copy, 5), picture(few, 5)]).toEqual([".#..#", "###.#"]);
});

test("any number of ranges finds room", () => {
  const set = new RangeSet();
  for (let at = 0; at < 300; at++) set.add(2 * at, 2 * at + 1);
  expect(set.bytes).toBe(300);
  for (let at = 0; at < 600; at++) expect(set.overlaps(at, at + 1)).toBe(at % 2 === 0);
  set.clear();
  expect([set.bytes, set.overlaps(0, 600)]).toEqual([0, false]);
});

test("the largest addresses are exact", () => {
  const set = new RangeSet();
  set.add(2 ** 52 - 2, 2 ** 52 - 1);
  expect([set.bytes, set.overlaps(2 ** 52 - 3, 2 ** 52 - 2), set.overlaps(2 ** 52 - 2, 2 ** 52)]).toEqual([
    1,
    false,
    true,
  ]);
});
