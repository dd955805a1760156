/** Pictures of the address-space surface: backends, frames, physical addresses. */
import { describe, expect, test } from "vitest";
import type { PageRun, ShownArea, ShownFrames, Snapshot } from "../explore/snapshot.ts";
import { physAddr, virtAddr } from "../trace/address.ts";
import { type Flags, READ, WRITE } from "../trace/flags.ts";
import { columnsOf } from "./columns.ts";
import { FrameNames } from "./frame-names.ts";
import { PLAIN } from "./paint.ts";
import { type Band, drawStrips } from "./strip.ts";

const RW = READ | WRITE;
const RAM = 0x80000000;
const SCALE = { page: 0x1000, addrBits: 48 };

function area(start: number, end: number, flags: Flags, backend: ShownArea["backend"]): ShownArea {
  const physical = backend === "linear" ? { physical: physAddr(RAM) } : {};
  return { start: virtAddr(start), end: virtAddr(end), flags, backend, ...physical };
}

/** Pages in frames of memory from number `frame` on; `undefined` where that isn't known. */
function run(start: number, end: number, flags: Flags, frame?: number): PageRun {
  const physical = frame === undefined ? {} : { physical: physAddr(RAM + frame * 0x1000) };
  return { start: virtAddr(start), end: virtAddr(end), flags, ...physical };
}

function shows(areas: readonly ShownArea[], pages: readonly PageRun[], frames?: ShownFrames): Snapshot {
  return { areas, pages, ...(frames && { frames }) };
}

function side(label: string, snapshot: Snapshot): Band {
  return { kind: "side", label, snapshot };
}

const DIFFER: Band = { kind: "difference", label: "differ" };

/** The picture of these sides, with a column between all boundaries of areas and of `ranges`. */
function draw(bands: readonly Band[], ...ranges: readonly number[]): string {
  const snapshots = bands.flatMap((band) => (band.kind === "side" ? [band.snapshot] : []));
  const queries = ranges.map((start) => ({ op: "find", addr: virtAddr(start) }) as const);
  const columns = columnsOf(queries, snapshots, SCALE);
  const canvas = { ...SCALE, width: 80, paint: PLAIN, frames: new FrameNames() };
  return `\n${drawStrips(bands, columns, canvas)
    .map((line) => `${line}|\n`)
    .join("")}`;
}

test("backends, frames by name, an absent page, a linear area, and the counts of frames", () => {
  const shown = shows(
    [area(0, 0x3000, RW, "alloc:lazy"), area(0x4000, 0x8000, READ, "linear")],
    [run(0, 0x1000, RW, 7), run(0x2000, 0x3000, RW, 3), run(0x4000, 0x8000, READ, 0)],
    { data: 2, table: 4 },
  );
  expect(draw([side("after", shown)], 0, 0x1000)).toMatchInlineSnapshot(`
    "
                        0x0      0x1000  0x2000  0x3000  0x4000               0x8000|
         after    areas [rw lazy================]        [r linear:0x80000000]|
                  pages  rw#1     .       rw#2    .       r=0x80000000 *4|
                  frames data=2 table=4|
    "
  `);
});

test("a guard page has an area and no page; a frame keeps its name from side to side", () => {
  const before = shows([area(0, 0x2000, RW, "alloc:eager")], [run(0, 0x2000, RW, 5)], { data: 2, table: 4 });
  const after = shows(
    [area(0, 0x1000, 0, "alloc:eager"), area(0x1000, 0x2000, RW, "alloc:eager")],
    [run(0x1000, 0x2000, RW, 6)],
    { data: 2, table: 4 },
  );
  expect(draw([side("before", before), side("after", after)])).toMatchInlineSnapshot(`
    "
                        0x0       0x1000    0x2000|
         before   areas [rw eager==========]|
                  pages  rw#1      rw#2|
                  frames data=2 table=4|
         after    areas [- eager ][rw eager]|
                  pages  .         rw#2|
                  frames data=2 table=4|
    "
  `);
});

test("frames are counted where nothing is mapped", () => {
  expect(draw([side("after", shows([], [], { data: 0, table: 1 }))], 0)).toMatchInlineSnapshot(`
    "
                        0x0     0x1000|
         after    nothing mapped|
                  frames data=0 table=1|
    "
  `);
});

describe("a difference", () => {
  const lazy = [area(0, 0x2000, RW, "alloc:lazy")];

  test("in the frame of a page", () => {
    const one = shows(lazy, [run(0, 0x1000, RW, 1)], { data: 1 });
    const other = shows(lazy, [run(0, 0x1000, RW, 2)], { data: 1, table: 4 });
    expect(draw([side("expected", one), side("observed", other), DIFFER], 0)).toMatchInlineSnapshot(`
      "
                          0x0      0x1000  0x2000|
           expected areas [rw lazy========]|
                    pages  rw#1     .|
                    frames data=1|
           observed areas [rw lazy========]|
                    pages  rw#2     .|
                    frames data=1 table=4|
           differ   pages ^^^^^^^^|
      "
    `);
  });

  test("is none where a side doesn't know the frame", () => {
    const one = shows(lazy, [run(0, 0x2000, RW)]);
    const other = shows(lazy, [run(0, 0x1000, RW, 4), run(0x1000, 0x2000, RW, 2)]);
    expect(draw([side("expected", one), side("observed", other), DIFFER], 0)).not.toContain("differ");
    const fewer = shows(lazy, [run(0, 0x1000, RW, 4)]);
    expect(draw([side("expected", one), side("observed", fewer), DIFFER], 0)).toContain("differ   pages");
  });

  test("in how many frames are handed out", () => {
    const one = shows(lazy, [], { data: 9, table: 3 });
    const other = shows(lazy, [], { data: 10, table: 3 });
    const more = shows(lazy, [], { data: 10, table: 4 });
    expect(draw([side("expected", one), side("observed", other), DIFFER])).toMatchInlineSnapshot(`
      "
                          0x0      0x2000|
           expected areas [rw lazy]|
                    pages  .|
                    frames data=9 table=3|
           observed areas [rw lazy]|
                    pages  .|
                    frames data=10 table=3|
           differ   frames ^^^^^^^|
      "
    `);
    expect(draw([side("expected", other), side("observed", more), DIFFER])).toContain(
      "     differ   frames         ^^^^^^^|",
    );
  });

  test("in where a linear area leads", () => {
    const there = { ...area(0, 0x1000, READ, "linear"), physical: physAddr(0x5000) };
    const one = shows([area(0, 0x1000, READ, "linear")], [run(0, 0x1000, READ, 0)]);
    const other = shows([there], [run(0, 0x1000, READ, 1)]);
    expect(draw([side("expected", one), side("observed", other), DIFFER])).toMatchInlineSnapshot(`
      "
                          0x0                  0x1000|
           expected areas [r linear:0x80000000]|
                    pages  r=0x80000000|
           observed areas [r linear:0x5000 ===]|
                    pages  r=0x80001000|
           differ   areas ^^^^^^^^^^^^^^^^^^^^|
                    pages ^^^^^^^^^^^^^^^^^^^^|
      "
    `);
  });
});
