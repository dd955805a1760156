import type { PhysAddr, VirtAddr } from "./address.ts";
import type { Flags } from "./flags.ts";

/** The page-table formats that a hardware walker exists for. */
export const FORMAT_NAMES = ["x86-64", "sv39", "sv48", "aarch64", "ept"] as const;

/** The name of a page-table format. */
export type FormatName = (typeof FORMAT_NAMES)[number];

/** What a frame of physical memory is handed out for now, if it is. */
export type FrameUse = "free" | "data" | "table";

/**
 * What an implementation in this process shows of the machine below it, so that the harness can look at
 * physical memory as a processor does, and into the translations that the TLB holds.
 */
export interface Hardware {
  readonly format: FormatName;
  /** The physical address of the root table. */
  readonly root: PhysAddr;
  /** The physical address of the first byte of physical memory. */
  readonly memoryStart: PhysAddr;
  /** Physical memory from there on as words of 32 bits, little-endian. Another array once memory has grown. */
  readonly words: Uint32Array;
  /** What the frame that begins at `frame` is handed out for; `free` beyond the memory too. */
  useOf(frame: PhysAddr): FrameUse;
  /** Calls `visit` for every translation in the TLB; `size` is the size of its page in bytes. */
  forEachCached(visit: (addr: VirtAddr, size: number, physical: PhysAddr, flags: Flags) => void): void;
}
