import { describe, expect, test } from "vitest";
import { SOMETIMES } from "../../properties/sometimes.ts";
import { virtAddr } from "../trace/address.ts";
import { MEMORY_SET_HELLO, type Space } from "../trace/space.ts";
import { judgeSteps, type Step } from "./judge.fixture.ts";
import { judgeFor } from "./judge.ts";
import { Statistics } from "./statistics.ts";

const SPACE: Space = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };

function statisticsOf(steps: readonly Step[]): Statistics {
  const statistics = new Statistics("memory-set");
  judgeSteps(judgeFor({ space: SPACE, hello: MEMORY_SET_HELLO }), SPACE.page, steps, statistics);
  return statistics;
}

const STEPS: readonly Step[] = [
  { request: "map 0x0 0x3000 rw mock", answer: "ok", areas: "0x0-0x3000 rw mock" },
  { request: "map 0x1000 0x1000 rw mock", answer: "err AlreadyExists", areas: "0x0-0x3000 rw mock" },
  {
    request: "protect 0x1000 0x1000 r",
    answer: "ok",
    areas: "0x0-0x1000 rw mock;0x1000-0x2000 r mock;0x2000-0x3000 rw mock",
  },
  {
    request: "find-free 0x0 0x1000 0x0-0x10000 0x1000",
    answer: "ok 0x3000",
    areas: "0x0-0x1000 rw mock;0x1000-0x2000 r mock;0x2000-0x3000 rw mock",
  },
  {
    request: "unmap 0x1000 0x1000 !backend=0",
    answer: "err BadState",
    areas: "0x0-0x1000 rw mock;0x1000-0x2000 r mock;0x2000-0x3000 rw mock",
    injected: 1,
  },
  { request: "clear", answer: "ok", areas: "none" },
];

test("nothing was met before anything ran", () => {
  const statistics = new Statistics("memory-set");
  expect(statistics.requests).toBe(0);
  expect(statistics.answerTable()).toEqual([]);
  expect(statistics.sometimes()).toEqual(SOMETIMES["memory-set"].map((name) => ({ name, count: 0 })));
});

test("answers are counted by verb and class", () => {
  const statistics = statisticsOf(STEPS);
  expect(statistics.requests).toBe(6);
  expect(statistics.answerTable()).toEqual([
    { op: "map", answers: { ok: 1, AlreadyExists: 1 } },
    { op: "unmap", answers: { BadState: 1 } },
    { op: "protect", answers: { ok: 1 } },
    { op: "clear", answers: { ok: 1 } },
    { op: "find-free", answers: { value: 1 } },
  ]);
});

test("situations are counted by the state before the request", () => {
  const met = statisticsOf(STEPS)
    .sometimes()
    .filter(({ count }) => count > 0);
  expect(met).toEqual([
    { name: "a protect splits an area in three", count: 1 },
    { name: "a map is refused because something is there", count: 1 },
    { name: "a clear removes several areas", count: 1 },
    { name: "an injected failure fires", count: 1 },
    { name: "find-free passes over an area", count: 1 },
  ]);
});

test("a request with a finding is counted too", () => {
  const [map] = STEPS;
  expect(statisticsOf(map ? [map, { ...map, request: "clear" }] : []).requests).toBe(2);
});

describe("a behaviour", () => {
  const MAP: Step = { request: "map 0x1000 0x1000 rw mock", answer: "ok", areas: "0x1000-0x2000 rw mock" };

  /** How many behaviours two runs show together that begin alike and end in these requests. */
  function behavioursOf(...ends: readonly Step[]): number {
    const statistics = new Statistics("memory-set");
    for (const end of ends) {
      statistics.behaviours.begin();
      const judge = judgeFor({ space: SPACE, hello: MEMORY_SET_HELLO });
      expect(judgeSteps(judge, SPACE.page, [MAP, end], statistics)).toBeUndefined();
      statistics.behaviours.end();
    }
    return statistics.behaviours.risk().behaviours;
  }

  const UNMAP: Step = { request: "unmap 0x1000 0x1000", answer: "ok", areas: "none" };
  const FAILED: Step = {
    request: "unmap 0x1000 0x1000 !backend=0",
    answer: "err BadState",
    areas: "0x1000-0x2000 rw mock",
    injected: 1,
  };

  test.each<[difference: string, end: Step]>([
    ["the operation", { ...MAP, request: "protect 0x1000 0x1000 rw" }],
    ["where its range lies", { ...MAP, request: "unmap 0x2000 0x1000" }],
    ["the answer", { ...MAP, request: "unmap 0x1000 0xffffffffff000", answer: "err InvalidParam" }],
    ["an injected failure", { ...UNMAP, request: "unmap 0x1000 0x1000 !backend=1" }],
    ["what happened", FAILED],
  ])("is another one by %s", (_difference, end) => {
    expect(behavioursOf(UNMAP, UNMAP)).toBe(2);
    expect(behavioursOf(UNMAP, end)).toBe(3);
  });

  test("of a map is another one if it replaces", () => {
    const areas = "0x1000-0x2000 rw mock;0x5000-0x6000 r mock";
    const map = { ...MAP, areas, request: "map 0x5000 0x1000 r mock" };
    expect(behavioursOf(map, map)).toBe(1);
    expect(behavioursOf(map, { ...map, request: `${map.request} replace` })).toBe(2);
  });

  test("doesn't differ by addresses and flags", () => {
    const near = { areas: "0x1000-0x2000 rw mock;0x4000-0x5000 r mock", request: "map 0x4000 0x1000 r mock" };
    const far = { areas: "0x1000-0x2000 rw mock;0x8000-0xb000 x mock", request: "map 0x8000 0x3000 x mock" };
    expect(behavioursOf({ ...MAP, ...near }, { ...MAP, ...far })).toBe(1);
  });

  test("lies where it did before the request", () => {
    // Beside an area, which the map leaves as one that lies exactly on its range, as any map does.
    const map = { areas: "0x1000-0x2000 rw mock;0x2000-0x3000 r mock", request: "map 0x2000 0x1000 r mock" };
    expect(behavioursOf({ ...MAP, ...map })).toBe(2);
  });
});
