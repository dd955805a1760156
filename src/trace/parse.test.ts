import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  formatParseError,
  type ParseError,
  parseAnswer,
  parseRequest,
  parseSpace,
  parseTrace,
} from "./parse.ts";
import { printAnswer, printRequest } from "./print.ts";
import { OPS } from "./request.ts";
import type { Result } from "./result.ts";

const SPACE = { base: 0x1000, size: 0x10000, page: 0x1000, frames: 64 };
const RESET = "reset base=0x1000 size=0x10000 page=0x1000 frames=64";
const FORM = "(write: reset base=<addr> size=<bytes> page=<bytes> frames=<count>)";

function errorIn(result: Result<unknown, ParseError>): string {
  return result.ok ? "no error" : formatParseError(result.error, "t");
}

describe("a trace", () => {
  test("is requests, with comments and blank lines between them", () => {
    const text =
      "# a comment\tof any kind: ünïcode\n\nareas\r\n   \n  # indented\n#\nclear !frame=1\r\n\r\npages";
    expect(parseTrace(text)).toEqual({
      ok: true,
      value: {
        requests: [{ op: "areas" }, { op: "clear", inject: { kind: "frame", after: 1 } }, { op: "pages" }],
        lines: [3, 7, 9],
      },
    });
  });

  test.each(["", "\n", "\r\n\r\n", "# nothing"])("may be empty: %j", (text) => {
    expect(parseTrace(text)).toEqual({ ok: true, value: { requests: [], lines: [] } });
  });

  test("may begin with the space that it runs in, after comments too", () => {
    const value = { space: SPACE, requests: [{ op: "areas" }], lines: [3] };
    expect(parseTrace(`# by hand\n ${RESET}\r\nareas\n`)).toEqual({ ok: true, value });
  });

  test("may be nothing but a space", () => {
    expect(parseTrace(RESET)).toEqual({ ok: true, value: { space: SPACE, requests: [], lines: [] } });
  });

  test.each([
    ["areas\n\nfind 0xzz\nfoo", '3:6: "0xzz" is not a number (write hexadecimal like 0x1000 or decimal)'],
    ["areas # why\n", '1:7: "#" is one token too many (write: areas)'],
    ["areas\n\tpages", '2:1: "\\t" does not separate tokens (use spaces)'],
    ["\treset", '1:1: "\\t" does not separate tokens (use spaces)'],
    [
      `areas\n${RESET}`,
      '2:1: "reset" is only allowed as the first line of a trace (start another trace for another space)',
    ],
    [
      `${RESET}\n${RESET}`,
      '2:1: "reset" is only allowed as the first line of a trace (start another trace for another space)',
    ],
    [`${RESET} base`, `1:54: "base" is not a key with its value ${FORM}`],
    ["areas\rpages", '1:1: "areas\\u{d}pages" is not a request (requests are '],
    [
      `areas\n${"clear".padEnd(65_537)}`,
      "2:65537: the line goes on after its 65536th byte (write at most 65536)",
    ],
    [RESET.padEnd(65_537), "1:65537: the line goes on after its 65536th byte (write at most 65536)"],
  ])("ends at the first error: %#", (text, error) => {
    expect(errorIn(parseTrace(text))).toContain(`t:${error}`);
  });

  test("a comment may be as long as it likes", () => {
    expect(parseTrace(`#${"x".repeat(100_000)}\nareas`)).toMatchObject({ ok: true, value: { lines: [2] } });
  });
});

describe("a space", () => {
  test.each([
    RESET,
    `  ${RESET}  \r`,
    "reset frames=0x40 page=4096 size=65536 base=4096",
    `${RESET} colour=blue colour=red toString=1 empty= a=b=c`,
  ])("%s", (text) => {
    expect(parseSpace(text)).toEqual({ ok: true, value: SPACE });
  });

  test("may lie at the upper end of 64 bits", () => {
    const text = "reset base=0xfffffffffffe0000 size=0x10000 page=0x1000 frames=0";
    expect(parseSpace(text)).toMatchObject({ ok: true, value: { base: 2 ** 52 - 0x20000 } });
  });

  test.each([
    ["", `1: the line ends too early ${FORM}`],
    ["areas", `1: "areas" is not reset ${FORM}`],
    ["reset", `6: the line ends without base= ${FORM}`],
    ["reset base=0x0 size=0x1 page=0x1", `33: the line ends without frames= ${FORM}`],
    ["reset base=0x0 page=0x1 frames=1 ", `34: the line ends without size= ${FORM}`],
    ["reset base=0x0 page=0x1 frames=1 Size=1", `40: the line ends without size= ${FORM}`],
    ["reset base=0x0 0x1", `16: "0x1" is not a key with its value ${FORM}`],
    ["reset base=0x0 base=0x0", '16: "base=0x0" says base a second time (leave one out)'],
    ["reset base=", '12: "" is not a number (write hexadecimal like 0x1000 or decimal)'],
    [
      "reset size=0xffffffffffffffff",
      '12: "0xffffffffffffffff" is too large for a size (write at most 2^52, which overflows any address space)',
    ],
    [
      "reset base=0x0 size=0x1 page=0x1 frames=-1",
      '41: "-1" is not a number (write hexadecimal like 0x1000 or decimal)',
    ],
  ])("%j", (text, error) => {
    expect(errorIn(parseSpace(text, 5))).toBe(`t:5:${error}`);
  });
});

describe("docs/trace-language.md", () => {
  const text = readFileSync(new URL("../../docs/trace-language.md", import.meta.url), "utf8");
  const blocks = (language: string) =>
    Array.from(text.matchAll(/^```(\w+)\n(.*?)^```$/gms))
      .filter(([, name]) => name === language)
      .map(([, , content = ""]) => content);

  test("its traces parse", () => {
    expect(blocks("trace")).not.toEqual([]);
    for (const block of blocks("trace")) {
      expect(parseTrace(block)).toMatchObject({ ok: true, value: { space: { page: 0x1000 } } });
    }
  });

  test("its requests and answers are those that are printed", () => {
    const dialogue = blocks("dialogue").join("");
    const pairs = Array.from(dialogue.matchAll(/^(.*)\n=> (.*)\n/gm));
    expect(pairs.length * 2).toBe(dialogue.split("\n").length - 1);
    for (const [, line = "", answerLine = ""] of pairs) {
      const request = parseRequest(line);
      if (!request.ok) throw new Error(formatParseError(request.error));
      expect(printRequest(request.value)).toBe(line);
      const answer = parseAnswer(answerLine, request.value);
      expect(answer.ok && printAnswer(answer.value)).toBe(answerLine);
    }
    expect(pairs.length).toBeGreaterThan(0);
  });

  test("its example of a case has a trace that parses", () => {
    const [example = ""] = blocks("json");
    const { trace } = z.object({ trace: z.array(z.string()) }).parse(JSON.parse(example));
    expect(trace.map((line) => parseRequest(line).ok)).toEqual([true, true]);
  });

  test("it names every request", () => {
    const forms = Array.from(text.matchAll(/^\| (?:◇ )?`([a-z-]+)[ `]/gm), ([, verb]) => verb);
    expect(OPS.filter((op) => !forms.includes(op))).toEqual([]);
  });

  test("its errors are those that are reported", () => {
    const lines = (text.match(/^trace\.txt:.*$/gm) ?? []).map((line) => line.replace(/^trace\.txt:\d+:/, ""));
    const errors = ["map 0xzz 0x1000 r mock", "mpa 0x0 0x1000 r mock", "protect 0x0 0x1"].map((line) =>
      errorIn(parseRequest(line)).replace("t:1:", ""),
    );
    expect(lines).toEqual(errors);
  });
});
