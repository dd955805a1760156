import { FailureInjection } from "../memory/failure-injection.ts";
import { type PhysAddr, physAddr } from "../trace/address.ts";
import type { FrameUse } from "../trace/hardware.ts";
import { FRAME_SIZE } from "./format.ts";
import type { FrameView, PagingHandler } from "./handler.ts";
import { type FrameContent, PhysicalMemory } from "./physical-memory.ts";

/** Where simulated memory begins: away from 0, so that a forgotten address doesn't hit it. */
export const MEMORY_START = physAddr(0x8000_0000);

const FREE = 0;
const DATA = 1;
const TABLE = 2;

/**
 * Hands out the frames of a simulated physical memory, the one that was given back last first. It counts them
 * by use, can be made to fail, and throws when a frame is given back that is not handed out: that is a bug of
 * whoever does so.
 */
export class FrameAllocator implements PagingHandler {
  readonly memory: PhysicalMemory;
  /** Makes allocations fail, for data and for tables alike. */
  readonly injection = new FailureInjection();
  /** How many frames may be handed out at once. */
  readonly limit: number;
  #uses = new Uint8Array(16);
  readonly #freed: number[] = [];
  // Frames from here on were never handed out.
  #untouched = 0;
  #data = 0;
  #table = 0;

  /** `limit` is in frames; without one memory grows as long as the machine has some. */
  constructor(limit = Number.POSITIVE_INFINITY) {
    this.memory = new PhysicalMemory(MEMORY_START);
    this.limit = limit;
  }

  /** Frames handed out for data. */
  get dataFrames(): number {
    return this.#data;
  }

  /** Frames handed out for page tables. */
  get tableFrames(): number {
    return this.#table;
  }

  allocFrame(use: "data" | "table"): PhysAddr | undefined {
    if (this.injection.fires() || this.#data + this.#table >= this.limit) return undefined;
    const index = this.#freed.pop() ?? this.takeUntouched();
    this.#uses[index] = use === "data" ? DATA : TABLE;
    if (use === "data") this.#data++;
    else this.#table++;
    this.zero(index);
    return physAddr(MEMORY_START + index * FRAME_SIZE);
  }

  deallocFrame(frame: PhysAddr): void {
    const index = indexOf(frame);
    const use = this.#uses[index] ?? FREE;
    if (use === FREE)
      throw new Error(`the frame at 0x${frame.toString(16)} is given back but not handed out`);
    if (use === DATA) this.#data--;
    else this.#table--;
    this.#uses[index] = FREE;
    this.#freed.push(index);
  }

  physToVirt(frame: PhysAddr): FrameView | undefined {
    const index = indexOf(frame);
    return (this.#uses[index] ?? FREE) === FREE ? undefined : this.memory.frame(index);
  }

  /** Calls `visit` with what is in each frame that was handed out once and is free now. */
  forEachFree(visit: (content: FrameContent) => void): void {
    // By index: iterators are made anew each time, and this is done after every step of a check.
    for (let at = 0; at < this.#freed.length; at++) visit(this.memory.contentOf(this.#freed[at] ?? 0));
  }

  /** Remembers all frames, with their bytes. What it returns brings them back, as often as it is called. */
  snapshot(): () => void {
    const uses = this.#uses.slice(0, this.#untouched);
    const freed = this.#freed.slice();
    const untouched = this.#untouched;
    const data = this.#data;
    const table = this.#table;
    const restoreMemory = this.memory.snapshot(untouched);
    return () => {
      // What was untouched is free.
      for (let index = 0; index < this.#untouched; index++) this.#uses[index] = uses[index] ?? FREE;
      for (let at = 0; at < freed.length; at++) this.#freed[at] = freed[at] ?? 0;
      this.#freed.length = freed.length;
      this.#untouched = untouched;
      this.#data = data;
      this.#table = table;
      restoreMemory();
    };
  }

  /** What the frame at `frame` is handed out for now. */
  useOf(frame: PhysAddr): FrameUse {
    const use = this.#uses[indexOf(frame)];
    return use === DATA ? "data" : use === TABLE ? "table" : "free";
  }

  /** Makes every byte of the frame with this number 0. */
  protected zero(index: number): void {
    this.memory.frame(index).words.fill(0);
  }

  private takeUntouched(): number {
    const index = this.#untouched++;
    if (index === this.memory.frameCount) this.memory.grow();
    if (index === this.#uses.length) {
      const larger = new Uint8Array(index * 2);
      larger.set(this.#uses);
      this.#uses = larger;
    }
    return index;
  }
}

/** The number of the frame at `frame`, counted from the start of memory; no index of an array if there is none. */
function indexOf(frame: PhysAddr): number {
  return (frame - MEMORY_START) / FRAME_SIZE;
}
