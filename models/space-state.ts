import { physAddr, virtAddr } from "../src/trace/address.ts";
import type { AreaRecord, PageRecord } from "../src/trace/answer.ts";
import type { Fingerprint } from "../src/trace/fingerprint.ts";
import type { Backend } from "../src/trace/request.ts";
import type { Manners } from "./manners.ts";
import { PageContents } from "./page-contents.ts";
import { SpaceFootprint } from "./space-footprint.ts";
import {
  BEGINS,
  EAGER,
  FLAG_BITS,
  FRAME,
  IN_AREA,
  isAccessible,
  KIND_BITS,
  LAZY,
  LINEAR,
  PRESENT,
  RWX,
  SpacePages,
  UNKNOWN,
} from "./space-pages.ts";

/** In `owners`: the frame belongs to no page any more. */
const NOBODY = -1;

/** What an address space is made of, page by page, and what becomes of it. It asks nobody whether it may. */
export class SpaceState {
  readonly pages = new SpacePages();
  readonly contents: PageContents;
  /** How many allocated pages have a frame. */
  dataFrames = 0;
  /** What the last command that was carried out met and did. */
  readonly footprint = new SpaceFootprint();
  /** Bytes in a page. */
  readonly page: number;
  private readonly manners: Manners;
  // The page that has the frame at a physical address; for every frame that was ever seen in a run.
  private readonly owners = new Map<number, number>();
  // How often that was changed.
  private changes = 0;

  constructor(page: number, manners: Manners) {
    this.page = page;
    this.manners = manners;
    this.contents = new PageContents(page);
  }

  /** Back to an empty space. */
  reset(): void {
    this.pages.clear();
    this.contents.clear();
    this.dataFrames = 0;
    if (this.owners.size > 0) this.owners.clear();
    this.changes++;
  }

  /** Writes what tells this state from others. Which frame a page has is not a part of it, but whether that is known. */
  fingerprint(into: Fingerprint): void {
    const { pages } = this;
    const end = Number.POSITIVE_INFINITY;
    into.number(pages.count);
    for (let page = pages.next(0, end); page < end; page = pages.next(page + 1, end)) {
      const record = pages.get(page);
      into.number(page);
      into.number(record);
      const physical = pages.physical(page);
      if ((record & KIND_BITS) === LINEAR) {
        into.number(physical);
        continue;
      }
      into.byte(physical === UNKNOWN ? 0 : 1);
      this.contents.fingerprint(pages.content(page), into);
    }
  }

  /** Remembers the state. What it returns brings it back, as often as it is called. */
  snapshot(): () => void {
    const { dataFrames } = this;
    const owners = [...this.owners];
    let { changes } = this;
    const restorePages = this.pages.snapshot();
    const restoreContents = this.contents.snapshot();
    return () => {
      this.dataFrames = dataFrames;
      if (this.changes !== changes) {
        this.owners.clear();
        for (const [physical, page] of owners) this.owners.set(physical, page);
        changes = ++this.changes;
      }
      restorePages();
      restoreContents();
    };
  }

  /** The record of the page that `addr` lies in. */
  recordAt(addr: number): number {
    return this.pages.get(Math.floor(addr / this.page));
  }

  /** What an accessible translation makes of `addr`: `UNKNOWN` before it has shown, `null` without one. */
  physicalAt(addr: number): number | null {
    const page = Math.floor(addr / this.page);
    if (!isAccessible(this.pages.get(page))) return null;
    const physical = this.pages.physical(page);
    return physical === UNKNOWN ? UNKNOWN : physical + (addr - page * this.page);
  }

  /** The byte at `addr`, which lies in an accessible page. */
  byteAt(addr: number): number {
    const page = Math.floor(addr / this.page);
    return this.contents.byteAt(this.pages.content(page), addr - page * this.page);
  }

  /** Adds an area on pages without one. */
  map(from: number, to: number, flags: number, backend: Backend): void {
    const record = IN_AREA | flags | this.kindOf(backend);
    // By addresses, as page numbers times a size are.
    const physical = backend.kind === "linear" ? backend.physical : UNKNOWN;
    for (let page = from; page < to; page++) {
      const here = physical === UNKNOWN ? UNKNOWN : physical + (page - from) * this.page;
      this.pages.add(page, page === from ? record | BEGINS : record, here);
    }
    if (backend.kind === "alloc:eager") this.dataFrames += to - from;
  }

  /** Takes the areas away from [from, to), and the frames. */
  unmap(from: number, to: number): void {
    if (this.meet(from, to) === 0) return;
    const { pages } = this;
    for (let page = pages.next(from, to); page < to; page = pages.next(page + 1, to)) this.remove(page);
    // What is left of an area that was cut at `to` begins there now.
    if (this.footprint.cutsRight) pages.change(to, pages.get(to) | BEGINS);
  }

  /** Gives the areas in [from, to) the flags that `protect` replaces; those that have them already are left alone. */
  protect(from: number, to: number, flags: number): void {
    if (this.meet(from, to) === 0) return;
    const { pages, footprint } = this;
    const cutAtStart = footprint.cutsLeft && this.differs(from, flags);
    const cutAtEnd = footprint.cutsRight && this.differs(to - 1, flags);
    for (let page = pages.next(from, to); page < to; page = pages.next(page + 1, to)) {
      if (!this.differs(page, flags)) continue;
      this.reflag(page, flags);
      footprint.changed++;
    }
    if (cutAtStart) pages.change(from, pages.get(from) | BEGINS);
    if (cutAtEnd) pages.change(to, pages.get(to) | BEGINS);
  }

  /** Gives a page of a lazy area its frame, if it has none. */
  bringIn(page: number): void {
    this.footprint.reset(1);
    const record = this.pages.get(page);
    if ((record & FRAME) !== 0 || (record & KIND_BITS) !== LAZY) {
      this.footprint.spurious = true;
      return;
    }
    this.footprint.broughtIn = true;
    this.pages.change(page, record | PRESENT | FRAME);
    this.dataFrames++;
  }

  /** Writes bytes, from `addr` on, into pages that are accessible. */
  write(addr: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const page = Math.floor((addr + at) / this.page);
      const offset = addr + at - page * this.page;
      const count = Math.min(this.page - offset, bytes.length - at);
      if (this.pages.content(page) === 0) this.pages.setContent(page, this.contents.take());
      this.contents.put(this.pages.content(page), offset, bytes, at, count);
      at += count;
    }
  }

  /** Has the bytes compared, in every page, that a refused write of `count` bytes from `addr` on must not change. */
  expectUnwritten(addr: number, count: number): void {
    for (let at = 0; at < count; ) {
      const offset = (addr + at) % this.page;
      const part = Math.min(this.page - offset, count - at);
      this.contents.touch(offset, part);
      at += part;
    }
  }

  /** Takes the area away from `page`, and its frame and bytes. What is around it stays as it is. */
  remove(page: number): void {
    const { pages } = this;
    if ((pages.get(page) & FRAME) !== 0) {
      this.dataFrames--;
      const physical = pages.physical(page);
      if (physical !== UNKNOWN) this.setOwner(physical, NOBODY);
    }
    const content = pages.content(page);
    if (content !== 0) this.contents.release(content);
    pages.remove(page);
  }

  /** Gives `page` those of `flags` that `protect` replaces. */
  reflag(page: number, flags: number): void {
    const record = this.pages.get(page);
    const opens = (record & RWX) === 0 && (flags & RWX) !== 0;
    if (opens && this.pages.content(page) !== 0) this.footprint.reopened = true;
    const { protectedFlags } = this.manners;
    this.pages.change(page, (record & ~protectedFlags) | (flags & protectedFlags));
  }

  /**
   * Takes note that the frame of `page` is the one at `physical`, which was not known before. Gives the page
   * that has this frame: another one than `page` when there was one before it.
   */
  learnFrame(page: number, physical: number): number {
    const owner = this.owners.get(physical);
    if (owner !== undefined && owner !== NOBODY) return owner;
    if (owner === NOBODY) this.footprint.reused = true;
    this.setOwner(physical, page);
    this.pages.setPhysical(page, physical);
    return page;
  }

  /** Whether `page` can lie in one area with the page before it, as far as physical addresses go. */
  leadsOn(page: number): boolean {
    const { pages } = this;
    if ((pages.get(page) & KIND_BITS) !== LINEAR) return true;
    return pages.physical(page) === pages.physical(page - 1) + this.page;
  }

  /** The first page of [from, to) that lies in no area; `to` when there is none. */
  firstHole(from: number, to: number): number {
    return this.pages.firstOther(from, to, IN_AREA, IN_AREA);
  }

  /** Every area in address order. */
  areas(): AreaRecord[] {
    const areas: AreaRecord[] = [];
    const { pages } = this;
    const end = Number.POSITIVE_INFINITY;
    for (let page = pages.next(0, end); page < end; page = pages.next(page + 1, end)) {
      const area = (pages.get(page) & BEGINS) !== 0 ? this.areaAt(page) : null;
      if (area) areas.push(area);
    }
    return areas;
  }

  /** The area that `page` lies in, or `null`. */
  areaAt(page: number): AreaRecord | null {
    const { pages } = this;
    const record = pages.get(page);
    if (record === 0) return null;
    let first = page;
    while ((pages.get(first) & BEGINS) === 0) first--;
    let end = page + 1;
    while (pages.get(end) !== 0 && (pages.get(end) & BEGINS) === 0) end++;
    const [start, stop] = [virtAddr(first * this.page), virtAddr(end * this.page)];
    const flags = record & FLAG_BITS;
    return { start, end: stop, flags, backend: backendOf(record, pages.physical(first)) };
  }

  /** Every accessible page in address order, with the flags of its area. */
  translations(): PageRecord[] {
    const translations: PageRecord[] = [];
    const { pages } = this;
    const end = Number.POSITIVE_INFINITY;
    for (let page = pages.next(0, end); page < end; page = pages.next(page + 1, end)) {
      const translation = this.translationAt(page);
      if (translation) translations.push(translation);
    }
    return translations;
  }

  /** The translation of `page`, with the flags of its area; `null` where it is not accessible. */
  translationAt(page: number): PageRecord | null {
    const record = this.pages.get(page);
    if (!isAccessible(record)) return null;
    const translation = { addr: virtAddr(page * this.page), flags: record & FLAG_BITS };
    const physical = this.pages.physical(page);
    return physical === UNKNOWN ? translation : { ...translation, physical: physAddr(physical) };
  }

  /** Counts the pages of [from, to) that lie in areas, and notes how the range lies on these. */
  private meet(from: number, to: number): number {
    const { pages, footprint } = this;
    footprint.reset(to - from);
    let mapped = 0;
    let areas = 0;
    for (let page = pages.next(from, to); page < to; page = pages.next(page + 1, to)) {
      mapped++;
      if ((pages.get(page) & BEGINS) !== 0) areas++;
    }
    if (mapped === 0) return 0;
    footprint.mapped = mapped;
    footprint.holes = mapped < to - from;
    footprint.cutsLeft = this.continues(from);
    footprint.cutsRight = this.continues(to);
    footprint.areas = footprint.cutsLeft ? areas + 1 : areas;
    return mapped;
  }

  /** Whether `page` lies in an area that begins before it. */
  private continues(page: number): boolean {
    const record = this.pages.get(page);
    return record !== 0 && (record & BEGINS) === 0;
  }

  private setOwner(physical: number, page: number): void {
    this.owners.set(physical, page);
    this.changes++;
  }

  private differs(page: number, flags: number): boolean {
    return ((this.pages.get(page) ^ flags) & this.manners.protectedFlags) !== 0;
  }

  private kindOf(backend: Backend): number {
    switch (backend.kind) {
      case "mock":
        return 0;
      case "linear":
        return LINEAR | PRESENT;
      case "alloc:eager":
        return EAGER | PRESENT | FRAME;
      case "alloc:lazy":
        return this.manners.lazy;
    }
  }
}

function backendOf(record: number, physical: number): Backend {
  switch (record & KIND_BITS) {
    case LINEAR:
      return { kind: "linear", physical: physAddr(physical) };
    case EAGER:
      return { kind: "alloc:eager" };
    case LAZY:
      return { kind: "alloc:lazy" };
    default:
      return { kind: "mock" };
  }
}
