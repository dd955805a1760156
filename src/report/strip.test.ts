import { describe, expect, test } from "vitest";
import type { PageRun, ShownArea, Snapshot } from "../explore/snapshot.ts";
import { virtAddr } from "../trace/address.ts";
import { ALL_FLAGS, EXECUTE, type Flags, NO_FLAGS, READ, WRITE } from "../trace/flags.ts";
import { type Column, columnsOf } from "./columns.ts";
import { FrameNames } from "./frame-names.ts";
import { PLAIN } from "./paint.ts";
import { type Band, type Canvas, drawStrips } from "./strip.ts";

const RW = READ | WRITE;
/** What a picture is drawn on; frames have no names yet. */
function canvas(changes: Partial<Canvas> = {}): Canvas {
  return { page: 0x1000, addrBits: 52, width: 80, paint: PLAIN, frames: new FrameNames(), ...changes };
}
const NOTHING: Snapshot = { areas: [], pages: [] };

function area(start: number, end: number, flags: Flags, backend: ShownArea["backend"] = "mock"): ShownArea {
  return { start: virtAddr(start), end: virtAddr(end), flags, backend };
}

function run(start: number, end: number, flags: Flags): PageRun {
  return { start: virtAddr(start), end: virtAddr(end), flags };
}

/** What a sound implementation shows of these areas: all of their pages. */
function sound(...areas: readonly ShownArea[]): Snapshot {
  return { areas, pages: areas.map(({ start, end, flags }) => run(start, end, flags)) };
}

function columnsAt(...boundaries: readonly number[]): readonly Column[] {
  return boundaries.slice(1).map((end, index) => ({ start: boundaries[index] ?? 0, end, width: 8 }));
}

function side(label: string, snapshot: Snapshot): Band {
  return { kind: "side", label, snapshot };
}

/** The picture as one text that starts on a line of its own, with a bar where each line ends. */
function draw(bands: readonly Band[], columns: readonly Column[], on = canvas()): string {
  const lines = drawStrips(bands, columns, on).map((line) => `${line}|\n`);
  return `\n${lines.join("")}`;
}

describe("one side", () => {
  test("an area that goes on over columns, a hole, and neighbours that are alike", () => {
    const shown = sound(area(0, 0x2000, RW), area(0x3000, 0x4000, RW), area(0x4000, 0x8000, RW));
    expect(
      draw([side("after", shown)], columnsAt(0, 0x1000, 0x2000, 0x3000, 0x4000, 0x8000)),
    ).toMatchInlineSnapshot(`
      "
                          0x0     0x1000  0x2000  0x3000  0x4000  0x8000|
           after    areas [rw ===========]        [rw ===][rw ===]|
                    pages  rw      rw      .       rw      rw *4|
      "
    `);
  });

  test("every set of flags has room", () => {
    const shown = sound(
      area(0, 0x1000, ALL_FLAGS),
      area(0x1000, 0x2000, NO_FLAGS),
      area(0x2000, 0x3000, EXECUTE),
    );
    expect(draw([side("after", shown)], columnsAt(0, 0x1000, 0x2000, 0x3000))).toMatchInlineSnapshot(`
      "
                          0x0     0x1000  0x2000  0x3000|
           after    areas [rwxudn][- ====][x ====]|
                    pages  rwxudn  -       x|
      "
    `);
  });

  test("pages that are missing, or are not alike, page by page as far as there is room", () => {
    const all = area(0, 0x40000, READ);
    const pages = [
      run(0, 0x1000, READ),
      run(0x2000, 0x3000, READ),
      run(0x3000, 0x4000, READ),
      run(0x4000, 0x5000, RW),
      run(0x8000, 0xb000, READ),
      run(0x10000, 0x1f000, RW),
      run(0x20000, 0x21000, READ),
      run(0x2f000, 0x30000, RW),
      run(0x30000, 0x31000, READ),
      run(0x31000, 0x40000, READ),
    ];
    const columns = columnsAt(0, 0x3000, 0x6000, 0x8000, 0x10000, 0x20000, 0x30000, 0x40000);
    expect(draw([side("after", { areas: [all], pages })], columns)).toMatchInlineSnapshot(`
      "
                          0x0     0x3000  0x6000  0x8000  0x10000 0x20000 0x30000|
           after    areas [r =============================================|
                    pages  r . r   r rw .  .       r 3/8   mixed   mixed|
      |
                          0x30000 0x40000|
           after    areas =r ====]|
                    pages  r *16|
      "
    `);
  });

  test("a page that is shown twice", () => {
    const pages = [run(0, 0x2000, READ), run(0, 0x1000, READ)];
    expect(draw([side("after", { areas: [], pages })], columnsAt(0, 0x2000))).toMatchInlineSnapshot(`
      "
                          0x0     0x2000|
           after    areas|
                    pages  r 3/2|
      "
    `);
  });

  test("areas that overlap, or are empty, one below the other", () => {
    const shown = {
      areas: [
        area(0, 0x2000, READ),
        area(0x1000, 0x3000, RW),
        area(0x1000, 0x1000, EXECUTE),
        area(0x3000, 0x2000, WRITE),
      ],
      pages: [],
    };
    expect(draw([side("after", shown)], columnsAt(0, 0x1000, 0x2000, 0x3000, 0x4000))).toMatchInlineSnapshot(`
      "
                          0x0     0x1000  0x2000  0x3000  0x4000|
           after    areas [r ============]        []w|
                                  [rw ===========]|
                                  []x|
                    pages  .       .       .       .|
      "
    `);
  });

  test("boundaries inside a page", () => {
    const shown = { areas: [area(0, 0x800, READ), area(0x800, 0x2000, READ)], pages: [run(0, 0x2000, READ)] };
    expect(draw([side("after", shown)], columnsAt(0, 0x800, 0x2000))).toMatchInlineSnapshot(`
      "
                          0x0     0x800   0x2000|
           after    areas [r ====][r ====]|
                    pages  r       r *2|
      "
    `);
  });

  test("a backend is named when it is not the mock one", () => {
    const shown = sound(area(0, 0x2000, RW, "alloc:lazy"), area(0x2000, 0x3000, READ));
    expect(draw([side("after", shown)], columnsOf([], [shown], canvas()))).toMatchInlineSnapshot(`
      "
                          0x0      0x2000  0x3000|
           after    areas [rw lazy][r ====]|
                    pages  rw *2    r|
      "
    `);
  });

  test("nothing at all", () => {
    expect(draw([side("after", NOTHING)], columnsAt(0, 0x1000))).toMatchInlineSnapshot(`
      "
                          0x0     0x1000|
           after    nothing mapped|
      "
    `);
    expect(drawStrips([side("after", NOTHING)], [], canvas())).toEqual([]);
  });

  test("addresses far apart", () => {
    const shown = sound(area(0, 0x1000, READ), area(0xffffffffe000, 0xfffffffff000, RW));
    const high = area(0xfffffffffe000, 0xffffffffff000, READ);
    const both = { areas: [...shown.areas, high], pages: shown.pages };
    expect(
      draw([side("after", both)], columnsOf([], [both], canvas()), canvas({ width: 100 })),
    ).toMatchInlineSnapshot(`
      "
                          0x0     0x1000  0xffffffffe000 0xfffffffff000 0xfffffffffe000 0xffffffffff000|
           after    areas [r ====]        [rw ==========]               [r ============]|
                    pages  r       .       rw             .              .|
      "
    `);
  });

  test("addresses as an implementation with more bits has them", () => {
    const high = sound(area(0xfffffffffe000, 0xffffffffff000, READ));
    const wide = canvas({ addrBits: 64 });
    expect(draw([side("after", high)], columnsOf([], [high], wide), wide)).toMatchInlineSnapshot(`
      "
                          0xffffffffffffe000 0xfffffffffffff000|
           after    areas [r ===============]|
                    pages  r|
      "
    `);
  });
});

describe("a range", () => {
  const range = (start: number, end: number): Band => {
    return { kind: "range", label: "unmap", range: { start: virtAddr(start), end: virtAddr(end) } };
  };

  test("lies between the sides", () => {
    const before = sound(area(0, 0x4000, RW));
    const after = sound(area(0, 0x1000, RW), area(0x3000, 0x4000, RW));
    const bands = [side("before", before), range(0x1000, 0x3000), side("after", after)];
    expect(draw(bands, columnsAt(0, 0x1000, 0x2000, 0x3000, 0x4000))).toMatchInlineSnapshot(`
      "
                          0x0     0x1000  0x2000  0x3000  0x4000|
           before   areas [rw ===========================]|
                    pages  rw      rw      rw      rw|
           unmap                  <-------------->|
           after    areas [rw ===]                [rw ===]|
                    pages  rw      .       .       rw|
      "
    `);
  });

  test("is not drawn when it is empty", () => {
    const bands = [side("before", NOTHING), range(0x1000, 0x1000)];
    expect(drawStrips(bands, columnsAt(0, 0x1000, 0x2000), canvas()).length).toBe(2);
  });
});

describe("a difference", () => {
  const columns = columnsAt(0, 0x1000, 0x2000, 0x3000);
  const differ: Band = { kind: "difference", label: "differ" };
  const marks = (one: Snapshot, other: Snapshot) =>
    draw([side("a", one), side("b", other), differ], columns)
      .split("\n")
      .slice(6, -1);

  test("is marked below the columns in which it is", () => {
    const expected = sound(area(0, 0x1000, READ), area(0x1000, 0x2000, READ), area(0x2000, 0x3000, READ));
    const observed = { areas: [area(0, 0x2000, READ)], pages: [run(0, 0x2000, READ)] };
    expect(
      draw([side("expected", expected), side("observed", observed), differ], columns),
    ).toMatchInlineSnapshot(`
      "
                          0x0     0x1000  0x2000  0x3000|
           expected areas [r ====][r ====][r ====]|
                    pages  r       r       r|
           observed areas [r ============]|
                    pages  r       r       .|
           differ   areas         ^^^^^^^ ^^^^^^^|
                    pages                 ^^^^^^^|
      "
    `);
  });

  test("in pages alone", () => {
    const one = sound(area(0, 0x1000, READ));
    const [areas, pages] = [one.areas, [run(0, 0x1000, RW)]];
    expect(marks(one, { areas, pages })).toEqual(["     differ   pages ^^^^^^^|"]);
  });

  test("in the backend alone", () => {
    const one = sound(area(0, 0x1000, READ));
    expect(marks(one, sound(area(0, 0x1000, READ, "alloc:eager")))).toEqual(["     differ   areas ^^^^^^^|"]);
  });

  test("in pages that are shown alike: one missing of three, and another", () => {
    const areas = [area(0, 0x40000, READ)];
    const wide = columnsAt(0, 0x40000);
    const [one, other] = [run(0, 0x3f000, READ), run(0x1000, 0x40000, READ)].map((pages) => ({
      areas,
      pages: [pages],
    }));
    const picture = draw([side("a", one ?? NOTHING), side("b", other ?? NOTHING), differ], wide).split("\n");
    expect(picture[3]).toBe(picture[5]);
    expect(picture.slice(6, -1)).toEqual(["     differ   pages ^^^^^^^|"]);
  });

  test("is between the last two sides", () => {
    const one = sound(area(0, 0x1000, READ));
    const bands = [side("before", NOTHING), side("expected", one), side("observed", one), differ];
    expect(draw(bands, columns)).not.toContain("^");
  });

  test("needs two sides", () => {
    expect(draw([side("a", sound(area(0, 0x1000, READ))), differ], columns)).not.toContain("differ");
  });
});

describe("a picture that is too wide", () => {
  const columns = columnsAt(...Array.from({ length: 13 }, (_, page) => page * 0x1000));
  const before = sound(area(0, 0xc000, RW));

  test("goes on below, and an area that began above says again what it is", () => {
    expect(draw([side("after", before)], columns)).toMatchInlineSnapshot(`
      "
                          0x0     0x1000  0x2000  0x3000  0x4000  0x5000  0x6000|
           after    areas [rw ============================================|
                    pages  rw      rw      rw      rw      rw      rw|
      |
                          0x6000  0x7000  0x8000  0x9000  0xa000  0xb000  0xc000|
           after    areas =rw ===========================================]|
                    pages  rw      rw      rw      rw      rw      rw|
      "
    `);
  });

  test("shows only where something differs", () => {
    const after = sound(area(0, 0x9000, RW), area(0x9000, 0xc000, READ));
    const range: Band = {
      kind: "range",
      label: "protect",
      range: { start: virtAddr(0x9000), end: virtAddr(0xc000) },
    };
    expect(draw([side("before", before), range, side("after", after)], columns)).toMatchInlineSnapshot(`
      "
                          0x6000  0x7000  0x8000  0x9000  0xa000  0xb000  0xc000|
           before   areas =rw ===========================================]|
                    pages  rw      rw      rw      rw      rw      rw|
           protect                                <---------------------->|
           after    areas =rw ===================][r ====================]|
                    pages  rw      rw      rw      r       r       r|
           (nothing differs elsewhere)|
      "
    `);
  });

  test("shows all of it when nothing differs", () => {
    expect(draw([side("before", before), side("after", before)], columns)).not.toContain("elsewhere");
  });

  test("continues a range that goes on", () => {
    const range: Band = {
      kind: "range",
      label: "clear",
      range: { start: virtAddr(0), end: virtAddr(0xc000) },
    };
    const rows = draw([side("before", before), range], columns)
      .split("\n")
      .filter((line) => line.includes("clear"));
    expect(rows).toEqual([
      "     clear          <-----------------------------------------------|",
      "     clear          ----------------------------------------------->|",
    ]);
  });

  test("is never wider than the canvas", () => {
    for (const width of [40, 60, 80, 81, 200]) {
      const lines = drawStrips([side("before", before), side("after", NOTHING)], columns, canvas({ width }));
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    }
  });
});

test("flags are painted, and the painted picture reads the same", () => {
  const painted: string[] = [];
  const paint = {
    ...PLAIN,
    flags: (text: string, flags: Flags) => {
      painted.push(`${flags} ${text.trim()}`);
      return text;
    },
  };
  const shown = sound(area(0, 0x1000, READ), area(0x1000, 0x2000, RW));
  const columns = columnsAt(0, 0x1000, 0x2000, 0x3000);
  expect(draw([side("after", shown)], columns, canvas({ paint }))).toBe(
    draw([side("after", shown)], columns),
  );
  expect(painted).toEqual(["1 [r ====]", "3 [rw ===]", "1 r", "3 rw"]);
});
