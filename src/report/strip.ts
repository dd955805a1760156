/**
 * Pictures of the address space as text. Each side takes two rows below a ruler of addresses:
 *
 *                         0x0     0x1000  0x2000  0x6000  0x7000
 *          before   areas [rw ===================][r ====]
 *                   pages  rw      rw      rw *4   r
 *          unmap                  <------>
 *          after    areas [rw ===]        [rw ===][r ====]
 *                   pages  rw      .       rw *4   r
 *
 * `[` is where an area begins, `]` where it ends, and `=` where it goes on; `*4` are four pages, `.` is none.
 * Where frames of physical memory are known, they have names and are counted:
 *
 *          after    areas [rw lazy ======][r linear:0x80000000]
 *                   pages  rw#1    .       r=0x80000000
 *                   frames data=1 table=4
 */
import type { ShownFrames, Snapshot } from "../explore/snapshot.ts";
import type { AddrRange } from "../trace/address.ts";
import { printAddr } from "../trace/print.ts";
import { areaName, blocksOf, type Column, columnAt, type Scale } from "./columns.ts";
import type { FrameNames } from "./frame-names.ts";
import { type AreaCell, areasIn, type Grid, layOver, type PageCell, samePages } from "./grid.ts";
import { pageText } from "./page-text.ts";
import type { Paint } from "./paint.ts";
import { sameFrames } from "./same-snapshot.ts";

/** The areas and pages of one side. */
interface SideBand {
  readonly kind: "side";
  readonly label: string;
  readonly snapshot: Snapshot;
}

/** A range of addresses; an empty one isn't drawn. */
interface RangeBand {
  readonly kind: "range";
  readonly label: string;
  readonly range: AddrRange;
}

/** Marks the columns in which the last two sides above are not the same. */
interface DifferenceBand {
  readonly kind: "difference";
  readonly label: string;
}

/** One part of a picture, which has them from top to bottom. */
export type Band = SideBand | RangeBand | DifferenceBand;

/** A part whose side lies on the columns. */
type LaidBand = LaidSide | RangeBand | DifferenceBand;

interface LaidSide extends SideBand {
  readonly grid: Grid;
}

/** What a picture is drawn on. */
export interface Canvas extends Scale {
  /** The characters in a line. */
  readonly width: number;
  readonly paint: Paint;
  /** One for all pictures of a replay. */
  readonly frames: FrameNames;
}

/** The width of the labels on the left: the part's, the row's, and the space before and after them. */
const INDENT = "     ";
const LABEL_WIDTH = 9;
const ROW_WIDTH = 6;
const MARGIN = INDENT.length + LABEL_WIDTH + ROW_WIDTH;

/**
 * The picture, line by line; none when there are no columns. One too wide for the canvas is cut into several,
 * one below the other, and of these only those are drawn in which the sides are not all the same.
 */
export function drawStrips(bands: readonly Band[], columns: readonly Column[], canvas: Canvas): string[] {
  const laid = bands.map((band): LaidBand => {
    return band.kind === "side" ? { ...band, grid: layOver(columns, band.snapshot, canvas.page) } : band;
  });
  const sides = laid.flatMap((band) => (band.kind === "side" ? [band.grid] : []));
  const blocks = blocksOf(columns, canvas.width - MARGIN, canvas).map((block) => {
    const from = columnAt(columns, block[0]?.start ?? 0);
    return { from, to: from + block.length };
  });
  const differing = blocks.filter(({ from, to }) => someDiffer(sides, from, to));
  const drawn = differing.length === 0 ? blocks : differing;
  const lines = drawn.flatMap(({ from, to }, index) => {
    const block = new Block(columns, from, to, canvas).draw(laid);
    return index === 0 ? block : ["", ...block];
  });
  const rest = `${INDENT}${canvas.paint.faint("(nothing differs elsewhere)")}`;
  return drawn.length < blocks.length ? [...lines, rest] : lines;
}

function someDiffer([first, ...others]: readonly Grid[], from: number, to: number): boolean {
  for (const other of others) {
    for (let at = from; at < to; at++) {
      if (first && (areasIn(first, at) !== areasIn(other, at) || !samePages(first, other, at))) return true;
    }
  }
  return false;
}

/** Draws the columns [from, to) of a picture. */
class Block {
  private readonly columns: readonly Column[];
  private readonly from: number;
  private readonly to: number;
  private readonly canvas: Canvas;

  constructor(columns: readonly Column[], from: number, to: number, canvas: Canvas) {
    this.columns = columns;
    this.from = from;
    this.to = to;
    this.canvas = canvas;
  }

  draw(bands: readonly LaidBand[]): string[] {
    const lines = [this.ruler()];
    const sides: LaidSide[] = [];
    for (const band of bands) {
      switch (band.kind) {
        case "side":
          sides.push(band);
          lines.push(...this.side(band));
          break;
        case "range":
          lines.push(...this.range(band));
          break;
        case "difference":
          lines.push(...this.difference(band.label, sides));
          break;
      }
    }
    return lines.map((line) => line.trimEnd());
  }

  private ruler(): string {
    const { paint, addrBits } = this.canvas;
    const labels = this.row(({ start, width }) => printAddr(start, addrBits).padEnd(width));
    const end = printAddr(this.columns[this.to - 1]?.end ?? 0, addrBits);
    return `${" ".repeat(MARGIN)}${paint.faint(labels + end)}`;
  }

  private side({ label, snapshot, grid }: LaidSide): string[] {
    const counts = snapshot.frames && partsOf(snapshot.frames).join(" ");
    const frames = counts === undefined ? [] : [this.labelled("", "frames", ` ${counts}`)];
    const nothing = snapshot.areas.length + snapshot.pages.length === 0;
    if (nothing) return [this.labelled(label, "nothing mapped", ""), ...frames];
    const lanes = grid.lanes.filter(
      (lane, index) => index === 0 || lane.slice(this.from, this.to).some(Boolean),
    );
    const areas = lanes.map((lane, index) => {
      const row = this.row((column, at) => this.areaCell(lane[at], column, at === this.from));
      return index === 0 ? this.labelled(label, "areas", row) : this.labelled("", "", row);
    });
    const pages = this.row((column, at) => this.pageCell(grid.pages[at], column));
    return [...areas, this.labelled("", "pages", pages), ...frames];
  }

  private areaCell(cell: AreaCell | undefined, { width }: Column, named: boolean): string {
    if (cell === undefined) return " ".repeat(width);
    const { area, begins, ends } = cell;
    const name = areaName(area);
    const empty = area.end <= area.start;
    const opening = `${begins ? "[" : "="}${begins || named ? `${name} ` : ""}`;
    const text = empty
      ? `[]${name}`.padEnd(width)
      : `${opening.slice(0, width - 1).padEnd(width - 1, "=")}${ends ? "]" : "="}`;
    return this.canvas.paint.flags(text, area.flags);
  }

  private pageCell(cell: PageCell | undefined, { width }: Column): string {
    if (cell === undefined) return " ".repeat(width);
    const text = ` ${pageText(cell, width - 2, this.canvas)}`.padEnd(width);
    const [run] = cell.runs;
    return run === undefined ? this.canvas.paint.faint(text) : this.canvas.paint.flags(text, run.flags);
  }

  private range({ label, range: { start, end } }: RangeBand): string[] {
    const row = this.row((column) => {
      if (column.end <= start || column.start >= end) return " ".repeat(column.width);
      const left = column.start === start ? "<" : "-";
      return `${left.padEnd(column.width - 1, "-")}${column.end === end ? ">" : "-"}`;
    });
    return row.trim() === "" ? [] : [this.labelled(label, "", this.canvas.paint.strong(row))];
  }

  private difference(label: string, sides: readonly LaidSide[]): string[] {
    const [one, other] = sides.slice(-2);
    if (one === undefined || other === undefined) return [];
    const mark = (differs: (at: number) => boolean) =>
      this.row(({ width }, at) => (differs(at) ? "^".repeat(width - 1) : "").padEnd(width));
    const rows = [
      { name: "areas", marks: mark((at) => areasIn(one.grid, at) !== areasIn(other.grid, at)) },
      { name: "pages", marks: mark((at) => !samePages(one.grid, other.grid, at)) },
      { name: "frames", marks: frameMarks(one.snapshot.frames, other.snapshot.frames) },
    ].filter(({ marks }) => marks.trim() !== "");
    return rows.map(({ name, marks }, index) =>
      this.labelled(index === 0 ? label : "", name, this.canvas.paint.bad(marks)),
    );
  }

  private row(cell: (column: Column, at: number) => string): string {
    return this.columns
      .slice(this.from, this.to)
      .map((column, index) => cell(column, this.from + index))
      .join("");
  }

  private labelled(label: string, row: string, content: string): string {
    const name = label === "" ? " ".repeat(LABEL_WIDTH) : this.canvas.paint.strong(label.padEnd(LABEL_WIDTH));
    return `${INDENT}${name}${this.canvas.paint.faint(row.padEnd(ROW_WIDTH))}${content}`;
  }
}

/** The counts of frames as they are written, data before tables. */
function partsOf({ data, table }: ShownFrames): string[] {
  return [`data=${data}`, ...(table === undefined ? [] : [`table=${table}`])];
}

/** Marks below the counts of the second side that are not those of the first. */
function frameMarks(one: ShownFrames | undefined, other: ShownFrames | undefined): string {
  if (one === undefined || other === undefined || sameFrames(one, other)) return "";
  const [expected, observed] = [partsOf(one), partsOf(other)];
  const marks = observed.map((part, index) =>
    (expected[index] ?? part) === part ? " ".repeat(part.length) : "^".repeat(part.length),
  );
  return ` ${marks.join(" ")}`;
}
