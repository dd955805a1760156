import type { PhysAddr } from "../trace/address.ts";
import { FRAME_SIZE } from "./format.ts";
import type { FrameView } from "./handler.ts";

/** Frames that a memory has room for at first. */
const FIRST_FRAMES = 16;

/**
 * Simulated physical memory: one buffer that grows as frames come into use. Growing moves it, so a view is
 * good until then.
 */
export class PhysicalMemory {
  /** The physical address of its first byte. */
  readonly start: PhysAddr;
  /** All of it as little-endian words. Another array once it has grown. */
  words = new Uint32Array((FIRST_FRAMES * FRAME_SIZE) / 4);
  #views: (FrameView | undefined)[] = [];

  constructor(start: PhysAddr) {
    this.start = start;
  }

  /** How many frames there is room for. */
  get frameCount(): number {
    return this.words.byteLength / FRAME_SIZE;
  }

  /** Makes room for twice as many frames. Their bytes are 0. */
  grow(): void {
    const larger = new Uint32Array(this.words.length * 2);
    larger.set(this.words);
    this.words = larger;
    this.#views = [];
  }

  /** Remembers the bytes of the first `count` frames; those behind are 0. What it returns brings them all back. */
  snapshot(count: number): () => void {
    const places: number[] = [];
    const values: number[] = [];
    for (let at = 0; at < (count * FRAME_SIZE) / 4; at++) {
      const word = this.words[at] ?? 0;
      if (word === 0) continue;
      places.push(at);
      values.push(word);
    }
    return () => {
      this.words.fill(0);
      for (const [index, at] of places.entries()) this.words[at] = values[index] ?? 0;
    };
  }

  /** The memory of the frame with this number, counted from `start`. */
  frame(index: number): FrameView {
    const view = this.#views[index];
    return view ?? this.#view(index);
  }

  #view(index: number): FrameView {
    const { buffer } = this.words;
    const offset = index * FRAME_SIZE;
    const view = {
      bytes: new Uint8Array(buffer, offset, FRAME_SIZE),
      words: new Uint32Array(buffer, offset, FRAME_SIZE / 4),
    };
    this.#views[index] = view;
    return view;
  }
}
