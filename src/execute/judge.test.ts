import { describe, expect, test } from "vitest";
import { virtAddr } from "../trace/address.ts";
import { OK } from "../trace/answer.ts";
import { requestsIn } from "../trace/literal.fixture.ts";
import { NO_PHYSICAL, Observation } from "../trace/observation.ts";
import { type Hello, MEMORY_SET_HELLO, type Space } from "../trace/space.ts";
import { judgeSteps, type Step } from "./judge.fixture.ts";
import { judgeFor } from "./judge.ts";

const SPACE: Space = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };

/** An area of four pages, 0x1000-0x5000. */
const MAPPED: Step = { request: "map 0x1000 0x4000 rw mock", answer: "ok", areas: "0x1000-0x5000 rw mock" };

function judge(steps: readonly Step[], hello: Partial<Hello> = {}) {
  return judgeSteps(judgeFor({ space: SPACE, hello: { ...MEMORY_SET_HELLO, ...hello } }), SPACE.page, steps);
}

describe("all is well", () => {
  test("when answers and state are the model's", () => {
    const steps: Step[] = [
      MAPPED,
      { request: "unmap 0x2000 0x1000", answer: "ok", areas: "0x1000-0x2000 rw mock;0x3000-0x5000 rw mock" },
      {
        request: "find 0x3fff",
        answer: "ok 0x3000-0x5000 rw mock",
        areas: "0x1000-0x2000 rw mock;0x3000-0x5000 rw mock",
      },
      {
        request: "map 0x1000 0x1000 r mock",
        answer: "err AlreadyExists",
        areas: "0x1000-0x2000 rw mock;0x3000-0x5000 rw mock",
      },
      { request: "clear", answer: "ok", areas: "none" },
    ];
    expect(judge(steps)).toBeUndefined();
  });

  test.each(["BadState", "NoMemory"])(
    "when an injected failure ends in %s and leaves part of the work",
    (name) => {
      const areas = "0x1000-0x2000 rw mock;0x3000-0x5000 rw mock";
      const steps: Step[] = [
        MAPPED,
        { request: "unmap 0x2000 0x2000 !backend=1", answer: `err ${name}`, areas, injected: 1 },
        { request: "injected", answer: "ok 1", areas, injected: 1 },
        // The model has taken over what was left.
        { request: "unmap 0x0 0x3000", answer: "ok", areas: "0x3000-0x5000 rw mock" },
      ];
      expect(judge(steps)).toBeUndefined();
    },
  );

  test("when a failure fires and the work is done all the same", () => {
    const unmapped: Step = {
      request: "unmap 0x1000 0x4000 !backend=0",
      answer: "ok",
      areas: "none",
      injected: 2,
    };
    expect(judge([MAPPED, unmapped])).toBeUndefined();
  });

  test("when an atomic implementation fails and has changed nothing", () => {
    const failed: Step = { ...MAPPED, request: "clear !backend=0", answer: "err BadState", injected: 1 };
    expect(judge([MAPPED, failed], { failure: "atomic" })).toBeUndefined();
  });

  test("again after a reset", () => {
    const twice = judgeFor({ space: SPACE, hello: MEMORY_SET_HELLO });
    expect(judgeSteps(twice, SPACE.page, [MAPPED])).toBeUndefined();
    twice.reset();
    expect(judgeSteps(twice, SPACE.page, [MAPPED])).toBeUndefined();
    expect(judgeSteps(twice, SPACE.page, [MAPPED])).toMatchObject({ check: "answer", at: 1 });
  });
});

describe("the query for injected failures", () => {
  const MAP: Step = {
    request: "map 0x8000 0x1000 r mock",
    answer: "ok",
    areas: "0x1000-0x5000 rw mock;0x8000-0x9000 r mock",
  };
  const FIRED: Step = { ...MAPPED, request: "clear !backend=0", answer: "err BadState", injected: 2 };

  test.each<[when: string, before: readonly Step[], count: number]>([
    ["before any command", [], 0],
    ["after a command that carries none", [MAPPED], 0],
    ["after one in which none fired", [{ ...MAPPED, request: `${MAPPED.request} !backend=3` }], 0],
    ["after one in which some fired", [MAPPED, FIRED], 2],
    ["after a query after that", [MAPPED, FIRED, { ...FIRED, request: "find 0x0", answer: "ok none" }], 2],
    [
      "after one that did its work all the same",
      [MAPPED, { ...FIRED, request: "unmap 0x5000 0x1000 !backend=0", answer: "ok" }],
      2,
    ],
    [
      "after one that was refused",
      [
        MAPPED,
        FIRED,
        { ...MAPPED, request: "map 0x1000 0x1000 r mock !backend=0", answer: "err AlreadyExists" },
      ],
      0,
    ],
    ["after the next command", [MAPPED, FIRED, MAP], 0],
  ])("%s", (_when, before, count) => {
    const { areas } = before.at(-1) ?? { areas: "none" };
    const answered = (told: number): Step => ({
      request: "injected",
      answer: `ok ${told}`,
      areas,
      injected: count,
    });
    expect(judge([...before, answered(count)])).toBeUndefined();
    expect(judge([...before, answered(count + 1)])).toMatchObject({
      check: "answer",
      expected: `ok ${count}`,
    });
  });
});

describe("an answer is wrong", () => {
  test.each<[request: string, answer: string, expected: string, injected?: number]>([
    ["map 0x0 0x0 r mock", "ok", "err InvalidParam"],
    ["map 0x1000 0x1000 r mock", "ok", "err AlreadyExists"],
    ["unmap 0x0 0x1000", "err InvalidParam", "ok"],
    ["clear", "err BadState", "ok"],
    ["clear !backend=0", "err BadState", "ok", 0],
    ["clear !backend=0", "err InvalidParam", "ok", 1],
    ["map 0x1000 0x1000 r mock !backend=0", "err BadState", "err AlreadyExists", 1],
    ["find 0x0", "ok 0x1000-0x5000 rw mock", "ok none"],
    ["overlaps 0x0 0x1000", "ok true", "ok false"],
    ["find-free 0x1000 0x1000 0x0-0x10000 0x1000", "ok 0x1000", "ok 0x5000"],
    ["injected", "ok 1", "ok 0"],
    ["frames", "ok data=0 table=0", "err Unsupported"],
  ])("%s => %s", (request, answer, expected, injected = 0) => {
    expect(judge([MAPPED, { ...MAPPED, request, answer, injected }])).toEqual({
      kind: "answer",
      check: "answer",
      at: 1,
      expected,
      observed: answer,
      answer: expect.any(String),
    });
  });

  test("of a text that has no end is cut", () => {
    const finding = judge([{ request: "clear", answer: `panic ${"o".repeat(30_000)}`, areas: "none" }]);
    expect(finding?.observed).toHaveLength(20_000 + "… and 10000 characters more".length);
  });

  test("a panic is one, whatever shows afterwards", () => {
    expect(
      judge([MAPPED, { request: "clear", answer: "panic at the disco", areas: "none", injected: 7 }]),
    ).toEqual({
      kind: "panic",
      check: "panic",
      at: 1,
      expected: "no panic",
      observed: "at the disco",
      answer: "panic",
    });
  });
});

describe("the state is wrong", () => {
  test.each<[check: string, step: Step, expected: string, observed: string]>([
    [
      "order",
      { request: "unmap 0x0 0x1000", answer: "ok", areas: "0x1000-0x5000 rw mock;0x0-0x1000 r mock" },
      "areas in order, of whole pages, not empty, without overlap",
      "0x1000-0x5000 rw mock;0x0-0x1000 r mock",
    ],
    [
      "order",
      { request: "unmap 0x0 0x1000", answer: "ok", areas: "0x1000-0x4800 rw mock", pages: "none" },
      "areas in order, of whole pages, not empty, without overlap",
      "0x1000-0x4800 rw mock",
    ],
    [
      "areas",
      { request: "protect 0x2000 0x1000 r", answer: "ok", areas: "0x1000-0x5000 rw mock" },
      "0x2000 in 0x2000-0x3000 r mock",
      "0x2000 in 0x1000-0x5000 rw mock",
    ],
    [
      "outside",
      { request: "unmap 0x2000 0x1000", answer: "ok", areas: "0x1000-0x2000 rw mock" },
      "0x3000 in 0x3000-0x5000 rw mock",
      "0x3000 in no area",
    ],
    [
      "areas",
      { request: "unmap 0x2000 0x1000", answer: "ok", areas: "0x1000-0x5000 rw mock" },
      "0x2000 in no area",
      "0x2000 in 0x1000-0x5000 rw mock",
    ],
    [
      "outside",
      { request: "protect 0x1000 0x1000 r", answer: "ok", areas: "0x1000-0x5000 r mock" },
      "0x2000 in 0x2000-0x5000 rw mock",
      "0x2000 in 0x1000-0x5000 r mock",
    ],
    [
      "areas",
      {
        request: "map 0x6000 0x1000 r mock",
        answer: "ok",
        areas: "0x1000-0x5000 rw mock;0x6000-0x7000 r linear:0x0",
      },
      "0x6000 in 0x6000-0x7000 r mock",
      "0x6000 in 0x6000-0x7000 r linear:0x0",
    ],
    [
      "pages",
      {
        request: "protect 0x1000 0x4000 r",
        answer: "ok",
        areas: "0x1000-0x5000 r mock",
        pages: "0x1000:rw;0x2000:r;0x3000:r;0x4000:r",
      },
      "page 0x1000:r",
      "page 0x1000:rw",
    ],
    [
      "pages",
      {
        request: "unmap 0x3000 0x2000",
        answer: "ok",
        areas: "0x1000-0x3000 rw mock",
        pages: "0x1000:rw;0x2000:rw;0x3000:rw",
      },
      "no page 0x3000",
      "page 0x3000:rw",
    ],
    [
      "outside",
      { request: "unmap 0x3000 0x2000", answer: "ok", areas: "0x1000-0x3000 rw mock", pages: "0x1000:rw" },
      "page 0x2000:rw",
      "no page 0x2000",
    ],
    [
      "outside",
      { request: "unmap 0x1000 0x1000", answer: "ok", areas: "0x2000-0x4000 rw mock" },
      "0x4000 in 0x2000-0x5000 rw mock",
      "0x4000 in no area",
    ],
    [
      "outside",
      { request: "unmap 0x1000 0x1000", answer: "ok", areas: "0x3000-0x5000 rw mock" },
      "0x2000 in 0x2000-0x5000 rw mock",
      "0x2000 in no area",
    ],
    [
      "refusal",
      { request: "map 0x2000 0x1000 r mock", answer: "err AlreadyExists", areas: "none" },
      "0x1000 in 0x1000-0x5000 rw mock",
      "0x1000 in no area",
    ],
    [
      "refusal",
      { request: "find 0x0", answer: "ok none", areas: "0x1000-0x5000 r mock" },
      "0x1000 in 0x1000-0x5000 rw mock",
      "0x1000 in 0x1000-0x5000 r mock",
    ],
    [
      "failure",
      {
        request: "unmap 0x1000 0x4000 !backend=0",
        answer: "err BadState",
        areas: "0x1000-0x5000 r mock",
        injected: 1,
      },
      "0x1000 in 0x1000-0x5000 rw mock",
      "0x1000 in 0x1000-0x5000 r mock",
    ],
    [
      "outside",
      {
        request: "unmap 0x1000 0x1000 !backend=0",
        answer: "err BadState",
        areas: "0x1000-0x3000 rw mock",
        injected: 1,
      },
      "0x3000 in 0x1000-0x5000 rw mock",
      "0x3000 in no area",
    ],
  ])("%s: %o", (check, step, expected, observed) => {
    expect(judge([MAPPED, step])).toMatchObject({ kind: "invariant", check, at: 1, expected, observed });
  });

  test("a boundary at the end of the range is the range's affair", () => {
    const step: Step = {
      request: "protect 0x1000 0x2000 r",
      answer: "ok",
      areas: "0x1000-0x3000 r mock;0x3000-0x4000 rw mock;0x4000-0x5000 rw mock",
    };
    expect(judge([MAPPED, step])).toMatchObject({
      check: "outside",
      expected: "0x4000 in 0x3000-0x5000 rw mock",
    });
    const uncut: Step = {
      request: "protect 0x1000 0x2000 rw",
      answer: "ok",
      areas: "0x1000-0x3000 rw mock;0x3000-0x5000 rw mock",
    };
    expect(judge([MAPPED, uncut])).toMatchObject({
      check: "areas",
      expected: "0x3000 in 0x1000-0x5000 rw mock",
    });
  });

  test("an atomic implementation that fails has changed something", () => {
    const failed: Step = { request: "clear !backend=1", answer: "err BadState", areas: "none", injected: 1 };
    expect(judge([MAPPED, failed])).toBeUndefined();
    expect(judge([MAPPED, failed], { failure: "atomic" })).toMatchObject({
      check: "failure",
      answer: "BadState",
    });
  });
});

describe("a failure fires where none may", () => {
  test.each<[request: string, answer: string, expected: string, observed: string]>([
    ["unmap 0x8000 0x1000", "ok", "injected 0", "injected 1"],
    ["map 0x0 0x0 r mock !backend=0", "err InvalidParam", "injected 0", "injected 1"],
    ["find 0x0", "ok none", "injected 0", "injected 1"],
    ["clear !backend=0", "err BadState", "injected as often as a call failed", "injected 0.5"],
  ])("%s", (request, answer, expected, observed) => {
    const step: Step = { ...MAPPED, request, answer, injected: Number(observed.slice("injected ".length)) };
    expect(judge([MAPPED, step])).toMatchObject({
      kind: "invariant",
      check: "injected",
      at: 1,
      expected,
      observed,
    });
  });
});

describe("the model of a run that is over", () => {
  test.each<[request: string, answer: string, areas: number]>([
    ["unmap 0x2000 0x1000", "err BadState", 2],
    ["unmap 0x2000 0x1000", "panic oh", 2],
    ["map 0x1000 0x1000 r mock", "ok", 1],
    ["clear", "panic oh", 0],
    ["find 0x0", "panic oh", 1],
  ])("after %s is where the contract wants it, not %s", (line, answer, areas) => {
    const over = judgeFor({ space: SPACE, hello: MEMORY_SET_HELLO });
    const last: Step = { ...MAPPED, request: line, answer };
    expect(judgeSteps(over, SPACE.page, [MAPPED, last])).toBeDefined();
    const [request] = requestsIn(line);
    for (let times = 0; times < 2; times++) {
      if (request) over.settle(request);
      expect(over.model.areas()).toHaveLength(areas);
    }
  });

  test("is there already when the state was wrong", () => {
    const over = judgeFor({ space: SPACE, hello: { ...MEMORY_SET_HELLO, failure: "atomic" } });
    const failed: Step = { request: "clear !backend=0", answer: "err BadState", areas: "none", injected: 1 };
    expect(judgeSteps(over, SPACE.page, [MAPPED, failed])).toBeDefined();
    const [request] = requestsIn(failed.request);
    if (request) over.settle(request);
    expect(over.model.areas()).toHaveLength(1);
  });
});

describe("pages may be shown in runs", () => {
  const AREA = "map 0x1000 0x4000 rw mock";

  test.each<[counts: readonly number[], check: string | undefined]>([
    [[4], undefined],
    [[1, 3], undefined],
    [[2, 1, 1], undefined],
    [[3], "pages"],
    [[1, 2], "pages"],
    [[5], "outside"],
    [[0, 4], "order"],
    [[1.5, 2.5], "order"],
  ])("of %j pages: %s", (counts, check) => {
    const observed = new Observation();
    observed.area(virtAddr(0x1000), virtAddr(0x5000), 3, "mock");
    let addr = 0x1000;
    for (const count of counts) {
      observed.pageRun(virtAddr(addr), count, 3, NO_PHYSICAL);
      addr += count * SPACE.page;
    }
    const [request] = requestsIn(AREA);
    const judge = judgeFor({ space: SPACE, hello: MEMORY_SET_HELLO });
    expect(request && judge.step(request, OK, observed)?.check).toBe(check);
  });
});
