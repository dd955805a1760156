/** What there is to the state of an address space besides areas and what `pages` shows. */
import { FRAME_SIZE } from "../paging/format.ts";
import type { FrameAllocator } from "../paging/frame-allocator.ts";
import type { FrameView } from "../paging/handler.ts";
import type { PageTable } from "../paging/page-table.ts";
import type { Tlb } from "../paging/tlb.ts";
import type { PhysAddr } from "../trace/address.ts";
import type { Fingerprint } from "../trace/fingerprint.ts";

// What tells the end of a list from another entry.
const MORE = 1;
const END = 0;

const ZEROS = Buffer.alloc(FRAME_SIZE);

/** Numbers for the frames of memory, in the order in which they come up: the same for all states but for their names. */
class FrameNames {
  private readonly frames: number[] = [];

  /** Writes the name of the frame at `physical`, or the address itself where it is in no frame of `allocator`. */
  write(physical: PhysAddr, allocator: FrameAllocator, into: Fingerprint): void {
    if (allocator.useOf(physical) === "free") {
      into.number(physical);
      return;
    }
    const known = this.frames.indexOf(physical);
    into.number(known < 0 ? this.frames.push(physical) - 1 : known);
  }
}

/**
 * Writes the pages as the page table has them, huge ones and those without r, w and x too; how many tables there are;
 * what the TLB holds; and the bytes of free frames. Frames are the same up to their names, and free ones up to their
 * order.
 */
export function fingerprintMachine(
  pageTable: PageTable,
  tlb: Tlb,
  allocator: FrameAllocator,
  into: Fingerprint,
): void {
  const names = new FrameNames();
  const add = (addr: number, size: number, physical: PhysAddr, flags: number) => {
    into.byte(MORE);
    into.number(addr);
    into.number(size);
    into.byte(flags);
    names.write(physical, allocator, into);
  };
  pageTable.walk(add);
  into.byte(END);
  into.number(allocator.tableFrames);
  tlb.forEach(add);
  into.byte(END);
  addFree(allocator, into);
}

function addFree(allocator: FrameAllocator, into: Fingerprint): void {
  const dirty: FrameView[] = [];
  allocator.forEachFree((frame) => {
    if (Buffer.compare(frame.bytes, ZEROS) !== 0) dirty.push(frame);
  });
  dirty.sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  for (const { words } of dirty) {
    for (let at = 0; at < words.length; at++) {
      const word = words[at] ?? 0;
      if (word === 0) continue;
      into.number(at + 1);
      into.number(word);
    }
    into.byte(0);
  }
}
