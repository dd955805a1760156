/**
 * Small states in a line of text, a cell for each page from 0 on: `.` for a page without an area, else the
 * area's flags, with `[` before them where the area begins.
 *
 *     [rw rw . [r      an area of two pages, a hole, and an area of one
 */
import { printFlags } from "../src/trace/print.ts";
import { BEGINS, FLAG_BITS, IN_AREA, type PageRecords } from "./page-records.ts";

/** The pages [first, first + count). */
export function cellsOf(records: PageRecords, count: number, first = 0): string {
  return Array.from({ length: count }, (_, index) => cell(records.get(first + index))).join(" ");
}

function cell(record: number): string {
  if (record === 0) return ".";
  return `${(record & BEGINS) === 0 ? "" : "["}${printFlags(record & FLAG_BITS)}`;
}

/** One area of a small state, in pages. */
export interface SmallArea {
  readonly start: number;
  readonly end: number;
  readonly flags: number;
}

/** Every state of `count` pages whose areas have these flags: the areas of each, in order. */
export function everyState(count: number, flags: readonly number[]): (readonly SmallArea[])[] {
  const states: SmallArea[][] = [];
  const grow = (areas: readonly SmallArea[], from: number): void => {
    states.push([...areas]);
    for (let start = from; start < count; start++) {
      for (let end = start + 1; end <= count; end++) {
        for (const each of flags) grow([...areas, { start, end, flags: each }], end);
      }
    }
  };
  grow([], 0);
  return states;
}

/** The record of each page [0, count) in such a state. */
export function recordsOf(areas: readonly SmallArea[], count: number): number[] {
  const records = new Array<number>(count).fill(0);
  for (const { start, end, flags } of areas) {
    records.fill(IN_AREA | flags, start, end);
    records[start] = IN_AREA | BEGINS | flags;
  }
  return records;
}
