import { describe, expect, test } from "vitest";
import type { Finding } from "../trace/finding.ts";
import { requestsIn } from "../trace/literal.fixture.ts";
import { sameFinding } from "./same-finding.ts";

const WRONG: Finding = {
  kind: "invariant",
  check: "areas",
  at: 1,
  expected: "a",
  observed: "b",
  answer: "ok",
};

/** A counterexample of two requests that shows at the second. */
function shown(line: string, parts: Partial<Finding> = {}) {
  return { requests: requestsIn("map 0x0 0x4000 r mock", line), finding: { ...WRONG, ...parts } };
}

const UNMAP = shown("unmap 0x0 0x1000");
const FIND = shown("find 0x3000", { kind: "answer", check: "answer", answer: "none" });

describe("it is not the same", () => {
  test.each([
    ["of another kind", FIND, shown("find 0x3000", { check: "answer", answer: "none" })],
    ["by another check", UNMAP, shown("unmap 0x0 0x1000", { check: "pages" })],
    ["where one failed", UNMAP, shown("unmap 0x0 0x1000", { answer: "BadState" })],
    [
      "where they failed in other ways",
      shown("unmap 0x0 0x1000", { answer: "InvalidParam" }),
      shown("unmap 0x0 0x1000", { answer: "BadState" }),
    ],
    [
      "where the answer was wrong in another way",
      shown("unmap 0x0 0x1000", { kind: "answer", check: "answer", answer: "NoMemory" }),
      shown("unmap 0x0 0x1000", { kind: "answer", check: "answer", answer: "BadState" }),
    ],
    [
      "where another error was expected",
      shown("unmap 0x0 0x1000", { check: "answer", expected: "err InvalidParam" }),
      shown("unmap 0x0 0x1000", { check: "answer", expected: "err NoMemory", answer: "BadState" }),
    ],
    [
      "where it panicked with other words",
      shown("unmap 0x0 0x1000", { kind: "panic", check: "panic", observed: "0x1 is gone", answer: "panic" }),
      shown("protect 0x0 0x1000 r", {
        kind: "panic",
        check: "panic",
        observed: "0x1 is bad",
        answer: "panic",
      }),
    ],
    ["where one found something", FIND, { ...FIND, finding: { ...FIND.finding, answer: "value" } }],
    ["after another verb", FIND, { ...FIND, requests: shown("overlaps 0x0 0x1000").requests }],
    ["after a protect", UNMAP, shown("protect 0x0 0x1000 r")],
    ["after a map", UNMAP, shown("map 0x0 0x1000 r mock")],
    ["at an earlier verb", UNMAP, { ...UNMAP, finding: { ...UNMAP.finding, at: 0 } }],
  ])("%s", (_what, found, other) => {
    expect(sameFinding(found, other)).toBe(false);
    expect(sameFinding(other, found)).toBe(false);
  });
});

describe("it is the same", () => {
  test.each([
    ["with other values", UNMAP, shown("unmap 0x2000 0x1000", { expected: "c", observed: "d" })],
    ["after a clear as after an unmap", UNMAP, shown("clear")],
    [
      "after a load as after a fault",
      shown("fault 0x0 r", { answer: "true" }),
      shown("load 0x0 1", { answer: "value" }),
    ],
    [
      "after an access that is refused as after a fault",
      shown("fault 0x0 w", { answer: "false" }),
      shown("access 0x0 w", { answer: "fault" }),
    ],
    [
      "where a failure of one kind or another made it fail",
      shown("unmap 0x0 0x1000 !frame=0", { answer: "NoMemory" }),
      shown("unmap 0x0 0x1000 !backend=0", { answer: "BadState" }),
    ],
    [
      "where it should have been refused, whatever was done instead",
      shown("unmap 0x0 0x1000", { check: "answer", expected: "err InvalidParam", answer: "ok" }),
      shown("unmap 0x0 0x1000", { check: "answer", expected: "err InvalidParam", answer: "BadState" }),
    ],
    [
      "in page tables, whoever wrote them",
      shown("protect 0x0 0x1000 r", { check: "walk" }),
      shown("fault 0x0 r", { check: "walk", answer: "true" }),
    ],
    [
      "in a TLB, whatever should have flushed it",
      shown("protect 0x0 0x1000 r", { check: "tlb" }),
      shown("unmap 0x0 0x1000", { check: "tlb" }),
    ],
    [
      "where it panicked with the same words",
      shown("unmap 0x0 0x1000", { kind: "panic", check: "panic", observed: "0x1 is gone", answer: "panic" }),
      shown("fault 0x0 r", { kind: "panic", check: "panic", observed: "0x2f is gone", answer: "panic" }),
    ],
    [
      "after a read as after a translate",
      shown("translate 0x0", { answer: "none" }),
      shown("read 0x0 1", { answer: "NotMapped" }),
    ],
    [
      "after a map that replaces as after a map",
      shown("map 0x0 0x1000 r mock replace"),
      shown("map 0x0 0x1000 r mock"),
    ],
    [
      "at the end, whatever came last",
      shown("find 0x0", { check: "drop", answer: "none" }),
      shown("clear", { check: "drop" }),
    ],
    [
      "where failures are counted wrong, whatever came last",
      shown("find 0x0", { check: "injected", answer: "none" }),
      shown("clear", { check: "injected" }),
    ],
    [
      "where an answer is missing, whichever",
      shown("find 0x0", { kind: "hang", check: "hang", answer: "hang" }),
      shown("clear", { kind: "hang", check: "hang", answer: "hang" }),
    ],
  ])("%s", (_what, found, other) => {
    expect(sameFinding(found, other)).toBe(true);
    expect(sameFinding(other, found)).toBe(true);
  });
});

describe("instead of a map that replaces", () => {
  const REPLACE = shown("map 0x0 0x1000 r mock replace", {
    kind: "answer",
    check: "answer",
    answer: "BadState",
  });

  test("an unmap will do that goes wrong in whatever way", () => {
    expect(sameFinding(REPLACE, UNMAP)).toBe(true);
  });

  test("and of a failing command the same without the failure, if it does no more", () => {
    const failing = shown("map 0x0 0x1000 r mock !backend=0", { answer: "BadState" });
    expect(sameFinding(failing, shown("map 0x0 0x1000 r mock", { check: "pages" }))).toBe(true);
    expect(sameFinding(failing, shown("map 0x0 0x1000 r mock replace", { check: "pages" }))).toBe(false);
  });

  test("and not the other way round", () => {
    expect(sameFinding(UNMAP, REPLACE)).toBe(false);
  });

  test("nor what shows only at the end", () => {
    const atEnd = { ...UNMAP, finding: { ...UNMAP.finding, check: "drop" } };
    expect(sameFinding(REPLACE, atEnd)).toBe(false);
  });
});

describe("instead of a command whose first call fails and that leaves something wrong behind", () => {
  const AT_ONCE = shown("protect 0x0 0x1000 r !backend=0", { check: "failure", answer: "BadState" });
  const WITHOUT = shown("protect 0x0 0x1000 r", { check: "pages" });

  test("the same without the failure won't do: it does more", () => {
    expect(sameFinding(AT_ONCE, WITHOUT)).toBe(false);
  });

  test("it will where the command had done something before it failed", () => {
    const later = shown("protect 0x0 0x2000 r !backend=1", { check: "failure", answer: "BadState" });
    expect(sameFinding(later, WITHOUT)).toBe(true);
    const replacing = shown("map 0x0 0x1000 r mock replace !backend=0", {
      check: "failure",
      answer: "BadState",
    });
    expect(sameFinding(replacing, UNMAP)).toBe(true);
  });

  test("it will where something else is wrong", () => {
    expect(sameFinding({ ...AT_ONCE, finding: { ...AT_ONCE.finding, check: "areas" } }, WITHOUT)).toBe(true);
  });
});
