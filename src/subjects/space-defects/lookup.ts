/** Planted defects in requests that look at memory, and in what ranges they accept. */
import { DONE, INVALID_PARAM, type SpaceResult } from "../../address-space/error.ts";
import { FRAME_SIZE } from "../../paging/format.ts";
import { alignUp, type PhysAddr, physAddr, type VirtAddr, virtAddr } from "../../trace/address.ts";
import type { Flags } from "../../trace/flags.ts";
import type { Change } from "../change.ts";
import type { AddressSpaceDefect, SpaceClass } from "./defect.ts";

const translatesGuards: Change<SpaceClass> = (Base) =>
  class extends Base {
    override translate(addr: VirtAddr): PhysAddr | undefined {
      const page = this.containsRange(addr, 1) ? this.pageTable.query(addr) : undefined;
      return page && physAddr(page.physical + (addr % page.size));
    }
  };

/** Reads through the page table without a look at the flags; `translate` looks at them. */
const readsGuards: Change<SpaceClass> = (Base) =>
  class extends Base {
    #reading = false;

    override read(start: VirtAddr, into: Uint8Array): SpaceResult {
      this.#reading = true;
      const result = super.read(start, into);
      this.#reading = false;
      return result;
    }

    override translate(addr: VirtAddr): PhysAddr | undefined {
      const page = this.#reading ? this.pageTable.query(addr) : undefined;
      return page ? physAddr(page.physical + (addr % page.size)) : super.translate(addr);
    }
  };

const smallOffsets: Change<SpaceClass> = (Base) =>
  class extends Base {
    override translate(addr: VirtAddr): PhysAddr | undefined {
      const page = this.pageTable.query(addr);
      const translated = super.translate(addr);
      return page && translated && physAddr(page.physical + (addr % FRAME_SIZE));
    }
  };

const readRepeats: Change<SpaceClass> = (Base) =>
  class extends Base {
    override read(start: VirtAddr, into: Uint8Array): SpaceResult {
      const result = super.read(start, into);
      into.copyWithin(FRAME_SIZE - (start % FRAME_SIZE), 0);
      return result;
    }
  };

const writeRepeats: Change<SpaceClass> = (Base) =>
  class extends Base {
    override write(start: VirtAddr, from: Uint8Array): SpaceResult {
      return super.write(start, from.slice().copyWithin(FRAME_SIZE - (start % FRAME_SIZE), 0));
    }
  };

const writesPageByPage: Change<SpaceClass> = (Base) =>
  class extends Base {
    override write(start: VirtAddr, from: Uint8Array): SpaceResult {
      if (!this.containsRange(start, from.length)) return INVALID_PARAM;
      for (let at = 0; at < from.length; ) {
        const end = Math.min(from.length, at + FRAME_SIZE - ((start + at) % FRAME_SIZE));
        const written = super.write(virtAddr(start + at), from.subarray(at, end));
        if (!written.ok) return written;
        at = end;
      }
      return DONE;
    }
  };

const looksAtEnds: Change<SpaceClass> = (Base) =>
  class extends Base {
    override canAccessRange(start: VirtAddr, size: number, access: Flags): boolean {
      const last = virtAddr(start + Math.max(1, size) - 1);
      const ends = super.canAccessRange(start, Math.min(1, size), access);
      return ends && (size === 0 || super.canAccessRange(last, 1, access));
    }
  };

const oneFlagSuffices: Change<SpaceClass> = (Base) =>
  class extends Base {
    override canAccessRange(start: VirtAddr, size: number, access: Flags): boolean {
      const flags = [1, 2, 4].filter((flag) => (access & flag) !== 0);
      return flags.some((flag) => super.canAccessRange(start, size, flag));
    }
  };

const onlyStartMatters: Change<SpaceClass> = (Base) =>
  class extends Base {
    override containsRange(start: VirtAddr, size: number): boolean {
      return super.containsRange(start, size) || super.containsRange(start, 1);
    }
  };

const endIsOutside: Change<SpaceClass> = (Base) =>
  class extends Base {
    override containsRange(start: VirtAddr, size: number): boolean {
      return start < this.end && super.containsRange(start, size);
    }
  };

const roundsPhysicalDown: Change<SpaceClass> = (Base) =>
  class extends Base {
    override mapLinear(
      start: VirtAddr,
      physical: PhysAddr,
      size: number,
      flags: Flags,
      replace: boolean,
    ): SpaceResult {
      return super.mapLinear(start, physAddr(physical - (physical % FRAME_SIZE)), size, flags, replace);
    }
  };

const roundsSizeUp: Change<SpaceClass> = (Base) =>
  class extends Base {
    override unmap(start: VirtAddr, size: number): SpaceResult {
      return super.unmap(start, alignUp(size, FRAME_SIZE));
    }
  };

/** In `translate`, `read`, `write` and `can-access`, and in the arguments of all others. */
export const SPACE_LOOKUP_DEFECTS: readonly AddressSpaceDefect[] = [
  {
    name: "guard-page-translates",
    summary: "translate gives the address that a guard page keeps",
    killedBy: "answer",
    parts: { space: translatesGuards },
    innermost: true,
  },
  {
    name: "guard-page-readable",
    summary: "read copies the bytes of a guard page",
    killedBy: "answer",
    parts: { space: readsGuards },
  },
  {
    name: "translate-offset-of-4-kib",
    summary: "translate adds the offset in 4 KiB to the address of a huge page",
    killedBy: "answer",
    parts: { space: smallOffsets },
  },
  {
    name: "read-repeats-first-page",
    summary: "a read across pages begins again with the bytes of the first one",
    killedBy: "answer",
    parts: { space: readRepeats },
  },
  {
    name: "write-repeats-first-bytes",
    summary: "a write across pages begins again with its first bytes on the second one",
    killedBy: "bytes",
    parts: { space: writeRepeats },
  },
  {
    name: "refused-write-half-done",
    summary: "a write writes to one page before it has looked for the next",
    killedBy: "bytes",
    parts: { space: writesPageByPage },
    innermost: true,
  },
  {
    name: "can-access-ends-only",
    summary: "canAccessRange looks only at the first and the last page",
    killedBy: "answer",
    parts: { space: looksAtEnds },
  },
  {
    name: "can-access-any-flag",
    summary: "canAccessRange is satisfied when one of several kinds of access is permitted",
    killedBy: "answer",
    parts: { space: oneFlagSuffices },
  },
  {
    name: "range-across-end-accepted",
    summary: "a range that begins in the space and ends behind it is accepted",
    killedBy: "answer",
    parts: { space: onlyStartMatters },
  },
  {
    name: "empty-range-at-end-refused",
    summary: "an empty range at the end of the space is refused",
    killedBy: "answer",
    parts: { space: endIsOutside },
  },
  {
    name: "unaligned-physical-accepted",
    summary: "a physical address inside a page is rounded down instead of refused",
    killedBy: "answer",
    parts: { space: roundsPhysicalDown },
  },
  {
    name: "unmap-rounds-size-up",
    summary: "a size that is no multiple of the page is rounded up instead of refused",
    killedBy: "answer",
    parts: { space: roundsSizeUp },
  },
];
