import { describe, expect, test } from "vitest";
import { virtAddr } from "../trace/address.ts";
import { READ, RWX, USER, WRITE } from "../trace/flags.ts";
import { MockSet } from "./mock-set.fixture.ts";

// The four tests of memory_set 0.4.1 (`src/tests.rs`). Its flags 1, 2 and 3 are our r, w and rw. Its
// mock page table has one entry a byte.

const MAX_ADDR = 0x10000;
const at = virtAddr;

/** Areas of 0x1000 bytes at every 0x2000. */
function withHoles(flags = READ): MockSet {
  const mock = new MockSet(1);
  for (let start = 0; start < MAX_ADDR; start += 0x2000) {
    expect(mock.map(start, 0x1000, flags)).toEqual({ ok: true });
  }
  expect(mock.set.size).toBe(8);
  return mock;
}

function unmapAll(mock: MockSet): void {
  expect(mock.unmap(0, MAX_ADDR)).toEqual({ ok: true });
  expect(mock.set.size).toBe(0);
  expect(mock.pageTable.pageCount).toBe(0);
}

test("test_map_unmap", () => {
  const mock = withHoles();
  for (let start = 0x1000; start < MAX_ADDR; start += 0x2000) {
    expect(mock.map(start, 0x1000, WRITE)).toEqual({ ok: true });
  }
  expect(mock.set.size).toBe(16);
  expect(mock.pageTable.pageCount).toBe(MAX_ADDR);

  expect(mock.set.find(at(0x4100))).toMatchObject({ start: 0x4000, end: 0x5000, flags: READ });
  expect(mock.pageTable.get(at(0x4200))).toBe(READ);

  expect(mock.map(0x4000, 0x4000, READ | WRITE)).toEqual({ ok: false, error: "AlreadyExists" });
  expect(mock.map(0x4000, 0x4000, READ | WRITE, true)).toEqual({ ok: true });
  expect(mock.set.size).toBe(13);
  expect(mock.set.find(at(0x4100))).toMatchObject({ start: 0x4000, end: 0x8000, flags: READ | WRITE });
  for (let addr = 0x4000; addr < 0x8000; addr++) {
    if (mock.pageTable.get(at(addr)) !== (READ | WRITE)) expect.unreachable(`at ${addr}`);
  }

  expect(mock.unmap(0x4000, 0x8000)).toEqual({ ok: true });
  expect(mock.set.size).toBe(8);
  expect(mock.unmap(0, MAX_ADDR * 2)).toEqual({ ok: true });
  expect(mock.set.size).toBe(0);
  expect(mock.pageTable.pageCount).toBe(0);
});

test("test_unmap_split", () => {
  const mock = withHoles();
  for (let start = 0; start < MAX_ADDR; start += 0x2000) {
    expect(mock.unmap(start + 0xc00, 0x1800)).toEqual({ ok: true });
  }
  const shrunk = Array.from({ length: 7 }, (_, i) => [0x2400 + i * 0x2000, 0x2c00 + i * 0x2000]);
  expect(Array.from(mock.set, (area) => [area.start, area.end])).toEqual([[0, 0xc00], ...shrunk]);
  expect(mock.pagesOfAreas()).toEqual(mock.pages());

  for (let start = 0; start < MAX_ADDR; start += 0x2000) {
    expect(mock.unmap(start + 0x800, 0x100)).toEqual({ ok: true });
  }
  const halves = shrunk.flatMap(([start = 0, end = 0]) => [
    [start, start + 0x400],
    [start + 0x500, end],
  ]);
  expect(Array.from(mock.set, (area) => [area.start, area.end])).toEqual([
    [0, 0x800],
    [0x900, 0xc00],
    ...halves,
  ]);
  expect(mock.pagesOfAreas()).toEqual(mock.pages());
  unmapAll(mock);
});

test("test_protect", () => {
  const mock = withHoles(RWX);
  for (let start = 0; start < MAX_ADDR; start += 0x2000) {
    expect(mock.protect(start + 0xc00, 0x1800, READ)).toEqual({ ok: true });
  }
  expect(mock.set.size).toBe(23);
  expect(mock.areas().slice(0, 5)).toEqual([
    "0-c00 rwx",
    "c00-1000 r",
    "2000-2400 r",
    "2400-2c00 rwx",
    "2c00-3000 r",
  ]);

  // The bits beyond r, w and x are not changed by `protect`.
  for (let start = 0; start < MAX_ADDR; start += 0x2000) {
    expect(mock.protect(start + 0x800, 0x100, READ | WRITE | USER)).toEqual({ ok: true });
  }
  expect(mock.set.size).toBe(39);
  expect(mock.areas().slice(0, 9)).toEqual([
    "0-800 rwx",
    "800-900 rw",
    "900-c00 rwx",
    "c00-1000 r",
    "2000-2400 r",
    "2400-2800 rwx",
    "2800-2900 rw",
    "2900-2c00 rwx",
    "2c00-3000 r",
  ]);

  for (let start = 0; start < MAX_ADDR; start += 0x2000) {
    expect(mock.protect(start + 0x880, 0x80, READ | WRITE)).toEqual({ ok: true });
  }
  expect(mock.set.size).toBe(39);
  expect(mock.pagesOfAreas()).toEqual(mock.pages());
  unmapAll(mock);
});

describe("test_find_free_area", () => {
  test.each([
    [0, 0x1000, 1, 0x1000],
    [0x800, 0x800, 0x800, 0x1000],
    [0x1800, 0x800, 0x800, 0x1800],
    [0x1800, 0x1000, 0x1000, 0x3000],
    [0x2000, 0x1000, 0x1000, 0x3000],
    [0xf000, 0x1000, 0x1000, 0xf000],
    [0xf001, 0x1000, 0x1000, undefined],
  ])("hint %d, size %d, align %d: %o", (hint, size, align, expected) => {
    const limit = { start: at(0), end: at(MAX_ADDR) };
    expect(withHoles().set.findFreeArea(at(hint), size, limit, align)).toBe(expected);
  });
});
