import { describe, expect, test } from "vitest";
import { formatParseError, shownToken } from "./parse-error.ts";

const error = { line: 3, column: 5, token: "0xzz", message: '"0xzz" is not a number' };

describe("formatParseError", () => {
  test("names the file, the line and the column", () => {
    expect(formatParseError(error, "trace.txt")).toBe('trace.txt:3:5: "0xzz" is not a number');
  });

  test("says the place in words where there is no file", () => {
    expect(formatParseError(error)).toBe('line 3, column 5: "0xzz" is not a number');
  });

  test("stays one line whatever the file is called", () => {
    expect(formatParseError(error, "a\nb\u001b[31m")).toBe('a\\u{a}b\\u{1b}[31m:3:5: "0xzz" is not a number');
  });
});

describe("shownToken", () => {
  test.each([
    ["plain text, spaces too", "plain text, spaces too"],
    ["a\tb", "a\\tb"],
    ["\u0000\u007f\u009b", "\\u{0}\\u{7f}\\u{9b}"],
    ["\ufeffmap", "\\u{feff}map"],
    ["a\u00a0b\u2028c\u202ed", "a\\u{a0}b\\u{2028}c\\u{202e}d"],
    ["\ud800", "\\u{d800}"],
    ["größe→", "größe→"],
  ])("%j is shown as %s", (token, shown) => {
    expect(shownToken(token)).toBe(shown);
  });

  test("40 characters are shown, more are cut", () => {
    expect(shownToken("x".repeat(40))).toBe("x".repeat(40));
    expect(shownToken("x".repeat(41))).toBe(`${"x".repeat(39)}…`);
  });
});
