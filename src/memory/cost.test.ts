import { beforeAll, describe, expect, test } from "vitest";
import { virtAddr } from "../trace/address.ts";
import { type Flags, READ, RWX } from "../trace/flags.ts";
import { MemoryArea } from "./area.ts";
import { MemorySet } from "./memory-set.ts";
import { MockBackend, MockPageTable } from "./mock.ts";

const PAGE = 0x1000;
const STRIDE = 4 * PAGE;
const AREAS = 100_000;
const at = virtAddr;

/** How often the sorted map compared two keys, and how often anyone asked an area for its end. */
const count = { comparisons: 0, looks: 0 };

class CountingSet extends MemorySet<Flags, MockPageTable, MockBackend> {
  constructor() {
    super();
    const compare = this.areas._compare;
    this.areas._compare = (a, b) => {
      count.comparisons++;
      return compare(a, b);
    };
  }
}

class CountingArea extends MemoryArea<Flags, MockPageTable, MockBackend> {
  override get end() {
    count.looks++;
    return super.end;
  }
}

const set = new CountingSet();
const pageTable = new MockPageTable(PAGE);

function map(start: number, replace = false): boolean {
  return set.map(new CountingArea(at(start), 3 * PAGE, READ, new MockBackend()), pageTable, replace).ok;
}

function counted(operation: () => unknown): typeof count {
  count.comparisons = 0;
  count.looks = 0;
  expect(operation()).toBeTruthy();
  return { ...count };
}

// Areas of three pages, one page between two of them.
beforeAll(() => {
  for (let i = 0; i < AREAS; i++) map(i * STRIDE);
  expect(set.size).toBe(AREAS);
});

// Finding a key among 100,000 takes 17 comparisons and a few more for nodes that are not full. An
// operation finds a handful.
const FEW = 150;

describe("among 100,000 areas one operation looks at few of them", () => {
  const middle = (AREAS / 2) * STRIDE;

  test.each<[string, () => unknown]>([
    ["find", () => set.find(at(middle + PAGE))],
    ["overlaps", () => set.overlaps({ start: at(middle), end: at(middle + PAGE) })],
    ["map", () => map(AREAS * STRIDE)],
    ["map, replacing", () => map(middle + PAGE, true)],
    ["unmap, all of an area", () => set.unmap(at(middle - STRIDE), STRIDE, pageTable).ok],
    ["unmap, the middle of an area", () => set.unmap(at(middle + 3 * STRIDE + PAGE), PAGE, pageTable).ok],
    ["unmap, the left of an area", () => set.unmap(at(middle + 5 * STRIDE), PAGE, pageTable).ok],
    ["unmap, parts of two areas", () => set.unmap(at(middle + 7 * STRIDE + PAGE), STRIDE, pageTable).ok],
    ["protect", () => set.protect(at(middle + 9 * STRIDE), STRIDE, () => RWX, pageTable).ok],
    [
      "protect, the middle",
      () => set.protect(at(middle + 10 * STRIDE + PAGE), PAGE, () => RWX, pageTable).ok,
    ],
    [
      "protect, parts of two",
      () => set.protect(at(middle + 12 * STRIDE + PAGE), STRIDE, () => RWX, pageTable).ok,
    ],
    [
      "findFreeArea",
      () => set.findFreeArea(at(middle - 20 * STRIDE), PAGE, { start: at(0), end: at(2 * middle) }, PAGE),
    ],
  ])("%s", (_name, operation) => {
    const { comparisons, looks } = counted(operation);
    expect(comparisons).toBeGreaterThan(10);
    expect(comparisons).toBeLessThan(FEW);
    expect(looks).toBeLessThan(30);
  });

  test("findFreeArea stops at the end of its limit", () => {
    const limit = { start: at(0), end: at(10 * STRIDE) };
    expect(counted(() => set.findFreeArea(at(0), 2 * PAGE, limit, PAGE) === undefined).looks).toBeLessThan(
      30,
    );
  });

  test("findFreeArea stops where what is left of its limit is too small", () => {
    const limit = { start: at(0), end: at(10_000 * STRIDE) };
    const size = 9_999 * STRIDE;
    expect(counted(() => set.findFreeArea(at(0), size, limit, PAGE) === undefined).looks).toBeLessThan(30);
  });

  test("k areas in the range cost k looks, not k searches", () => {
    const from = at(10_000 * STRIDE);
    const { comparisons } = counted(() => set.protect(from, 1_000 * STRIDE, () => RWX, pageTable).ok);
    expect(comparisons).toBeLessThan(1_000);
    expect(counted(() => set.unmap(from, 1_000 * STRIDE, pageTable).ok).comparisons).toBeLessThan(1_000);
  });
});
