import { describe, expect, test } from "vitest";
import {
  ADDRESS_LIMIT,
  alignUp,
  isAligned,
  isPowerOfTwo,
  physAddr,
  rangeContains,
  rangeFrom,
  rangesOverlap,
  virtAddr,
} from "./address.ts";

function range(start: number, end: number) {
  return { start: virtAddr(start), end: virtAddr(end) };
}

test("brands leave the number as it is", () => {
  expect(virtAddr(0x1000)).toBe(0x1000);
  expect(physAddr(ADDRESS_LIMIT - 1)).toBe(2 ** 52 - 1);
});

describe("rangeFrom", () => {
  test.each([
    [0, 0, 0],
    [0x1000, 0x2000, 0x3000],
    [0, ADDRESS_LIMIT - 1, ADDRESS_LIMIT - 1],
    [ADDRESS_LIMIT - 1, 0, ADDRESS_LIMIT - 1],
  ])("from %d, %d bytes", (start, size, end) => {
    expect(rangeFrom(start, size)).toEqual({ start, end });
  });

  test.each([
    [0, ADDRESS_LIMIT],
    [ADDRESS_LIMIT - 1, 1],
    [ADDRESS_LIMIT - 1, ADDRESS_LIMIT],
    [-1, 2],
    [1, -1],
    [0.5, 1],
    [1, 0.5],
    [Number.NaN, 1],
    [0, Number.POSITIVE_INFINITY],
  ])("none from %d, %d bytes", (start, size) => {
    expect(rangeFrom(start, size)).toBeUndefined();
  });
});

test("a range contains its start and not its end", () => {
  const some = range(0x1000, 0x3000);
  expect([0xfff, 0x1000, 0x2fff, 0x3000].map((addr) => rangeContains(some, addr))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(rangeContains(range(0x1000, 0x1000), 0x1000)).toBe(false);
});

describe("rangesOverlap", () => {
  const middle = range(0x2000, 0x4000);

  test.each([
    [0x0, 0x2000, false],
    [0x0, 0x2001, true],
    [0x3000, 0x3001, true],
    [0x0, 0x9000, true],
    [0x3fff, 0x9000, true],
    [0x4000, 0x9000, false],
    [0x3000, 0x3000, false],
  ])("with %d to %d", (start, end, overlaps) => {
    expect(rangesOverlap(middle, range(start, end))).toBe(overlaps);
    expect(rangesOverlap(range(start, end), middle)).toBe(overlaps);
  });
});

test("alignUp", () => {
  expect([0, 1, 0x1000, 0x1001].map((bytes) => alignUp(bytes, 0x1000))).toEqual([0, 0x1000, 0x1000, 0x2000]);
  expect(alignUp(ADDRESS_LIMIT - 1, 2 ** 52)).toBe(2 ** 52);
  expect(alignUp(7, 1)).toBe(7);
});

test("isAligned", () => {
  expect([0, 0x80, 0x100, 0x81].map((bytes) => isAligned(bytes, 0x80))).toEqual([true, true, true, false]);
});

test("isPowerOfTwo", () => {
  expect([1, 2, 0x1000, 2 ** 51, 2 ** 52].every(isPowerOfTwo)).toBe(true);
  const others = [
    2 ** 49 - 1,
    2 ** 50 + 1,
    2 ** 51 + 1,
    2 ** 52 - 1,
    0,
    -1,
    -2,
    0.5,
    3,
    0x1001,
    2 ** 53,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ];
  expect(others.filter(isPowerOfTwo)).toEqual([]);
});
