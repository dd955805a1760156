import { describe, expect, test } from "vitest";
import { ADDRESS_LIMIT, virtAddr } from "../trace/address.ts";
import { ALL_FLAGS, NO_FLAGS, READ, RWX, WRITE } from "../trace/flags.ts";
import { MockBackend, MockPageTable } from "./mock.ts";

const PAGE = 0x1000;
const at = virtAddr;

function pages(pageTable: MockPageTable): [number, number][] {
  const found: [number, number][] = [];
  pageTable.forEachPage((addr, flags) => found.push([addr, flags]));
  return found;
}

describe("the page table", () => {
  test("keeps a flags value a page, no flags included", () => {
    const table = new MockPageTable(PAGE);
    expect(table.map(at(0x1000), 2 * PAGE, NO_FLAGS)).toBe(true);
    expect(table.map(at(0x4000), PAGE, ALL_FLAGS)).toBe(true);
    expect(pages(table)).toEqual([
      [0x1000, NO_FLAGS],
      [0x2000, NO_FLAGS],
      [0x4000, ALL_FLAGS],
    ]);
    expect([0, 0x1000, 0x2fff, 0x3000, 0x4abc].map((addr) => table.get(at(addr)))).toEqual([
      undefined,
      NO_FLAGS,
      NO_FLAGS,
      undefined,
      ALL_FLAGS,
    ]);
    expect(table.pageCount).toBe(3);
  });

  test("shows pages in address order, however they came in", () => {
    const table = new MockPageTable(PAGE);
    const addrs = [5000, 31, 0, 70, 32, 64, 33, 63, 2 ** 38].map((page) => page * PAGE);
    for (const addr of addrs) expect(table.map(at(addr), PAGE, READ)).toBe(true);
    expect(pages(table).map(([addr]) => addr)).toEqual(addrs.toSorted((a, b) => a - b));
  });

  test.each([
    [0, 32],
    [0, 64],
    [31, 2],
    [1, 31],
    [5, 300],
    [32, 1],
  ])("takes runs of pages from page %d, %d of them", (first, count) => {
    const table = new MockPageTable(PAGE);
    const start = at(first * PAGE);
    const expected = Array.from({ length: count }, (_, i) => (first + i) * PAGE);
    expect(table.map(start, count * PAGE, READ)).toBe(true);
    expect(pages(table)).toEqual(expected.map((addr) => [addr, READ]));
    expect(table.protect(start, count * PAGE, RWX)).toBe(true);
    expect(pages(table)).toEqual(expected.map((addr) => [addr, RWX]));
    expect(table.unmap(start, count * PAGE)).toBe(true);
    expect(pages(table)).toEqual([]);
    expect(table.pageCount).toBe(0);
  });

  test("changes only the pages that it is told to", () => {
    const table = new MockPageTable(PAGE);
    table.map(at(0), 100 * PAGE, READ);
    table.protect(at(30 * PAGE), 40 * PAGE, WRITE);
    table.unmap(at(40 * PAGE), 30 * PAGE);
    const flags = Array.from({ length: 100 }, (_, page) => table.get(at(page * PAGE)));
    expect(flags).toEqual(
      Array.from({ length: 100 }, (_, page) =>
        page < 30 || page >= 70 ? READ : page < 40 ? WRITE : undefined,
      ),
    );
    expect(table.pageCount).toBe(70);
  });

  test("lists neighbours with the same flags as one run, from one multiple of 32 pages to the next", () => {
    const table = new MockPageTable(PAGE);
    table.map(at(3 * PAGE), 70 * PAGE, READ);
    table.protect(at(40 * PAGE), 2 * PAGE, WRITE);
    table.unmap(at(50 * PAGE), PAGE);
    const runs: [page: number, count: number, flags: number][] = [];
    table.forEachRun((addr, count, flags) => runs.push([addr / PAGE, count, flags]));
    expect(runs).toEqual([
      [3, 29, READ],
      [32, 8, READ],
      [40, 2, WRITE],
      [42, 8, READ],
      [51, 13, READ],
      [64, 9, READ],
    ]);
  });

  test("has pages of one byte, up to the last address", () => {
    const table = new MockPageTable(1);
    expect(table.map(at(ADDRESS_LIMIT - 3), 2, READ)).toBe(true);
    expect(pages(table)).toEqual([
      [ADDRESS_LIMIT - 3, READ],
      [ADDRESS_LIMIT - 2, READ],
    ]);
    expect(table.get(at(ADDRESS_LIMIT - 1))).toBeUndefined();
  });

  test("forgets a page that was unmapped", () => {
    const table = new MockPageTable(PAGE);
    table.map(at(0), PAGE, RWX);
    table.unmap(at(0), PAGE);
    expect(table.get(at(0))).toBeUndefined();
    table.map(at(33 * PAGE), PAGE, READ);
    expect(pages(table)).toEqual([[33 * PAGE, READ]]);
    expect(table.get(at(32 * PAGE))).toBeUndefined();
  });

  test("refuses what does not fit and changes nothing", () => {
    const table = new MockPageTable(PAGE);
    table.map(at(0x1000), 40 * PAGE, READ);
    const before = pages(table);
    expect(table.map(at(0), 2 * PAGE, WRITE)).toBe(false);
    expect(table.map(at(0x29000), PAGE, WRITE)).toBe(true);
    expect(table.unmap(at(0x29000), PAGE)).toBe(true);
    expect(table.map(at(0x28000), 2 * PAGE, WRITE)).toBe(false);
    expect(table.unmap(at(0), 41 * PAGE)).toBe(false);
    expect(table.unmap(at(0x1000), 100 * PAGE)).toBe(false);
    expect(table.protect(at(0x1000), 41 * PAGE, WRITE)).toBe(false);
    expect(pages(table)).toEqual(before);
    expect(table.pageCount).toBe(40);
  });

  test.each([
    [0x800, PAGE],
    [0, 0x800],
    [0x1000, 0],
    [0x1000, -PAGE],
    [0, Number.NaN],
  ])("refuses a range that is no run of pages: %d, %d", (start, size) => {
    const table = new MockPageTable(PAGE);
    expect(table.map(at(start), size, READ)).toBe(false);
    table.map(at(0), 4 * PAGE, READ);
    expect(table.protect(at(start), size, WRITE)).toBe(false);
    expect(table.unmap(at(start), size)).toBe(false);
    expect(pages(table).map(([, flags]) => flags)).toEqual([READ, READ, READ, READ]);
  });
});

describe("the backend", () => {
  test("passes its calls on to the page table", () => {
    const table = new MockPageTable(PAGE);
    const backend = new MockBackend();
    expect(backend.protect(at(0), PAGE, WRITE, table)).toBe(false);
    expect(backend.map(at(0), PAGE, READ, table)).toBe(true);
    expect(backend.map(at(0), PAGE, READ, table)).toBe(false);
    expect(backend.protect(at(0), PAGE, WRITE, table)).toBe(true);
    expect(table.get(at(0))).toBe(WRITE);
    expect(backend.clone().unmap(at(0), PAGE, table)).toBe(true);
    expect(backend.unmap(at(0), PAGE, table)).toBe(false);
    expect(table.fired).toBe(0);
  });

  test("fails, and changes nothing, once the calls it was given are used up", () => {
    const table = new MockPageTable(PAGE);
    const backend = new MockBackend();
    table.failAfter(2);
    expect(backend.map(at(0), PAGE, READ, table)).toBe(true);
    expect(backend.protect(at(0), PAGE, WRITE, table)).toBe(true);
    expect(table.fired).toBe(0);
    expect(backend.protect(at(0), PAGE, READ, table)).toBe(false);
    expect(backend.unmap(at(0), PAGE, table)).toBe(false);
    expect(backend.map(at(PAGE), PAGE, READ, table)).toBe(false);
    expect(pages(table)).toEqual([[0, WRITE]]);
    expect(table.fired).toBe(3);
  });

  test("goes back over a leaf that came since, and was the last one looked at", () => {
    const table = new MockPageTable(PAGE);
    table.map(at(0), PAGE, READ);
    const restore = table.snapshot();
    table.map(at(40 * PAGE), PAGE, READ);
    restore();
    expect([table.get(at(40 * PAGE)), table.get(at(0))]).toEqual([undefined, READ]);
  });

  test("works again once disarmed, and arming begins a new count", () => {
    const table = new MockPageTable(PAGE);
    const backend = new MockBackend();
    table.failAfter(0);
    backend.map(at(0), PAGE, READ, table);
    table.failAfter(0);
    expect(table.fired).toBe(0);
    backend.map(at(0), PAGE, READ, table);
    expect(table.fired).toBe(1);
    table.disarm();
    expect(table.fired).toBe(0);
    expect(backend.map(at(0), PAGE, READ, table)).toBe(true);
  });
});
