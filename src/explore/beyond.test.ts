import { describe, expect, test } from "vitest";
import { addressSpaceSubject } from "../subjects/address-space.ts";
import { memorySetSubject } from "../subjects/memory-set.ts";
import type { Finding } from "../trace/finding.ts";
import { linesOf, requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { findMisfit } from "../trace/preconditions.ts";
import { beyond } from "./beyond.ts";

const ON_SET = { space: SIXTEEN_PAGES, hello: memorySetSubject().hello };
const ON_SPACE = { space: SIXTEEN_PAGES, hello: addressSpaceSubject("x86-64").hello };

function shownAt(at: number, parts: Partial<Finding> = {}): Finding {
  return { kind: "invariant", check: "areas", at, expected: "a", observed: "b", answer: "ok", ...parts };
}

const LINES = ["map 0x0 0x1000 r mock", "protect 0x0 0x1000 rw", "clear"];

describe("beyond a finding lies", () => {
  test.each([0, 1])("the trace without request %i, which showed it", (at) => {
    const rest = beyond(requestsIn(...LINES), shownAt(at), ON_SET);
    expect(rest && linesOf(rest)).toEqual(LINES.toSpliced(at, 1));
  });

  test("nothing, where nothing comes after it", () => {
    expect(beyond(requestsIn(...LINES), shownAt(2), ON_SET)).toBeUndefined();
  });

  test("nothing, where any request may have been the culprit", () => {
    expect(beyond(requestsIn(...LINES), shownAt(0, { check: "drop" }), ON_SET)).toBeUndefined();
    const silent = shownAt(0, { kind: "hang", check: "hang", answer: "hang" });
    expect(beyond(requestsIn(...LINES), silent, ON_SET)).toBeUndefined();
  });

  test("only what fits without that request", () => {
    // Without the unmap the load may be one from a linear page, which is not asked for.
    const lines = [
      "map 0x0 0x1000 rw linear:0x5000",
      "unmap 0x0 0x1000",
      "map 0x0 0x1000 rw alloc:eager",
      "load 0x0 0x1",
      "translate 0x0",
    ];
    expect(findMisfit(requestsIn(...lines), ON_SPACE)).toBeUndefined();
    const rest = beyond(requestsIn(...lines), shownAt(1), ON_SPACE);
    expect(rest && linesOf(rest)).toEqual([lines[0], lines[2], lines[4]]);
  });
});
