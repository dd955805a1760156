import { describe, expect, test } from "vitest";
import { newTally } from "../explore/fuzz.ts";
import type { SessionFinding, SessionResult } from "../explore/session.ts";
import { fuzzJson, fuzzSummary } from "./fuzz.ts";
import { PLAIN } from "./paint.ts";

const FOUND: SessionFinding = {
  id: "memory-set/unmap-panic-0123abcd",
  file: "corpus/memory-set/unmap-panic-0123abcd.json",
  trace: ["map 0x0 0x1000 rw mock", "unmap 0x0 0x1000"],
  finding: {
    kind: "panic",
    check: "panic",
    at: 1,
    expected: "no panic",
    observed: "Error: oh",
    answer: "panic",
  },
  shrunkFrom: 1234,
  run: 7,
  executions: 1,
};

function result(changes: Partial<SessionResult> = {}): SessionResult {
  const tally = Object.assign(newTally(), { runs: 8 });
  const quiet = { replayed: 1, problems: [], tally, seconds: 0.25, interrupted: false };
  return { findings: [], ...quiet, ...changes };
}

const VIEW = { seed: "s", paint: PLAIN, lineFor: ({ file }: SessionFinding) => `replay ${file}` };

test("what was found comes last, up to where it showed, with a line to paste", () => {
  expect(fuzzSummary(result({ findings: [FOUND] }), VIEW)).toBe(`
1 finding: 1 saved case, then 8 random runs with 0 commands in 0.3 s, seed s

FINDING memory-set/unmap-panic-0123abcd
  1  map 0x0 0x1000 rw mock
  2  unmap 0x0 0x1000   <- here they differ
  expected  no panic
  observed  Error: oh
  check     panic: no request makes the implementation throw or die
  origin    run 7 of seed s, shrunk from 1,234 commands to 2 (1 trace tried)
  file      corpus/memory-set/unmap-panic-0123abcd.json
  see it step by step: replay corpus/memory-set/unmap-panic-0123abcd.json
`);
});

describe("the summary", () => {
  test("says what of a saved case was not reached", () => {
    const saved = {
      ...FOUND,
      trace: [...FOUND.trace, "clear", "areas"],
      run: null,
      shrunkFrom: null,
      executions: null,
    };
    const text = fuzzSummary(result({ findings: [saved] }), VIEW);
    expect(text).toContain("<- here they differ\n  (2 more commands not reached)\n");
    expect(text).toContain("\n  origin    a saved case\n");
  });

  test("says that a finding was not saved", () => {
    const text = fuzzSummary(result({ findings: [{ ...FOUND, file: null }] }), VIEW);
    expect(text).toMatch(/\n {2}file {6}not saved\n {2}find it again: replay null\n$/);
  });

  test("says that the session was interrupted, and shrinking with it", () => {
    const text = fuzzSummary(result({ findings: [FOUND], interrupted: true }), VIEW);
    expect(text).toMatch(/^\ninterrupted, so far 1 finding: /);
    expect(text).toContain("(1 trace tried, interrupted: a simpler one may exist)");
    expect(fuzzSummary(result({ interrupted: true }), VIEW)).toMatch(/^\ninterrupted, so far all agree: /);
  });

  test("counts the problems", () => {
    const text = fuzzSummary(result({ problems: ["a", "b"] }), VIEW);
    expect(text).toMatch(/, seed s; 2 problems on standard error\n$/);
  });

  test("shows nothing that a terminal obeys", () => {
    const hostile = "\u001b[2J\nINJECTED\u202e";
    const finding = { ...FOUND.finding, expected: hostile, observed: hostile };
    const text = fuzzSummary(result({ findings: [{ ...FOUND, file: hostile, finding }] }), {
      ...VIEW,
      seed: hostile,
      lineFor: () => "",
    });
    expect(text).not.toMatch(/(?!\n)\p{C}/u);
    expect(text).not.toMatch(/^INJECTED/m);
  });

  test("marks what matters", () => {
    const paint = { ...PLAIN, bad: (text: string) => `!${text}!`, good: (text: string) => `+${text}+` };
    expect(fuzzSummary(result({ findings: [FOUND] }), { ...VIEW, paint })).toMatch(
      /^\n!1 finding!: .*\n\n!FINDING! memory-set/,
    );
    expect(fuzzSummary(result(), { ...VIEW, paint })).toMatch(/^\n\+all agree\+: /);
  });
});

test("the JSON holds what was found as it is", () => {
  const text = fuzzJson(result({ findings: [FOUND], problems: ["p"] }), "s");
  expect(text.endsWith("}\n")).toBe(true);
  expect(JSON.parse(text)).toMatchObject({ outcome: "finding", findings: [FOUND], problems: ["p"], runs: 8 });
});
