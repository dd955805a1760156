import { describe, expect, test } from "vitest";
import { physAddr, virtAddr } from "./address.ts";
import { EXECUTE, NO_FLAGS, READ, UNCACHED, WRITE } from "./flags.ts";
import { formatParseError } from "./parse-error.ts";
import { parseRequest } from "./parse-request.ts";
import type { Request } from "./request.ts";

function parsed(text: string): Request {
  const result = parseRequest(text);
  if (!result.ok) throw new Error(formatParseError(result.error));
  return result.value;
}

function errorOf(text: string): string {
  const result = parseRequest(text, 7);
  return result.ok ? "no error" : formatParseError(result.error, "t");
}

describe("requests", () => {
  const [start, size] = [virtAddr(0x1000), 0x2000];

  test.each<[string, Request]>([
    [
      "map 0x1000 0x2000 rw mock",
      { op: "map", start, size, flags: READ | WRITE, backend: { kind: "mock" }, replace: false },
    ],
    [
      "map 0x1000 0x2000 rn linear:0x80000 replace !frame=3",
      {
        op: "map",
        start,
        size,
        flags: READ | UNCACHED,
        backend: { kind: "linear", physical: physAddr(0x80000) },
        replace: true,
        inject: { kind: "frame", after: 3 },
      },
    ],
    [
      "map 4096 8192 - alloc:eager !backend=0",
      {
        op: "map",
        start,
        size,
        flags: NO_FLAGS,
        backend: { kind: "alloc:eager" },
        replace: false,
        inject: { kind: "backend", after: 0 },
      },
    ],
    ["unmap 0x1000 0x2000", { op: "unmap", start, size }],
    ["protect 0x1000 0x2000 x", { op: "protect", start, size, flags: EXECUTE }],
    ["clear", { op: "clear" }],
    ["clear !backend=0x10", { op: "clear", inject: { kind: "backend", after: 16 } }],
    ["fault 0x1000 rx", { op: "fault", addr: start, access: READ | EXECUTE }],
    ["access 0x1000 w", { op: "access", addr: start, access: WRITE }],
    ["write 0x1000 00fFA5", { op: "write", addr: start, bytes: new Uint8Array([0, 0xff, 0xa5]) }],
    ["store 0x1000 07", { op: "store", addr: start, bytes: new Uint8Array([7]) }],
    ["load 0x1000 8192", { op: "load", addr: start, size: 8192 }],
    ["areas", { op: "areas" }],
    ["pages", { op: "pages" }],
    ["frames", { op: "frames" }],
    ["injected", { op: "injected" }],
    ["find 0x1000", { op: "find", addr: start }],
    ["translate 0x1000", { op: "translate", addr: start }],
    ["overlaps 0x1000 0x2000", { op: "overlaps", start, size }],
    ["read 0x1000 1", { op: "read", start, size: 1 }],
    [
      "find-free 0x1000 0x2000 0x0-0x10000 0x80",
      {
        op: "find-free",
        hint: start,
        size,
        limit: { start: virtAddr(0), end: virtAddr(0x10000) },
        align: 0x80,
      },
    ],
    ["can-access 0x1000 0x2000 rwx", { op: "can-access", start, size, access: READ | WRITE | EXECUTE }],
  ])("%s", (text, request) => {
    expect(parsed(text)).toEqual(request);
  });

  test("spaces around tokens and a carriage return at the end don't matter", () => {
    expect(parsed("  unmap   0x1000  0x2000  \r")).toEqual({ op: "unmap", start, size });
  });

  test("a request may have 65,536 bytes and no more", () => {
    const padded = "clear".padEnd(65_536);
    expect(parsed(padded)).toEqual({ op: "clear" });
    expect(parsed(`${padded}\r`)).toEqual({ op: "clear" });
    expect(errorOf(`${padded} `)).toBe(
      "t:7:65537: the line goes on after its 65536th byte (write at most 65536)",
    );
  });

  test("8,192 bytes can be written and no more", () => {
    expect(parsed(`write 0x0 ${"5a".repeat(8192)}`)).toEqual({
      op: "write",
      addr: 0,
      bytes: new Uint8Array(8192).fill(0x5a),
    });
    expect(errorOf(`write 0x0 ${"5a".repeat(8193)}`)).toMatch(
      /^t:7:11: "5a5a.*…" has 16386 digits \(write 1 to 8192 bytes, two digits for each\)$/,
    );
  });
});

describe("numbers", () => {
  const addressOf = (number: string) => parsed(`find ${number}`);
  const sizeOf = (number: string) => parsed(`overlaps 0x0 ${number}`);

  test.each([
    ["0", 0],
    ["0x0", 0],
    ["00012", 12],
    ["0xaBcDeF", 0xabcdef],
    ["0xfffffffffffff", 2 ** 52 - 1],
    ["4503599627370495", 2 ** 52 - 1],
    ["0xfff8000000000000", 2 ** 51],
    ["18444492273895866368", 2 ** 51],
    ["0x00000fff8000000000001", 2 ** 51 + 1],
    ["0xfffffffffffff000", 2 ** 52 - 0x1000],
    ["0xffffffffffffffff", 2 ** 52 - 1],
  ])("the address %s", (number, addr) => {
    expect(addressOf(number)).toEqual({ op: "find", addr });
  });

  test.each([
    ["4503599627370496", 2 ** 52],
    ["0x10000000000000", 2 ** 52],
    ["0xfffffffffffff", 2 ** 52 - 1],
  ])("the size %s", (number, size) => {
    expect(sizeOf(number)).toEqual({ op: "overlaps", start: 0, size });
  });

  test.each(["0xzz", "0x", "x10", "-1", "1.5", "1e3", "12a", "0X10", "0x1g", "0x-1", "١", "0x10,", "rw"])(
    "%s is none",
    (number) => {
      const complaint = `"${number}" is not a number (write hexadecimal like 0x1000 or decimal)`;
      expect(errorOf(`find ${number}`)).toBe(`t:7:6: ${complaint}`);
      expect(errorOf(`unmap 0x0 ${number}`)).toBe(`t:7:11: ${complaint}`);
      expect(errorOf(`map 0x0 0x0 r linear:${number}`)).toBe(`t:7:22: ${complaint}`);
    },
  );

  test.each(["0x10000000000000000", "18446744073709551616", "99999999999999999999"])(
    "%s has more than 64 bits, for an address and for a size",
    (number) => {
      const complaint = `"${number}" does not fit in 64 bits (write at most 0xffffffffffffffff)`;
      expect(errorOf(`find ${number}`)).toBe(`t:7:6: ${complaint}`);
      expect(errorOf(`unmap 0x0 ${number}`)).toBe(`t:7:11: ${complaint}`);
    },
  );

  test("one with thousands of digits is told like any other", () => {
    expect(errorOf(`find 0x${"f".repeat(60_000)}`)).toBe(
      `t:7:6: "0x${"f".repeat(37)}…" does not fit in 64 bits (write at most 0xffffffffffffffff)`,
    );
    expect(addressOf(`0x${"0".repeat(60_000)}fff8000000000000`)).toEqual({ op: "find", addr: 2 ** 51 });
  });

  test.each(["0x10000000000000", "9007199254740993", "0x8000000000000000", "0xfff7ffffffffffff"])(
    "%s lies in the hole between the addresses",
    (number) => {
      expect(errorOf(`find ${number}`)).toBe(
        `t:7:6: "${number}" is not an address (write one below 2^52, or a sign-extended one from 0xfff8000000000000 up)`,
      );
    },
  );

  test.each(["0x10000000000001", "4503599627370497", "0xffffffffffffffff"])(
    "the size %s is too large",
    (number) => {
      expect(errorOf(`unmap 0x0 ${number}`)).toBe(
        `t:7:11: "${number}" is too large for a size (write at most 2^52, which overflows any address space)`,
      );
    },
  );

  test("a physical address is below 2^52 and never sign-extended", () => {
    expect(parsed("map 0x0 0x1 r linear:0xfffffffffffff")).toMatchObject({
      backend: { kind: "linear", physical: 2 ** 52 - 1 },
    });
    for (const number of ["0x10000000000000", "0xfff8000000000000"]) {
      expect(errorOf(`map 0x0 0x1 r linear:${number}`)).toBe(
        `t:7:22: "${number}" is too large for a physical address (write one below 2^52)`,
      );
    }
  });

  test("a count goes up to 2^52", () => {
    expect(parsed("clear !frame=4503599627370496")).toMatchObject({ inject: { after: 2 ** 52 } });
    expect(errorOf("clear !frame=4503599627370497")).toBe(
      't:7:14: "4503599627370497" is too large for a count (write at most 2^52)',
    );
  });
});

describe("errors say what stands there and what to write instead", () => {
  const unmap = "unmap <start> <size> [!frame=<k> or !backend=<k>]";
  const flags = "is not a set of flags (write - or some of the letters rwxudn, in this order)";
  const access = "is not a kind of access (write some of the letters rwx, in this order)";
  const range = "is not a range (write <start>-<end>, like 0x1000-0x3000)";
  const inject = "is not a failure to inject (write !frame=<count> or !backend=<count>)";
  const backend = "is not a backend (write mock, linear:<physical start>, alloc:eager or alloc:lazy)";

  test.each([
    ["", "1: the line ends too early (write: a request such as map or areas)"],
    ["   ", "4: the line ends too early (write: a request such as map or areas)"],
    ["unmap", `6: the line ends too early (write: ${unmap})`],
    ["unmap 0x0 ", `11: the line ends too early (write: ${unmap})`],
    ["unmap 0x0 \r", `11: the line ends too early (write: ${unmap})`],
    ["unmap 0x0 0x1 0x2", `15: "0x2" is one token too many (write: ${unmap})`],
    ["areas 0x0 0x1", '7: "0x0" is one token too many (write: areas)'],
    ["unmap 0x0 0x1 !frame=1 !backend=1", `24: "!backend=1" is one token too many (write: ${unmap})`],
    ["mpa 0x0 0x1 r mock", '1: "mpa" is not a request (did you mean map?)'],
    ["  Unmap 0x0 0x1", '3: "Unmap" is not a request (did you mean unmap?)'],
    [
      "mremap 0x0",
      '1: "mremap" is not a request (requests are map, unmap, protect, clear, fault, access, write, store, load, ' +
        "areas, pages, frames, injected, find, translate, overlaps, read, find-free, can-access)",
    ],
    ["\u0007clear", '1: "\\u{7}clear" is not a request (did you mean clear?)'],
    ["hello 1", '1: "hello" belongs to a session over a pipe and not to a trace (leave it out)'],
    ["quit", '1: "quit" belongs to a session over a pipe and not to a trace (leave it out)'],
    [
      "reset base=0x0",
      '1: "reset" is only allowed as the first line of a trace (start another trace for another space)',
    ],
    ["unmap 0x0\t0x1", '10: "\\t" does not separate tokens (use spaces)'],
    ["\tunmap", '1: "\\t" does not separate tokens (use spaces)'],
    ["clear \t", '7: "\\t" does not separate tokens (use spaces)'],
    ["find 0x0\n", '6: "0x0\\u{a}" is not a number (write hexadecimal like 0x1000 or decimal)'],
    ["map 0x0 0x1 wr mock", `13: "wr" ${flags}`],
    ["map 0x0 0x1 rr mock", `13: "rr" ${flags}`],
    ["map 0x0 0x1 rq mock", `13: "rq" ${flags}`],
    ["map 0x0 0x1 r- mock", `13: "r-" ${flags}`],
    ["map 0x0 0x1 -r mock", `13: "-r" ${flags}`],
    ["protect 0x0 0x1 R", `17: "R" ${flags}`],
    ["fault 0x0 -", `11: "-" ${access}`],
    ["fault 0x0 ru", `11: "ru" ${access}`],
    ["access 0x0 xr", `12: "xr" ${access}`],
    ["can-access 0x0 0x1 n", `20: "n" ${access}`],
    ["map 0x0 0x1 r mok", `15: "mok" ${backend}`],
    ["map 0x0 0x1 r linear", `15: "linear" ${backend}`],
    ["map 0x0 0x1 r alloc:", `15: "alloc:" ${backend}`],
    ["map 0x0 0x1 r mock;", `15: "mock;" ${backend}`],
    ["map 0x0 0x1 r linear:", '22: "" is not a number (write hexadecimal like 0x1000 or decimal)'],
    [
      "map 0x0 0x1 r mock Replace",
      '20: "Replace" is one token too many (write: map <start> <size> <flags> <backend> [replace] [!frame=<k> or !backend=<k>])',
    ],
    [
      "map 0x0 0x1 r mock !frame=1 replace",
      '29: "replace" is one token too many (write: map <start> <size> <flags> <backend> [replace] [!frame=<k> or !backend=<k>])',
    ],
    ["clear !frame", `7: "!frame" ${inject}`],
    ["clear !framex", `7: "!framex" ${inject}`],
    ["clear !page=1", `7: "!page=1" ${inject}`],
    ["clear !", `7: "!" ${inject}`],
    ["clear !frame=x", '14: "x" is not a number (write hexadecimal like 0x1000 or decimal)'],
    ["pages !frame=1", '7: "!frame=1" cannot stand here: only a command carries a failure (write: pages)'],
    ["find-free 0x0 0x1 0x0 0x1", `19: "0x0" ${range}`],
    ["find-free 0x0 0x1 -0x1 0x1", `19: "-0x1" ${range}`],
    ["find-free 0x0 0x1 0x1- 0x1", `19: "0x1-" ${range}`],
    [
      "find-free 0x0 0x1 0x0-0xzz 0x1",
      '23: "0xzz" is not a number (write hexadecimal like 0x1000 or decimal)',
    ],
    [
      "find-free 0x0 0x1 0x0-0x1-0x2 0x1",
      '23: "0x1-0x2" is not a number (write hexadecimal like 0x1000 or decimal)',
    ],
    ["write 0x0 123", '11: "123" has an odd number of digits (write two for each byte)'],
    ["write 0x0 0x12", '12: "x" is not a hexadecimal digit (write two for each byte, without 0x)'],
    ["store 0x0 12g4", '13: "g" is not a hexadecimal digit (write two for each byte, without 0x)'],
    ["read 0x0 0", '10: "0" is not a number of bytes to read (write 1 to 8192)'],
    ["load 0x0 0x2001", '10: "0x2001" is not a number of bytes to read (write 1 to 8192)'],
  ])("%j", (text, error) => {
    expect(errorOf(text)).toBe(`t:7:${error}`);
  });

  test("the first thing wrong is the one that is told", () => {
    expect(errorOf("map 0xzz 0xyy q nothing at all")).toBe(
      't:7:5: "0xzz" is not a number (write hexadecimal like 0x1000 or decimal)',
    );
  });

  test("wherever the line ends, the form of the request is told", () => {
    const whole = [
      "map 0x0 0x1 r linear:0x0 replace !frame=1",
      "protect 0x0 0x1 r",
      "fault 0x0 r",
      "write 0x0 00",
      "load 0x0 1",
      "find-free 0x0 0x1 0x0-0x1 0x1",
      "can-access 0x0 0x1 r",
    ];
    for (const text of whole) {
      const tokens = text.split(" ");
      for (let count = 1; count < Math.min(tokens.length, 5); count++) {
        const part = tokens.slice(0, count).join(" ");
        expect(errorOf(part)).toContain(
          `t:7:${part.length + 1}: the line ends too early (write: ${tokens[0]} `,
        );
      }
    }
  });

  test("an error can be read by a program", () => {
    expect(parseRequest("find 0xzz", 4)).toEqual({
      ok: false,
      error: {
        line: 4,
        column: 6,
        token: "0xzz",
        message: '"0xzz" is not a number (write hexadecimal like 0x1000 or decimal)',
      },
    });
    expect(parseRequest("find")).toMatchObject({ ok: false, error: { line: 1, column: 5, token: "" } });
  });
});
