/** What there is to the state of an address space besides areas and what `pages` shows. */
import { ENTRIES, FRAME_SIZE } from "../paging/format.ts";
import type { FrameAllocator } from "../paging/frame-allocator.ts";
import type { FrameContent } from "../paging/physical-memory.ts";
import type { Tlb } from "../paging/tlb.ts";
import type { PhysAddr, VirtAddr } from "../trace/address.ts";
import { Fingerprint } from "../trace/fingerprint.ts";
import type { Flags } from "../trace/flags.ts";
import type { VisitPage } from "./walked-pages.ts";

/** Behind the last entry of a list; no entry begins with it. */
const END = 0;

/** Above all flags. */
const LEVEL_STEP = 64;

/**
 * Tells the state of a machine: the pages as the page table has them, huge ones and those without r, w and x too; how
 * many tables there are; what the TLB holds; and what is in free frames. Frames are the same up to their names, which
 * are numbers in the order in which they come up, and free ones up to their order.
 */
export class MachineFingerprint {
  private readonly tlb: Tlb;
  private readonly allocator: FrameAllocator;
  // The frames that have names, and what is in free ones; as many of them as are counted.
  private readonly named: PhysAddr[] = [];
  private namedCount = 0;
  private readonly dirty: FrameContent[] = [];
  private dirtyCount = 0;
  private into = new Fingerprint();

  constructor(tlb: Tlb, allocator: FrameAllocator) {
    this.tlb = tlb;
    this.allocator = allocator;
  }

  /** Writes it all; `forEachPage` tells of the pages in address order. */
  write(forEachPage: (visit: VisitPage) => void, into: Fingerprint): void {
    const { tlb, allocator } = this;
    this.into = into;
    this.namedCount = 0;
    forEachPage(this.add);
    into.byte(END);
    into.number(allocator.tableFrames);
    tlb.forEach(this.add);
    into.byte(END);
    this.addFree(into);
  }

  private readonly add = (addr: VirtAddr, size: number, physical: PhysAddr, flags: Flags): undefined => {
    const { into } = this;
    // Not 0, which is the end.
    into.number(addr / FRAME_SIZE + 1);
    into.byte(flags + LEVEL_STEP * (size === FRAME_SIZE ? 0 : size === FRAME_SIZE * ENTRIES ? 1 : 2));
    into.number(this.nameOf(physical));
  };

  /** The name of the frame at `physical`, an even number, or the address in an odd one where it is in no frame of memory. */
  private nameOf(physical: PhysAddr): number {
    const { named, allocator } = this;
    if (allocator.useOf(physical) === "free") return 2 * physical + 1;
    let name = 0;
    while (name < this.namedCount && named[name] !== physical) name++;
    if (name === this.namedCount) named[this.namedCount++] = physical;
    return 2 * name;
  }

  private addFree(into: Fingerprint): void {
    this.dirtyCount = 0;
    this.allocator.forEachFree(this.note);
    for (let index = 0; index < this.dirtyCount; index++) {
      const content = this.dirty[index];
      if (content === undefined) return;
      const { places, values } = content;
      for (let at = 0; at < places.length; at++) {
        into.number((places[at] ?? 0) + 1);
        into.number(values[at] ?? 0);
      }
      into.byte(END);
    }
  }

  /** Puts a content where it belongs in the order of those that are not all zeros. */
  private readonly note = (content: FrameContent): undefined => {
    if (content.places.length === 0) return;
    const { dirty } = this;
    let at = this.dirtyCount++;
    for (
      let before = dirty[at - 1];
      at > 0 && before && byContent(before, content) > 0;
      before = dirty[at - 1]
    ) {
      dirty[at--] = before;
    }
    dirty[at] = content;
  };
}

/** Some order, in which only what is the same is equal. */
function byContent(a: FrameContent, b: FrameContent): number {
  for (let at = 0; at < a.places.length && at < b.places.length; at++) {
    const [place, other] = [a.places[at] ?? 0, b.places[at] ?? 0];
    if (place !== other) return place - other;
    const [value, otherValue] = [a.values[at] ?? 0, b.values[at] ?? 0];
    if (value !== otherValue) return value - otherValue;
  }
  return a.places.length - b.places.length;
}
