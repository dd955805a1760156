import type { PageRun, ShownArea, Snapshot } from "../explore/snapshot.ts";
import { areaName, type Column, columnAt } from "./columns.ts";

/** The part of an area that lies in one column. */
export interface AreaCell {
  readonly area: ShownArea;
  readonly begins: boolean;
  readonly ends: boolean;
}

/** Pages of a column that follow each other and are alike: [from, to) by number. */
export interface CellRun {
  readonly from: number;
  readonly to: number;
  readonly flags: number;
  /** The physical address of the first, where it is known. */
  readonly physical?: number;
}

/** The part of one column that holds pages. */
export interface PageCell {
  /** How many pages fit in the column. */
  readonly room: number;
  /** The number of the first of them. */
  readonly first: number;
  /** Whether they lie in a linear area, where physical addresses say more than names of frames. */
  readonly linear: boolean;
  /** The pages shown. */
  readonly runs: CellRun[];
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
  const pages = columns.map(({ start, end }, at): PageCell => {
    const first = Math.floor(start / page);
    const linear = lanes.some((lane) => lane[at]?.area.backend === "linear");
    return { first, room: Math.ceil(end / page) - first, linear, runs: [] };
  });
  for (const run of snapshot.pages) placeRun(pages, columns, run, page);
  return { lanes, pages };
}

/** What the areas are in column `at`, as a text to compare. Where one ends shows in the next column. */
export function areasIn(grid: Grid, at: number): string {
  const cells = grid.lanes.map((lane) => lane[at]);
  return cells.map((cell) => cell && `${cell.begins}${areaName(cell.area)}`).join();
}

/**
 * Whether the pages in column `at` are the same on both sides. Where one side doesn't know all physical
 * addresses they are not compared.
 */
export function samePages(one: Grid, other: Grid, at: number): boolean {
  const [a, b] = [one.pages[at]?.runs ?? [], other.pages[at]?.runs ?? []];
  const placed = [...a, ...b].every(({ physical }) => physical !== undefined);
  return pagesText(a, placed) === pagesText(b, placed);
}

/** The runs as a text to compare; without physical addresses neighbours with equal flags are one. */
function pagesText(runs: readonly CellRun[], placed: boolean): string {
  if (placed) {
    return runs.map(({ from, to, flags, physical }) => `${from}-${to}:${flags}=${physical}`).join();
  }
  const merged: CellRun[] = [];
  for (const { from, to, flags } of runs) {
    const last = merged.at(-1);
    const joins = last?.to === from && last.flags === flags;
    if (joins) merged.pop();
    merged.push({ from: joins ? last.from : from, to, flags });
  }
  return merged.map(({ from, to, flags }) => `${from}-${to}:${flags}`).join();
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
    if (from >= to) continue;
    const physical = run.physical === undefined ? {} : { physical: run.physical + (from - start) * page };
    cell.runs.push({ from, to, flags: run.flags, ...physical });
  }
}
