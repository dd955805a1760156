/** How a command's range lies on the areas that are there before it: what statistics are about. */
import { BEGINS, type PageRecords } from "../models/page-records.ts";

/** The flags that a `protect` changes: r, w and x. */
const RWX = 7;

/** Filled anew for each command, so that measuring allocates nothing. */
export class Footprint {
  /** Pages in the range that lie in areas. */
  mapped = 0;
  /** Areas that the range touches. */
  areas = 0;
  /** Whether some page of the range lies in no area. */
  holes = false;
  /** Whether the range begins inside an area, behind its first page. */
  cutsLeft = false;
  /** Whether the range ends inside an area, before its last page. */
  cutsRight = false;
  /** Pages whose r, w, x bits a `protect` changes. */
  changing = 0;

  /** Measures the pages [from, to) against `records`; `wanted` are the flags of a `protect`. */
  measure(records: PageRecords, from: number, to: number, wanted?: number): void {
    const count = records.list(from, to);
    const { listed } = records;
    let areas = 0;
    let changing = 0;
    for (let index = 0; index < count; index++) {
      const record = records.get(listed[index] ?? 0);
      if ((record & BEGINS) !== 0) areas++;
      if (wanted !== undefined && ((record ^ wanted) & RWX) !== 0) changing++;
    }
    this.mapped = count;
    this.changing = changing;
    this.holes = count < to - from;
    this.cutsLeft = count > 0 && continues(records.get(from));
    this.cutsRight = count > 0 && continues(records.get(to));
    this.areas = this.cutsLeft ? areas + 1 : areas;
  }
}

/** Whether a page lies in an area that began before it. */
function continues(record: number): boolean {
  return record !== 0 && (record & BEGINS) === 0;
}
