import type { PhysAddr } from "../trace/address.ts";
import type { FrameView, PagingHandler } from "./handler.ts";

/**
 * A frame that somebody owns: it was taken from a handler and goes back there with `drop`. Upstream:
 * `PhysFrame` of axaddrspace.
 */
export class PhysFrame {
  /** The physical address of its first byte. */
  readonly startPaddr: PhysAddr;
  readonly #handler: PagingHandler;
  #dropped = false;

  private constructor(startPaddr: PhysAddr, handler: PagingHandler) {
    this.startPaddr = startPaddr;
    this.#handler = handler;
  }

  /** A frame whose bytes are all 0; `undefined` when there is none to be had. */
  static alloc(handler: PagingHandler, use: "data" | "table"): PhysFrame | undefined {
    const frame = handler.allocFrame(use);
    return frame === undefined ? undefined : new PhysFrame(frame, handler);
  }

  /** Its memory, good until the next allocation; `undefined` after `drop`. */
  view(): FrameView | undefined {
    return this.#dropped ? undefined : this.#handler.physToVirt(this.startPaddr);
  }

  /** Sets every byte. Throws after `drop`. */
  fill(byte: number): void {
    const view = this.view();
    if (view === undefined) throw new Error("a frame is used after it was given back");
    view.bytes.fill(byte);
  }

  /** Remembers whether it was given back; what it returns brings that back. The handler is the caller's affair. */
  snapshot(): () => void {
    const dropped = this.#dropped;
    return () => {
      this.#dropped = dropped;
    };
  }

  /** Gives the frame back. Throws a second time. */
  drop(): void {
    if (this.#dropped) throw new Error("a frame is given back twice");
    this.#dropped = true;
    this.#handler.deallocFrame(this.startPaddr);
  }
}
