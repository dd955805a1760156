/**
 * One record for each page of an address space, as naive as can be: an array for the pages of the space
 * and a map for the few pages far from it. A record is a small number: 0 for a page without an area,
 * otherwise `IN_AREA` plus the area's flags, plus `BEGINS` when the area begins at this page.
 */

/** Set in the record of every page that lies in an area. */
export const IN_AREA = 128;
/** Set when the area begins at this page. Areas are never merged, so two neighbours stay two. */
export const BEGINS = 64;
/** The bits of a record that hold the area's flags. */
export const FLAG_BITS = 63;

/** The array covers at most this many pages from the start of the space. */
const MAX_NEAR_PAGES = 4096;

/** The records of all pages. Pages are numbered from address 0: page n begins at n times the page size. */
export class PageRecords {
  /** How many pages lie in areas. */
  count = 0;
  /** The pages that the last `list` found, in ascending order. */
  listed = new Float64Array(64);

  private readonly firstNear: number;
  private readonly near: Uint8Array;
  private readonly far = new Map<number, number>();

  /** `firstPage` and `pageCount` say where most pages will lie; any other page is recorded as well. */
  constructor(firstPage: number, pageCount: number) {
    this.firstNear = firstPage;
    this.near = new Uint8Array(Math.min(pageCount, MAX_NEAR_PAGES));
  }

  /** The record of `page`. */
  get(page: number): number {
    const near = page - this.firstNear;
    if (near >= 0 && near < this.near.length) return this.near[near] ?? 0;
    return this.far.size === 0 ? 0 : (this.far.get(page) ?? 0);
  }

  /** Replaces the record of `page`. */
  set(page: number, record: number): void {
    const before = this.get(page);
    this.count += Number(record !== 0) - Number(before !== 0);
    const near = page - this.firstNear;
    if (near >= 0 && near < this.near.length) this.near[near] = record;
    else if (record === 0) this.far.delete(page);
    else this.far.set(page, record);
  }

  /** Forgets every page. */
  clear(): void {
    this.count = 0;
    this.near.fill(0);
    this.far.clear();
  }

  /** Lists the pages in [from, to) that lie in areas: fills `listed` and returns how many there are. */
  list(from: number, to: number): number {
    let found = 0;
    if (this.far.size > 0) found = this.listFar(from, Math.min(to, this.firstNear), found);
    const last = Math.min(to, this.firstNear + this.near.length);
    for (let page = Math.max(from, this.firstNear); page < last; page++) {
      if (this.near[page - this.firstNear] !== 0) found = this.append(page, found);
    }
    if (this.far.size > 0) found = this.listFar(Math.max(from, this.firstNear), to, found);
    return found;
  }

  private listFar(from: number, to: number, already: number): number {
    let found = already;
    for (const page of this.far.keys()) {
      if (page >= from && page < to) found = this.append(page, found);
    }
    this.listed.subarray(already, found).sort();
    return found;
  }

  private append(page: number, found: number): number {
    if (found === this.listed.length) {
      const larger = new Float64Array(found * 2);
      larger.set(this.listed);
      this.listed = larger;
    }
    this.listed[found] = page;
    return found + 1;
  }
}
