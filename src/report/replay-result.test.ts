import { expect, test } from "vitest";
import { outcomeOf, type ReplayResult, replayJson, replaySummary } from "./replay-result.ts";

const AGREES: ReplayResult = { file: "a.json", id: "memory-set/a", status: "agree" };
const FINDING: ReplayResult = {
  file: "-",
  status: "finding",
  finding: {
    kind: "answer",
    check: "answer",
    at: 0,
    expected: "ok",
    observed: "err BadState",
    answer: "BadState",
  },
};
const STALE: ReplayResult = { file: "c.json", status: "stale", reason: "c.json: why; remedy" };
const BROKEN: ReplayResult = { file: "d", status: "broken", reason: "d: why; remedy" };

const UNSUITED: ReplayResult = { file: "e.json", status: "unsuited", reason: "why" };

const KNOWN: ReplayResult = { ...FINDING, status: "known" };

test.each([
  ["agree", []],
  ["agree", [KNOWN, UNSUITED]],
  ["finding", [KNOWN, FINDING]],
  ["agree", [AGREES, UNSUITED]],
  ["unsuited", [UNSUITED, UNSUITED]],
  ["stale", [UNSUITED, STALE]],
  ["agree", [AGREES, AGREES]],
  ["stale", [AGREES, STALE]],
  ["unreadable", [STALE, BROKEN, AGREES]],
  ["finding", [BROKEN, FINDING, STALE]],
])("the outcome is %s", (outcome, results) => {
  expect(outcomeOf(results)).toBe(outcome);
});

test("the JSON is one object on one line", () => {
  const text = replayJson([AGREES, FINDING, STALE]);
  expect(text.trimEnd()).not.toContain("\n");
  expect(text.endsWith("\n")).toBe(true);
  expect(JSON.parse(text)).toEqual({ outcome: "finding", entries: [AGREES, FINDING, STALE] });
});

test("the summary counts", () => {
  expect(replaySummary([AGREES])).toBe("1 case: 1 agree, 0 findings, 0 stale, 0 broken");
  expect(replaySummary([AGREES, FINDING, AGREES, STALE, BROKEN, STALE])).toBe(
    "6 cases: 2 agree, 1 finding, 2 stale, 1 broken",
  );
  expect(replaySummary([AGREES, UNSUITED])).toBe(
    "2 cases: 1 agree, 0 findings, 0 stale, 0 broken, 1 unsuited",
  );
  expect(replaySummary([])).toBe("no cases: there is no *.json file there");
});
