/** What the judge of the address-space surface lets commands that fail do, and what the end of a run. */
import { describe, expect, test } from "vitest";
import { ADDRESS_SPACE_HELLO } from "../trace/address-space.fixture.ts";
import type { Finding } from "../trace/finding.ts";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { Observation } from "../trace/observation.ts";
import type { Hello, Space } from "../trace/space.ts";
import { judgeSteps, type Step, show } from "./judge.fixture.ts";
import { type Judge, judgeFor } from "./judge.ts";

const EMPTY: Step = { request: "clear", answer: "ok", areas: "none", frames: "data=0 table=1" };

/** An eager area of two pages and a lazy one of two, the first of which is in. */
const MAPPED: readonly Step[] = [
  {
    request: "map 0x1000 0x2000 rw alloc:eager",
    answer: "ok",
    areas: "0x1000-0x3000 rw alloc:eager",
    pages: "0x1000=0x80001000:rw;0x2000=0x80002000:rw",
    frames: "data=2 table=4",
  },
  {
    request: "map 0x4000 0x2000 rx alloc:lazy",
    answer: "ok",
    areas: "0x1000-0x3000 rw alloc:eager;0x4000-0x6000 rx alloc:lazy",
    pages: "0x1000=0x80001000:rw;0x2000=0x80002000:rw",
    frames: "data=2 table=4",
  },
  {
    request: "fault 0x4000 r",
    answer: "ok true",
    areas: "0x1000-0x3000 rw alloc:eager;0x4000-0x6000 rx alloc:lazy",
    pages: "0x1000=0x80001000:rw;0x2000=0x80002000:rw;0x4000=0x80003000:rx",
    frames: "data=3 table=4",
  },
];
/** What shows when nothing changes any more. */
const SHOWN = MAPPED[2] ?? EMPTY;

function judgeOf(hello: Partial<Hello> = {}, space: Partial<Space> = {}): Judge {
  return judgeFor({ space: { ...SIXTEEN_PAGES, ...space }, hello: { ...ADDRESS_SPACE_HELLO, ...hello } });
}

function judge(steps: readonly Step[], hello?: Partial<Hello>, space?: Partial<Space>): Finding | undefined {
  return judgeSteps(judgeOf(hello, space), SIXTEEN_PAGES.page, steps);
}

describe("an injected failure", () => {
  const FAILING: readonly (readonly [request: string, answer: string])[] = [
    ["map 0x6000 0x1000 r alloc:lazy !backend=0", "err BadState"],
    ["map 0x1000 0x1000 r alloc:eager replace !frame=1", "err NoMemory"],
    ["unmap 0x1000 0x1000 !backend=0", "err BadState"],
    ["unmap 0x1000 0x1000 !frame=0", "err NoMemory"],
    ["protect 0x1000 0x1000 r !frame=0", "err BadState"],
    ["clear !backend=1", "err NoMemory"],
    ["fault 0x5000 r !frame=0", "ok false"],
    ["access 0x5000 x !frame=0", "ok fault"],
    ["load 0x5000 2 !frame=0", "ok fault"],
  ];

  test.each(FAILING)("lets %s be answered %s, if it fires", (request, answer) => {
    const failed: Step = { ...SHOWN, request, answer, injected: 1 };
    expect(judge([...MAPPED, failed])).toBeUndefined();
    const told: Step = { ...SHOWN, request: "injected", answer: "ok 1", injected: 1 };
    expect(judge([...MAPPED, failed, told])).toBeUndefined();
    expect(judge([...MAPPED, { ...failed, injected: 0 }])).toMatchObject({ check: "answer", at: 3 });
  });

  test("lets a store fail", () => {
    const writable: Step = {
      ...SHOWN,
      request: "protect 0x4000 0x2000 rw",
      answer: "ok",
      areas: "0x1000-0x3000 rw alloc:eager;0x4000-0x6000 rw alloc:lazy",
      pages: "0x1000=0x80001000:rw;0x2000=0x80002000:rw;0x4000=0x80003000:rw",
    };
    const failed = { ...writable, request: "store 0x5000 00 !frame=0", answer: "ok fault", injected: 1 };
    expect(judge([...MAPPED, writable, failed])).toBeUndefined();
    expect(judge([...MAPPED, writable, { ...failed, injected: 0 }])).toMatchObject({ check: "answer" });
  });

  test.each<[request: string, answer: string]>([
    ["map 0x1000 0x1000 r alloc:lazy !backend=0", "err BadState"],
    ["map 0x6000 0x1000 r alloc:lazy !backend=0", "err NotMapped"],
    ["write 0x1000 00 !frame=0", "err NoMemory"],
    ["fault 0x1000 r !frame=0", "ok true"],
    ["load 0x1000 1 !frame=0", "ok 01"],
  ])("doesn't let %s be answered %s", (request, answer) => {
    expect(judge([...MAPPED, { ...SHOWN, request, answer, injected: 1 }])).toMatchObject({ check: "answer" });
  });

  test("may fire in an access that is refused anyway", () => {
    const step: Step = { ...SHOWN, request: "fault 0x1000 x !frame=0", answer: "ok false", injected: 1 };
    expect(judge([...MAPPED, step])).toBeUndefined();
  });

  test.each<[check: string, step: Partial<Step>]>([
    ["failure", { areas: "0x4000-0x6000 rx alloc:lazy", pages: "0x4000=0x80003000:rx" }],
    [
      "outside",
      { areas: "0x1000-0x3000 rw alloc:eager", pages: "0x1000=0x80001000:rw;0x2000=0x80002000:rw" },
    ],
    ["failure", { pages: "0x1000=0x80001000:rw;0x4000=0x80003000:rx" }],
    ["frames", { frames: "data=4 table=4" }],
  ])("changes nothing where failures are atomic: %s", (check, step) => {
    const failed = {
      ...SHOWN,
      request: "unmap 0x1000 0x2000 !backend=1",
      answer: "err BadState",
      injected: 1,
    };
    expect(judge([...MAPPED, { ...failed, ...step }])).toMatchObject({ check, at: 3 });
  });
});

describe("running out of frames", () => {
  const REFUSED: Step = { ...EMPTY, request: "map 0x0 0x2000 r alloc:eager", answer: "err NoMemory" };

  test.each([
    // Two pages with one table for them: 2 + 1 + 7 have to be left behind the one that is out already.
    [10, true],
    [11, false],
    [0, false],
  ])("with %i frames in all can be: %s", (frames, can) => {
    const finding = judge([EMPTY, REFUSED], {}, { frames });
    if (can) expect(finding).toBeUndefined();
    else expect(finding).toMatchObject({ check: "answer", at: 1, expected: "ok" });
  });

  test("counts all the frames that are out", () => {
    const [eager] = MAPPED;
    if (eager === undefined) return;
    const full = { ...REFUSED, ...eager, request: "map 0x8000 0x2000 r alloc:eager", answer: "err BadState" };
    // Two for data and four for tables.
    expect(judge([eager, full], {}, { frames: 15 })).toBeUndefined();
    expect(judge([eager, full], {}, { frames: 16 })).toMatchObject({ check: "answer" });
  });

  test("concerns a clear as far as there are areas", () => {
    const clear: Step = { ...SHOWN, request: "clear", answer: "err NoMemory" };
    // Four pages with one table for them, and seven frames that are out.
    expect(judge([...MAPPED, clear], {}, { frames: 18 })).toBeUndefined();
    expect(judge([...MAPPED, clear], {}, { frames: 19 })).toMatchObject({ check: "answer" });
  });

  test("is known for data alone where tables are not counted", () => {
    const [eager] = MAPPED;
    if (eager === undefined) return;
    const { frames: _, ...uncounted } = eager;
    const full = { ...uncounted, request: "map 0x8000 0x2000 r alloc:eager", answer: "err NoMemory" };
    expect(judge([uncounted, full], {}, { frames: 11 })).toBeUndefined();
    expect(judge([uncounted, full], {}, { frames: 12 })).toMatchObject({ check: "answer" });
  });

  test("keeps a page out", () => {
    const fault: Step = { ...SHOWN, request: "fault 0x5000 r", answer: "ok false" };
    expect(judge([...MAPPED, fault], {}, { frames: 15 })).toBeUndefined();
    expect(judge([...MAPPED, fault], {}, { frames: 16 })).toMatchObject({ check: "answer" });
  });

  test("changes nothing", () => {
    expect(judge([EMPTY, { ...REFUSED, frames: "data=1 table=1" }], {}, { frames: 5 })).toMatchObject({
      check: "frames",
    });
  });
});

test("a run knows nothing of the one before it", () => {
  const again = judgeOf({}, { frames: 15 });
  const run = (...steps: readonly Step[]) => {
    again.reset();
    return judgeSteps(again, SIXTEEN_PAGES.page, steps);
  };
  const failed = { ...SHOWN, request: "clear !backend=0", answer: "err BadState", injected: 1 };
  expect(run(...MAPPED, failed)).toBeUndefined();
  const nothing = { areas: "none", frames: "data=0 table=1" };
  expect(run({ ...nothing, request: "injected", answer: "ok 0" })).toBeUndefined();
  expect(run(...MAPPED)).toBeUndefined();
  // Fifteen frames are enough for a start, and the frames of the last run belong to nobody.
  expect(run({ ...nothing, request: "clear", answer: "err NoMemory" })).toMatchObject({ check: "answer" });
  expect(run({ ...nothing, request: "map 0x0 0x7000 r alloc:eager", answer: "err NoMemory" })).toMatchObject({
    check: "answer",
  });
  const other: Step = {
    request: "map 0x8000 0x1000 r alloc:eager",
    answer: "ok",
    areas: "0x8000-0x9000 r alloc:eager",
    pages: "0x8000=0x80001000:r",
  };
  expect(run(...MAPPED)).toBeUndefined();
  expect(run(other)).toBeUndefined();
  // How many frames tables have is not known before it shows.
  expect(run(...MAPPED)).toBeUndefined();
  expect(run({ ...nothing, request: "frames", answer: "ok data=0 table=1" })).toBeUndefined();
});

describe("a failed command of an implementation that is consistent", () => {
  const HALF_WAY: Step = {
    request: "unmap 0x1000 0x2000 !backend=1",
    answer: "err BadState",
    areas: "0x2000-0x3000 rw alloc:eager;0x4000-0x6000 rx alloc:lazy",
    pages: "0x2000=0x80002000:rw;0x4000=0x80003000:rx",
    frames: "data=2 table=4",
    injected: 1,
  };

  test("may be left half-way, and the model goes on from there", () => {
    const again: Step = { ...HALF_WAY, request: "fault 0x1000 r", answer: "ok false", injected: 0 };
    expect(judge([...MAPPED, HALF_WAY, again], { failure: "consistent" })).toBeUndefined();
    expect(judge([...MAPPED, HALF_WAY, again], { failure: "atomic" })).toMatchObject({ check: "failure" });
  });

  test.each([
    ["0x6000", true],
    ["0x9000", false],
  ])("may show two linear areas as one if the second, at %s, goes on: %s", (physical, may) => {
    const first: Step = {
      request: "map 0x0 0x1000 rw linear:0x5000",
      answer: "ok",
      areas: "0x0-0x1000 rw linear:0x5000",
      pages: "0x0=0x5000:rw",
    };
    const second: Step = {
      request: `map 0x1000 0x1000 r linear:${physical}`,
      answer: "ok",
      areas: `0x0-0x1000 rw linear:0x5000;0x1000-0x2000 r linear:${physical}`,
      pages: `0x0=0x5000:rw;0x1000=${physical}:r`,
    };
    const failed: Step = {
      request: "protect 0x0 0x1000 r !frame=0",
      answer: "err BadState",
      areas: `0x0-0x1000 r linear:0x5000;0x1000-0x2000 r linear:${physical}`,
      pages: `0x0=0x5000:r;0x1000=${physical}:r`,
      injected: 1,
    };
    const hello = { failure: "consistent" } as const;
    expect(judge([first, second, failed], hello)).toBeUndefined();
    const merged = { ...failed, areas: "0x0-0x2000 r linear:0x5000" };
    if (may) expect(judge([first, second, merged], hello)).toBeUndefined();
    else expect(judge([first, second, merged], hello)).toMatchObject({ check: "failure", at: 2 });
  });

  test("keeps frames and areas in step", () => {
    const leaked = { ...HALF_WAY, frames: "data=3 table=4" };
    expect(judge([...MAPPED, leaked], { failure: "consistent" })).toMatchObject({ check: "frames" });
  });
});

describe("the end of a run", () => {
  function ended(steps: readonly Step[]): Judge {
    const judge = judgeOf();
    expect(judgeSteps(judge, SIXTEEN_PAGES.page, steps)).toBeUndefined();
    return judge;
  }

  function left(frames?: string): Observation {
    const observed = new Observation();
    show(observed, { areas: "none", ...(frames !== undefined && { frames }) }, 0x1000);
    return observed;
  }

  test("leaves no frames", () => {
    expect(ended(MAPPED).drop(left("data=0 table=0"))).toBeUndefined();
    expect(ended(MAPPED).drop(left())).toBeUndefined();
    expect(ended(MAPPED).drop(left("data=1 table=2"))).toEqual({
      kind: "invariant",
      check: "drop",
      at: 2,
      expected: "frames data=0 table=0",
      observed: "frames data=1 table=2",
      answer: "true",
    });
    expect(ended(MAPPED).drop(left("data=0 table=1"))).toMatchObject({ check: "drop" });
  });

  test("leaves no frames on the memory-set surface either", () => {
    const terms = { space: SIXTEEN_PAGES, hello: { ...ADDRESS_SPACE_HELLO, surface: "memory-set" } as const };
    const judge = judgeFor(terms);
    judgeSteps(judge, 0x1000, [{ request: "clear", answer: "ok", areas: "none" }]);
    expect(judge.drop(left())).toBeUndefined();
    expect(judge.drop(left("data=1 table=0"))).toMatchObject({ check: "drop", at: 0 });
    expect(judge.drop(left(), { kind: "panic", text: "oh" })).toMatchObject({ check: "panic", at: 0 });
    judge.reset();
    expect(judge.drop(left("data=1 table=0"))).toBeUndefined();
  });

  test("can be a panic", () => {
    expect(ended(MAPPED).drop(left(), { kind: "panic", text: "freed twice" })).toEqual({
      kind: "panic",
      check: "panic",
      at: 2,
      expected: "no panic",
      observed: "freed twice",
      answer: "panic",
    });
  });

  test("without a request there is nothing to find", () => {
    expect(judgeOf().drop(left("data=1 table=1"))).toBeUndefined();
    expect(judgeOf().finish(left())).toBeUndefined();
    const again = ended(MAPPED);
    again.reset();
    expect(again.drop(left("data=1 table=1"))).toBeUndefined();
  });
});

describe("the model of a run that is over", () => {
  test.each<[request: string, answer: string, areas: number, frames: number]>([
    ["unmap 0x1000 0x2000", "err InvalidParam", 1, 1],
    ["unmap 0x1000 0x2000", "panic oh", 1, 1],
    ["fault 0x5000 r", "ok false", 2, 4],
    ["map 0x1000 0x1000 r alloc:eager", "ok", 2, 3],
    ["fault 0x1000 r", "ok true", 2, 3],
    ["find 0x0", "panic oh", 2, 3],
  ])("after %s is where the contract wants it, not %s", (line, answer, areas, frames) => {
    const over = judgeOf();
    expect(judgeSteps(over, 0x1000, [...MAPPED, { ...SHOWN, request: line, answer }])).toBeDefined();
    const [request] = requestsIn(line);
    for (let times = 0; times < 2; times++) {
      if (request) over.settle(request);
      expect([over.model.areas().length, over.model.dataFrames]).toEqual([areas, frames]);
    }
  });

  test("is there already when the state was wrong", () => {
    const over = judgeOf();
    const failed = { ...SHOWN, request: "clear !backend=0", answer: "err BadState", injected: 1 };
    expect(judgeSteps(over, 0x1000, [...MAPPED, { ...failed, areas: "none" }])).toBeDefined();
    const [request] = requestsIn(failed.request);
    if (request) over.settle(request);
    expect(over.model.areas()).toHaveLength(2);
  });

  test("tells its pages as `pages` shows them", () => {
    const over = judgeOf({ pageFlags: 1 });
    const pages = SHOWN.pages?.replaceAll(/:r\w/g, ":r") ?? "";
    judgeSteps(
      over,
      0x1000,
      MAPPED.map((step) => ({ ...step, pages: step.pages?.replaceAll(/:r\w/g, ":r") ?? "" })),
    );
    const shown = over.model
      .translations()
      .map(({ addr, physical }) => `0x${addr.toString(16)}=0x${physical?.toString(16)}:r`);
    expect(shown.join(";")).toBe(pages);
  });
});
