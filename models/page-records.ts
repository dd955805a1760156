/**
 * One record for each page of an address space, as naive as can be: an array for the pages of the space
 * and a map for the few pages far from it. A record is a small number: 0 for a page without an area,
 * otherwise `IN_AREA` plus the area's flags, plus `BEGINS` when the area begins at this page.
 */

import type { Fingerprint } from "../src/trace/fingerprint.ts";
import type { Observation } from "../src/trace/observation.ts";

/** Set in the record of every page that lies in an area. */
export const IN_AREA = 128;
/** Set when the area begins at this page. Areas are never merged, so two neighbours stay two. */
export const BEGINS = 64;
/** The bits of a record that hold the area's flags. */
export const FLAG_BITS = 63;

/** The array covers at most this many pages from the start of the space. */
const MAX_NEAR_PAGES = 4096;

/** The record of a page inside an area with these flags, behind its first; -1, which none is, for what are no flags. */
export function insideOf(flags: number): number {
  return flags > FLAG_BITS ? -1 : IN_AREA | flags;
}

/** The records of all pages. Pages are numbered from address 0: page n begins at n times the page size. */
export class PageRecords {
  /** How many pages lie in areas. */
  count = 0;
  /** The pages that the last `list` found, in ascending order. */
  listed: Float64Array;

  // The range that `listed` is about; NaN, which equals nothing, after a change.
  private listedFrom = 0;
  private listedTo = Number.NaN;
  private listedCount = 0;
  private readonly firstNear: number;
  private readonly near: Uint8Array;
  private readonly far = new Map<number, number>();

  /** `firstPage` and `pageCount` say where most pages will lie; any other page is recorded as well. */
  constructor(firstPage: number, pageCount: number) {
    this.firstNear = firstPage;
    this.near = new Uint8Array(Math.min(pageCount, MAX_NEAR_PAGES));
    this.listed = new Float64Array(this.near.length);
  }

  /** The record of `page`. */
  get(page: number): number {
    const near = page - this.firstNear;
    if (near >= 0 && near < this.near.length) return this.near[near] ?? 0;
    return this.far.size === 0 ? 0 : (this.far.get(page) ?? 0);
  }

  /** The first page of [from, to) whose record is not `record`; `to` when there is none. */
  firstOther(record: number, from: number, to: number): number {
    let page = from;
    const nearEnd = Math.min(to, this.firstNear + this.near.length);
    if (page >= this.firstNear) while (page < nearEnd && this.near[page - this.firstNear] === record) page++;
    while (page < to && this.get(page) === record) page++;
    return page;
  }

  /** Replaces the record of `page`. */
  set(page: number, record: number): void {
    this.listedTo = Number.NaN;
    const near = page - this.firstNear;
    const isNear = near >= 0 && near < this.near.length;
    const before = isNear ? (this.near[near] ?? 0) : (this.far.get(page) ?? 0);
    if (before === 0) this.count += record === 0 ? 0 : 1;
    else if (record === 0) this.count--;
    if (isNear) this.near[near] = record;
    else if (record === 0) this.far.delete(page);
    else this.far.set(page, record);
  }

  /**
   * Whether the areas shown are exactly those of the records, where all of them are near. `false` says
   * nothing yet; the comparison that finds out what differs is slower. `perByte` is one page's share of a byte.
   */
  areExactly(observed: Observation, perByte: number): boolean {
    const { areaCount, areaStarts, areaEnds, areaFlags, areaBackends } = observed;
    const { near, firstNear } = this;
    let shown = 0;
    let previousEnd = 0;
    for (let index = 0; index < areaCount; index++) {
      const first = (areaStarts[index] ?? 0) * perByte - firstNear;
      const end = (areaEnds[index] ?? 0) * perByte - firstNear;
      if (!(first >= previousEnd && first < end && end <= near.length)) return false;
      const inside = insideOf(areaFlags[index] ?? 0);
      if (near[first] !== (inside | BEGINS) || areaBackends[index] !== 0) return false;
      for (let page = first + 1; page < end; page++) if (near[page] !== inside) return false;
      shown += end - first;
      previousEnd = end;
    }
    return shown === this.count;
  }

  /** Forgets every page. */
  clear(): void {
    this.listedTo = Number.NaN;
    this.count = 0;
    this.near.fill(0);
    this.far.clear();
  }

  /** Writes what tells these records from others. */
  fingerprint(into: Fingerprint): void {
    const { near, far } = this;
    into.add(near);
    into.number(far.size);
    if (far.size === 0) return;
    for (const page of [...far.keys()].sort((a, b) => a - b)) {
      into.number(page);
      into.byte(far.get(page) ?? 0);
    }
  }

  /** Remembers the records. What it returns brings them back, as often as it is called. */
  snapshot(): () => void {
    const near = this.near.slice();
    const far = [...this.far];
    const { count } = this;
    return () => {
      this.listedTo = Number.NaN;
      // Faster than `set` for the few pages that this is about.
      for (let at = 0; at < near.length; at++) this.near[at] = near[at] ?? 0;
      this.count = count;
      if (this.far.size > 0) this.far.clear();
      for (const [page, record] of far) this.far.set(page, record);
    };
  }

  /** Lists the pages in [from, to) that lie in areas: fills `listed` and returns how many there are. */
  list(from: number, to: number): number {
    // A command's range is asked for several times before anything changes.
    if (from !== this.listedFrom || to !== this.listedTo) {
      this.listedCount = this.findAll(from, to);
      this.listedFrom = from;
      this.listedTo = to;
    }
    return this.listedCount;
  }

  private findAll(from: number, to: number): number {
    const { near, firstNear } = this;
    const end = Math.min(to - firstNear, near.length);
    let found = this.far.size === 0 ? 0 : this.listFar(from, Math.min(to, firstNear), 0);
    for (let at = Math.max(from - firstNear, 0); at < end; at++) {
      if (near[at] !== 0) this.listed[found++] = firstNear + at;
    }
    return this.far.size === 0 ? found : this.listFar(Math.max(from, firstNear), to, found);
  }

  /** Lists the far pages in [from, to) behind the `already` listed ones. */
  private listFar(from: number, to: number, already: number): number {
    this.makeRoom(already + this.far.size);
    let found = already;
    for (const page of this.far.keys()) {
      if (page >= from && page < to) this.listed[found++] = page;
    }
    this.listed.subarray(already, found).sort();
    return found;
  }

  /** Makes room in `listed` for `far` pages and for all the near ones. */
  private makeRoom(far: number): void {
    const room = far + this.near.length;
    if (room <= this.listed.length) return;
    const larger = new Float64Array(room * 2);
    larger.set(this.listed);
    this.listed = larger;
  }
}
