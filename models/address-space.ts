/**
 * The contract of the address-space surface as code: one record for each page, no trees, no ranges kept, no
 * cleverness. It shares nothing with the stack but the types of the trace language; where the two disagree,
 * `docs/contract.md` decides.
 */
import { type Answer, type AreaRecord, ERRORS, OK, type PageRecord } from "../src/trace/answer.ts";
import type {
  Command,
  FindFreeQuery,
  MapCommand,
  ProtectCommand,
  Query,
  UnmapCommand,
} from "../src/trace/request.ts";
import type { Terms } from "../src/trace/space.ts";
import { Manners, STOPPED } from "./manners.ts";
import { isAccessible, KIND_BITS, LAZY, PRESENT } from "./space-pages.ts";
import { SpaceState } from "./space-state.ts";

const TRUE: Answer = { kind: "truth", truth: true };
const FALSE: Answer = { kind: "truth", truth: false };
const FAULT: Answer = { kind: "fault" };

/** The flags that a load needs, and a store. */
const READ = 1;
const WRITE = 2;

/** What the address-space surface must answer and show. One instance models one `reset` after another. */
export class AddressSpaceModel {
  readonly state: SpaceState;
  /** What the implementation does in a manner of its own. */
  readonly manners: Manners;
  /** Bytes in a page. */
  readonly page: number;
  /** The flags that `pages` shows. */
  readonly pageFlags: number;
  private readonly base: number;
  private readonly end: number;

  constructor(terms: Terms) {
    const { space, hello } = terms;
    this.page = space.page;
    this.base = space.base;
    this.end = space.base + space.size;
    this.pageFlags = hello.pageFlags;
    this.manners = new Manners(terms);
    this.state = new SpaceState(space.page, this.manners);
  }

  /** The data frames that are handed out. */
  get dataFrames(): number {
    return this.state.dataFrames;
  }

  /** Back to an empty space. */
  reset(): void {
    this.state.reset();
  }

  /**
   * What the contract answers to a command when no injected failure fires and frames don't run out. `OK` stands
   * for the bytes of a `load` and the physical address of an `access`. Changes nothing.
   */
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
        return this.handlesFault(command.addr, command.access) ? TRUE : FALSE;
      case "access":
        return this.permits(command.addr, command.access) ? OK : FAULT;
      case "load":
        return this.permits(command.addr, READ) ? OK : FAULT;
      case "store":
        return this.permits(command.addr, WRITE) ? OK : FAULT;
      case "write":
        return this.expectCopy(command.addr, command.bytes.length);
    }
  }

  /** What the contract answers to a query. `table` is the number of frames that tables are known to have. */
  expectQuery(query: Query, injected: number, table: number): Answer {
    switch (query.op) {
      case "areas":
        return { kind: "areas", areas: this.areas() };
      case "pages":
        return { kind: "pages", pages: this.translations() };
      case "frames":
        return { kind: "frames", data: this.dataFrames, table };
      case "injected":
        return { kind: "count", count: injected };
      case "find":
        return { kind: "area", area: this.areaAt(Math.floor(query.addr / this.page)) };
      case "translate":
        return { kind: "address", address: this.state.physicalAt(query.addr) };
      case "overlaps":
        return this.occupied(query.start, query.size) ? TRUE : FALSE;
      case "read":
        return this.expectRead(query.start, query.size);
      case "find-free":
        return { kind: "address", address: this.findFree(query) };
      case "can-access":
        return this.canAccess(query.start, query.size, query.access) ? TRUE : FALSE;
    }
  }

  /** Carries out a command that was answered as expected, and not refused, or that stopped at a hole. */
  commit(command: Command): void {
    const { state } = this;
    switch (command.op) {
      case "map": {
        const { from, to } = this.pagesOf(command);
        // Without `replace` it was accepted because there is nothing to unmap.
        state.unmap(from, to);
        state.map(from, to, command.flags, command.backend);
        return;
      }
      case "unmap":
      case "clear": {
        const { from, to } = this.pagesOf(command);
        state.unmap(from, to);
        return;
      }
      case "protect": {
        const { from, to } = this.reachOf(command);
        state.protect(from, to, command.flags);
        return;
      }
      case "fault":
      case "access":
      case "load":
        state.bringIn(Math.floor(command.addr / this.page));
        return;
      case "store":
        state.bringIn(Math.floor(command.addr / this.page));
        state.write(command.addr, command.bytes);
        return;
      case "write":
        state.write(command.addr, command.bytes);
        return;
    }
  }

  /** The bytes from `addr` on. Zeros where nothing was ever written. */
  bytesAt(addr: number, size: number): Uint8Array {
    return Uint8Array.from({ length: size }, (_, at) => this.state.byteAt(addr + at));
  }

  /** Whether those bytes are these. */
  hasBytes(addr: number, bytes: Uint8Array): boolean {
    for (let at = 0; at < bytes.length; at++) {
      if (bytes[at] !== this.state.byteAt(addr + at)) return false;
    }
    return true;
  }

  /** What `addr` is mapped to; `UNKNOWN` before that has shown, `null` without an accessible translation. */
  physicalAt(addr: number): number | null {
    return this.state.physicalAt(addr);
  }

  /** The area that `page` lies in, or `null`. */
  areaAt(page: number): AreaRecord | null {
    return this.state.areaAt(page);
  }

  /** What `pages` has to show of `page`, or `null` for nothing. */
  translationAt(page: number): PageRecord | null {
    const translation = this.state.translationAt(page);
    return translation && { ...translation, flags: translation.flags & this.pageFlags };
  }

  /** Every area in address order. */
  areas(): AreaRecord[] {
    return this.state.areas();
  }

  /** Every accessible page in address order, with the flags that `pages` shows. */
  translations(): PageRecord[] {
    return this.state.translations().map((page) => ({ ...page, flags: page.flags & this.pageFlags }));
  }

  /** The pages that a command is about: [from, to). */
  pagesOf(command: Command): { readonly from: number; readonly to: number } {
    switch (command.op) {
      case "map":
      case "unmap":
      case "protect":
        return {
          from: command.start / this.page,
          to: (command.start + this.manners.sizeOf(command.size)) / this.page,
        };
      case "clear":
        return { from: this.base / this.page, to: this.end / this.page };
      case "fault":
      case "access":
        return this.touched(command.addr, 1);
      case "load":
        return this.touched(command.addr, command.size);
      case "write":
      case "store":
        return this.touched(command.addr, command.bytes.length);
    }
  }

  /** The pages that a command can change: those that it is about, but none behind a hole where it stops. */
  reachOf(command: Command): { readonly from: number; readonly to: number } {
    const range = this.pagesOf(command);
    if (command.op !== "protect" || this.manners.protect.atHole !== STOPPED) return range;
    return { from: range.from, to: this.state.firstHole(range.from, range.to) };
  }

  private expectRange(command: UnmapCommand | ProtectCommand): Answer {
    if (!this.isRangeOfPages(command.start, command.size)) return ERRORS.InvalidParam;
    const { atZero, atHole } = this.manners[command.op];
    if (command.size === 0) return atZero;
    if (atHole === OK) return OK;
    const { from, to } = this.pagesOf(command);
    return this.state.firstHole(from, to) < to ? atHole : OK;
  }

  private expectMap({ start, size, backend, replace }: MapCommand): Answer {
    if (size === 0 || !this.isRangeOfPages(start, size)) return ERRORS.InvalidParam;
    if (backend.kind === "linear" && backend.physical % this.page !== 0) return ERRORS.InvalidParam;
    if (!replace && this.occupied(start, size)) return ERRORS.AlreadyExists;
    return OK;
  }

  /** For `write`, and `read` but for its bytes. */
  private expectCopy(start: number, size: number): Answer {
    if (!this.isInside(start, size)) return ERRORS.InvalidParam;
    const { from, to } = this.touched(start, size);
    for (let page = from; page < to; page++) {
      if (!isAccessible(this.state.pages.get(page))) return ERRORS.NotMapped;
    }
    return OK;
  }

  private expectRead(start: number, size: number): Answer {
    const expected = this.expectCopy(start, size);
    return expected === OK ? { kind: "bytes", bytes: this.bytesAt(start, size) } : expected;
  }

  /** Whether the fault handler says true: the page is there then, or comes in. */
  private handlesFault(addr: number, access: number): boolean {
    const record = this.state.recordAt(addr);
    return (record & access) === access && this.manners.handlesFault(record);
  }

  /** Whether a processor can access `addr` in the end. */
  private permits(addr: number, access: number): boolean {
    const record = this.state.recordAt(addr);
    // A page without an area has no flags, and there is no access without some.
    if ((record & access) !== access) return false;
    return (record & PRESENT) !== 0 || (record & KIND_BITS) === LAZY;
  }

  private isInside(start: number, size: number): boolean {
    return this.base <= start && start + size <= this.end;
  }

  private isRangeOfPages(start: number, size: number): boolean {
    // What runs out of the address space leaves the space too, as that ends at an address.
    const whole = this.manners.sizeOf(size);
    return this.isInside(start, whole) && start % this.page === 0 && whole % this.page === 0;
  }

  /** The pages that have a byte of the range. */
  private touched(start: number, size: number): { readonly from: number; readonly to: number } {
    return { from: Math.floor(start / this.page), to: Math.ceil((start + size) / this.page) };
  }

  private occupied(start: number, size: number): boolean {
    const { from, to } = this.touched(start, size);
    return this.state.pages.next(from, to) < to;
  }

  private canAccess(start: number, size: number, access: number): boolean {
    if (!this.isInside(start, size)) return false;
    if (size === 0) return true;
    const { from, to } = this.touched(start, size);
    for (let page = from; page < to; page++) {
      if ((this.state.pages.get(page) & access) !== access) return false;
    }
    return true;
  }

  private findFree({ hint, size, limit, align }: FindFreeQuery): number | null {
    if (size % align !== 0) return null;
    let candidate = roundUp(Math.max(hint, limit.start), align);
    while (candidate + size <= limit.end) {
      const { from, to } = this.touched(candidate, size);
      const blocked = this.state.pages.next(from, to);
      if (blocked === to) return candidate;
      candidate = roundUp((blocked + 1) * this.page, align);
    }
    return null;
  }
}

function roundUp(bytes: number, align: number): number {
  return Math.ceil(bytes / align) * align;
}
