import type { PageRun, ShownArea, Snapshot } from "../explore/snapshot.ts";
import { printFlags } from "../trace/print.ts";
import { areaName, type Column, columnAt } from "./columns.ts";

/** The part of an area that lies in one column. */
export interface AreaCell {
  readonly area: ShownArea;
  readonly begins: boolean;
  readonly ends: boolean;
}

/** The part of one column that holds pages. */
export interface PageCell {
  /** How many pages fit in the column. */
  readonly room: number;
  /** The number of the first of them. */
  readonly first: number;
  /** The pages shown: [from, to) by number. */
  readonly runs: { readonly from: number; readonly to: number; readonly flags: number }[];
}

/** What one side shows, column by column. */
export interface Grid {
  /** Areas that share a column, which only malformed ones do, lie in different lanes. There is at least one. */
  readonly lanes: readonly (readonly (AreaCell | undefined)[])[];
  readonly pages: readonly PageCell[];
}

/** Lays what a side shows over the columns. Every boundary of its areas is a boundary of columns; `page` in bytes. */
export function layOver(columns: readonly Column[], snapshot: Snapshot, page: number): Grid {
  const lanes: (AreaCell | undefined)[][] = [[]];
  for (const area of snapshot.areas) placeArea(lanes, columns, area);
  const pages = columns.map(({ start, end }): PageCell => {
    const first = Math.floor(start / page);
    return { first, room: Math.ceil(end / page) - first, runs: [] };
  });
  for (const run of snapshot.pages) placeRun(pages, columns, run, page);
  return { lanes, pages };
}

/** What the areas are in column `at`, as a text to compare. Where one ends shows in the next column. */
export function areasIn(grid: Grid, at: number): string {
  const cells = grid.lanes.map((lane) => lane[at]);
  return cells.map((cell) => cell && `${cell.begins}${areaName(cell.area)}`).join();
}

/** What the pages are in column `at`, as a text to compare. */
export function pagesIn(grid: Grid, at: number): string {
  return (grid.pages[at]?.runs ?? []).map(({ from, to, flags }) => `${from}-${to}:${flags}`).join();
}

/** Puts an area in the first lane that has room for it. An empty one takes the column that it begins at. */
function placeArea(lanes: (AreaCell | undefined)[][], columns: readonly Column[], area: ShownArea): void {
  const first = columnAt(columns, area.start);
  const last = area.end > area.start ? columnAt(columns, area.end - 1) : first;
  let lane = lanes.find((cells) => !cells.slice(first, last + 1).some((cell) => cell !== undefined));
  if (lane === undefined) {
    lane = [];
    lanes.push(lane);
  }
  for (let at = first; at <= last; at++) lane[at] = { area, begins: at === first, ends: at === last };
}

function placeRun(cells: readonly PageCell[], columns: readonly Column[], run: PageRun, page: number): void {
  const [start, end] = [run.start / page, run.end / page];
  for (let at = columnAt(columns, run.start); at < cells.length; at++) {
    const cell = cells[at];
    if (cell === undefined || cell.first >= end) return;
    const [from, to] = [Math.max(start, cell.first), Math.min(end, cell.first + cell.room)];
    if (from < to) cell.runs.push({ from, to, flags: run.flags });
  }
}

/**
 * What a column says of its pages in at most `room` characters: nothing there, all alike, page by page, a part
 * of them, or at the least that they are not alike.
 */
export function pageText({ room: pages, first, runs }: PageCell, room: number): string {
  const [run] = runs;
  if (run === undefined) return ".";
  const flags = printFlags(run.flags);
  const alike = runs.every((other) => other.flags === run.flags);
  const shown = runs.reduce((sum, { from, to }) => sum + to - from, 0);
  if (alike && shown === pages) return fitting([pages === 1 ? flags : `${flags} *${pages}`, flags], room);
  const oneByOne = Array.from({ length: Math.min(pages, room) }, (_, index) => {
    const page = runs.find(({ from, to }) => from <= first + index && first + index < to);
    return page === undefined ? "." : printFlags(page.flags);
  }).join(" ");
  const texts = pages <= room && shown <= pages ? [oneByOne] : [];
  if (alike) texts.push(`${flags} ${shown}/${pages}`, `some ${flags}`);
  return fitting([...texts, "mixed"], room);
}

/** The first text that fits, or the last. */
function fitting(texts: readonly string[], room: number): string {
  return texts.find((text) => text.length <= room) ?? texts.at(-1) ?? "";
}
