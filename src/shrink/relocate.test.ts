import { expect, test } from "vitest";
import { virtAddr } from "../trace/address.ts";
import { LARGE_SPACE } from "../trace/address-space.fixture.ts";
import { linesOf, requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { relocate } from "./relocate.ts";

const LINES = [
  "map 0x400000001000 0x2000 rw linear:0x80001000 replace !frame=1",
  "unmap 0x400000001800 0x123",
  "protect 0x400000000000 0x0 r",
  "clear",
  "fault 0x400000001fff r",
  "access 0x400000001fff wx !frame=0",
  "load 0x400000000008 0x8",
  "store 0x400000000008 0102",
  "write 0x400000000fff 0304",
  "read 0x400000000ffe 0x4",
  "find 0x400000000000",
  "translate 0x400000000123",
  "overlaps 0x400000000000 0x1000",
  "can-access 0x400000000000 0x1001 r",
  "find-free 0x400000002000 0x1000 0x400000000000-0x400000010000 0x1000",
  "frames",
];

test("every address keeps its distance from the base, and no size or physical address changes", () => {
  const moved = relocate(requestsIn(...LINES), LARGE_SPACE, SIXTEEN_PAGES);
  expect(moved && linesOf(moved)).toEqual([
    "map 0x1000 0x2000 rw linear:0x80001000 replace !frame=1",
    "unmap 0x1800 0x123",
    "protect 0x0 0x0 r",
    "clear",
    "fault 0x1fff r",
    "access 0x1fff wx !frame=0",
    "load 0x8 0x8",
    "store 0x8 0102",
    "write 0xfff 0304",
    "read 0xffe 0x4",
    "find 0x0",
    "translate 0x123",
    "overlaps 0x0 0x1000",
    "can-access 0x0 0x1001 r",
    "find-free 0x2000 0x1000 0x0-0x10000 0x1000",
    "frames",
  ]);
});

test("there and back it is the same trace", () => {
  const there = relocate(requestsIn(...LINES), LARGE_SPACE, SIXTEEN_PAGES);
  const back = there && relocate(there, SIXTEEN_PAGES, LARGE_SPACE);
  expect(back && linesOf(back)).toEqual(LINES);
});

test("a range may reach as far as before, beyond the addresses", () => {
  const moved = relocate(requestsIn("unmap 0x1000 0x10000000000000"), SIXTEEN_PAGES, LARGE_SPACE);
  expect(moved && linesOf(moved)).toEqual(["unmap 0x400000001000 0x10000000000000"]);
});

test.each([
  "access 0x3fffffffffff r",
  "unmap 0x0 0x1000",
  "read 0x0 0x4",
  "find-free 0x0 0x1000 0x400000000000-0x400000010000 0x1000",
  "find-free 0x400000000000 0x1000 0x0-0x400000010000 0x1000",
])("%s would lie below 0", (line) => {
  expect(relocate(requestsIn("clear", line), LARGE_SPACE, SIXTEEN_PAGES)).toBeUndefined();
});

test("and no address above all", () => {
  const top = { ...SIXTEEN_PAGES, base: virtAddr(2 ** 52 - 0x11000) };
  expect(relocate(requestsIn("find 0x10fff"), SIXTEEN_PAGES, top)).toHaveLength(1);
  expect(relocate(requestsIn("find 0x11000"), SIXTEEN_PAGES, top)).toBeUndefined();
  expect(relocate(requestsIn("find-free 0x0 0x1 0x0-0x11000 0x1000"), SIXTEEN_PAGES, top)).toBeUndefined();
});
