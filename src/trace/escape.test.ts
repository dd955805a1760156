import { expect, test } from "vitest";
import { escapeText, printJson } from "./escape.ts";

test("what can be seen stays as it is", () => {
  expect(escapeText('0x1000 rw "x" <b> é ✓ 漢字 🙂')).toBe('0x1000 rw "x" <b> é ✓ 漢字 🙂');
});

test.each([
  ["\u001b[2J", "\\u{1b}[2J"],
  ["a\nb\r\tc", "a\\u{a}b\\u{d}\\tc"],
  ["\u009b31m", "\\u{9b}31m"],
  ["\u202eabc\u200f", "\\u{202e}abc\\u{200f}"],
  ["\u2028\u2029", "\\u{2028}\\u{2029}"],
  ["a\u00a0b\u3000c", "a\\u{a0}b\\u{3000}c"],
  ["\ud800", "\\u{d800}"],
  ["\u{e0041}", "\\u{e0041}"],
])("what a terminal would obey or not show is spelled out: %j", (text, escaped) => {
  expect(escapeText(text)).toBe(escaped);
});

test("JSON says the same, and moves no cursor", () => {
  const value = { text: 'a\u001b[31m\u009b2J\u202e\u2028\u{e0001}"é漢🙂\n' };
  for (const indent of [undefined, 2]) {
    const json = printJson(value, indent);
    expect(JSON.parse(json)).toEqual(value);
    expect(json.replaceAll("\n", "")).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect(json).toContain("é漢🙂");
  }
});
