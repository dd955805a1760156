import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trace } from "../generate/trace.ts";
import { ADDRESS_SPACE_HELLO } from "../trace/address-space.fixture.ts";
import { linesOf, requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import type { Request } from "../trace/request.ts";
import { compareTraces, flagRank } from "./order.ts";

function compare(a: readonly Request[], b: readonly Request[]): number {
  return compareTraces(a, b, SIXTEEN_PAGES.page);
}

describe("the first difference decides", () => {
  test.each<[what: string, simpler: readonly string[], other: readonly string[]]>([
    ["fewer requests", ["find-free 0x0 0x8000 0x0-0x10000 0x4000"], ["clear", "clear"]],
    ["a plain map before a replacing one", ["map 0x0 0x8000 rw mock"], ["map 0x0 0x1000 - mock replace"]],
    ["a map before an unmap", ["map 0x0 0x8000 rw mock"], ["unmap 0x0 0x1000"]],
    ["an unmap before a clear", ["unmap 0x0 0x8000"], ["clear"]],
    ["a clear before a protect", ["clear"], ["protect 0x0 0x1000 -"]],
    ["a protect before a replacing map", ["protect 0x0 0x2000 r"], ["map 0x0 0x1000 - mock replace"]],
    ["a command before a query", ["map 0x0 0x8000 rw mock replace"], ["areas"]],
    ["a query without arguments", ["areas"], ["find 0x0"]],
    ["find before overlaps", ["find 0x8000"], ["overlaps 0x0 0x1000"]],
    ["overlaps before find-free", ["overlaps 0x0 0x8000"], ["find-free 0x0 0x1000 0x0-0x1000 0x1000"]],
    [
      "fewer boundaries",
      ["unmap 0x1000 0x1000", "unmap 0x1000 0x1000"],
      ["unmap 0x0 0x1000", "unmap 0x2000 0x1000"],
    ],
    [
      "fewer pages, however often",
      ["unmap 0x1000 0x2000", "unmap 0x1000 0x2000"],
      ["unmap 0x0 0x1000", "unmap 0x1000 0x2000"],
    ],
    ["smaller sizes", ["unmap 0x8000 0x1000"], ["unmap 0x0 0x2000"]],
    [
      "a smaller search",
      ["find-free 0x1000 0x1000 0x0-0x2000 0x4000"],
      ["find-free 0x1000 0x1000 0x0-0x3000 0x1000"],
    ],
    ["lower addresses", ["map 0x0 0x1000 rwx mock"], ["map 0x1000 0x1000 - mock"]],
    [
      "a lower hint",
      ["find-free 0x1000 0x1000 0x0-0x4000 0x2000"],
      ["find-free 0x2000 0x1000 0x0-0x4000 0x1000"],
    ],
    ["no flags", ["map 0x0 0x1000 - mock !backend=3"], ["map 0x0 0x1000 r mock"]],
    ["one flag before two", ["map 0x0 0x1000 n mock"], ["map 0x0 0x1000 rw mock"]],
    ["r before w", ["map 0x0 0x1000 r mock"], ["map 0x0 0x1000 w mock"]],
    [
      "a plainer alignment",
      ["find-free 0x0 0x4000 0x0-0x4000 0x1000"],
      ["find-free 0x0 0x4000 0x0-0x4000 0x2000"],
    ],
    ["no injection", ["clear"], ["clear !backend=0"]],
    ["an earlier injection", ["clear !backend=1"], ["clear !backend=2"]],
    [
      "the simpler operation first",
      ["map 0x0 0x1000 - mock", "unmap 0x0 0x1000"],
      ["unmap 0x0 0x1000", "map 0x0 0x1000 - mock"],
    ],
    [
      "the lower address first",
      ["unmap 0x0 0x1000", "unmap 0x1000 0x1000"],
      ["unmap 0x1000 0x1000", "unmap 0x0 0x1000"],
    ],
    [
      "the smaller size first",
      ["unmap 0x0 0x1000", "unmap 0x0 0x2000"],
      ["unmap 0x0 0x2000", "unmap 0x0 0x1000"],
    ],
    [
      "the plainer flags first",
      ["protect 0x0 0x1000 -", "protect 0x0 0x1000 r"],
      ["protect 0x0 0x1000 r", "protect 0x0 0x1000 -"],
    ],
    ["the earlier injection first", ["clear", "clear !backend=0"], ["clear !backend=0", "clear"]],
    ["areas, pages, injected", ["areas", "pages", "injected"], ["areas", "injected", "pages"]],
    [
      "in a search the lower hint",
      ["find-free 0x0 0x1000 0x2000-0x3000 0x1000"],
      ["find-free 0x2000 0x1000 0x0-0x1000 0x1000"],
    ],
    [
      "and the smaller size",
      ["find-free 0x0 0x1000 0x0-0x2000 0x1000"],
      ["find-free 0x0 0x2000 0x0-0x1000 0x1000"],
    ],
    ["a query before a fault", ["find-free 0x0 0x1000 0x0-0x8000 0x1000"], ["fault 0x0 r"]],
    ["a fault before an access", ["fault 0x8000 rwx"], ["access 0x0 r"]],
    ["an access before a load", ["access 0x8000 rwx"], ["load 0x0 1"]],
    ["a load before a store", ["load 0x8000 100"], ["store 0x0 00"]],
    ["a store before a write", ["store 0x8000 ffff"], ["write 0x0 00"]],
    ["a whole page", ["unmap 0x8000 0x2000"], ["unmap 0x8000 0x1"]],
    ["the start of a page", ["unmap 0x8000 0x2000"], ["unmap 0x1 0x1000"]],
    ["the start of a physical page", ["map 0x8000 0x2000 r linear:0x1000"], ["map 0x0 0x1000 - linear:0x1"]],
    [
      "whole pages in a search",
      ["find-free 0x0 0x2000 0x0-0x2000 0x1000"],
      ["find-free 0x0 0x1 0x0-0x1000 0x1000"],
    ],
    ["eager before lazy", ["map 0x0 0x1000 rwx alloc:eager"], ["map 0x0 0x1000 - alloc:lazy"]],
    ["lazy before linear", ["map 0x0 0x1000 rwx alloc:lazy"], ["map 0x0 0x1000 - linear:0x0"]],
    ["a lower physical address", ["map 0x0 0x1000 rwx linear:0x0"], ["map 0x0 0x1000 - linear:0x1000"]],
    ["the start of the page accessed", ["fault 0x1000 rwx"], ["fault 0x1001 r"]],
    ["fewer kinds of access", ["access 0x0 x"], ["access 0x0 rw"]],
    ["a read before a write", ["access 0x0 r !frame=3"], ["access 0x0 w"]],
    ["fewer bytes", ["store 0x1 ff"], ["store 0x0 0000"]],
    ["fewer bytes to load", ["load 0x8 1"], ["load 0x0 8"]],
    ["lower bytes", ["store 0x0 0101"], ["store 0x0 0003"]],
    ["the lower byte first", ["store 0x0 0001"], ["store 0x0 0100"]],
    ["a failure of the backend, at the same call", ["clear !backend=1"], ["clear !frame=1"]],
    [
      "the plainer backend first",
      ["map 0x0 0x1000 - alloc:eager", "map 0x0 0x1000 - alloc:lazy"],
      ["map 0x0 0x1000 - alloc:lazy", "map 0x0 0x1000 - alloc:eager"],
    ],
  ])("%s", (_what, simpler, other) => {
    expect(compare(requestsIn(...simpler), requestsIn(...other))).toBeLessThan(0);
    expect(compare(requestsIn(...other), requestsIn(...simpler))).toBeGreaterThan(0);
  });
});

/** Two pages: pairs of short traces over them often differ in little. */
const TWO_PAGES = { ...SIXTEEN_PAGES, size: 0x2000 };

function sign(a: readonly Request[], b: readonly Request[]): number {
  return Math.sign(compare(a, b));
}

describe.each([
  ["sets of areas", trace(TWO_PAGES, { maxCommands: 2 })],
  ["address spaces", trace(TWO_PAGES, { maxCommands: 2, hello: ADDRESS_SPACE_HELLO })],
])("a total order of traces for %s", (_what, traces) => {
  test("of two traces one is the simpler, unless they are the same", () => {
    const property = fc.property(traces, traces, (a, b) => {
      const same = linesOf(a).join() === linesOf(b).join();
      return (compare(a, b) === 0) === same && sign(a, b) + sign(b, a) === 0;
    });
    fc.assert(property, { seed: 1, numRuns: 20_000 });
  });

  test("of three in a row the first is the simplest", () => {
    const property = fc.property(traces, traces, traces, (a, b, c) => {
      const [first, second, third] = [a, b, c].sort(compare);
      return (
        first &&
        second &&
        third &&
        sign(first, second) <= 0 &&
        sign(second, third) <= 0 &&
        sign(first, third) <= 0
      );
    });
    fc.assert(property, { seed: 2, numRuns: 20_000 });
  });
});

test("no two requests that differ are as simple as each other, also between neighbours of one request, whatever differs", () => {
  const lines = [
    ...["0x0", "0x1000"].flatMap((hint) =>
      ["0x0-0x0", "0x0-0x1000", "0x1000-0x1000", "0x0-0x2000", "0x1000-0x2000"].flatMap((limit) =>
        ["0x1000", "0x2000"].flatMap((size) =>
          ["0x1000", "0x2000"].map((align) => `find-free ${hint} ${size} ${limit} ${align}`),
        ),
      ),
    ),
    ...[
      "areas",
      "pages",
      "injected",
      "clear",
      "find 0x0",
      "find 0x1",
      "overlaps 0x0 0x1000",
      "unmap 0x0 0x1000",
    ],
  ].map((line) => requestsIn(line));
  const ties = lines.flatMap((a, index) => lines.slice(index + 1).filter((b) => compare(a, b) === 0));
  expect(ties).toEqual([]);
});

test("every set of flags has a rank of its own, fewer flags the lower", () => {
  const ranks = Array.from({ length: 64 }, (_, flags) => flagRank(flags));
  expect(new Set(ranks).size).toBe(64);
  expect([0b1, 0b10, 0b100000, 0b11, 0b110000, 0b111].map(flagRank)).toEqual(
    [0b1, 0b10, 0b100000, 0b11, 0b110000, 0b111].map(flagRank).sort((a, b) => a - b),
  );
});
