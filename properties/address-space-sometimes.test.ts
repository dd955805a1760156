/** Each situation of the address-space surface by a trace that meets it, and by traces that come close. */
import { describe, expect, test } from "vitest";
import { Executor } from "../src/execute/executor.ts";
import { Statistics } from "../src/execute/statistics.ts";
import { addressSpaceSubject } from "../src/subjects/address-space.ts";
import { LARGE_SPACE } from "../src/trace/address-space.fixture.ts";
import { requestsIn, SIXTEEN_PAGES } from "../src/trace/literal.fixture.ts";
import type { Space } from "../src/trace/space.ts";
import { SOMETIMES, type Sometimes } from "./sometimes.ts";

/** How often each situation was met that was met at all. */
function metIn(lines: readonly string[], space: Space = SIXTEEN_PAGES): Partial<Record<Sometimes, number>> {
  const statistics = new Statistics("address-space");
  const executor = new Executor(addressSpaceSubject("x86-64"), space);
  expect(executor.run(requestsIn(...lines), statistics)).toBeUndefined();
  const met = statistics.sometimes().filter(({ count }) => count > 0);
  return Object.fromEntries(met.map(({ name, count }) => [name, count]));
}

const A = "map 0x1000 0x4000 rw alloc:lazy";
/** Two areas, a hole of two pages between them. */
const AB = [A, "map 0x7000 0x2000 rw alloc:lazy"];
/** Two areas that touch. */
const AC = [A, "map 0x5000 0x2000 rx alloc:eager"];
/** A page that is in. */
const IN = [A, "fault 0x2000 r"];
/** A page that gave its frame back, while another keeps the tables. */
const REPLACED = ["map 0x1000 0x2000 rw alloc:eager", "unmap 0x1000 0x1000"];
const A_PAGE = "map 0x1000 0x1000 r alloc:lazy";
/** Sixty-four TiB: where the large space begins, two huge pages. */
const HUGE = "map 0x400000000000 0x400000 rw linear:0x200000";

const FEW: Space = { ...SIXTEEN_PAGES, frames: 4 };

interface Case {
  readonly lines: readonly string[];
  readonly space?: Space;
  /** What else is met on the way. */
  readonly also?: readonly Sometimes[];
}

const MET: Readonly<Record<Sometimes, Case>> = {
  "an unmap in the middle of an area leaves two": { lines: [A, "unmap 0x2000 0x2000"] },
  "an unmap takes several areas and skips a hole": { lines: [...AB, "unmap 0x4000 0x4000"] },
  "an unmap finds nothing to unmap": { lines: [A, "unmap 0x5000 0x1000"] },
  "a protect splits an area in three": { lines: [A, "protect 0x2000 0x1000 r"] },
  "a protect changes several areas and skips a hole": { lines: [...AB, "protect 0x4000 0x4000 r"] },
  "a protect leaves an area whose flags are right already in one piece": {
    lines: [A, "protect 0x2000 0x1000 rw"],
  },
  "a protect touches nothing": { lines: [A, "protect 0x5000 0x1000 r"] },
  "a replace takes the place of several areas": { lines: [...AC, "map 0x4000 0x2000 r alloc:lazy replace"] },
  "a replace lands in the middle of an area": { lines: [A, "map 0x2000 0x1000 r alloc:lazy replace"] },
  "a map is refused because something is there": { lines: [A, "map 0x4000 0x2000 r alloc:lazy"] },
  "a range that runs out of the address space is refused": { lines: ["unmap 0xfffffffff000 0x1000"] },
  "a clear removes several areas": { lines: [...AC, "clear"] },
  "an injected failure fires": { lines: [A, "clear !backend=0"] },
  "an injected failure fires when a part of the work is done": {
    lines: [...AC, "clear !backend=1"],
    also: ["an injected failure fires"],
  },
  "an injection waits for a call that never comes": { lines: ["clear !backend=0"] },
  "find-free passes over an area": { lines: [A, "find-free 0x1000 0x1000 0x0-0x10000 0x1000"] },
  "find-free finds no place for a fitting size": {
    lines: [A, "find-free 0x0 0x2000 0x0-0x6000 0x2000"],
  },
  "a range that leaves the space or cuts a page is refused": { lines: ["unmap 0x10000 0x1000"] },
  "a fault brings a page in": { lines: IN },
  "a fault finds that its page is there": {
    lines: [...IN, "fault 0x2000 r"],
    also: ["a fault brings a page in"],
  },
  "a fault is refused": { lines: ["fault 0x0 r"] },
  "an access brings a page in": { lines: [A, "access 0x2000 r"] },
  "an access finds its translation in the TLB": {
    lines: [A, "access 0x2000 r", "access 0x2fff w"],
    also: ["an access brings a page in"],
  },
  "a range changes that the TLB holds translations of": {
    lines: [A, "access 0x1000 r", "protect 0x1000 0x4000 r"],
    also: ["an access brings a page in"],
  },
  "a huge page is split": {
    lines: [HUGE, "protect 0x400000200000 0x1000 r"],
    space: LARGE_SPACE,
    also: ["a protect splits an area in three"],
  },
  "frames run out": { lines: ["map 0x0 0x1000 r alloc:eager"], space: FEW },
  "a page gets a frame that another page had": {
    lines: [...REPLACED, "map 0x1000 0x1000 r alloc:eager"],
  },
  "a guard page that was written to is opened again": {
    lines: [...IN, "write 0x2000 01", "protect 0x1000 0x4000 -", "protect 0x1000 0x4000 r"],
    also: ["a fault brings a page in"],
  },
  "bytes are read that were written": {
    lines: [...IN, "write 0x2000 01", "read 0x1fff 2", "read 0x2000 2"],
    also: ["a fault brings a page in"],
  },
  "an injected failure keeps a page out": {
    lines: [A, "fault 0x2000 r !frame=0"],
    also: ["an injected failure fires"],
  },
  "a write finds a page that is not accessible": { lines: [A, "write 0x2000 01"] },
};

test("each has a bit of its own in one integer", () => {
  for (const names of Object.values(SOMETIMES)) {
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeLessThanOrEqual(31);
  }
});

describe("is met", () => {
  test.each(SOMETIMES["address-space"])("%s", (name) => {
    const { lines, space, also = [] } = MET[name];
    expect(metIn(lines, space)).toEqual(Object.fromEntries([name, ...also].map((each) => [each, 1])));
  });

  test.each<[name: Sometimes, lines: readonly string[], space?: Space]>([
    ["an access finds its translation in the TLB", [...IN, "load 0x2000 1", "store 0x2000 01"]],
    ["an access brings a page in", [A, "store 0x2000 01"]],
    ["an access brings a page in", [A, "load 0x2000 1"]],
    ["bytes are read that were written", [...IN, "write 0x2000 01", "load 0x2000 1"]],
    ["a range changes that the TLB holds translations of", [A, "access 0x2000 r", "clear"]],
    ["a range changes that the TLB holds translations of", [A, "access 0x2000 r", "unmap 0x2000 0x1000"]],
    [
      "a range changes that the TLB holds translations of",
      [A, "access 0x2000 r", "map 0x2000 0x1000 r alloc:lazy replace"],
    ],
    ["a huge page is split", [HUGE, "unmap 0x400000200000 0x1000"], LARGE_SPACE],
    ["a huge page is split", [HUGE, "map 0x400000001000 0x1000 r alloc:lazy replace"], LARGE_SPACE],
    ["an injected failure keeps a page out", [A, "load 0x2000 1 !frame=0"]],
    ["frames run out", [A, "fault 0x1000 r", "store 0x1000 01"], FEW],
    ["a page gets a frame that another page had", [...REPLACED, A_PAGE, "fault 0x1000 r"]],
    ["a page gets a frame that another page had", [...REPLACED, A_PAGE, "load 0x1000 1"]],
    ["a range that leaves the space or cuts a page is refused", ["protect 0x1800 0x1000 r"]],
    ["a range that leaves the space or cuts a page is refused", ["map 0x1000 0x1000 r linear:0x800"]],
  ])("%s: also by %j", (name, lines, space) => {
    expect(metIn(lines, space)).toHaveProperty([name]);
  });
});

describe("is nothing to note", () => {
  test.each<readonly string[]>([
    [A],
    ["map 0x0 0x0 r alloc:lazy"],
    ["areas", "pages", "frames", "injected", "find 0x0", "translate 0x0", "overlaps 0x0 0x1000"],
    ["read 0x0 0x1", "can-access 0x0 0x1000 r", "access 0x0 r", "load 0x0 1", "write 0xffff 0000"],
    ["map 0x0 0x1000 rw alloc:eager", "read 0x0 0x10", "load 0x10 4", "store 0x10 01"],
    ["map 0x0 0x1000 - alloc:eager", "protect 0x0 0x1000 r"],
  ])("%j", (...lines) => {
    const { "an access finds its translation in the TLB": _, ...met } = metIn(lines);
    expect(met).toEqual({});
  });

  test("the TLB holds translations of other pages, or the flags are right already", () => {
    const met = metIn([A, "access 0x1000 r", "protect 0x2000 0x1000 r", "protect 0x1000 0x1000 rw"]);
    expect(met).not.toHaveProperty(["a range changes that the TLB holds translations of"]);
  });

  test("a huge page that goes as a whole, or whose flags are right already", () => {
    const lines = [HUGE, "protect 0x400000000000 0x1000 rw", "unmap 0x400000000000 0x200000"];
    expect(metIn(lines, LARGE_SPACE)).not.toHaveProperty(["a huge page is split"]);
  });

  test("a failed command meets only its failure", () => {
    expect(metIn([...IN, "unmap 0x2000 0x1000 !backend=0", "protect 0x1000 0x2000 r !backend=0"])).toEqual({
      "a fault brings a page in": 1,
      "an injected failure fires": 2,
    });
  });
});

test("statistics take no part in what is found", () => {
  const executor = new Executor(addressSpaceSubject("sv39"), SIXTEEN_PAGES);
  const statistics = new Statistics("address-space");
  const requests = requestsIn(...IN, "write 0x2000 01", "read 0x2000 1");
  expect(executor.run(requests, statistics)).toEqual(executor.run(requests));
  expect(statistics.requests).toBe(4);
});
