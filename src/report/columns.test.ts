import { describe, expect, test } from "vitest";
import type { Snapshot } from "../explore/snapshot.ts";
import { virtAddr } from "../trace/address.ts";
import { READ } from "../trace/flags.ts";
import { parseTrace } from "../trace/parse.ts";
import { blocksOf, columnAt, columnsOf } from "./columns.ts";

const SCALE = { page: 0x1000, addrBits: 52 };

/** Where the columns of a trace begin, and where the last one ends. */
function boundariesOf(lines: readonly string[], snapshots: readonly Snapshot[] = []): readonly string[] {
  const trace = parseTrace(lines.join("\n"));
  if (!trace.ok) throw new Error(trace.error.message);
  const columns = columnsOf(trace.value.requests, snapshots, SCALE);
  const boundaries = [...columns.map(({ start }) => start), columns.at(-1)?.end ?? 0];
  return boundaries.map((boundary) => `0x${boundary.toString(16)}`);
}

function area(start: number, end: number): Snapshot["areas"][number] {
  return { start: virtAddr(start), end: virtAddr(end), flags: READ, backend: "mock" };
}

function run(start: number, end: number): Snapshot["pages"][number] {
  return { start: virtAddr(start), end: virtAddr(end), flags: READ };
}

describe("boundaries", () => {
  test("are where ranges begin and end, each once, in order", () => {
    const lines = [
      "map 0x4000 0x2000 r mock",
      "unmap 0x0 0x5000",
      "protect 0x4000 0x1000 w",
      "overlaps 0x6000 0x2000",
    ];
    expect(boundariesOf(lines)).toEqual(["0x0", "0x4000", "0x5000", "0x6000", "0x8000"]);
  });

  test("are around the page that a query asks for", () => {
    expect(boundariesOf(["find 0x1800"])).toEqual(["0x1000", "0x2000"]);
  });

  test("are at the hint, the limit and the size of what is looked for", () => {
    expect(boundariesOf(["find-free 0x2000 0x1000 0x1000-0x8000 0x1000"])).toEqual([
      "0x1000",
      "0x2000",
      "0x3000",
      "0x8000",
    ]);
  });

  test("are not beyond the end of all addresses", () => {
    expect(boundariesOf(["unmap 0xffffffffff000 0x3000"])).toEqual(["0xffffffffff000", "0x10000000000000"]);
  });

  test("are those of areas that some side shows, an empty one included, which gets a column", () => {
    const snapshots = [{ areas: [area(0x1000, 0x2800), area(0x4000, 0x4000)], pages: [] }];
    expect(boundariesOf(["clear"], snapshots)).toEqual(["0x1000", "0x2800", "0x4000", "0x5000"]);
  });

  test("leave no page out that some side shows", () => {
    const snapshots = [{ areas: [], pages: [run(0, 0x1000), run(0x4000, 0x6000), run(0x9000, 0xa000)] }];
    expect(boundariesOf(["map 0x4000 0x1000 r mock"], snapshots)).toEqual([
      "0x0",
      "0x4000",
      "0x5000",
      "0xa000",
    ]);
  });

  test("are none where nothing is about an address", () => {
    expect(columnsOf([{ op: "clear" }, { op: "areas" }], [], SCALE)).toEqual([]);
    expect(columnsOf([{ op: "unmap", start: virtAddr(0), size: 0 }], [], SCALE)).toEqual([]);
  });
});

describe("widths", () => {
  test("have room for the address", () => {
    const columns = columnsOf([{ op: "unmap", start: virtAddr(0xffffffffff000), size: 0x1000 }], [], SCALE);
    expect(columns.map(({ width }) => width)).toEqual(["0xffffffffff000 ".length]);
  });

  test("have room for it as a wider implementation has it", () => {
    const wide = { page: 0x1000, addrBits: 64 };
    const columns = columnsOf([{ op: "unmap", start: virtAddr(0xffffffffff000), size: 0x1000 }], [], wide);
    expect(columns.map(({ width }) => width)).toEqual(["0xfffffffffffff000 ".length]);
  });

  test("have room for what an area says of itself", () => {
    const lazy = { ...area(0, 0x1000), backend: "alloc:lazy" } as const;
    const columns = columnsOf([], [{ areas: [lazy], pages: [] }], SCALE);
    expect(columns.map(({ width }) => width)).toEqual(["[r lazy]".length]);
  });
});

const COLUMNS = [0, 0x1000, 0x2000, 0x3000].map((start) => ({ start, end: start + 0x1000, width: 8 }));

test.each([
  [0, 0],
  [0xfff, 0],
  [0x1000, 1],
  [0x3fff, 3],
  [0x4000, 3],
])("address %i lies in column %i", (addr, column) => {
  expect(columnAt(COLUMNS, addr)).toBe(column);
});

describe("blocks", () => {
  const sizes = (room: number) => blocksOf(COLUMNS, room, SCALE).map(({ length }) => length);
  const label = "0x1000".length;

  test("hold as many columns as fit with the address at their end", () => {
    expect(sizes(4 * 8 + label)).toEqual([4]);
    expect(sizes(4 * 8 + label - 1)).toEqual([3, 1]);
    expect(sizes(2 * 8 + label)).toEqual([2, 2]);
  });

  test("hold one column at least, and none is empty", () => {
    expect(sizes(1)).toEqual([1, 1, 1, 1]);
    expect(blocksOf([], 80, SCALE)).toEqual([]);
  });
});
