/**
 * One record for each page of an address space, in columns of numbers. Spaces are large and mostly empty, so the
 * columns come in chunks of 512 pages, made where a page lies in an area and found again through a map.
 */

/** The bits of a record that hold the area's flags. */
export const FLAG_BITS = 63;
/** The flags without which a page is not accessible: r, w and x. */
export const RWX = 7;
/** The bits that hold the area's kind of backend: its index in `BACKEND_KINDS` times `KIND_STEP`. */
export const KIND_BITS = 192;
/** See `KIND_BITS`. */
export const KIND_STEP = 64;
/** A linear area: its pages are present, and have no frames of the allocator. */
export const LINEAR = 64;
/** An area whose pages have their frames from the start. */
export const EAGER = 128;
/** An area whose pages get their frames by faults. */
export const LAZY = 192;
/** Set when the area begins at this page. Areas are never merged, so two neighbours stay two. */
export const BEGINS = 256;
/** Set in the record of every page that lies in an area. */
export const IN_AREA = 512;
/** Set when the page is linear or has its frame; without r, w and x it is not accessible all the same. */
export const PRESENT = 1024;
/** Set when the page has a frame of the allocator. */
export const FRAME = 2048;
/** What areas show of a page: everything but whether it is present. */
export const AREA_BITS = FLAG_BITS | KIND_BITS | BEGINS | IN_AREA;

/** Stands where a physical address, or which frame a page has, is not known. */
export const UNKNOWN = -1;

const CHUNK_PAGES = 512;
/** Every bit that records have: one of them is set for each page in an area. */
const ANY = 0xffff;

/** Pages [first, first + 512). Only those at the offsets [from, to) have had records since it was made. */
interface Chunk {
  first: number;
  from: number;
  to: number;
  readonly records: Uint16Array;
  readonly physicals: Float64Array;
  readonly contents: Int32Array;
}

// No page lies at a distance from it: every comparison with NaN is false.
const NO_CHUNK: Chunk = newChunk(Number.NaN);

/** The records of all pages. Pages are numbered from address 0: page n begins at n times the page size. */
export class SpacePages {
  /** How many pages lie in areas. */
  count = 0;
  // Those with records, in ascending order.
  private readonly chunks: Chunk[] = [];
  private readonly byIndex = new Map<number, Chunk>();
  private readonly spare: Chunk[] = [];
  // The one that was asked for last: requests are about neighbours.
  private chunk = NO_CHUNK;

  /** The record of `page`: 0 for a page without an area. */
  get(page: number): number {
    return this.reach(page) ? (this.chunk.records[page - this.chunk.first] ?? 0) : 0;
  }

  /** What a linear page is mapped to, or the address of another's frame, in bytes, or `UNKNOWN`. For pages in areas. */
  physical(page: number): number {
    return this.reach(page) ? (this.chunk.physicals[page - this.chunk.first] ?? UNKNOWN) : UNKNOWN;
  }

  /** Which content the page has, see `PageContents`; 0 for zeros. For pages in areas. */
  content(page: number): number {
    return this.reach(page) ? (this.chunk.contents[page - this.chunk.first] ?? 0) : 0;
  }

  /**
   * The first page of [from, to) whose record has some of `bits`, or where these are not given that lies in an
   * area; `to` when there is none.
   */
  next(from: number, to: number, bits = ANY): number {
    if (from >= to) return to;
    if (!this.reach(from)) return this.nextIn(this.chunkFrom(from), from, to, bits);
    const { chunk } = this;
    const found = firstIn(chunk, from, to, bits);
    if (found >= 0) return found;
    const end = chunk.first + CHUNK_PAGES;
    return end < to ? this.nextIn(this.chunkFrom(end), end, to, bits) : to;
  }

  /** The first page of [from, to) whose record, of the bits in `mask`, has not just those of `record`; or `to`. */
  firstOther(from: number, to: number, mask: number, record: number): number {
    for (let page = from; page < to; ) {
      if (!this.reach(page)) return page;
      const { first, records } = this.chunk;
      const end = Math.min(first + CHUNK_PAGES, to);
      while (page < end && ((records[page - first] ?? 0) & mask) === record) page++;
      if (page < end) return page;
    }
    return to;
  }

  /**
   * The first page of [from, to), all of them in areas, that `physical` doesn't give what it would if `start` were
   * that of `from`, and each page followed the one before it, `size` bytes further; or `to`.
   */
  firstElsewhere(from: number, to: number, start: number, size: number): number {
    for (let page = from; page < to; ) {
      if (!this.reach(page)) return page;
      const { first, physicals } = this.chunk;
      const end = Math.min(first + CHUNK_PAGES, to);
      while (page < end && physicals[page - first] === start + (page - from) * size) page++;
      if (page < end) return page;
    }
    return to;
  }

  /** Gives `page`, which lies in no area, its first record. */
  add(page: number, record: number, physical: number): void {
    const chunk = this.chunkOf(page);
    const offset = page - chunk.first;
    if (offset < chunk.from) chunk.from = offset;
    if (offset >= chunk.to) chunk.to = offset + 1;
    chunk.records[offset] = record;
    chunk.physicals[offset] = physical;
    chunk.contents[offset] = 0;
    this.count++;
  }

  /** Replaces the record of `page`, which lies in an area and goes on lying in one. */
  change(page: number, record: number): void {
    if (this.reach(page)) this.chunk.records[page - this.chunk.first] = record;
  }

  /** Sets what `physical` gives for `page`, which lies in an area. */
  setPhysical(page: number, physical: number): void {
    if (this.reach(page)) this.chunk.physicals[page - this.chunk.first] = physical;
  }

  /** Sets what `content` gives for `page`, which lies in an area. */
  setContent(page: number, content: number): void {
    if (this.reach(page)) this.chunk.contents[page - this.chunk.first] = content;
  }

  /** Forgets `page`, which lies in an area. */
  remove(page: number): void {
    this.change(page, 0);
    this.count--;
  }

  /** Remembers every page. What it returns brings them back, as often as it is called. */
  snapshot(): () => void {
    const pages: number[] = [];
    const end = Number.POSITIVE_INFINITY;
    for (let page = this.next(0, end); page < end; page = this.next(page + 1, end)) pages.push(page);
    const records = pages.map((page) => this.get(page));
    const physicals = pages.map((page) => this.physical(page));
    const contents = pages.map((page) => this.content(page));
    return () => {
      this.count = 0;
      // In the chunks that there are, so that none has to be found again.
      for (let at = 0; at < this.chunks.length; at++) emptyChunk(this.chunks[at] ?? NO_CHUNK);
      for (let index = 0; index < pages.length; index++) {
        const page = pages[index] ?? 0;
        this.add(page, records[index] ?? 0, physicals[index] ?? UNKNOWN);
        this.setContent(page, contents[index] ?? 0);
      }
    };
  }

  /** Forgets every page. */
  clear(): void {
    this.count = 0;
    this.chunk = NO_CHUNK;
    if (this.chunks.length === 0) return;
    for (const chunk of this.chunks) {
      chunk.records.fill(0, chunk.from, chunk.to);
      this.spare.push(chunk);
    }
    this.chunks.length = 0;
    this.byIndex.clear();
  }

  /** Makes the chunk of `page` the one at hand, and says whether there is one. */
  private reach(page: number): boolean {
    const offset = page - this.chunk.first;
    if (offset >= 0 && offset < CHUNK_PAGES) return true;
    const found = this.byIndex.get(Math.floor(page / CHUNK_PAGES));
    if (found === undefined) return false;
    this.chunk = found;
    return true;
  }

  /** The chunk of `page`, a new one where there is none yet. */
  private chunkOf(page: number): Chunk {
    if (this.reach(page)) return this.chunk;
    const index = Math.floor(page / CHUNK_PAGES);
    const chunk = this.spare.pop() ?? newChunk(0);
    chunk.first = index * CHUNK_PAGES;
    chunk.from = CHUNK_PAGES;
    chunk.to = 0;
    this.chunks.splice(this.chunkFrom(page), 0, chunk);
    this.byIndex.set(index, chunk);
    this.chunk = chunk;
    return chunk;
  }

  /** The place in `chunks` of the first chunk that ends behind `page`. */
  private chunkFrom(page: number): number {
    let low = 0;
    let high = this.chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const chunk = this.chunks[middle];
      if (chunk !== undefined && chunk.first + CHUNK_PAGES <= page) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** As `next`, looking into the chunks from the given place on. */
  private nextIn(place: number, from: number, to: number, bits: number): number {
    for (let at = place; at < this.chunks.length; at++) {
      const chunk = this.chunks[at];
      if (chunk === undefined || chunk.first >= to) return to;
      const found = firstIn(chunk, from, to, bits);
      if (found < 0) continue;
      this.chunk = chunk;
      return found;
    }
    return to;
  }
}

/** The first page of the chunk in [from, to) whose record has some of `bits`, or -1. */
function firstIn(
  { first, from: low, to: high, records }: Chunk,
  from: number,
  to: number,
  bits: number,
): number {
  const end = Math.min(high, to - first);
  for (let offset = Math.max(low, from - first); offset < end; offset++) {
    if (((records[offset] ?? 0) & bits) !== 0) return first + offset;
  }
  return -1;
}

function emptyChunk({ from, to, records }: Chunk): void {
  for (let offset = from; offset < to; offset++) records[offset] = 0;
}

function newChunk(first: number): Chunk {
  return {
    first,
    from: CHUNK_PAGES,
    to: 0,
    records: new Uint16Array(CHUNK_PAGES),
    physicals: new Float64Array(CHUNK_PAGES),
    contents: new Int32Array(CHUNK_PAGES),
  };
}

/** Whether a page with this record is accessible: `pages` shows it. */
export function isAccessible(record: number): boolean {
  return (record & PRESENT) !== 0 && (record & RWX) !== 0;
}
