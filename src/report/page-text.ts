import { printAddr, printFlags } from "../trace/print.ts";
import type { FrameNames } from "./frame-names.ts";
import type { CellRun, PageCell } from "./grid.ts";

/** How the pages of a picture are written. */
export interface PageStyle {
  /** Bytes in a page. */
  readonly page: number;
  readonly frames: FrameNames;
}

/**
 * What a column says of its pages in at most `room` characters: nothing there, all alike, page by page, a part
 * of them, or at the least that they are not alike. Frames and physical addresses stand there as far as there
 * is room for them.
 */
export function pageText(cell: PageCell, room: number, style: PageStyle): string {
  const { room: pages, linear, runs } = cell;
  const [run] = runs;
  if (run === undefined) return ".";
  const flags = printFlags(run.flags);
  const alike = runs.every((other) => other.flags === run.flags);
  const shown = runs.reduce((sum, { from, to }) => sum + to - from, 0);
  const times = pages === 1 ? "" : ` *${pages}`;
  if (alike && shown === pages) {
    const placed = linear ? linearTexts(cell, times) : framed(cell, room, style);
    return fitting([...placed, `${flags}${times}`, flags], room);
  }
  const texts = shown <= pages ? [...framed(cell, room, style), ...oneByOne(cell, room)] : [];
  if (alike) texts.push(`${flags} ${shown}/${pages}`, `some ${flags}`);
  return fitting([...texts, "mixed"], room);
}

/** Linear pages that are alike: with the physical address where they are in one piece. */
function linearTexts({ runs }: PageCell, times: string): string[] {
  const [run] = runs;
  if (run?.physical === undefined) return [];
  const flags = printFlags(run.flags);
  const places = runs.length === 1 ? [`${flags}=${printAddr(run.physical)}${times}`] : [];
  return [...places, `${flags}=${times}`, `${flags}=`];
}

/** The pages one by one, each with the name of its frame; nothing where that is not known or can't fit. */
function framed(cell: PageCell, room: number, { page, frames }: PageStyle): string[] {
  if (cell.linear || cell.runs.some(({ physical }) => physical === undefined)) return [];
  // A name given to a frame that is not drawn would be missing from the picture.
  const names = NAME_WIDTH * cell.runs.reduce((sum, { from, to }) => sum + to - from, 0);
  if (oneByOne(cell, room - names).length === 0) return [];
  return oneByOne(cell, room, ({ physical = 0, from }, number) =>
    frames.nameOf(physical + (number - from) * page),
  );
}

/** The shortest name of a frame: `#1`. */
const NAME_WIDTH = 2;

/** The pages one by one, each with what `placeOf` says of the page with this number; nothing if that can't fit. */
function oneByOne(
  { room: pages, first, runs }: PageCell,
  room: number,
  placeOf: (run: CellRun, number: number) => string = () => "",
): string[] {
  if (pages > room) return [];
  const texts = Array.from({ length: pages }, (_, index) => {
    const number = first + index;
    const run = runs.find(({ from, to }) => from <= number && number < to);
    return run === undefined ? "." : `${printFlags(run.flags)}${placeOf(run, number)}`;
  });
  const text = texts.join(" ");
  return text.length <= room ? [text] : [];
}

/** The first text that fits, or the last. */
function fitting(texts: readonly string[], room: number): string {
  return texts.find((text) => text.length <= room) ?? texts.at(-1) ?? "";
}
