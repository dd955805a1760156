import type { PhysAddr } from "../trace/address.ts";

/** The bytes of one frame, and the same as little-endian words of 32 bits. */
export interface FrameView {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
}

/**
 * Where page tables and address spaces get physical memory from. Implement it to put them on memory of your
 * own. Upstream: `PagingHandler` of page_table_multiarch and `AxMmHal` of axaddrspace.
 *
 * Frames have 4 KiB. One pool serves data and tables; the use is only told so that it can be counted.
 */
export interface PagingHandler {
  /** A frame that nobody else has, all of its bytes 0; `undefined` when there is none to be had. */
  allocFrame(use: "data" | "table"): PhysAddr | undefined;
  /** Takes back a frame that `allocFrame` gave. */
  deallocFrame(frame: PhysAddr): void;
  /**
   * The memory of the frame that begins at `frame`, good until the next `allocFrame`; `undefined` when no
   * frame is handed out there.
   */
  physToVirt(frame: PhysAddr): FrameView | undefined;
}
