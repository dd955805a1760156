import { expect, test } from "vitest";
import { terminalText } from "./terminal-text.ts";

const LONG = "00112233".repeat(1024);

test("many bytes are cut in the middle, wherever they stand", () => {
  expect(terminalText(`write 0x0 ${LONG} !frame=0`)).toBe(
    "write 0x0 0011223300112233<4,080 bytes>0011223300112233 !frame=0",
  );
  expect(terminalText(`ok ${LONG}`)).toBe("ok 0011223300112233<4,080 bytes>0011223300112233");
  expect(terminalText(`expected ok ${LONG}, observed ok ${LONG}`)).toBe(
    "expected ok 0011223300112233<4,080 bytes>0011223300112233, observed ok 0011223300112233<4,080 bytes>0011223300112233",
  );
});

test.each([
  ["32 bytes", "a1".repeat(32)],
  ["an odd number of digits", "a".repeat(101)],
  ["a number", `0x${"0".repeat(100)}`],
  ["a word", `${"ab".repeat(50)}z`],
])("%s stay as they are", (_, text) => {
  expect(terminalText(text)).toBe(text);
});

test("33 bytes are cut", () => {
  expect(terminalText("a1".repeat(33))).toBe(`${"a1".repeat(8)}<17 bytes>${"a1".repeat(8)}`);
});

test("nothing that a terminal obeys is left", () => {
  expect(terminalText("\u001b[2J")).toBe("\\u{1b}[2J");
});
