import { describe, expect, test } from "vitest";
import { virtAddr } from "./address.ts";
import { type Answer, ERROR_NAMES, ERRORS, FALSE, NO_ADDRESS, OK, TRUE } from "./answer.ts";
import { READ, WRITE } from "./flags.ts";
import { parseAnswer } from "./parse-answer.ts";
import { formatParseError } from "./parse-error.ts";
import { parseRequest } from "./parse-request.ts";
import { OPS, type Request } from "./request.ts";

const REQUESTS = [
  "map 0x0 0x1000 r mock",
  "unmap 0x0 0x1000",
  "protect 0x0 0x1000 r",
  "clear",
  "fault 0x0 r",
  "access 0x0 r",
  "write 0x0 00",
  "store 0x0 00",
  "load 0x0 1",
  "areas",
  "pages",
  "frames",
  "injected",
  "find 0x0",
  "translate 0x0",
  "overlaps 0x0 0x1000",
  "read 0x0 1",
  "find-free 0x0 0x1000 0x0-0x10000 0x1000",
  "can-access 0x0 0x1000 r",
].map(requestOf);

function requestOf(text: string): Request {
  const result = parseRequest(text);
  if (!result.ok) throw new Error(formatParseError(result.error));
  return result.value;
}

function requestFor(op: string): Request {
  const request = REQUESTS.find((candidate) => candidate.op === op);
  if (!request) throw new Error(`no request ${op}`);
  return request;
}

/** The answer that `text` is to a request with this verb, or the error. */
function answerTo(op: string, text: string): Answer | string {
  const result = parseAnswer(text, requestFor(op), 9);
  return result.ok ? result.value : formatParseError(result.error, "t");
}

const low = {
  start: virtAddr(0x1000),
  end: virtAddr(0x3000),
  flags: READ | WRITE,
  backend: { kind: "alloc:lazy" },
};
const high = { start: 0x3000, end: 0x4000, flags: READ, backend: { kind: "linear", physical: 0x80000 } };

test("there is a request of each kind here", () => {
  expect(REQUESTS.map(({ op }) => op)).toEqual(OPS);
});

describe("answers", () => {
  test.each<[string, string, object]>([
    ["map", "ok", OK],
    ["unmap", " ok \r", OK],
    ["protect", "ok", OK],
    ["clear", "ok", OK],
    ["write", "ok", OK],
    ["store", "ok", OK],
    ["store", "ok fault", { kind: "fault" }],
    ["load", "ok 00Ff", { kind: "bytes", bytes: new Uint8Array([0, 255]) }],
    ["load", "ok fault", { kind: "fault" }],
    ["access", "ok", OK],
    ["access", "ok fault", { kind: "fault" }],
    ["access", "ok 0x80123", { kind: "address", address: 0x80123 }],
    ["fault", "ok true", TRUE],
    ["fault", "ok false", FALSE],
    ["overlaps", "ok true", TRUE],
    ["can-access", "ok  false", FALSE],
    ["translate", "ok 0x80123", { kind: "address", address: 0x80123 }],
    ["translate", "ok none", NO_ADDRESS],
    ["find-free", "ok 4096", { kind: "address", address: 0x1000 }],
    ["find-free", "ok 0xfff8000000001000", { kind: "address", address: 2 ** 51 + 0x1000 }],
    ["find-free", "ok none", NO_ADDRESS],
    ["find", "ok 0x1000-0x3000 rw alloc:lazy", { kind: "area", area: low }],
    ["find", "ok none", { kind: "area", area: null }],
    ["areas", "ok none", { kind: "areas", areas: [] }],
    ["areas", "ok 0x1000-0x3000 rw alloc:lazy", { kind: "areas", areas: [low] }],
    [
      "areas",
      "ok 0x1000-0x3000 rw alloc:lazy;0x3000-0x4000 r linear:0x80000",
      { kind: "areas", areas: [low, high] },
    ],
    ["areas", "ok 0x1000-0x3000  rw alloc:lazy ; 0x3000-0x4000 r linear:0x80000 ", { areas: [low, high] }],
    ["pages", "ok none", { kind: "pages", pages: [] }],
    ["pages", "ok 0x1000:-", { kind: "pages", pages: [{ addr: 0x1000, flags: 0 }] }],
    [
      "pages",
      "ok 0x1000=0x80000:rw;0x2000:r",
      {
        kind: "pages",
        pages: [
          { addr: 0x1000, physical: 0x80000, flags: READ | WRITE },
          { addr: 0x2000, flags: READ },
        ],
      },
    ],
    ["read", "ok ab", { kind: "bytes", bytes: new Uint8Array([0xab]) }],
    ["frames", "ok data=3 table=0x10", { kind: "frames", data: 3, table: 16 }],
    ["injected", "ok 2", { kind: "count", count: 2 }],
  ])("%s: %s", (op, text, answer) => {
    expect(answerTo(op, text)).toMatchObject(answer);
  });

  test("every request may be answered with an error or a panic", () => {
    for (const { op } of REQUESTS) {
      for (const name of ERROR_NAMES) expect(answerTo(op, `err ${name}`)).toBe(ERRORS[name]);
      expect(answerTo(op, "panic oh")).toEqual({ kind: "panic", text: "oh" });
    }
  });

  test.each([
    ["panic", ""],
    ["panic ", ""],
    ["panic\r", ""],
    ["panic at 'a\tb': 1 is not 2; \\n", "at 'a\tb': 1 is not 2; \\n"],
    [" panic  two  spaces \r", " two  spaces "],
  ])("the text of a panic is taken as it stands: %j", (line, text) => {
    expect(answerTo("map", line)).toEqual({ kind: "panic", text });
  });
});

describe("an answer that the request can't have is an error", () => {
  const end = ", err <Name> or panic <text>)";
  const notTruth = "is not a truth value (write true or false)";
  const notNumber = "is not a number (write hexadecimal like 0x1000 or decimal)";
  const notPage = "is not a page (write <address>=<physical address>:<flags> or <address>:<flags>)";
  const flags = "is not a set of flags (write - or some of the letters rwxudn, in this order)";
  const areas = `(write: ok <area>;<area>…, ok none${end}`;

  test.each([
    ["map", "", `1: the line ends too early (write: ok${end}`],
    ["map", "OK", `1: "OK" is not an answer (write: ok${end}`],
    ["map", "ok;", `1: "ok;" is not an answer (write: ok${end}`],
    ["map", "panic\toh", '6: "\\t" does not separate tokens (use spaces)'],
    ["map", "ok true", `4: "true" is one token too many (write: ok${end}`],
    ["map", "err NoMemory now", `14: "now" is one token too many (write: ok${end}`],
    ["map", "err", `4: the line ends too early (write: ok${end}`],
    [
      "map",
      "err nomemory",
      '5: "nomemory" is not an error (errors are InvalidParam, AlreadyExists, BadState, NoMemory, NotMapped, Unsupported)',
    ],
    ["store", "ok 00", `4: "00" is one token too many (write: ok, ok fault${end}`],
    ["load", "ok", `3: the line ends too early (write: ok <hex bytes>, ok fault${end}`],
    ["access", "ok none", `4: "none" ${notNumber}`],
    [
      "access",
      "ok 0xfff8000000000000",
      '4: "0xfff8000000000000" is too large for a physical address (write one below 2^52)',
    ],
    ["fault", "ok", `3: the line ends too early (write: ok true, ok false${end}`],
    ["fault", "ok maybe", `4: "maybe" ${notTruth}`],
    ["overlaps", "ok none", `4: "none" ${notTruth}`],
    ["translate", "ok", `3: the line ends too early (write: ok <physical address>, ok none${end}`],
    ["find-free", "ok fault", `4: "fault" ${notNumber}`],
    [
      "find",
      "ok 0x0-0x1 r mok",
      '14: "mok" is not a backend (write mock, linear:<physical start>, alloc:eager or alloc:lazy)',
    ],
    ["find", "ok 0x0-0x1 r", `13: the line ends too early (write: ok <area>, ok none${end}`],
    [
      "find",
      "ok 0x0-0x1 r mock;0x1-0x2 r mock",
      '14: "mock;0x1-0x2" is not a backend (write mock, linear:<physical start>, alloc:eager or alloc:lazy)',
    ],
    ["areas", "ok 0x0-0x1 r mock;", `19: the line ends too early ${areas}`],
    ["areas", "ok ;", '4: ";" is not a range (write <start>-<end>, like 0x1000-0x3000)'],
    [
      "areas",
      "ok 0x0-0x1 r;0x1-0x2 r mock",
      '13: ";" is not a backend (write mock, linear:<physical start>, alloc:eager or alloc:lazy)',
    ],
    ["areas", "ok 0x0-0x1 r mock 0x1-0x2 r mock", `19: "0x1-0x2" is one token too many ${areas}`],
    ["areas", "ok none;0x0-0x1 r mock", '4: "none" is not a range (write <start>-<end>, like 0x1000-0x3000)'],
    ["pages", "ok", `3: the line ends too early (write: ok <page>;<page>…, ok none${end}`],
    ["pages", "ok 0x1000", `4: "0x1000" ${notPage}`],
    ["pages", "ok 0x1000=0x2000", `4: "0x1000=0x2000" ${notPage}`],
    ["pages", "ok 0x0:r;0xzz=0x0:r", `10: "0xzz" ${notNumber}`],
    ["pages", "ok 0x0=0xzz:r", `8: "0xzz" ${notNumber}`],
    ["pages", "ok 0x0=0x0:wr", `12: "wr" ${flags}`],
    ["pages", "ok 0x0=0x0:", `12: "" ${flags}`],
    ["pages", "ok 0x0:r=", `8: "r=" ${flags}`],
    ["read", "ok fault", '6: "u" is not a hexadecimal digit (write two for each byte, without 0x)'],
    ["read", "ok abc", '4: "abc" has an odd number of digits (write two for each byte)'],
    ["frames", "ok data=1", `10: the line ends too early (write: ok data=<count> table=<count>${end}`],
    [
      "frames",
      "ok table=1 data=1",
      `4: "table=1" is not data=<count> (write: ok data=<count> table=<count>${end}`,
    ],
    ["frames", "ok data=1 table=x", `17: "x" ${notNumber}`],
    ["injected", "ok", `3: the line ends too early (write: ok <count>${end}`],
    ["injected", "ok -1", `4: "-1" ${notNumber}`],
  ])("%s: %j", (op, text, error) => {
    expect(answerTo(op, text)).toBe(`t:9:${error}`);
  });

  test("the line is 1 where none is given", () => {
    expect(parseAnswer("no", { op: "clear" })).toMatchObject({ ok: false, error: { line: 1, token: "no" } });
  });
});
