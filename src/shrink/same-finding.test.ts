import { describe, expect, test } from "vitest";
import type { Finding } from "../trace/finding.ts";
import { requestsIn } from "../trace/literal.fixture.ts";
import { sameAlone, sameFinding } from "./same-finding.ts";

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
    ...["no page 0x1000", "page 0x1000=0x1:r", "page 0x1000=0x0:rw", "page 0x1000=0x0:-"].map(
      (observed): [string, ReturnType<typeof shown>, ReturnType<typeof shown>] => [
        `outside of its range in another way, ${observed}`,
        shown("unmap 0x0 0x1000", {
          check: "outside",
          expected: "no page 0x1000",
          observed: "page 0x1000=0x0:r",
        }),
        shown("protect 0x0 0x1000 -", { check: "outside", expected: "page 0x1000=0x0:r", observed }),
      ],
    ),
    [
      "in what was written",
      shown("protect 0x0 0x1000 r", { check: "bytes" }),
      shown("store 0x0 01", { check: "bytes", answer: "value" }),
    ],
    [
      "where frames are counted wrong",
      shown("map 0x0 0x1000 r mock", { check: "frames", expected: "data=1" }),
      shown("fault 0x0 r", { check: "frames", expected: "data=1", answer: "true" }),
    ],
    [
      "where one had no failure",
      shown("unmap 0x0 0x1000 !frame=0", { check: "pages" }),
      shown("protect 0x0 0x1000 r", { check: "pages" }),
    ],
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
      "outside of its range, whatever changed a page in the same way",
      shown("unmap 0x0 0x1000", {
        check: "outside",
        expected: "page 0x1000=0x0:ru",
        observed: "page 0x1000=0x0:r",
      }),
      shown("protect 0x0 0x1000 -", {
        check: "outside",
        expected: "page 0x2000=0x8:ru",
        observed: "page 0x2000=0x8:u",
      }),
    ],
    [
      "in what lay in a frame, whatever made it readable",
      shown("protect 0x0 0x1000 r", { check: "bytes" }),
      shown("map 0x0 0x1000 r mock", { check: "bytes" }),
    ],
    [
      "where it says that there is no memory, whatever for",
      shown("unmap 0x0 0x1000", { check: "answer", answer: "NoMemory" }),
      shown("map 0x0 0x1000 r mock", { check: "answer", answer: "NoMemory" }),
    ],
    [
      "where more frames are handed out than there are, whoever got the last one",
      shown("map 0x0 0x1000 r mock", { check: "frames", expected: "at most 16 frames handed out" }),
      shown("fault 0x0 r", { check: "frames", expected: "at most 16 frames handed out", answer: "true" }),
    ],
    [
      "in frames, whichever command failed",
      shown("map 0x0 0x1000 r mock !frame=1", { check: "frames", answer: "NoMemory" }),
      shown("fault 0x0 r !frame=1", { check: "frames", answer: "false" }),
    ],
    [
      "where a failure is answered as if there hadn't been one",
      shown("unmap 0x0 0x1000 !frame=0", { check: "pages" }),
      shown("protect 0x0 0x1000 r !frame=0", { check: "pages" }),
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

describe("instead of a protect that opens what was wrong before", () => {
  const OPENED = shown("protect 0x0 0x1000 r", {
    check: "pages",
    expected: "page 0x0=0x0:r",
    observed: "no page 0x0",
  });
  const BEFORE = shown("unmap 0x1000 0x1000", {
    check: "outside",
    expected: "page 0x0=0x0:r",
    observed: "no page 0x0",
  });

  test("the command will do that made it so where everybody can see it, and not the other way round", () => {
    expect(sameFinding(OPENED, BEFORE)).toBe(true);
    expect(sameFinding(BEFORE, OPENED)).toBe(false);
  });

  test("none will that changes a page in another way", () => {
    const other = { ...BEFORE, finding: { ...BEFORE.finding, observed: "page 0x0=0x8:r" } };
    expect(sameFinding(OPENED, other)).toBe(false);
  });
});

describe("instead of a fault that should be served", () => {
  const REFUSED = shown("fault 0x0 r", {
    check: "answer",
    expected: "ok true",
    observed: "ok false",
    answer: "false",
  });
  const WITHOUT_MEMORY = shown("map 0x0 0x1000 r mock", { check: "answer", answer: "NoMemory" });

  test("a command will do that finds no memory, and not the other way round", () => {
    expect(sameFinding(REFUSED, WITHOUT_MEMORY)).toBe(true);
    expect(sameFinding(WITHOUT_MEMORY, REFUSED)).toBe(false);
  });

  test("none will instead of one that is served and should be refused", () => {
    const served = { ...REFUSED, finding: { ...REFUSED.finding, expected: "ok false", observed: "ok true" } };
    expect(sameFinding(served, WITHOUT_MEMORY)).toBe(false);
  });
});

describe("instead of a wrong number of frames", () => {
  const COUNTED = shown("unmap 0x0 0x1000", { check: "frames" });

  test.each(["pages", "identity"])(
    "the pages that they are in, by %s, and not the other way round",
    (check) => {
      const named = shown("unmap 0x0 0x1000", { check });
      expect(sameFinding(COUNTED, named)).toBe(true);
      expect(sameFinding(named, COUNTED)).toBe(false);
      expect(sameFinding(COUNTED, shown("protect 0x0 0x1000 r", { check }))).toBe(false);
    },
  );
});

describe("instead of what a swallowed failure leads to", () => {
  const LATER = {
    ...shown("map 0x0 0x1000 r mock", { check: "answer", at: 2 }),
    requests: requestsIn("map 0x0 0x4000 r mock", "unmap 0x0 0x1000 !frame=0", "map 0x0 0x1000 r mock"),
  };
  const SWALLOWED = shown("unmap 0x0 0x1000 !frame=0", { check: "pages" });

  test("the command that swallows it, and not the other way round", () => {
    expect(sameFinding(LATER, SWALLOWED)).toBe(true);
    expect(sameFinding(SWALLOWED, LATER)).toBe(false);
  });

  test("not another command, nor one that fails", () => {
    expect(sameFinding(LATER, shown("protect 0x0 0x1000 r !frame=0", { check: "pages" }))).toBe(false);
    const failed = { ...SWALLOWED, finding: { ...SWALLOWED.finding, answer: "NoMemory" } };
    expect(sameFinding(LATER, failed)).toBe(false);
  });
});

describe("of a request alone", () => {
  const alone = (line: string, parts: Partial<Finding>) => ({
    requests: requestsIn(line),
    finding: { ...WRONG, kind: "answer" as const, check: "answer", at: 0, ...parts },
  });
  const ACCEPTED = alone("unmap 0xf000 0x2000", { expected: "err InvalidParam", observed: "ok" });
  const REFUSED = alone("unmap 0x10000 0x0", {
    expected: "ok",
    observed: "err InvalidParam",
    answer: "InvalidParam",
  });

  test("it is the same that it should have been refused with the same error, whatever it asks", () => {
    const other = { expected: "err InvalidParam", observed: "ok value", answer: "value" };
    expect(sameFinding(ACCEPTED, alone("write 0xffff 0000", other))).toBe(true);
    expect(sameFinding(ACCEPTED, alone("write 0xffff 0000", { ...other, expected: "err NotMapped" }))).toBe(
      false,
    );
  });

  test("it is the same that it shouldn't have been, whatever it asks", () => {
    const no = { expected: "ok true", observed: "ok false", answer: "false" };
    expect(sameFinding(REFUSED, alone("can-access 0x10000 0x0 r", no))).toBe(true);
    const yes = { expected: "ok false", observed: "ok true", answer: "true" };
    expect(sameFinding(REFUSED, alone("can-access 0x10000 0x0 r", yes))).toBe(false);
  });

  test("it is not where there was another before", () => {
    const after = shown("can-access 0x10000 0x0 r", {
      check: "answer",
      expected: "ok true",
      observed: "ok false",
    });
    expect(sameFinding(REFUSED, after)).toBe(false);
  });

  test("in another space it may go wrong in another way, but for a failure", () => {
    const map = alone("map 0x0 0x1000 - mock", { answer: "BadState" });
    expect(sameAlone(map, alone("map 0x1000 0x1000 - mock", { check: "areas" }))).toBe(true);
    expect(sameAlone(map, alone("map 0x1000 0x1000 - mock !backend=0", { check: "areas" }))).toBe(false);
    expect(sameAlone(map, alone("map 0x1000 0x1000 - mock replace", { check: "areas" }))).toBe(false);
    expect(sameAlone(map, alone("unmap 0x1000 0x1000", { check: "areas" }))).toBe(false);
    expect(sameAlone(map, shown("map 0x1000 0x1000 - mock"))).toBe(false);
  });
});

describe("instead of a query of whether a range is taken", () => {
  const asks = (expected: string, observed: string) =>
    shown("overlaps 0x0 0x1000", { check: "answer", expected, observed });
  const maps = (expected: string, observed: string) =>
    shown("map 0x0 0x1000 r mock", { check: "answer", expected, observed });
  const TAKEN = "err AlreadyExists";

  test("a map that is refused, or isn't, in the same way, and not the other way round", () => {
    expect(sameFinding(asks("ok true", "ok false"), maps(TAKEN, "ok"))).toBe(true);
    expect(sameFinding(asks("ok false", "ok true"), maps("ok", TAKEN))).toBe(true);
    expect(sameFinding(maps(TAKEN, "ok"), asks("ok true", "ok false"))).toBe(false);
  });

  test("not one that is so in the other way", () => {
    expect(sameFinding(asks("ok true", "ok false"), maps("ok", TAKEN))).toBe(false);
    expect(sameFinding(asks("ok false", "ok true"), maps(TAKEN, "ok"))).toBe(false);
  });
});
