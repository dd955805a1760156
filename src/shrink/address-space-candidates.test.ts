/** What is tried on the address-space surface: a trace, and simpler ones that are among its candidates. */
import { describe, expect, test } from "vitest";
import { LARGE_TERMS, SMALL_TERMS } from "../trace/address-space.fixture.ts";
import { linesOf, requestsIn } from "../trace/literal.fixture.ts";
import type { Request } from "../trace/request.ts";
import type { Terms } from "../trace/space.ts";
import { candidates } from "./candidates.ts";

function candidatesFor(requests: readonly Request[], terms: Terms = SMALL_TERMS): string[] {
  return Array.from(candidates(requests, terms), (candidate) => linesOf(candidate).join("; "));
}

describe("instead of", () => {
  test.each<[what: string, lines: readonly string[], simpler: readonly string[]]>([
    [
      "a protect that opens part of an area, an area that is open",
      ["map 0x0 0x3000 - alloc:eager", "unmap 0x0 0x1000", "protect 0x1000 0x1000 r"],
      ["map 0x0 0x3000 r alloc:eager", "unmap 0x0 0x1000"],
    ],
    [
      "a protect that fails, an unmap of an open area that does",
      ["map 0x0 0x3000 - linear:0x0", "protect 0x1000 0x1000 r !frame=0"],
      ["map 0x0 0x3000 r linear:0x0", "unmap 0x1000 0x1000 !frame=0"],
    ],
    [
      "flags that a protect gave and something else has, those from before",
      ["map 0x0 0x1000 r alloc:lazy", "protect 0x0 0x1000 -", "map 0x0 0x1000 - alloc:lazy replace"],
      ["map 0x0 0x1000 r alloc:lazy", "map 0x0 0x1000 r alloc:lazy replace"],
    ],
    [
      "a read of two pages, one across their boundary",
      ["map 0x0 0x2000 rw alloc:eager", "store 0x0 01", "read 0x0 0x1001"],
      ["map 0x0 0x2000 rw alloc:eager", "store 0x1000 01", "read 0xfff 0x2"],
    ],
    [
      "the same, with what was stored before the boundary",
      ["map 0x0 0x2000 rw alloc:eager", "store 0x17fc 01", "read 0x10 0x1800"],
      ["map 0x0 0x2000 rw alloc:eager", "store 0xfff 01", "read 0xfff 0x2"],
    ],
    [
      "a write of two pages, one across their boundary",
      ["map 0x0 0x2000 r alloc:eager", "write 0xffb 010000000000"],
      ["map 0x0 0x2000 r alloc:eager", "write 0xfff 0001"],
    ],
    [
      "what is written across the end of the space, a map",
      ["write 0xffff 0000"],
      ["map 0xf000 0x2000 - alloc:eager"],
    ],
    ["a query of no page, an unmap", ["can-access 0x10000 0x0 r"], ["unmap 0x10000 0x0"]],
    [
      "a protect of the start, a page that is unmapped behind it",
      ["map 0x0 0x2000 r alloc:eager", "protect 0x0 0x1000 -", "fault 0x1000 r"],
      ["map 0x0 0x3000 r alloc:eager", "unmap 0x1000 0x1000", "fault 0x2000 r"],
    ],
    [
      "an access that only shows what was wrong before, areas that can be read",
      ["map 0x0 0x3000 - linear:0x0", "unmap 0x0 0x1000", "map 0x1000 0x1000 r alloc:lazy"],
      ["map 0x0 0x3000 r linear:0x0", "unmap 0x0 0x1000"],
    ],
    [
      "a protect and an access that it forbids, an access that was forbidden before",
      ["map 0x0 0x1000 r alloc:lazy", "fault 0x0 r", "protect 0x0 0x1000 -", "fault 0x0 r"],
      ["map 0x0 0x1000 r alloc:lazy", "fault 0x0 r", "fault 0x0 w"],
    ],
    [
      "a frame that is used again after many others, one that is right away",
      [
        "map 0x2000 0x1000 rw alloc:eager",
        "store 0x2000 01",
        "map 0x0 0x3000 - alloc:eager replace",
        "map 0x1000 0x4000 r alloc:eager replace",
      ],
      [
        "map 0x2000 0x2000 rw alloc:eager",
        "store 0x2000 01",
        "unmap 0x2000 0x1000",
        "map 0x2000 0x1000 r alloc:eager",
      ],
    ],
    [
      "an access and a flush, an access to the next page",
      ["map 0x0 0x2000 r linear:0x0", "access 0x0 r", "unmap 0x0 0x2000"],
      ["map 0x0 0x2000 r linear:0x0", "access 0x1000 r"],
    ],
    [
      "a lazy page that a fault brings in, an eager one",
      ["map 0x0 0x1000 r alloc:lazy", "fault 0x0 r", "frames"],
      ["map 0x0 0x1000 r alloc:eager", "frames"],
    ],
    [
      "a lazy page that a store brings in, an eager one",
      ["map 0x0 0x1000 rw alloc:lazy", "store 0x8 01", "frames"],
      ["map 0x0 0x1000 rw alloc:eager", "frames"],
    ],
    [
      "a lazy page whose fault fails, an eager one that does",
      ["map 0x0 0x1000 r alloc:lazy", "fault 0x0 r !frame=2", "frames"],
      ["map 0x0 0x1000 r alloc:eager !frame=2", "frames"],
    ],
    [
      "a linear area that fails, an eager one that does a call later",
      ["map 0x0 0x1000 r linear:0x0 !frame=1"],
      ["map 0x0 0x1000 r alloc:eager !frame=2"],
    ],
    [
      "a failure of the backend, one of frames that comes earlier",
      ["map 0x0 0x1000 r alloc:eager replace !backend=1"],
      ["map 0x0 0x1000 r alloc:eager replace !frame=0"],
    ],
    [
      "a failure of frames, one of the backend at the same call",
      ["map 0x0 0x1000 r alloc:eager !frame=0"],
      ["map 0x0 0x1000 r alloc:eager !backend=0"],
    ],
    [
      "a write, a store to a page that permits it",
      ["map 0x0 0x1000 x alloc:eager", "write 0x8 01"],
      ["map 0x0 0x1000 rwx alloc:eager", "store 0x8 01"],
    ],
    [
      "a write, a translation",
      ["map 0x0 0x1000 r alloc:eager", "write 0x8 01"],
      ["map 0x0 0x1000 r alloc:eager", "translate 0x8"],
    ],
    [
      "a read, a translation",
      ["map 0x0 0x1000 r alloc:eager", "read 0x8 0x2"],
      ["map 0x0 0x1000 r alloc:eager", "translate 0x8"],
    ],
    [
      "lazy areas, eager ones",
      ["map 0x0 0x1000 r alloc:lazy", "map 0x1000 0x1000 r alloc:lazy"],
      ["map 0x0 0x1000 r alloc:eager", "map 0x1000 0x1000 r alloc:eager"],
    ],
    [
      "two lazy areas, a lazy and an eager one",
      ["map 0x0 0x1000 r alloc:lazy", "map 0x1000 0x1000 r alloc:lazy"],
      ["map 0x0 0x1000 r alloc:lazy", "map 0x1000 0x1000 r alloc:eager"],
    ],
    [
      "linear areas, lazy ones",
      ["map 0x0 0x1000 r linear:0x0", "map 0x1000 0x1000 r linear:0x5000"],
      ["map 0x0 0x1000 r alloc:lazy", "map 0x1000 0x1000 r alloc:lazy"],
    ],
    [
      "a protect, a map",
      ["map 0x0 0x1000 - alloc:eager", "protect 0x1000 0x1000 r"],
      ["map 0x0 0x1000 - alloc:eager", "map 0x1000 0x1000 r alloc:eager"],
    ],
    [
      "areas that share physical memory, the same at 0",
      ["map 0x0 0x1000 r linear:0x5000", "map 0x1000 0x1000 r linear:0x5000"],
      ["map 0x0 0x1000 r linear:0x0", "map 0x1000 0x1000 r linear:0x0"],
    ],
    [
      "areas whose physical memory is near, the same at 0",
      ["map 0x0 0x3000 r linear:0x87000", "map 0x3000 0x1000 r linear:0x89000"],
      ["map 0x0 0x3000 r linear:0x0", "map 0x3000 0x1000 r linear:0x2000"],
    ],
    [
      "two areas, one like the second",
      ["map 0x0 0x1000 r alloc:eager", "map 0x1000 0x1000 rx linear:0x5000", "frames"],
      ["map 0x0 0x2000 rx linear:0x4000", "frames"],
    ],
    [
      "a map that replaces, an unmap",
      ["map 0x0 0x2000 r alloc:eager", "map 0x1000 0x1000 r alloc:lazy replace", "frames"],
      ["map 0x0 0x2000 r alloc:eager", "unmap 0x1000 0x1000", "frames"],
    ],
    [
      "a linear area with a hole, two that keep where they are",
      ["map 0x0 0x3000 r linear:0x5000", "unmap 0x1000 0x1000"],
      ["map 0x0 0x1000 r linear:0x5000", "map 0x2000 0x1000 r linear:0x7000"],
    ],
    [
      "a linear area whose end is protected, two that keep where they are",
      ["map 0x0 0x3000 r linear:0x5000", "protect 0x1000 0x2000 rw"],
      ["map 0x0 0x1000 r linear:0x5000", "map 0x1000 0x2000 rw linear:0x6000"],
    ],
    [
      "pages that are read or written far up, the same at the start of the space",
      ["map 0x4000 0x2000 rw alloc:lazy", "load 0x5123 8", "read 0x4ffe 4"],
      ["map 0x0 0x2000 rw alloc:lazy", "load 0x1123 0x8", "read 0xffe 0x4"],
    ],
    [
      "a failure at the last frame, one for a smaller map",
      ["map 0x0 0x8000 r alloc:eager !frame=10"],
      ["map 0x0 0x4000 r alloc:eager !frame=6"],
    ],
  ])("%s", (_what, lines, simpler) => {
    expect(candidatesFor(requestsIn(...lines))).toContain(simpler.join("; "));
  });
});

describe("for one request", () => {
  test.each<[line: string, simpler: readonly string[]]>([
    [
      "access 0x1004 w",
      ["fault 0x1004 w", "access 0x4 w", "access 0x1000 w", "access 0x1001 w", "access 0x1004 r"],
    ],
    ["load 0x10 16", ["read 0x10 0x10", "access 0x10 r", "fault 0x10 r", "load 0x10 0x1", "load 0x1f 0x1"]],
    [
      "store 0x10 0a0b0c",
      [
        "access 0x10 w",
        "fault 0x10 w",
        "store 0x10 0a",
        "store 0x12 0c",
        "store 0x10 0a0b",
        "store 0x10 000000",
        "store 0x10 010101",
        "store 0x10 0a000c",
        "store 0x10 0a0a0c",
      ],
    ],
    ["write 0x10 0203", ["store 0x10 0203", "access 0x10 w", "fault 0x10 w", "write 0x11 03"]],
    ["read 0x1ffc 8", ["read 0x1ffc 0x1", "read 0x2000 0x4", "read 0x0 0x8", "read 0xffc 0x8"]],
    ["fault 0x0 rwx !frame=2", ["fault 0x0 rwx", "fault 0x0 rwx !frame=0", "fault 0x0 x !frame=2"]],
    ["can-access 0x0 0x2000 rw", ["can-access 0x0 0x1000 rw", "can-access 0x0 0x2000 w"]],
    [
      "unmap 0x1800 0x900",
      [
        "unmap 0x1000 0x2000",
        "unmap 0x0 0x900",
        "unmap 0x1800 0x1000",
        "unmap 0x1801 0x8ff",
        "unmap 0x1800 0x1",
      ],
    ],
    ["map 0x1000 0x1000 r linear:0x80", ["map 0x1000 0x1000 r linear:0x0", "map 0x1000 0x1000 r linear:0x1"]],
    ["map 0x1001 0x10 r linear:0x80", ["map 0x1000 0x1000 r linear:0x0"]],
    [
      "map 0x0 0x3000 r linear:0x5000",
      ["map 0x2000 0x1000 r linear:0x7000", "map 0x0 0x1000 r linear:0x5000"],
    ],
    [
      "find-free 0x123 0x800 0x2001-0x3333 0x1000",
      [
        "find-free 0x123 0x1000 0x2001-0x3333 0x1000",
        "find-free 0x0 0x800 0x2001-0x3333 0x1000",
        "find-free 0x123 0x800 0x2000-0x3333 0x1000",
        "find-free 0x123 0x800 0x2001-0x3000 0x1000",
      ],
    ],
    ["overlaps 0x123 0x3", ["overlaps 0x0 0x1000", "overlaps 0x0 0x3"]],
  ])("%s", (line, simpler) => {
    const texts = candidatesFor(requestsIn(line));
    for (const each of simpler) expect(texts).toContain(each);
  });

  const AREA = "map 0x1000 0x4000 rw alloc:eager";

  test.each<[line: string, simpler: readonly string[]]>([
    [AREA, ["map 0x1000 0x4000 r alloc:eager", "map 0x1000 0x2000 rw alloc:eager"]],
    [
      "protect 0x1000 0x4000 rw",
      ["protect 0x1000 0x4000 r", "protect 0x1000 0x2000 rw", "protect 0x3000 0x2000 rw"],
    ],
    [
      "unmap 0x1000 0x4000",
      ["unmap 0x1000 0x1000", "unmap 0x2000 0x3000", "map 0x1000 0x4000 - alloc:eager"],
    ],
    ["can-access 0x1000 0x4000 rw", ["can-access 0x1000 0x2000 rw", "can-access 0x4000 0x1000 rw"]],
    ["fault 0x2004 r", ["fault 0x2000 r", "fault 0x1004 r"]],
    [
      "find-free 0x1000 0x2000 0x1000-0x5000 0x1000",
      [
        "find-free 0x0 0x2000 0x1000-0x5000 0x1000",
        "find-free 0x1000 0x2000 0x1000-0x4000 0x1000",
        "find-free 0x1000 0x2000 0x0-0x4000 0x1000",
        "find-free 0x0 0x2000 0x0-0x4000 0x1000",
      ],
    ],
  ])("%s, alone among others about the same range", (line, simpler) => {
    const texts = candidatesFor(requestsIn(AREA, line));
    for (const each of simpler) expect(texts).toContain(`${AREA}; ${each}`);
  });

  test("nothing moves to a page that no other request is about", () => {
    const texts = candidatesFor(requestsIn(AREA, "unmap 0x1000 0x4000"));
    expect(texts).not.toContain(`${AREA}; unmap 0x0 0x4000`);
  });

  test("flags that processors can't tell apart aren't tried", () => {
    const flags = (line: string) =>
      new Set(
        candidatesFor(requestsIn(line)).flatMap((text) => /^protect 0x0 0x0 (\S+)$/.exec(text)?.[1] ?? []),
      );
    expect(flags("protect 0x0 0x0 rwx")).toEqual(
      new Set(["-", "r", "u", "d", "n", "rw", "rx", "ru", "rd", "rn", "ud", "un"]),
    );
    expect(flags("protect 0x0 0x0 r")).toEqual(new Set(["-"]));
  });

  test("many bytes are made plainer in parts", () => {
    const write = requestsIn(`write 0x0 ${"ff".repeat(8192)}`);
    const texts = candidatesFor(write);
    expect(texts.length).toBeLessThan(1500);
    expect(texts).toContain(`write 0x0 ${"00".repeat(128)}${"ff".repeat(8064)}`);
  });
});

describe("in a large space", () => {
  test.each<[what: string, line: string, simpler: readonly string[]]>([
    [
      "a huge page stays one: it moves by whole ones, or to the base",
      "map 0x400000600000 0x400000 r linear:0x80200000",
      [
        "map 0x400000000000 0x400000 r linear:0x80200000",
        "map 0x400000200000 0x400000 r linear:0x80200000",
        "map 0x400000600000 0x200000 r linear:0x80200000",
        "map 0x400000800000 0x200000 r linear:0x80400000",
        "map 0x400000600000 0x400000 r linear:0x200000",
        "map 0x400000600000 0x400000 r linear:0x0",
      ],
    ],
    [
      "and loses what is beside it",
      "map 0x4000001fd000 0x20a000 r linear:0x1fd000",
      ["map 0x400000200000 0x207000 r linear:0x200000", "map 0x4000001fd000 0x203000 r linear:0x1fd000"],
    ],
    [
      "a giant page shrinks to a huge one",
      "map 0x400040000000 0x40000000 r linear:0x40000000",
      ["map 0x400040000000 0x200000 r linear:0x40000000", "map 0x40007fe00000 0x200000 r linear:0x7fe00000"],
    ],
  ])("%s", (_what, line, simpler) => {
    const texts = candidatesFor(requestsIn(line), LARGE_TERMS);
    for (const each of simpler) expect(texts).toContain(each);
    expect(texts.length).toBeLessThan(600);
  });
});

describe("where frames can run out", () => {
  const FEW: Terms = { ...SMALL_TERMS, space: { ...SMALL_TERMS.space, frames: 16 } };
  const USED = requestsIn(
    "map 0x0 0x4000 - alloc:eager",
    "unmap 0x0 0x4000",
    "map 0x0 0x1000 r alloc:lazy",
    "fault 0x0 r",
  );

  test("one map takes any number of them in the place of what took them", () => {
    const tried = candidatesFor(USED, FEW);
    expect(tried).toContain("map 0x0 0xd000 - alloc:eager; map 0x0 0x1000 r alloc:lazy; fault 0x0 r");
    expect(tried).toContain("map 0x0 0x4000 - alloc:eager; map 0x0 0xd000 - alloc:eager");
  });

  test("and one in the place of the last request", () => {
    const tried = candidatesFor(requestsIn("map 0x0 0xd000 - alloc:eager", "fault 0x0 r"), FEW);
    expect(tried).toContain("map 0x0 0xd000 - alloc:eager; map 0x0 0x1000 - alloc:eager");
  });

  test("but not where they can't", () => {
    const tried = candidatesFor(USED);
    expect(tried).not.toContain("map 0x0 0xd000 - alloc:eager; map 0x0 0x1000 r alloc:lazy; fault 0x0 r");
  });
});
