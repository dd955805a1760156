/**
 * Whether the machine below an address space is in the state that the model and the implementation's own view
 * want: what a processor reads from the page tables, what frames are handed out for, what the TLB holds, and the
 * bytes in memory.
 */
import type { AddressSpaceModel } from "../models/address-space.ts";
import { RememberedWalk } from "../models/hardware/remembered-walk.ts";
import { HardwareWalk, Translation } from "../models/hardware/walk.ts";
import { WALKERS } from "../models/hardware/walkers.ts";
import { LINE_SIZE } from "../models/page-contents.ts";
import { FRAME, UNKNOWN } from "../models/space-pages.ts";
import { type PhysAddr, physAddr, type VirtAddr } from "../src/trace/address.ts";
import { type Flags, RWX, USER } from "../src/trace/flags.ts";
import type { Hardware } from "../src/trace/hardware.ts";
import type { Observation } from "../src/trace/observation.ts";
import { printAddr, printFlags } from "../src/trace/print.ts";
import type { Check } from "./invariants.ts";

/** A check that failed, and the two sides of it in words. */
export interface HardwareDisagreement {
  readonly check: Check;
  readonly expected: string;
  readonly observed: string;
}

/** Looks at the machine below after each request, and remembers what it saw last. */
export class HardwareInspection {
  private readonly model: AddressSpaceModel;
  private seen = new HardwareWalk();
  // What the next walk goes into: not what a snapshot keeps.
  private next = this.seen;
  private remembered: RememberedWalk | undefined = undefined;
  private readonly fresh = new Translation();
  // The flags that both sides know: those that permit accesses, and `u` where pages show it.
  private readonly comparable: Flags;
  // The translations that were in the TLB; the first `cachedCount` are meant.
  private readonly cachedAddrs: number[] = [];
  private readonly cachedSizes: number[] = [];
  private cachedCount = 0;
  private hardware: Hardware | undefined;
  private stale: HardwareDisagreement | undefined;

  constructor(model: AddressSpaceModel) {
    this.model = model;
    this.comparable = RWX | (model.pageFlags & USER);
  }

  /**
   * The first disagreement, or `undefined`. The areas and pages in `observed` are known to be the model's. Of
   * bytes only the lines are compared that anything was written to, in all pages: see `findWrongByte`.
   */
  findDisagreement(hardware: Hardware, observed: Observation): HardwareDisagreement | undefined {
    this.hardware = hardware;
    this.walk(hardware);
    return (
      this.findWrongWalk(observed) ??
      this.findWrongTable(hardware, observed) ??
      this.findWrongFrame(hardware) ??
      this.findStale(hardware) ??
      this.findWrongByte(hardware, false)
    );
  }

  /**
   * The first byte of a page with a frame that is not the model's. `all` compares every byte, otherwise those of
   * the lines that anything was written to, in any page. A frame that never showed is passed over.
   */
  findWrongByte(hardware: Hardware, all: boolean): HardwareDisagreement | undefined {
    const { page: size, state } = this.model;
    const { touched } = state.contents;
    if (!all && touched.length === 0) return undefined;
    for (let page = this.nextFrame(0); page >= 0; page = this.nextFrame(page + 1)) {
      if (all) {
        const wrong = this.wrongByteIn(hardware, page, 0, size);
        if (wrong) return wrong;
        continue;
      }
      for (let index = 0; index < touched.length; index++) {
        const wrong = this.wrongByteIn(hardware, page, touched[index] ?? 0, LINE_SIZE);
        if (wrong) return wrong;
      }
    }
    return undefined;
  }

  /** Forgets what was seen, for another machine. */
  reset(): void {
    this.hardware = undefined;
    this.remembered = undefined;
    this.seen = this.next;
    this.seen.begin();
    this.cachedCount = 0;
  }

  /** Remembers what was seen last. What it returns takes that for what was seen last again, as often as it is called. */
  snapshot(): () => void {
    const { seen, cachedCount } = this;
    const addrs = this.cachedAddrs.slice(0, cachedCount);
    const sizes = this.cachedSizes.slice(0, cachedCount);
    this.next = new HardwareWalk();
    this.remembered = this.hardware && new RememberedWalk(this.hardware, seen);
    return () => {
      this.seen = seen;
      this.cachedCount = 0;
      for (let index = 0; index < cachedCount; index++) this.addCached(addrs[index] ?? 0, sizes[index] ?? 0);
    };
  }

  private walk(hardware: Hardware): void {
    if (this.remembered?.isOf(hardware)) {
      this.seen = this.remembered.walk;
      return;
    }
    this.seen = this.next;
    WALKERS[hardware.format].walk(hardware, this.seen);
  }

  /** Whether the TLB held, when it was looked at last, a translation for some address of [start, end). */
  wasCached(start: number, end: number): boolean {
    for (let index = 0; index < this.cachedCount; index++) {
      const addr = this.cachedAddrs[index] ?? 0;
      if (addr < end && addr + (this.cachedSizes[index] ?? 0) > start) return true;
    }
    return false;
  }

  /** Whether `addr` was, when the page tables were walked last, inside a huge page, behind its first byte. */
  wasInsideHuge(addr: number): boolean {
    const { leafCount, leafAddrs, leafSizes } = this.seen;
    for (let index = 0; index < leafCount; index++) {
      const start = leafAddrs[index] ?? 0;
      const size = leafSizes[index] ?? 0;
      if (size > this.model.page && start < addr && addr < start + size) return true;
    }
    return false;
  }

  /** The runs of pages shown have to be the leaves that were walked, in other portions. */
  private findWrongWalk(observed: Observation): HardwareDisagreement | undefined {
    const { seen } = this;
    if (seen.malformed !== undefined) {
      const { addr, why } = seen.malformed;
      return { check: "walk", expected: "sound page tables", observed: `${printAddr(addr)}: ${why}` };
    }
    if (!observed.showsPages) return undefined;
    const { page } = this.model;
    const { pageAddrs, pageCounts, pagePhysicals, pageFlags } = observed;
    let run = 0;
    // Pages of the run that earlier leaves hold.
    let used = 0;
    for (let leaf = 0; leaf < seen.leafCount; leaf++) {
      const size = seen.leafSizes[leaf] ?? 0;
      for (let offset = 0; offset < size; ) {
        const wanted =
          run < observed.pageCount &&
          (pageAddrs[run] ?? 0) + used * page === (seen.leafAddrs[leaf] ?? 0) + offset &&
          (pagePhysicals[run] ?? 0) + used * page === (seen.leafPhysicals[leaf] ?? 0) + offset &&
          ((pageFlags[run] ?? 0) & this.comparable) === ((seen.leafFlags[leaf] ?? 0) & this.comparable);
        if (!wanted) return this.wrongWalk(observed, run, used, leaf, offset);
        const rest = (pageCounts[run] ?? 0) - used;
        const count = Math.min(rest, (size - offset) / page);
        offset += count * page;
        used = count === rest ? 0 : used + count;
        if (used === 0) run++;
      }
    }
    return run < observed.pageCount ? this.wrongWalk(observed, run, used, seen.leafCount, 0) : undefined;
  }

  /** Puts into words what is shown in a run behind `used` pages, and walked in a leaf behind `offset` bytes. */
  private wrongWalk(
    observed: Observation,
    run: number,
    used: number,
    leaf: number,
    offset: number,
  ): HardwareDisagreement {
    const { seen, comparable } = this;
    const shownAt = (observed.pageAddrs[run] ?? 0) + used * this.model.page;
    const walkedAt = (seen.leafAddrs[leaf] ?? 0) + offset;
    const isShown = run < observed.pageCount;
    const isWalked = leaf < seen.leafCount;
    const addr = Math.min(isShown ? shownAt : walkedAt, isWalked ? walkedAt : shownAt);
    const expected =
      isShown && shownAt === addr
        ? translationText(
            addr,
            (observed.pagePhysicals[run] ?? 0) + used * this.model.page,
            (observed.pageFlags[run] ?? 0) & comparable,
          )
        : `no page ${printAddr(addr)}`;
    const found =
      isWalked && walkedAt === addr
        ? translationText(
            addr,
            (seen.leafPhysicals[leaf] ?? 0) + offset,
            (seen.leafFlags[leaf] ?? 0) & comparable,
          )
        : `no page ${printAddr(addr)}`;
    return { check: "walk", expected, observed: `${found} in the page tables` };
  }

  private findWrongTable(hardware: Hardware, observed: Observation): HardwareDisagreement | undefined {
    const { tableCount, tables } = this.seen;
    for (let index = 0; index < tableCount; index++) {
      const table = tables[index] ?? 0;
      const use = hardware.useOf(physAddr(table));
      if (use === "table") continue;
      const expected = `the frame ${printAddr(table)} handed out as a page table`;
      return { check: "tables", expected, observed: use };
    }
    if (observed.tableFrames === tableCount) return undefined;
    return {
      check: "tables",
      expected: `${tableCount} tables reached`,
      observed: `${observed.tableFrames} frames handed out for tables`,
    };
  }

  private findWrongFrame(hardware: Hardware): HardwareDisagreement | undefined {
    for (let page = this.nextFrame(0); page >= 0; page = this.nextFrame(page + 1)) {
      const frame = this.model.state.pages.physical(page);
      const use = hardware.useOf(physAddr(frame));
      if (use === "data") continue;
      const addr = printAddr(page * this.model.page);
      const expected = `the frame ${printAddr(frame)} of page ${addr} handed out as data`;
      return { check: "identity", expected, observed: use };
    }
    return undefined;
  }

  private findStale(hardware: Hardware): HardwareDisagreement | undefined {
    this.stale = undefined;
    this.cachedCount = 0;
    hardware.forEachCached(this.compareCached);
    return this.stale;
  }

  private readonly compareCached = (addr: VirtAddr, size: number, physical: PhysAddr, flags: Flags): void => {
    const { hardware, fresh, comparable } = this;
    if (hardware === undefined || this.stale !== undefined) return;
    this.addCached(addr, size);
    const found = WALKERS[hardware.format].lookUp(hardware, addr, fresh);
    const start = found ? fresh.physical + (addr % fresh.size) : UNKNOWN;
    // A part of a huge page may be cached by itself, but not what is a huge page no more.
    const same = start === physical && size <= fresh.size && ((flags ^ fresh.flags) & comparable) === 0;
    if (same) return;
    const expected = found
      ? `${translationText(addr, start, fresh.flags & comparable)} of ${printAddr(fresh.size)} bytes`
      : `no translation of ${printAddr(addr)}`;
    const cached = translationText(addr, physical, flags & comparable);
    this.stale = { check: "tlb", expected, observed: `${cached} of ${printAddr(size)} bytes in the TLB` };
  };

  private addCached(addr: number, size: number): void {
    const index = this.cachedCount++;
    this.cachedAddrs[index] = addr;
    this.cachedSizes[index] = size;
  }

  /** The first page from `from` on whose frame is known, or -1. */
  private nextFrame(from: number): number {
    const { pages, dataFrames } = this.model.state;
    if (dataFrames === 0) return -1;
    const end = Number.POSITIVE_INFINITY;
    for (let page = pages.next(from, end, FRAME); page < end; page = pages.next(page + 1, end, FRAME)) {
      if (pages.physical(page) !== UNKNOWN) return page;
    }
    return -1;
  }

  /** Compares `count` bytes of `page` from `from` on, both multiples of a word. */
  private wrongByteIn(
    hardware: Hardware,
    page: number,
    from: number,
    count: number,
  ): HardwareDisagreement | undefined {
    const { state, page: size } = this.model;
    const { words } = hardware;
    const content = state.contents.wordsOf(state.pages.content(page));
    const first = (state.pages.physical(page) - hardware.memoryStart) / 4;
    const end = (from + count) / 4;
    let word = from / 4;
    if (content === undefined) while (word < end && words[first + word] === 0) word++;
    else while (word < end && words[first + word] === content[word]) word++;
    if (word === end) return undefined;
    const addr = page * size + word * 4;
    return {
      check: "bytes",
      expected: `${printAddr(addr)}: ${bytesText(content?.[word] ?? 0)}`,
      observed: `${printAddr(addr)}: ${bytesText(words[first + word] ?? 0)}`,
    };
  }
}

function translationText(addr: number, physical: number, flags: Flags): string {
  return `page ${printAddr(addr)}=${printAddr(physical)}:${printFlags(flags)}`;
}

/** The four bytes of a little-endian word, as they lie in memory. */
function bytesText(word: number): string {
  return [0, 8, 16, 24].map((shift) => ((word >>> shift) & 0xff).toString(16).padStart(2, "0")).join("");
}
