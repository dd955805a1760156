/**
 * The contract of the memory-set surface as code: one record for each page, no trees, no ranges kept, no
 * cleverness. It shares nothing with the stack but the types of the trace language; where the two
 * disagree, `docs/contract.md` decides.
 */
import { virtAddr } from "../src/trace/address.ts";
import { type Answer, type AreaRecord, ERRORS, OK, type PageRecord } from "../src/trace/answer.ts";
import type { Observation } from "../src/trace/observation.ts";
import type {
  Command,
  FindFreeQuery,
  MapCommand,
  ProtectCommand,
  Query,
  UnmapCommand,
} from "../src/trace/request.ts";
import { addressLimit, type Terms } from "../src/trace/space.ts";
import { Footprint } from "./footprint.ts";
import { Manners, STOPPED } from "./manners.ts";
import { BEGINS, FLAG_BITS, IN_AREA, PageRecords } from "./page-records.ts";

/** What the memory-set surface must answer and show. One instance models one `reset` after another. */
export class MemorySetModel {
  readonly pages: PageRecords;
  /** What the implementation does in a manner of its own. */
  readonly manners: Manners;
  /** What the range of the last command that was carried out met. */
  readonly footprint = new Footprint();
  /** Bytes in a page. */
  readonly page: number;
  private readonly limit: number;

  constructor(terms: Terms) {
    const { base, size, page } = terms.space;
    this.page = page;
    this.limit = addressLimit(terms.hello);
    this.manners = new Manners(terms);
    this.pages = new PageRecords(base / page, size / page);
  }

  /** Back to an empty set. */
  reset(): void {
    this.pages.clear();
  }

  /** What the contract answers to a command when no injected failure fires. Changes nothing. */
  expectCommand(command: Command): Answer {
    switch (command.op) {
      case "map":
        return this.expectMap(command);
      case "unmap":
      case "protect":
        return this.expectRange(command);
      case "clear":
        return OK;
      case "fault":
      case "access":
      case "write":
      case "store":
      case "load":
        return ERRORS.Unsupported;
    }
  }

  /** What the contract answers to a query. */
  expectQuery(query: Query, injected: number): Answer {
    switch (query.op) {
      case "areas":
        return { kind: "areas", areas: this.areas() };
      case "pages":
        return { kind: "pages", pages: this.translations() };
      case "injected":
        return { kind: "count", count: injected };
      case "find":
        return { kind: "area", area: this.areaAt(Math.floor(query.addr / this.page)) };
      case "overlaps":
        return { kind: "truth", truth: this.occupied(query.start, query.size) };
      case "find-free":
        return { kind: "address", address: this.findFree(query) };
      case "frames":
      case "translate":
      case "read":
      case "can-access":
        return ERRORS.Unsupported;
    }
  }

  /** Carries out a command that was answered `ok`, or that stopped at a hole. */
  commit(command: Command): void {
    switch (command.op) {
      case "map":
        // Without `replace` it was accepted because there is nothing to unmap.
        this.unmap(command);
        this.map(command);
        return;
      case "unmap":
      case "clear":
        this.unmap(command);
        return;
      case "protect":
        this.protect(command);
        return;
      case "fault":
      case "access":
      case "write":
      case "store":
      case "load":
        return;
    }
  }

  /**
   * Takes over what a command left that failed half-way: each page of its range may be as before, or, for
   * `map … replace`, `unmap` and `clear`, without an area, or, for `protect`, with the new flags. A page
   * that shows anything else keeps its record, so that the comparison which follows reports it.
   *
   *     before    [  a a a a ][ b b ]
   *     unmap        [-----------]       fails at b
   *     after     [ a ]       [ b b ]    or any other choice, page by page
   *
   * Between two pages that are both as before an area begins, or doesn't, as before. Where one of the two
   * changed, the observed boundary is taken.
   */
  adopt(command: Command, observed: Observation): void {
    const { from, to } = this.reachOf(command);
    // One page more: the boundary at the end of the range is the first page after it.
    const count = this.pages.list(from, to + 1);
    let lastPage = -1;
    let lastChanged = false;
    for (let index = 0; index < count; index++) {
      const page = this.pages.listed[index] ?? 0;
      const before = this.pages.get(page);
      const after = this.recordIn(observed, page);
      const changed = page < to && this.mayBecome(command, before, after);
      const besideChange = changed || (lastPage === page - 1 && lastChanged);
      if (changed) this.pages.set(page, after);
      else if (besideChange) this.pages.set(page, sameFlags(before, after) ? after : before | BEGINS);
      lastPage = page;
      lastChanged = changed;
    }
  }

  /** Every area in address order. */
  areas(): AreaRecord[] {
    const areas: AreaRecord[] = [];
    const count = this.pages.list(0, Number.POSITIVE_INFINITY);
    for (const page of this.pages.listed.slice(0, count)) {
      const area = (this.pages.get(page) & BEGINS) !== 0 ? this.areaAt(page) : null;
      if (area) areas.push(area);
    }
    return areas;
  }

  /** Every page in address order. */
  translations(): PageRecord[] {
    const count = this.pages.list(0, Number.POSITIVE_INFINITY);
    return Array.from(this.pages.listed.subarray(0, count), (page) => ({
      addr: virtAddr(page * this.page),
      flags: this.pages.get(page) & FLAG_BITS,
    }));
  }

  /** The area that `page` lies in, or `null`. */
  areaAt(page: number): AreaRecord | null {
    const record = this.pages.get(page);
    if (record === 0) return null;
    let first = page;
    while ((this.pages.get(first) & BEGINS) === 0) first--;
    let end = page + 1;
    while (this.pages.get(end) !== 0 && (this.pages.get(end) & BEGINS) === 0) end++;
    return {
      start: virtAddr(first * this.page),
      end: virtAddr(end * this.page),
      flags: record & FLAG_BITS,
      backend: { kind: "mock" },
    };
  }

  /** The pages that a command is about: [from, to). */
  pagesOf(command: Command): { readonly from: number; readonly to: number } {
    switch (command.op) {
      case "map":
      case "unmap":
      case "protect":
        return { from: command.start / this.page, to: (command.start + command.size) / this.page };
      case "clear":
        return { from: 0, to: this.limit / this.page };
      case "fault":
      case "access":
      case "write":
      case "store":
      case "load":
        return { from: 0, to: 0 };
    }
  }

  private expectRange(command: UnmapCommand | ProtectCommand): Answer {
    if (command.start + command.size >= this.limit) return ERRORS.InvalidParam;
    const { atZero, atHole } = this.manners[command.op];
    if (command.size === 0) return atZero;
    if (atHole === OK) return OK;
    const { from, to } = this.pagesOf(command);
    return this.firstHole(from, to) < to ? atHole : OK;
  }

  /** The pages that a command can change: those that it is about, but none behind a hole where it stops. */
  private reachOf(command: Command): { readonly from: number; readonly to: number } {
    const range = this.pagesOf(command);
    if (command.op !== "protect" || this.manners.protect.atHole !== STOPPED) return range;
    return { from: range.from, to: this.firstHole(range.from, range.to) };
  }

  /** The first page of [from, to) that lies in no area; `to` when there is none. */
  private firstHole(from: number, to: number): number {
    let page = from;
    while (page < to && this.pages.get(page) !== 0) page++;
    return page;
  }

  private expectMap(command: MapCommand): Answer {
    if (command.size === 0) return ERRORS.InvalidParam;
    if (command.start + command.size >= this.limit) return ERRORS.InvalidParam;
    if (!command.replace && this.occupied(command.start, command.size)) return ERRORS.AlreadyExists;
    return OK;
  }

  private occupied(start: number, size: number): boolean {
    return this.pages.list(start / this.page, (start + size) / this.page) > 0;
  }

  private map(command: MapCommand): void {
    const { from, to } = this.pagesOf(command);
    this.pages.set(from, IN_AREA | BEGINS | command.flags);
    for (let page = from + 1; page < to; page++) this.pages.set(page, IN_AREA | command.flags);
  }

  private unmap(command: Command): void {
    const { from, to } = this.pagesOf(command);
    const count = this.meet(from, to);
    for (let index = 0; index < count; index++) this.pages.set(this.pages.listed[index] ?? 0, 0);
    // What is left of an area that was cut at `to` begins there now.
    if (this.footprint.cutsRight) this.pages.set(to, this.pages.get(to) | BEGINS);
  }

  private protect(command: ProtectCommand): void {
    const { from, to } = this.reachOf(command);
    const { protectedFlags } = this.manners;
    const count = this.meet(from, to);
    if (count === 0) return;
    const cutAtStart = this.footprint.cutsLeft && this.changes(from, command);
    const cutAtEnd = this.footprint.cutsRight && this.changes(to - 1, command);
    for (let index = 0; index < count; index++) {
      const page = this.pages.listed[index] ?? 0;
      if (!this.changes(page, command)) continue;
      this.pages.set(page, (this.pages.get(page) & ~protectedFlags) | (command.flags & protectedFlags));
      this.footprint.changed++;
    }
    if (cutAtStart) this.pages.set(from, this.pages.get(from) | BEGINS);
    if (cutAtEnd) this.pages.set(to, this.pages.get(to) | BEGINS);
  }

  /** Lists the pages of [from, to) that lie in areas, and notes how the range lies on these. */
  private meet(from: number, to: number): number {
    const { pages, footprint } = this;
    const count = pages.list(from, to);
    footprint.reset(to - from);
    if (count === 0) return 0;
    footprint.mapped = count;
    footprint.holes = count < to - from;
    footprint.cutsLeft = this.continues(from);
    footprint.cutsRight = this.continues(to);
    let areas = footprint.cutsLeft ? 1 : 0;
    for (let index = 0; index < count; index++) {
      if ((pages.get(pages.listed[index] ?? 0) & BEGINS) !== 0) areas++;
    }
    footprint.areas = areas;
    return count;
  }

  /** Whether `page` lies in an area that begins before it. */
  private continues(page: number): boolean {
    const record = this.pages.get(page);
    return record !== 0 && (record & BEGINS) === 0;
  }

  private changes(page: number, command: ProtectCommand): boolean {
    return ((this.pages.get(page) ^ command.flags) & this.manners.protectedFlags) !== 0;
  }

  private findFree({ hint, size, limit, align }: FindFreeQuery): number | null {
    if (size % align !== 0) return null;
    let candidate = roundUp(Math.max(hint, limit.start), align);
    while (candidate + size <= limit.end) {
      const blocked = this.pages.list(candidate / this.page, (candidate + size) / this.page);
      if (blocked === 0) return candidate;
      // No place before the end of the last page in the way can be free.
      candidate = roundUp(((this.pages.listed[blocked - 1] ?? 0) + 1) * this.page, align);
    }
    return null;
  }

  private mayBecome(command: Command, before: number, after: number): boolean {
    if (after === 0) return command.op !== "protect" && (command.op !== "map" || command.replace);
    if (command.op !== "protect" || sameFlags(before, after)) return false;
    const { protectedFlags } = this.manners;
    return (
      (after & FLAG_BITS) === ((before & FLAG_BITS & ~protectedFlags) | (command.flags & protectedFlags))
    );
  }

  private recordIn(observed: Observation, page: number): number {
    const addr = page * this.page;
    for (let index = 0; index < observed.areaCount; index++) {
      const start = observed.areaStarts[index] ?? 0;
      if (start <= addr && addr < (observed.areaEnds[index] ?? 0)) {
        return IN_AREA | (start === addr ? BEGINS : 0) | (observed.areaFlags[index] ?? 0);
      }
    }
    return 0;
  }
}

function sameFlags(a: number, b: number): boolean {
  return (a & ~BEGINS) === (b & ~BEGINS);
}

function roundUp(bytes: number, align: number): number {
  return Math.ceil(bytes / align) * align;
}
