import { describe, expect, test } from "vitest";
import { physAddr, virtAddr } from "./address.ts";
import { ALL_FLAGS, NO_FLAGS, READ, UNCACHED, USER, WRITE } from "./flags.ts";
import {
  printAddr,
  printAnswer,
  printArea,
  printBackend,
  printFlags,
  printRange,
  printRequest,
  printSpace,
} from "./print.ts";

const MIDDLE = virtAddr(2 ** 51);
const TOP = virtAddr(2 ** 52 - 0x1000);

describe("printAddr", () => {
  test.each([
    [0, "0x0", "0x0"],
    [0xabc000, "0xabc000", "0xabc000"],
    [2 ** 51 - 1, "0x7ffffffffffff", "0x7ffffffffffff"],
    [2 ** 51, "0x8000000000000", "0xfff8000000000000"],
    [2 ** 52 - 1, "0xfffffffffffff", "0xffffffffffffffff"],
  ])("%d", (addr, narrow, wide) => {
    expect(printAddr(addr)).toBe(narrow);
    expect(printAddr(addr, 52)).toBe(narrow);
    expect(printAddr(addr, 39)).toBe(narrow);
    expect(printAddr(addr, 53)).toBe(wide);
    expect(printAddr(addr, 64)).toBe(wide);
  });

  test("shows what is no address as it is, at any width", () => {
    expect(printAddr(2 ** 52, 64)).toBe("0x10000000000000");
  });
});

test("printFlags", () => {
  expect(printFlags(NO_FLAGS)).toBe("-");
  expect(printFlags(READ | USER)).toBe("ru");
  expect(printFlags(UNCACHED)).toBe("n");
  expect(printFlags(ALL_FLAGS)).toBe("rwxudn");
});

test("printBackend", () => {
  expect(printBackend({ kind: "mock" })).toBe("mock");
  expect(printBackend({ kind: "alloc:eager" })).toBe("alloc:eager");
  expect(printBackend({ kind: "linear", physical: physAddr(2 ** 51) })).toBe("linear:0x8000000000000");
});

describe("the two ends of a range differ by its size, in 64 bits too", () => {
  test.each([
    [0x1000, 0x3000, "0x1000-0x3000"],
    [2 ** 51 - 0x1000, 2 ** 51, "0x7fffffffff000-0x8000000000000"],
    [2 ** 51, 2 ** 51, "0xfff8000000000000-0xfff8000000000000"],
    [2 ** 51, 2 ** 51 + 0x1000, "0xfff8000000000000-0xfff8000000001000"],
    [TOP, 2 ** 52 - 1, "0xfffffffffffff000-0xffffffffffffffff"],
  ])("%d to %d", (start, end, text) => {
    const range = { start: virtAddr(start), end: virtAddr(end) };
    expect(printRange(range, 64)).toBe(text);
    expect(printArea({ ...range, flags: READ, backend: { kind: "mock" } }, 64)).toBe(`${text} r mock`);
    const [from, to] = text.split("-");
    expect(BigInt(to ?? "") - BigInt(from ?? "")).toBe(BigInt(end - start));
  });

  test("at the width of the harness nothing is extended", () => {
    expect(printRange({ start: MIDDLE, end: TOP })).toBe("0x8000000000000-0xffffffffff000");
  });
});

describe("requests", () => {
  test("sizes and alignments are hexadecimal, counts decimal", () => {
    const limit = { start: virtAddr(0), end: virtAddr(0x10000) };
    expect(printRequest({ op: "find-free", hint: virtAddr(16), size: 32, limit, align: 64 })).toBe(
      "find-free 0x10 0x20 0x0-0x10000 0x40",
    );
    expect(printRequest({ op: "clear", inject: { kind: "frame", after: 16 } })).toBe("clear !frame=16");
    expect(printRequest({ op: "read", start: virtAddr(0), size: 16 })).toBe("read 0x0 0x10");
  });

  test("replace and the failure to inject come last", () => {
    expect(
      printRequest({
        op: "map",
        start: virtAddr(0x1000),
        size: 0x2000,
        flags: READ | WRITE,
        backend: { kind: "linear", physical: physAddr(0x80000) },
        replace: true,
        inject: { kind: "backend", after: 2 },
      }),
    ).toBe("map 0x1000 0x2000 rw linear:0x80000 replace !backend=2");
  });

  test("bytes are lower case, and those of a view are the view's", () => {
    const bytes = new Uint8Array([1, 0xab, 0x0c, 9]).subarray(1, 3);
    expect(printRequest({ op: "write", addr: TOP, bytes }, 64)).toBe("write 0xfffffffffffff000 ab0c");
  });
});

describe("answers", () => {
  const area = {
    start: virtAddr(0x1000),
    end: virtAddr(0x3000),
    flags: READ,
    backend: { kind: "mock" },
  } as const;

  test("lists are joined by ; and none is said where there is nothing", () => {
    expect(printAnswer({ kind: "areas", areas: [] })).toBe("ok none");
    expect(printAnswer({ kind: "areas", areas: [area, { ...area, start: area.end, end: TOP }] }, 64)).toBe(
      "ok 0x1000-0x3000 r mock;0x3000-0xffffffffff000 r mock",
    );
    expect(printAnswer({ kind: "pages", pages: [] })).toBe("ok none");
    const pages = [
      { addr: area.start, physical: physAddr(2 ** 51), flags: READ },
      { addr: TOP, flags: NO_FLAGS },
    ];
    expect(printAnswer({ kind: "pages", pages }, 64)).toBe(
      "ok 0x1000=0x8000000000000:r;0xfffffffffffff000:-",
    );
  });

  test("a virtual address is sign-extended, a physical one never", () => {
    const answer = { kind: "address", address: 2 ** 51 } as const;
    expect(printAnswer(answer)).toBe("ok 0x8000000000000");
    expect(printAnswer(answer, 64)).toBe("ok 0xfff8000000000000");
    expect(printAnswer(answer, 64, "find-free")).toBe("ok 0xfff8000000000000");
    expect(printAnswer(answer, 64, "translate")).toBe("ok 0x8000000000000");
    expect(printAnswer(answer, 64, "access")).toBe("ok 0x8000000000000");
  });

  test("the text of a panic is one line", () => {
    expect(printAnswer({ kind: "panic", text: "one\ntwo\r\nthree\rfour" })).toBe("panic one two three four");
    expect(printAnswer({ kind: "panic", text: "" })).toBe("panic");
  });
});

test("printSpace", () => {
  const space = { base: TOP, size: 0x800, page: 0x80, frames: 10 };
  expect(printSpace(space)).toBe("reset base=0xffffffffff000 size=0x800 page=0x80 frames=10");
  expect(printSpace(space, 64)).toBe("reset base=0xfffffffffffff000 size=0x800 page=0x80 frames=10");
});
