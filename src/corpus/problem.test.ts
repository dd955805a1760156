import { expect, test } from "vitest";
import { describeProblem, endOfText, showValue } from "./problem.ts";

test("a problem is one line with its place in front", () => {
  const problem = { place: { line: 3, column: 5 }, what: "it is wrong", remedy: "mend it" };
  expect(describeProblem("corpus/a.json", problem)).toBe("corpus/a.json:3:5: it is wrong; mend it");
});

test("a problem of a whole file has no line", () => {
  expect(describeProblem("a.json", { what: "it is missing", remedy: "write it" })).toBe(
    "a.json: it is missing; write it",
  );
});

test("nothing from a file or its name can steer a terminal or break the line", () => {
  const hostile = "\u001b[31m\n\r\t\u0000\u007f\u009b\u2028\u202e\ud800";
  const line = describeProblem(`${hostile}.json`, { what: hostile, remedy: "é 日本 😀" });
  const escaped = "\\u{1b}[31m\\u{a}\\u{d}\\t\\u{0}\\u{7f}\\u{9b}\\u{2028}\\u{202e}\\u{d800}";
  expect(line).toBe(`${escaped}.json: ${escaped}; é 日本 😀`);
});

test.each([
  { value: "text", shown: '"text"' },
  { value: -1.5, shown: "-1.5" },
  { value: Number.POSITIVE_INFINITY, shown: "Infinity" },
  { value: null, shown: "null" },
  { value: true, shown: "true" },
  { value: [1, "a"], shown: '[1,"a"]' },
  { value: { a: 1 }, shown: '{"a":1}' },
  { value: "a".repeat(58), shown: `"${"a".repeat(58)}"` },
  { value: "a".repeat(59), shown: `"${"a".repeat(59)}…` },
])("$shown is shown for a value of a file", ({ value, shown }) => {
  expect(showValue(value)).toBe(shown);
});

test.each([
  { text: "", place: { line: 1, column: 1 } },
  { text: "ab", place: { line: 1, column: 3 } },
  { text: "a\nb\r\nc\rde", place: { line: 4, column: 3 } },
  { text: "a\n", place: { line: 2, column: 1 } },
])("the end of $text is at $place", ({ text, place }) => {
  expect(endOfText(text)).toEqual(place);
});
