/** States that the judge of the address-space surface doesn't accept, and the check that each of them fails. */
import { describe, expect, test } from "vitest";
import { SMALL_TERMS } from "../trace/address-space.fixture.ts";
import { OK } from "../trace/answer.ts";
import { requestsIn } from "../trace/literal.fixture.ts";
import { Observation } from "../trace/observation.ts";
import { EAGER, judge, LAZY, LINEAR } from "./address-space-steps.fixture.ts";
import { type Step, show } from "./judge.fixture.ts";
import { judgeFor } from "./judge.ts";

describe("the state is wrong", () => {
  const TWO = "0x1000=0x80001000:rw;0x2000=0x80005000:rw";

  test.each<[check: string, before: Step, step: Partial<Step>, expected: string, observed: string]>([
    [
      "order",
      EAGER,
      { request: "areas", answer: "ok 0x1000-0x3000 rw alloc:eager", areas: "0x1000-0x2800 rw alloc:eager" },
      "areas in order, of whole pages, not empty, without overlap",
      "0x1000-0x2800 rw alloc:eager",
    ],
    [
      "order",
      EAGER,
      { request: "find 0x0", answer: "ok none", pages: "0x2000=0x80005000:rw;0x1000=0x80001000:rw" },
      "whole pages in order, each once",
      "pages 0x2000;0x1000",
    ],
    [
      "areas",
      EAGER,
      { request: "protect 0x1000 0x1000 r", answer: "ok" },
      "0x1000 in 0x1000-0x2000 r alloc:eager",
      "0x1000 in 0x1000-0x3000 rw alloc:eager",
    ],
    [
      "outside",
      EAGER,
      {
        request: "protect 0x1000 0x1000 r",
        answer: "ok",
        areas: "0x1000-0x3000 r alloc:eager",
      },
      "0x2000 in 0x2000-0x3000 rw alloc:eager",
      "0x2000 in 0x1000-0x3000 r alloc:eager",
    ],
    [
      "areas",
      LAZY,
      { request: "map 0x6000 0x1000 r alloc:lazy", answer: "ok" },
      "0x6000 in 0x6000-0x7000 r alloc:lazy",
      "0x6000 in no area",
    ],
    [
      "areas",
      LAZY,
      {
        request: "map 0x6000 0x1000 r alloc:lazy",
        answer: "ok",
        areas: "0x1000-0x4000 rw alloc:lazy;0x6000-0x7000 r alloc:eager",
      },
      "0x6000 in 0x6000-0x7000 r alloc:lazy",
      "0x6000 in 0x6000-0x7000 r alloc:eager",
    ],
    [
      "areas",
      LAZY,
      {
        request: "map 0x6000 0x1000 r linear:0x5000",
        answer: "ok",
        areas: "0x1000-0x4000 rw alloc:lazy;0x6000-0x7000 r linear:0x6000",
      },
      "0x6000 in 0x6000-0x7000 r linear:0x5000",
      "0x6000 in 0x6000-0x7000 r linear:0x6000",
    ],
    [
      "areas",
      LAZY,
      { request: "unmap 0x3000 0x1000", answer: "ok" },
      "0x3000 in no area",
      "0x3000 in 0x1000-0x4000 rw alloc:lazy",
    ],
    [
      "areas",
      LAZY,
      { request: "map 0x4000 0x1000 rw alloc:lazy", answer: "ok", areas: "0x1000-0x5000 rw alloc:lazy" },
      "0x4000 in 0x4000-0x5000 rw alloc:lazy",
      "0x4000 in 0x1000-0x5000 rw alloc:lazy",
    ],
    [
      "refusal",
      LAZY,
      { request: "map 0x3000 0x2000 r alloc:lazy", answer: "err AlreadyExists", areas: "none" },
      "0x1000 in 0x1000-0x4000 rw alloc:lazy",
      "0x1000 in no area",
    ],
    [
      "refusal",
      EAGER,
      { request: "fault 0x1000 r", answer: "ok false", pages: "0x1000=0x80001000:rw" },
      "page 0x2000=0x80005000:rw",
      "no page 0x2000",
    ],
    [
      "pages",
      LAZY,
      { request: "fault 0x2000 r", answer: "ok true", frames: "data=1 table=4" },
      "page 0x2000:rw",
      "no page 0x2000",
    ],
    [
      "outside",
      LAZY,
      {
        request: "fault 0x2000 r",
        answer: "ok true",
        pages: "0x1000=0x80003000:rw;0x2000=0x80004000:rw",
      },
      "no page 0x1000",
      "page 0x1000=0x80003000:rw",
    ],
    [
      "pages",
      EAGER,
      {
        request: "protect 0x1000 0x1000 r",
        answer: "ok",
        areas: "0x1000-0x2000 r alloc:eager;0x2000-0x3000 rw alloc:eager",
      },
      "page 0x1000=0x80001000:r",
      "page 0x1000=0x80001000:rw",
    ],
    [
      "pages",
      EAGER,
      {
        request: "protect 0x1000 0x2000 -",
        answer: "ok",
        areas: "0x1000-0x3000 - alloc:eager",
        pages: "0x1000=0x80001000:-",
      },
      "no page 0x1000",
      "page 0x1000=0x80001000:-",
    ],
    [
      "refusal",
      LINEAR,
      {
        request: "find 0x0",
        answer: "ok none",
        pages: "0x1000=0x80001000:rw;0x2000=0x80003000:rw",
      },
      "page 0x2000=0x80002000:rw",
      "page 0x2000=0x80003000:rw",
    ],
    [
      "identity",
      EAGER,
      {
        request: "protect 0x1000 0x1000 rw",
        answer: "ok",
        pages: "0x1000=0x80009000:rw;0x2000=0x80005000:rw",
      },
      "page 0x1000=0x80001000:rw",
      "page 0x1000=0x80009000:rw",
    ],
    [
      "identity",
      EAGER,
      { request: "find 0x0", answer: "ok none", pages: "0x1000:rw;0x2000=0x80005000:rw" },
      "page 0x1000=0x80001000:rw",
      "page 0x1000:rw",
    ],
    [
      "identity",
      EAGER,
      {
        request: "map 0x8000 0x1000 r alloc:eager",
        answer: "ok",
        areas: "0x1000-0x3000 rw alloc:eager;0x8000-0x9000 r alloc:eager",
        pages: `${TWO};0x8000=0x80005000:r`,
        frames: "data=3 table=4",
      },
      "page 0x8000 in a frame of its own",
      "page 0x8000=0x80005000:r",
    ],
    [
      "identity",
      EAGER,
      {
        request: "map 0x8000 0x1000 r alloc:eager",
        answer: "ok",
        areas: "0x1000-0x3000 rw alloc:eager;0x8000-0x9000 r alloc:eager",
        pages: `${TWO};0x8000=0x80006800:r`,
      },
      "page 0x8000 in a frame of its own",
      "page 0x8000=0x80006800:r",
    ],
    [
      "frames",
      EAGER,
      { request: "find 0x0", answer: "ok none", frames: "data=3 table=4" },
      "frames data=2",
      "frames data=3",
    ],
    [
      "frames",
      EAGER,
      {
        request: "protect 0x1000 0x2000 -",
        answer: "ok",
        areas: "0x1000-0x3000 - alloc:eager",
        pages: "none",
        frames: "data=0 table=4",
      },
      "frames data=2",
      "frames data=0",
    ],
    ["injected", EAGER, { request: "clear", answer: "ok", injected: 1 }, "injected 0", "injected 1"],
    ["injected", EAGER, { request: "find 0x0", answer: "ok none", injected: 1 }, "injected 0", "injected 1"],
    [
      "injected",
      EAGER,
      { request: "map 0x1000 0x1000 r alloc:lazy !frame=0", answer: "err AlreadyExists", injected: 1 },
      "injected 0",
      "injected 1",
    ],
    [
      "injected",
      EAGER,
      { request: "clear !frame=0", answer: "err NoMemory", injected: 0.5 },
      "injected as often as a call failed",
      "injected 0.5",
    ],
  ])("%s: %o then %o", (check, before, step, expected, observed) => {
    const last: Step = { ...before, ...step };
    expect(judge([before, last])).toMatchObject({ kind: "invariant", check, at: 1, expected, observed });
  });

  test.each([4, 5, 6, 7, 99])("a kind of backend, %i, that there is not", (code) => {
    const [request] = requestsIn("map 0x1000 0x1000 r alloc:eager");
    const observed = new Observation();
    show(observed, { areas: "0x1000-0x2000 r alloc:eager", pages: "0x1000=0x80001000:r" }, 0x1000);
    observed.areaBackends.fill(code);
    expect(request && judgeFor(SMALL_TERMS).step(request, OK, observed)).toMatchObject({
      check: "areas",
      observed: "0x1000 in 0x1000-0x2000 r an unknown backend",
    });
  });

  test("the frame of a guard page is still its own", () => {
    const guard: Step = {
      ...EAGER,
      request: "protect 0x1000 0x1000 -",
      areas: "0x1000-0x2000 - alloc:eager;0x2000-0x3000 rw alloc:eager",
      pages: "0x2000=0x80005000:rw",
    };
    const taken: Step = {
      ...guard,
      request: "map 0x8000 0x1000 r alloc:eager",
      areas: `${guard.areas};0x8000-0x9000 r alloc:eager`,
      pages: "0x2000=0x80005000:rw;0x8000=0x80001000:r",
      frames: "data=3 table=4",
    };
    expect(judge([EAGER, guard, taken])).toMatchObject({ check: "identity" });
    expect(
      judge([EAGER, guard, { ...taken, pages: taken.pages?.replace("0x80001000", "0x80009000") ?? "" }]),
    ).toBe(undefined);
    const moved: Step = { ...EAGER, request: "protect 0x1000 0x1000 rw", areas: "", pages: "" };
    const opened = {
      ...moved,
      areas: "0x1000-0x2000 rw alloc:eager;0x2000-0x3000 rw alloc:eager",
      pages: "0x1000=0x80002000:rw;0x2000=0x80005000:rw",
    };
    expect(judge([EAGER, guard, opened])).toMatchObject({
      check: "identity",
      expected: "page 0x1000=0x80001000:rw",
    });
    expect(judge([EAGER, guard, { ...opened, pages: EAGER.pages ?? "" }])).toBeUndefined();
  });

  test("a frame that was given back can be another page's", () => {
    const other: Step = {
      request: "map 0x8000 0x1000 r alloc:eager replace",
      answer: "ok",
      areas: "0x8000-0x9000 r alloc:eager",
      pages: "0x8000=0x80001000:r",
      frames: "data=1 table=4",
    };
    expect(
      judge([
        EAGER,
        { ...other, request: "clear", areas: "none", pages: "none", frames: "data=0 table=1" },
        other,
      ]),
    ).toBe(undefined);
  });
});
