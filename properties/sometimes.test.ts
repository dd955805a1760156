/** Each situation by a trace that meets it once, and by traces that come close. */
import { describe, expect, test } from "vitest";
import { Executor } from "../src/execute/executor.ts";
import { Statistics } from "../src/execute/statistics.ts";
import { memorySetSubject } from "../src/subjects/memory-set.ts";
import { requestsIn, SIXTEEN_PAGES } from "../src/trace/literal.fixture.ts";
import { SOMETIMES, type Sometimes } from "./sometimes.ts";

/** How often each situation was met that was met at all. */
function metIn(lines: readonly string[]): Partial<Record<Sometimes, number>> {
  const statistics = new Statistics("memory-set");
  expect(
    new Executor(memorySetSubject(), SIXTEEN_PAGES).run(requestsIn(...lines), statistics),
  ).toBeUndefined();
  const met = statistics.sometimes().filter(({ count }) => count > 0);
  return Object.fromEntries(met.map(({ name, count }) => [name, count]));
}

const A = "map 0x1000 0x4000 rw mock";
/** Two areas, a hole of two pages between them. */
const AB = [A, "map 0x7000 0x2000 rw mock"];
/** Two areas that touch. */
const AC = [A, "map 0x5000 0x2000 rx mock"];

const MET: Partial<Record<Sometimes, readonly string[]>> = {
  "an unmap in the middle of an area leaves two": [A, "unmap 0x2000 0x2000"],
  "an unmap takes several areas and skips a hole": [...AB, "unmap 0x4000 0x4000"],
  "an unmap finds nothing to unmap": [A, "unmap 0x5000 0x1000"],
  "a protect splits an area in three": [A, "protect 0x2000 0x1000 r"],
  "a protect changes several areas and skips a hole": [...AB, "protect 0x4000 0x4000 r"],
  "a protect leaves an area whose flags are right already in one piece": [A, "protect 0x2000 0x1000 rw"],
  "a protect touches nothing": [A, "protect 0x5000 0x1000 r"],
  "a replace takes the place of several areas": [...AC, "map 0x4000 0x2000 r mock replace"],
  "a replace lands in the middle of an area": [A, "map 0x2000 0x1000 r mock replace"],
  "a map is refused because something is there": [A, "map 0x4000 0x2000 r mock"],
  "a range that runs out of the address space is refused": ["unmap 0xffffffffff000 0x1000"],
  "a clear removes several areas": [...AC, "clear"],
  "an injected failure fires": [A, "clear !backend=0"],
  "an injected failure fires when a part of the work is done": [...AC, "clear !backend=1"],
  "an injection waits for a call that never comes": ["clear !backend=0"],
  "find-free passes over an area": [A, "find-free 0x1000 0x1000 0x0-0x10000 0x1000"],
  "find-free finds no place for a fitting size": [A, "find-free 0x0 0x2000 0x0-0x6000 0x2000"],
};

/** What else is met on the way. */
const ALSO: Partial<Record<Sometimes, readonly Sometimes[]>> = {
  "an injected failure fires when a part of the work is done": ["an injected failure fires"],
};

describe("is met", () => {
  test.each(SOMETIMES["memory-set"])("%s", (name) => {
    const names = [name, ...(ALSO[name] ?? [])];
    expect(metIn(MET[name] ?? [])).toEqual(Object.fromEntries(names.map((each) => [each, 1])));
  });
});

describe("is nothing to note", () => {
  test.each<readonly string[]>([
    [A],
    // Cut on one side only, or the whole area.
    [A, "unmap 0x1000 0x2000"],
    [A, "unmap 0x3000 0x2000"],
    [A, "unmap 0x0 0x8000"],
    [A, "protect 0x1000 0x2000 r"],
    [A, "protect 0x0 0x8000 r"],
    [A, "map 0x1000 0x1000 r mock replace"],
    [A, "map 0x4000 0x2000 r mock replace"],
    // Several areas without a hole, or a hole with one.
    [...AC, "unmap 0x4000 0x2000"],
    [...AC, "protect 0x4000 0x2000 -"],
    [...AB, "unmap 0x4000 0x2000"],
    // Of several areas one had its flags already.
    [A, "map 0x7000 0x2000 r mock", "protect 0x4000 0x4000 r"],
    // A whole area whose flags are right: there was nothing to split.
    [A, "protect 0x1000 0x4000 rw"],
    [A, "clear"],
    ["clear"],
    // No bytes are refused for another reason, and no failure fires.
    ["map 0x0 0x0 r mock"],
    ["map 0x0 0x0 r mock !backend=0"],
    // The hint is no multiple of the alignment: the next one is the first place there is.
    [A, "find-free 0x5000 0x4000 0x0-0x10000 0x4000"],
    [A, "find-free 0x0 0x1000 0x5000-0x10000 0x1000"],
    [A, "find-free 0x0 0x1000 0x0-0x10000 0x1000"],
    // A size that no place fits.
    [A, "find-free 0x0 0x1000 0x0-0x10000 0x2000"],
    ["areas", "pages", "injected", "find 0x0", "overlaps 0x0 0x1000"],
  ])("%j", (...lines) => {
    expect(metIn(lines)).toEqual({});
  });
});

test("of no bytes there is nothing to unmap or to protect", () => {
  expect(metIn([A, "unmap 0x2000 0x0", "protect 0x2000 0x0 r"])).toEqual({
    "an unmap finds nothing to unmap": 1,
    "a protect touches nothing": 1,
  });
});

test("a refused command meets nothing of what it would have done", () => {
  expect(metIn([...AC, "unmap 0xffffffffff000 0x1000", "map 0x4000 0x2000 r mock"])).toEqual({
    "a range that runs out of the address space is refused": 1,
    "a map is refused because something is there": 1,
  });
});

test("a failed command meets only its failure", () => {
  expect(metIn([A, "unmap 0x2000 0x1000 !backend=0", "protect 0x2000 0x1000 r !backend=0"])).toEqual({
    "an injected failure fires": 2,
  });
});
