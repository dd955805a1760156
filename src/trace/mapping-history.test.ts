import { describe, expect, test } from "vitest";
import { LARGE_TERMS, SMALL_TERMS } from "./address-space.fixture.ts";
import { type Dialect, PLAIN_DIALECT } from "./dialect.ts";
import { requestsIn, SIXTEEN_PAGES } from "./literal.fixture.ts";
import { MappingHistory } from "./mapping-history.ts";
import type { Terms } from "./space.ts";

const SCARCE = { ...SMALL_TERMS, space: { ...SIXTEEN_PAGES, frames: 20 } };
const INNER = { ...SMALL_TERMS, space: { ...SIXTEEN_PAGES, base: LARGE_TERMS.space.base, size: 0x4000 } };

function historyOf(lines: readonly string[], terms: Terms = SMALL_TERMS): MappingHistory {
  const history = new MappingHistory(terms);
  for (const request of requestsIn(...lines)) history.note(request);
  return history;
}

/** Sixteen pages: `L` for one that may be linear. */
function linearPages(history: MappingHistory): string {
  const pages = Array.from({ length: 16 }, (_, page) => page * 0x1000);
  return pages.map((addr) => (history.mayBeLinear(addr + 0xfff, 1) ? "L" : ".")).join("");
}

describe("under a dialect", () => {
  const under = (manners: Partial<Dialect>): Terms => ({
    ...SMALL_TERMS,
    hello: { ...SMALL_TERMS.hello, dialect: { ...PLAIN_DIALECT, ...manners } },
  });
  const UNMAPPED = ["map 0x1000 0x3000 rw linear:0x0", "unmap 0x2000 0x1000"];
  const REPLACED = ["map 0x1000 0x3000 rw linear:0x0", "map 0x0 0x3000 rw alloc:lazy replace"];
  const CLEARED = ["map 0x1000 0x3000 rw linear:0x0", "clear"];
  const ODD = ["map 0x1000 0x1001 rw linear:0x0"];
  const ODD_UNMAP = ["map 0x1000 0x3000 rw linear:0x0", "unmap 0x2000 0x1"];
  const ODD_REPLACE = ["map 0x1000 0x3000 rw linear:0x0", "map 0x1000 0x1001 rw alloc:lazy replace"];

  test.each<[manners: Partial<Dialect>, lines: readonly string[], pages: string, mapped: number]>([
    [{}, UNMAPPED, ".L.L............", 2],
    [{ "unmap-holes": "refuse" }, UNMAPPED, ".LLL............", 3],
    [{ "no-memory": "any" }, UNMAPPED, ".LLL............", 3],
    [{}, REPLACED, "...L............", 4],
    [{ "unmap-holes": "refuse" }, REPLACED, "...L............", 4],
    [{ "no-memory": "any" }, REPLACED, ".LLL............", 4],
    [{ "no-memory": "any", "unmap-holes": "refuse" }, CLEARED, "................", 0],
    [{}, ODD, "................", 0],
    [{ sizes: "roundup" }, ODD, ".LL.............", 2],
    [{}, ODD_UNMAP, ".LLL............", 3],
    [{ sizes: "roundup" }, ODD_UNMAP, ".L.L............", 2],
    [{ sizes: "roundup" }, ODD_REPLACE, "...L............", 3],
    [{ sizes: "roundup" }, ["map 0xf000 0x1001 rw linear:0x0"], "................", 0],
    [{ sizes: "roundup" }, ["map 0xf000 0x1 rw linear:0x0"], "...............L", 1],
    [{ sizes: "roundup" }, ["map 0x1 0x1000 rw linear:0x0"], "................", 0],
  ])("%j, %j may leave %s", (manners, lines, pages, mapped) => {
    const history = historyOf(lines, under(manners));
    expect(linearPages(history)).toBe(pages);
    expect(history.mappedPages).toBe(mapped);
  });

  test("a map counts as many pages as its size stands for", () => {
    const [map] = requestsIn("map 0x1000 0x1001 rw alloc:lazy");
    if (map?.op !== "map") throw new Error("no map");
    expect(historyOf(["map 0x2000 0x1000 r alloc:lazy"], under({ sizes: "roundup" })).boundWith(map)).toBe(2);
    expect(historyOf(["map 0x2000 0x1000 r alloc:lazy"]).boundWith(map)).toBe(1);
  });
});

describe("pages that may be linear", () => {
  test.each<[what: string, lines: readonly string[], pages: string]>([
    ["none", [], "................"],
    ["those of a linear map", ["map 0x1000 0x2000 rw linear:0x0"], ".LL............."],
    ["not those of an allocated one", ["map 0x1000 0x2000 rw alloc:lazy"], "................"],
    [
      "not those that are unmapped again",
      ["map 0x1000 0x3000 rw linear:0x0", "unmap 0x2000 0x1000"],
      ".L.L............",
    ],
    ["none after a clear", ["map 0x1000 0x3000 rw linear:0x0", "clear"], "................"],
    [
      "not those that another map replaces",
      ["map 0x1000 0x3000 rw linear:0x0", "map 0x0 0x3000 rw alloc:eager replace"],
      "...L............",
    ],
    [
      "those of a map that replaces others too",
      ["map 0x1000 0x3000 rw alloc:lazy", "map 0x2000 0x3000 rw linear:0x0 replace"],
      "..LLL...........",
    ],
    [
      "those that a map that may be refused is about",
      ["map 0x1000 0x1000 rw linear:0x0", "map 0x1000 0x2000 rw alloc:lazy"],
      ".L..............",
    ],
    ["those of a map with a failure", ["map 0x1000 0x1000 rw linear:0x0 !frame=0"], ".L.............."],
    [
      "those that an unmap may have failed to take",
      ["map 0x1000 0x1000 rw linear:0x0", "unmap 0x0 0x8000 !backend=0"],
      ".L..............",
    ],
    [
      "those that a clear may have failed to take",
      ["map 0x1000 0x1000 rw linear:0x0", "clear !frame=3"],
      ".L..............",
    ],
    [
      "those that a map may have failed to replace",
      ["map 0x1000 0x1000 rw linear:0x0", "map 0x1000 0x1000 rw alloc:lazy replace !backend=9"],
      ".L..............",
    ],
    ["an empty unmap takes none", ["map 0x0 0x3000 r linear:0x0", "unmap 0x1000 0x0"], "LLL............."],
    ["an unaligned start", ["map 0x0 0x3000 r linear:0x0", "unmap 0x800 0x1000"], "LLL............."],
    ["an unaligned size", ["map 0x0 0x3000 r linear:0x0", "unmap 0x0 0x1800"], "LLL............."],
    [
      "a range that leaves the space",
      ["map 0x0 0x3000 r linear:0x0", "unmap 0x0 0x11000"],
      "LLL.............",
    ],
    [
      "an end that is no address",
      ["map 0x0 0x3000 r linear:0x0", "unmap 0x0 0x1000000000000"],
      "LLL.............",
    ],
  ])("%s", (_what, lines, pages) => {
    expect(linearPages(historyOf(lines))).toBe(pages);
  });

  test("where frames are scarce, any command may have failed", () => {
    const map = "map 0x1000 0x1000 rw linear:0x0";
    for (const line of ["unmap 0x0 0x8000", "clear", "map 0x1000 0x1000 rw alloc:lazy replace"]) {
      expect(linearPages(historyOf([map, line], SCARCE))).toBe(".L..............");
    }
  });

  test("are met by any byte of theirs", () => {
    const history = historyOf(["map 0x2000 0x1000 rw linear:0x0"]);
    const met = [
      [0x1000, 0x1000],
      [0x1fff, 1],
      [0x1fff, 2],
      [0x2fff, 1],
      [0x2800, 0x2000],
      [0x3000, 0x1000],
    ].map(([start = 0, size = 0]) => history.mayBeLinear(start, size));
    expect(met).toEqual([false, false, true, true, true, false]);
  });
});

describe("a map that is refused by its text alone makes nothing", () => {
  test.each([
    "map 0x1000 0x0 r linear:0x0",
    "map 0x800 0x1000 r linear:0x0",
    "map 0x1000 0x800 r linear:0x0",
    "map 0x1000 0x1000 r linear:0x800",
    "map 0xf000 0x2000 r linear:0x0",
    "map 0x10000 0x1000 r linear:0x0",
    "map 0xfffffffff000 0x1000 r linear:0x0",
  ])("%s", (line) => {
    const history = historyOf([line]);
    expect([linearPages(history), history.mappedPages]).toEqual(["................", 0]);
    for (const request of requestsIn(line)) {
      expect(request.op === "map" && history.isInvalid(request)).toBe(true);
      expect(request.op === "map" && history.boundWith(request)).toBe(0);
    }
  });

  test("below the space", () => {
    expect(historyOf(["map 0x3ffffffff000 0x1000 r linear:0x0"], INNER).mappedPages).toBe(0);
    expect(historyOf(["map 0x400000000000 0x4000 r linear:0x0"], INNER).mappedPages).toBe(4);
  });
});

describe("the bound of the mapped pages", () => {
  test.each<[lines: readonly string[], bound: number]>([
    [["map 0x0 0x4000 r alloc:lazy", "map 0x8000 0x1000 r linear:0x0"], 5],
    [["map 0x0 0x4000 r alloc:lazy", "map 0x2000 0x4000 r alloc:lazy"], 6],
    [["map 0x0 0x4000 r alloc:lazy", "map 0x2000 0x4000 r alloc:lazy replace !frame=0"], 6],
    [["map 0x0 0x4000 r alloc:lazy", "protect 0x0 0x4000 -", "unmap 0x1000 0x1000"], 3],
    [["map 0x0 0x4000 r alloc:lazy", "unmap 0x1000 0x1000 !frame=0"], 4],
    [["map 0x0 0x4000 r alloc:lazy", "clear !backend=0"], 4],
    [["map 0x0 0x4000 r alloc:lazy", "clear"], 0],
    [["fault 0x0 r", "access 0x0 r", "write 0x0 01", "store 0x0 01", "load 0x0 1"], 0],
    [["areas", "pages", "frames", "injected", "find 0x0", "translate 0x0", "read 0x0 1"], 0],
    [["overlaps 0x0 0x1000", "find-free 0x0 0x1000 0x0-0x1000 0x1000", "can-access 0x0 0x0 r"], 0],
  ])("%j: %i", (lines, bound) => {
    expect(historyOf(lines).mappedPages).toBe(bound);
  });

  test("with one map more counts what is there already once", () => {
    const history = historyOf(["map 0x0 0x4000 r alloc:lazy"]);
    const bounds = requestsIn("map 0x2000 0x4000 r alloc:lazy", "map 0x8000 0x1000 r linear:0x0").map(
      (request) => request.op === "map" && history.boundWith(request),
    );
    expect(bounds).toEqual([6, 5]);
    expect(history.mappedPages).toBe(4);
  });
});

test("another trace begins with nothing", () => {
  const history = historyOf(["map 0x0 0x4000 r linear:0x0"], SCARCE);
  history.reset();
  expect([linearPages(history), history.mappedPages]).toEqual(["................", 0]);
});

test("a history that goes on from another one is where that is, and leaves it there", () => {
  const history = historyOf(["map 0x1000 0x2000 rw linear:0x0", "map 0x8000 0x1000 r alloc:lazy"]);
  const later = historyOf(["map 0x0 0x8000 rw linear:0x0"]);
  later.copyFrom(history);
  expect([linearPages(later), later.mappedPages]).toEqual([".LL.............", 3]);
  for (const request of requestsIn("unmap 0x2000 0x1000")) later.note(request);
  expect([linearPages(later), later.mappedPages]).toEqual([".L..............", 2]);
  expect([linearPages(history), history.mappedPages]).toEqual([".LL.............", 3]);
});
