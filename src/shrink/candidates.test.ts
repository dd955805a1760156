import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trace } from "../generate/trace.ts";
import { virtAddr } from "../trace/address.ts";
import { LARGE_TERMS, SMALL_TERMS } from "../trace/address-space.fixture.ts";
import { linesOf, requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { findMisfit } from "../trace/preconditions.ts";
import type { Request } from "../trace/request.ts";
import { isRequest } from "../trace/request-schema.ts";
import { MEMORY_SET_HELLO, type Terms } from "../trace/space.ts";
import { candidates } from "./candidates.ts";
import { compareTraces } from "./order.ts";

const TERMS = { space: SIXTEEN_PAGES, hello: MEMORY_SET_HELLO };

/** The candidates as text. */
function candidatesFor(requests: readonly Request[]): string[] {
  return Array.from(candidates(requests, TERMS), (candidate) => linesOf(candidate).join("; "));
}

const ALL_TERMS: readonly (readonly [name: string, terms: Terms])[] = [
  ["16 pages", TERMS],
  ["bytes", { ...TERMS, space: { base: virtAddr(0), size: 16, page: 1, frames: 0 } }],
  [
    "the top",
    { ...TERMS, space: { base: virtAddr(2 ** 52 - 0x11000), size: 0x10000, page: 0x1000, frames: 0 } },
  ],
  ["16 pages of an address space", SMALL_TERMS],
  ["256 GiB of an address space", LARGE_TERMS],
];

describe.each(ALL_TERMS)("every candidate, %s", (_name, terms) => {
  const { space, hello } = terms;
  const traces = trace(space, { hello, maxCommands: 6 });

  test("is a trace that fits, and simpler", () => {
    const wrong: string[] = [];
    const property = fc.property(traces, (requests) => {
      for (const candidate of candidates(requests, terms)) {
        const simpler = compareTraces(candidate, requests, space.page) < 0;
        const fits =
          candidate.length > 0 && candidate.every(isRequest) && findMisfit(candidate, terms) === undefined;
        if (!simpler || !fits) wrong.push(linesOf(candidate).join("; "));
      }
      expect(wrong).toEqual([]);
    });
    fc.assert(property, { seed: 1, numRuns: 40 });
  });

  test("leaves the trace that it was made of alone", () => {
    for (const requests of fc.sample(traces, { seed: 2, numRuns: 10 })) {
      const before = linesOf(requests);
      for (const candidate of candidates(requests, terms)) candidate.reverse();
      expect(linesOf(requests)).toEqual(before);
    }
  });

  test("is the same each time", () => {
    for (const requests of fc.sample(traces, { seed: 3, numRuns: 10 })) {
      const texts = () =>
        Array.from(candidates(requests, terms), (candidate) => linesOf(candidate).join("; "));
      expect(texts()).toEqual(texts());
    }
  });
});

test("a trace without each of its requests is among them", () => {
  for (const requests of fc.sample(trace(SIXTEEN_PAGES, { maxCommands: 12 }), { seed: 4, numRuns: 20 })) {
    if (requests.length === 1) continue;
    const texts = new Set(candidatesFor(requests));
    for (const left of requests.keys()) {
      expect(texts).toContain(linesOf(requests.filter((_, index) => index !== left)).join("; "));
    }
  }
});

test("halves come first", () => {
  const requests = requestsIn("clear", "clear", "areas", "areas");
  expect(candidatesFor(requests).slice(0, 2)).toEqual(["clear; clear", "areas; areas"]);
});

describe("a trace that is as simple as can be has none", () => {
  test.each([["map 0x0 0x0 - mock"], ["unmap 0x0 0x0"], ["areas"], ["find 0x0"]])("%s", (line) => {
    expect(candidatesFor(requestsIn(line))).toEqual([]);
  });
});

test("none is about no requests at all", () => {
  expect(candidatesFor(requestsIn("clear"))).toEqual(["unmap 0x0 0x0"]);
  expect(candidatesFor([])).toEqual([]);
});

/** What a pass is there for: a trace, and the simpler one that no other pass finds. */
const PASSES: readonly (readonly [what: string, lines: readonly string[], simpler: readonly string[]])[] = [
  [
    "two requests that are of no use only together",
    ["map 0x0 0x1000 - mock", "map 0x2000 0x1000 - mock", "unmap 0x2000 0x1000", "areas"],
    ["map 0x0 0x1000 - mock", "areas"],
  ],
  [
    "a request that a later failure was counted past",
    ["map 0x0 0x1000 - mock", "map 0x1000 0x1000 - mock", "map 0x2000 0x1000 - mock", "clear !backend=2"],
    ["map 0x0 0x1000 - mock", "map 0x2000 0x1000 - mock", "clear !backend=1"],
  ],
  [
    "two maps that are one",
    ["map 0x0 0x1000 - mock", "map 0x1000 0x1000 r mock", "unmap 0x0 0x2000"],
    ["map 0x0 0x2000 - mock", "unmap 0x0 0x2000"],
  ],
  [
    "two maps that are one, the second of them first",
    ["map 0x1000 0x1000 - mock", "map 0x0 0x1000 r mock", "unmap 0x0 0x2000"],
    ["map 0x0 0x2000 r mock", "unmap 0x0 0x2000"],
  ],
  [
    "a map that has the flags of a later protect",
    ["map 0x1000 0x1000 ru mock", "protect 0x0 0x2000 w", "areas"],
    ["map 0x1000 0x1000 wu mock", "areas"],
  ],
  ["a map that replaces nothing", ["map 0x0 0x1000 - mock replace"], ["map 0x0 0x1000 - mock"]],
  ["an unmap for a protect", ["protect 0x0 0x1000 r"], ["unmap 0x0 0x1000"]],
  [
    "a map for a protect",
    ["map 0x0 0x1000 - mock", "protect 0x1000 0x1000 r"],
    ["map 0x0 0x1000 - mock", "map 0x1000 0x1000 r mock"],
  ],
  [
    "an unmap of everything for a clear",
    ["map 0x1000 0x3000 - mock", "clear"],
    ["map 0x1000 0x3000 - mock", "unmap 0x1000 0x3000"],
  ],
  [
    "an unmap from the start of the space on for a clear",
    ["map 0x1000 0x3000 - mock", "clear !backend=0"],
    ["map 0x1000 0x3000 - mock", "unmap 0x0 0x4000 !backend=0"],
  ],
  [
    "a map for an unmap",
    ["map 0x0 0x1000 - mock", "unmap 0x1000 0x1000"],
    ["map 0x0 0x1000 - mock", "map 0x1000 0x1000 - mock"],
  ],
  [
    "a protect for a map that replaces",
    ["map 0x0 0x3000 - mock", "map 0x1000 0x1000 - mock replace"],
    ["map 0x0 0x3000 - mock", "protect 0x1000 0x1000 r"],
  ],
  [
    "the failure too, for a map that replaces",
    ["map 0x0 0x1000 - mock", "map 0x0 0x1000 - mock replace !backend=1"],
    ["map 0x0 0x1000 - mock", "unmap 0x0 0x1000 !backend=1"],
  ],
  [
    "two maps for one with a hole",
    ["map 0x0 0x3000 - mock", "unmap 0x1000 0x1000"],
    ["map 0x0 0x1000 - mock", "map 0x2000 0x1000 - mock"],
  ],
  [
    "two maps for one whose end is protected",
    ["map 0x0 0x3000 - mock", "protect 0x1000 0x2000 r"],
    ["map 0x0 0x1000 - mock", "map 0x1000 0x2000 r mock"],
  ],
  [
    "two maps for one whose start is protected",
    ["map 0x0 0x3000 - mock", "protect 0x0 0x1000 r"],
    ["map 0x0 0x1000 r mock", "map 0x1000 0x2000 - mock"],
  ],
  [
    "everything moved down",
    ["map 0x3000 0x2000 - mock", "unmap 0x4000 0x1000"],
    ["map 0x0 0x2000 - mock", "unmap 0x1000 0x1000"],
  ],
  [
    "a stretch cut out of the middle",
    ["map 0x0 0x4000 - mock", "unmap 0x3000 0x1000"],
    ["map 0x0 0x2000 - mock", "unmap 0x1000 0x1000"],
  ],
  [
    "a boundary moved to a lower one, wherever it is",
    ["map 0x0 0x1000 - mock", "map 0x0 0x4000 - mock replace", "unmap 0x1000 0x3000"],
    ["map 0x0 0x1000 - mock", "map 0x0 0x1000 - mock replace", "unmap 0x1000 0x0"],
  ],
  [
    "a search for as much less as was cut out",
    ["map 0x0 0x4000 - mock", "find-free 0x0 0x4000 0x0-0x8000 0x1000"],
    ["map 0x0 0x2000 - mock", "find-free 0x0 0x2000 0x0-0x6000 0x1000"],
  ],
  [
    "plainer flags wherever they occur",
    ["map 0x0 0x1000 rwx mock", "map 0x1000 0x1000 rwx mock"],
    ["map 0x0 0x1000 r mock", "map 0x1000 0x1000 r mock"],
  ],
  [
    "flags that have changed places",
    ["map 0x0 0x1000 r mock", "protect 0x0 0x1000 -"],
    ["map 0x0 0x1000 - mock", "protect 0x0 0x1000 r"],
  ],
  [
    "a flag that has gone over to a later request",
    ["map 0x0 0x1000 ru mock", "protect 0x0 0x1000 -"],
    ["map 0x0 0x1000 u mock", "protect 0x0 0x1000 r"],
  ],
  [
    "all of it mirrored",
    ["map 0x1000 0x3000 - mock", "protect 0x3000 0x1000 r", "find 0x2123"],
    ["map 0x1000 0x3000 - mock", "protect 0x1000 0x1000 r", "find 0x2123"],
  ],
  [
    "neighbours that have changed places",
    ["unmap 0x0 0x1000", "map 0x0 0x1000 - mock"],
    ["map 0x0 0x1000 - mock", "unmap 0x0 0x1000"],
  ],
];

describe("among the candidates is", () => {
  test.each(PASSES)("%s", (_what, lines, simpler) => {
    expect(candidatesFor(requestsIn(...lines))).toContain(linesOf(requestsIn(...simpler)).join("; "));
  });
});

describe("one argument simpler", () => {
  test.each([
    [
      "map 0x2000 0x3000 rw mock",
      [
        "map 0x2000 0x2000 rw mock",
        "map 0x3000 0x2000 rw mock",
        "map 0x1000 0x3000 rw mock",
        "map 0x2000 0x3000 w mock",
      ],
    ],
    [
      "unmap 0x2000 0x3000 !backend=2",
      ["unmap 0x2000 0x3000", "unmap 0x2000 0x3000 !backend=1", "unmap 0x2000 0x0 !backend=2"],
    ],
    ["protect 0x0 0x1000 wx", ["protect 0x0 0x1000 x", "protect 0x0 0x1000 rw", "protect 0x0 0x1000 -"]],
    ["find 0x2001", ["find 0x0", "find 0x1000", "find 0x2000"]],
    ["overlaps 0x1000 0x2000", ["overlaps 0x1000 0x1000", "overlaps 0x0 0x2000", "overlaps 0x2000 0x1000"]],
    [
      "find-free 0x2000 0x4000 0x1000-0x8000 0x2000",
      [
        "find-free 0x2000 0x4000 0x1000-0x8000 0x1000",
        "find-free 0x2000 0x2000 0x1000-0x8000 0x1000",
        "find-free 0x2000 0x3000 0x1000-0x8000 0x2000",
        "find-free 0x1000 0x4000 0x1000-0x8000 0x2000",
        "find-free 0x2000 0x4000 0x1000-0x7000 0x2000",
        "find-free 0x2000 0x4000 0x4000-0x8000 0x2000",
        "find-free 0x3000 0x1000 0x1000-0x3000 0x1000",
      ],
    ],
  ])("%s", (line, simpler) => {
    const texts = candidatesFor(requestsIn(line));
    for (const each of simpler) expect(texts).toContain(each);
  });
});

describe("far up", () => {
  test("the way down is short: every half of what is left is tried", () => {
    const texts = candidatesFor(requestsIn("unmap 0xf000000000000 0x8000000000000"));
    const down = ["0xb400000000000", "0xd200000000000", "0xe100000000000", "0xefffffffff000"];
    for (const start of down) expect(texts).toContain(`unmap ${start} 0x8000000000000`);
    expect(texts.length).toBeLessThan(500);
  });

  test("no map becomes larger than it was, nor than any that has to succeed", () => {
    const large = requestsIn("map 0xffff000000000 0x1000000000 r mock", "map 0x0 0x10000000 r mock");
    for (const candidate of candidates(large, TERMS)) {
      const sizes = candidate.map((request) => (request.op === "map" ? request.size : 0));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(0x1000000000);
    }
  });
});
