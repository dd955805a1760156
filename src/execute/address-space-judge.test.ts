/** Which answers the judge of the address-space surface accepts, and which it doesn't. */
import { describe, expect, test } from "vitest";
import { physAddr, virtAddr } from "../trace/address.ts";
import { SMALL_TERMS } from "../trace/address-space.fixture.ts";
import { type Answer, OK } from "../trace/answer.ts";
import { requestsIn } from "../trace/literal.fixture.ts";
import { Observation } from "../trace/observation.ts";
import { EAGER, IN, judge, LAZY, LINEAR } from "./address-space-steps.fixture.ts";
import { type Step, show } from "./judge.fixture.ts";
import { judgeFor } from "./judge.ts";

describe("all is well", () => {
  test("when pages come in, lose their access, get it back and go", () => {
    const guarded: Step = { ...IN, areas: "0x1000-0x4000 - alloc:lazy", pages: "none" };
    expect(
      judge([
        LAZY,
        IN,
        { ...IN, request: "access 0x2010 r", answer: "ok 0x80003010" },
        { ...IN, request: "store 0x2010 c0ffee", answer: "ok" },
        { ...IN, request: "load 0x200f 5", answer: "ok 00c0ffee00" },
        { ...IN, request: "read 0x2010 2", answer: "ok c0ff" },
        { ...guarded, request: "protect 0x1000 0x3000 -", answer: "ok" },
        { ...guarded, request: "load 0x2010 2", answer: "ok fault" },
        { ...guarded, request: "translate 0x2010", answer: "ok none" },
        { ...guarded, request: "read 0x2010 2", answer: "err NotMapped" },
        { ...guarded, request: "fault 0x2000 r", answer: "ok false" },
        { ...IN, request: "protect 0x1000 0x3000 rw", answer: "ok" },
        { ...IN, request: "load 0x2010 3", answer: "ok c0ffee" },
        { ...IN, request: "translate 0x2010", answer: "ok 0x80003010" },
        { ...IN, request: "frames", answer: "ok data=1 table=4" },
        { ...IN, request: "pages", answer: `ok ${IN.pages}` },
        { request: "clear", answer: "ok", areas: "none", frames: "data=0 table=1" },
        { ...LAZY, request: LAZY.request },
        { ...IN, request: "load 0x2010 3", answer: "ok 000000" },
      ]),
    ).toBeUndefined();
  });

  test("for a system that knows no physical addresses and counts no frames", () => {
    const known = { ...IN, pages: "0x2000:rw" };
    const { frames: _, ...blind } = known;
    const { frames: __, ...lazy } = LAZY;
    const { frames: ___, ...linear } = LINEAR;
    expect(
      judge([
        lazy,
        blind,
        { ...blind, request: "access 0x2010 r", answer: "ok" },
        { ...blind, request: "access 0x2010 r", answer: "ok 0x77777010" },
        { ...blind, request: "translate 0x2010", answer: "ok 0x77777010" },
        { ...blind, request: "pages", answer: "ok 0x2000:rw" },
        { ...blind, request: "pages", answer: "ok 0x2000=0x77777000:rw" },
        { ...blind, request: "frames", answer: "ok data=1 table=7" },
        { request: "clear", answer: "ok", areas: "none" },
        { ...linear, pages: "0x1000:rw;0x2000:rw" },
        { ...linear, pages: "0x1000:rw;0x2000:rw", request: "pages", answer: "ok 0x1000:rw;0x2000:rw" },
      ]),
    ).toBeUndefined();
  });

  test("when a page table can't tell all flags apart", () => {
    const step: Step = {
      request: "map 0x1000 0x1000 rwud alloc:eager",
      answer: "ok",
      areas: "0x1000-0x2000 rwud alloc:eager",
      pages: "0x1000=0x80001000:rw",
    };
    expect(judge([step], { pageFlags: 7 })).toBeUndefined();
    expect(judge([step])).toMatchObject({ check: "pages", expected: "page 0x1000:rwud" });
  });

  test.each([[[4]], [[1, 3]], [[2, 2]], [[1, 1, 1, 1]]])("when pages are shown in runs of %j", (counts) => {
    const observed = new Observation();
    observed.area(virtAddr(0), virtAddr(0x4000), 3, "linear", physAddr(0x5000));
    let addr = 0;
    for (const count of counts) {
      observed.pageRun(virtAddr(addr), count, 3, physAddr(0x5000 + addr));
      addr += count * 0x1000;
    }
    const [request] = requestsIn("map 0x0 0x4000 rw linear:0x5000");
    expect(request && judgeFor(SMALL_TERMS).step(request, OK, observed)).toBeUndefined();
    // One page less, one too many, one elsewhere.
    observed.pageCounts[0] = (observed.pageCounts[0] ?? 0) - 1;
    expect(request && judgeFor(SMALL_TERMS).step(request, OK, observed)?.check).toMatch(/pages|order/);
    observed.pageCounts[0] += 2;
    expect(request && judgeFor(SMALL_TERMS).step(request, OK, observed)?.check).toMatch(/outside|order/);
    observed.pageCounts[0] -= 1;
    observed.pagePhysicals[0] = 0x6000;
    expect(request && judgeFor(SMALL_TERMS).step(request, OK, observed)).toMatchObject({ check: "pages" });
  });
});

describe("an answer is wrong", () => {
  test.each<[request: string, answer: string, expected: string]>([
    ["map 0x0 0x0 r alloc:lazy", "ok", "err InvalidParam"],
    ["map 0x10000 0x1000 r alloc:lazy", "ok", "err InvalidParam"],
    ["map 0x8800 0x1000 r alloc:lazy", "ok", "err InvalidParam"],
    ["map 0x8000 0x1000 r linear:0x800", "ok", "err InvalidParam"],
    ["map 0x3000 0x2000 r alloc:lazy", "ok", "err AlreadyExists"],
    ["unmap 0x11000 0x0", "ok", "err InvalidParam"],
    ["unmap 0x10000 0x0", "err InvalidParam", "ok"],
    ["clear", "err NoMemory", "ok"],
    ["protect 0x1000 0x1000 r", "err NotMapped", "ok"],
    ["fault 0x1000 r", "ok false", "ok true"],
    ["fault 0x2000 r", "ok false", "ok true"],
    ["fault 0x2000 x", "ok true", "ok false"],
    ["fault 0x4000 r", "ok true", "ok false"],
    ["access 0x2010 r", "ok 0x80003000", "ok 0x80003010"],
    ["access 0x2010 r", "ok fault", "ok 0x80003010"],
    ["access 0x2010 x", "ok 0x80003010", "ok fault"],
    ["access 0x1010 r", "ok fault", "ok"],
    ["load 0x2000 2", "ok 0000", "ok c0ff"],
    ["load 0x2000 2", "ok c0ffee", "ok c0ff"],
    ["load 0x2000 2", "ok fault", "ok c0ff"],
    ["load 0x4000 2", "ok 0000", "ok fault"],
    ["store 0x2000 00", "ok fault", "ok"],
    ["store 0x4000 00", "ok", "ok fault"],
    ["write 0x2fff 0000", "ok", "err NotMapped"],
    ["write 0xffff 0000", "err NotMapped", "err InvalidParam"],
    ["write 0x2000 00", "err NoMemory", "ok"],
    ["read 0x2000 2", "ok 0000", "ok c0ff"],
    ["read 0x2fff 2", "ok 0000", "err NotMapped"],
    ["read 0xffff 2", "err NotMapped", "err InvalidParam"],
    ["translate 0x2010", "ok none", "ok 0x80003010"],
    ["translate 0x2010", "ok 0x80003000", "ok 0x80003010"],
    ["translate 0x1000", "ok 0x80003000", "ok none"],
    ["frames", "ok data=2 table=4", "ok data=1 table=4"],
    ["frames", "ok data=1 table=3", "ok data=1 table=4"],
    ["frames", "err Unsupported", "ok data=1 table=4"],
    ["injected", "ok 1", "ok 0"],
    ["areas", "ok none", "ok 0x1000-0x4000 rw alloc:lazy"],
    ["pages", "ok none", "ok 0x2000=0x80003000:rw"],
    ["pages", "ok 0x2000=0x80003000:r", "ok 0x2000=0x80003000:rw"],
    ["pages", "ok 0x2000=0x80004000:rw", "ok 0x2000=0x80003000:rw"],
    ["pages", "ok 0x1000=0x80003000:rw", "ok 0x2000=0x80003000:rw"],
    ["find 0x4000", "ok 0x1000-0x4000 rw alloc:lazy", "ok none"],
    ["find 0x3fff", "ok 0x1000-0x4000 rw alloc:eager", "ok 0x1000-0x4000 rw alloc:lazy"],
    ["overlaps 0xfff 0x1", "ok true", "ok false"],
    ["overlaps 0xfff 0x2", "ok false", "ok true"],
    ["can-access 0x1000 0x3001 r", "ok true", "ok false"],
    ["find-free 0x1000 0x1000 0x0-0x10000 0x1000", "ok 0x1000", "ok 0x4000"],
  ])("%s => %s", (request, answer, expected) => {
    const stored: Step = { ...IN, request: "store 0x2000 c0ffee", answer: "ok" };
    // Of an access that was let through the state is looked at first: show what it has to be then.
    const pages = request.startsWith("access 0x1010") ? "0x1000=0x80006000:rw;0x2000=0x80003000:rw" : "";
    const step: Step = pages ? { ...IN, request, answer, pages } : { ...IN, request, answer };
    expect(judge([LAZY, IN, stored, step])).toMatchObject({
      kind: "answer",
      check: "answer",
      at: 3,
      expected,
      observed: answer,
    });
  });

  test("the address of a page that just came in", () => {
    const step: Step = { ...IN, request: "access 0x2010 r", answer: "ok 0x80004010" };
    expect(judge([LAZY, step])).toMatchObject({
      check: "answer",
      at: 1,
      expected: "ok 0x80003010",
      observed: "ok 0x80004010",
    });
  });

  test("the address in a page that nobody knows", () => {
    const pages = "0x2000:rw";
    const wrong = (request: string, answer: string): Step => ({ ...IN, pages, request, answer });
    expect(judge([LAZY, { ...IN, pages }, wrong("translate 0x2010", "ok 0x80003011")])).toMatchObject({
      check: "answer",
      expected: "ok and some physical address",
    });
    expect(judge([LAZY, wrong("access 0x2010 r", "ok 0x80003011")])).toMatchObject({
      check: "answer",
      expected: "ok",
    });
  });

  test.each<[request: string, answer: Answer]>([
    ["access 0x1000 r", { kind: "address", address: null }],
    ["fault 0x1000 r", OK],
    ["frames", OK],
    ["pages", OK],
    ["load 0x1000 2", OK],
  ])("of a kind that %s doesn't have", (line, answer) => {
    const [map, request] = requestsIn("map 0x1000 0x1000 r alloc:eager", line);
    const one = judgeFor(SMALL_TERMS);
    const observed = new Observation();
    show(observed, { areas: "0x1000-0x2000 r alloc:eager", pages: "0x1000=0x80000000:r" }, 0x1000);
    expect(map && one.step(map, OK, observed)).toBeUndefined();
    expect(request && one.step(request, answer, observed)).toMatchObject({ check: "answer" });
  });

  test("a linear page is never faulted in", () => {
    expect(judge([LINEAR, { ...LINEAR, request: "fault 0x1000 r", answer: "ok true" }])).toMatchObject({
      check: "answer",
    });
    expect(judge([EAGER, { ...EAGER, request: "fault 0x1000 r", answer: "ok true" }])).toMatchObject({
      check: "answer",
    });
  });

  test("a panic is one, whatever shows afterwards", () => {
    const step: Step = { request: "clear", answer: "panic at the disco", areas: "none", injected: 7 };
    expect(judge([LAZY, step])).toEqual({
      kind: "panic",
      check: "panic",
      at: 1,
      expected: "no panic",
      observed: "at the disco",
      answer: "panic",
    });
  });
});
