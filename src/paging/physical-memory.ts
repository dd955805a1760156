import { Buffer } from "node:buffer";
import type { PhysAddr } from "../trace/address.ts";
import { FRAME_SIZE } from "./format.ts";
import type { FrameView } from "./handler.ts";

/** Frames that a memory has room for at first. */
const FIRST_FRAMES = 16;

/** Words in a frame. */
const WORDS = FRAME_SIZE / 4;

/** The words of a frame that are not 0: where in the frame they are, in ascending order, and what they hold. */
export interface FrameContent {
  readonly places: readonly number[];
  readonly values: readonly number[];
}

const NOTHING: FrameContent = { places: [], values: [] };
const ZEROS = new Uint8Array(FRAME_SIZE);

/** The bytes of frames at some time, and what they come to. */
interface Remembered {
  readonly copies: readonly Uint8Array[];
  readonly contents: readonly FrameContent[];
}

/**
 * Simulated physical memory: one buffer that grows as frames come into use. Growing moves it, so a view is
 * good until then.
 *
 * It counts how often frames are asked for: a frame can't have changed since it was asked for last. So whoever writes
 * asks for the frame again after a snapshot was taken or brought back.
 */
export class PhysicalMemory {
  /** The physical address of its first byte. */
  readonly start: PhysAddr;
  /** All of it as little-endian words. Another array once it has grown. */
  words = new Uint32Array(FIRST_FRAMES * WORDS);
  #views: (FrameView | undefined)[] = [];
  // By frame: the count when it was asked for last, and when it was read, and what it held then.
  #asks = 0;
  #askedAt = new Float64Array(FIRST_FRAMES);
  #readAt = new Float64Array(FIRST_FRAMES);
  readonly #contents: FrameContent[] = [];
  // The snapshot that was taken or brought back last: most frames are as they were then.
  #remembered: Remembered = { copies: [], contents: [] };

  constructor(start: PhysAddr) {
    this.start = start;
  }

  /** How many frames there is room for. */
  get frameCount(): number {
    return this.words.length / WORDS;
  }

  /** How often the memory of some frame was asked for: as long as that is the same, all of it is. */
  get asks(): number {
    return this.#asks;
  }

  /** Makes room for twice as many frames. Their bytes are 0. */
  grow(): void {
    const [words, asked, read] = [this.words, this.#askedAt, this.#readAt];
    this.words = new Uint32Array(words.length * 2);
    this.words.set(words);
    this.#views = [];
    this.#askedAt = new Float64Array(this.frameCount);
    this.#askedAt.set(asked);
    this.#readAt = new Float64Array(this.frameCount);
    this.#readAt.set(read);
  }

  /** The memory of the frame with this number, counted from `start`. */
  frame(index: number): FrameView {
    this.#askedAt[index] = ++this.#asks;
    return this.#viewOf(index);
  }

  /** What the frame with this number holds. */
  contentOf(index: number): FrameContent {
    const known = this.#contents[index];
    if (known !== undefined && (this.#askedAt[index] ?? 0) <= (this.#readAt[index] ?? 0)) return known;
    const { bytes, words } = this.#viewOf(index);
    const { copies, contents } = this.#remembered;
    const isAsBefore = Buffer.compare(bytes, copies[index] ?? ZEROS) === 0;
    return this.#learn(index, isAsBefore ? (contents[index] ?? NOTHING) : contentIn(bytes, words));
  }

  /** Remembers the bytes of the first `count` frames; those behind are 0. What it returns brings them all back. */
  snapshot(count: number): () => void {
    const contents = Array.from({ length: count }, (_, index) => this.contentOf(index));
    const copies = contents.map((content, index) =>
      content === NOTHING ? ZEROS : this.#viewOf(index).bytes.slice(),
    );
    const remembered = { contents, copies };
    let since = this.#asks;
    this.#remembered = remembered;
    return () => {
      for (let index = 0; index < this.frameCount; index++) {
        if ((this.#askedAt[index] ?? 0) > since) this.#put(index, remembered);
      }
      since = this.#asks;
      this.#remembered = remembered;
    };
  }

  #put(index: number, { contents }: Remembered): void {
    const content = contents[index] ?? NOTHING;
    const { places, values } = content;
    // By asking for it, so that other snapshots hear of the change.
    const { words } = this.frame(index);
    // Most of a frame is 0, which is filled in faster than it is copied.
    words.fill(0);
    for (let at = 0; at < places.length; at++) words[places[at] ?? 0] = values[at] ?? 0;
    this.#learn(index, content);
  }

  #learn(index: number, content: FrameContent): FrameContent {
    this.#contents[index] = content;
    this.#readAt[index] = this.#asks;
    return content;
  }

  #viewOf(index: number): FrameView {
    return this.#views[index] ?? this.#view(index);
  }

  #view(index: number): FrameView {
    const { buffer } = this.words;
    const offset = index * FRAME_SIZE;
    const view = {
      bytes: new Uint8Array(buffer, offset, FRAME_SIZE),
      words: new Uint32Array(buffer, offset, WORDS),
    };
    this.#views[index] = view;
    return view;
  }
}

function contentIn(bytes: Uint8Array, words: Uint32Array): FrameContent {
  if (Buffer.compare(bytes, ZEROS) === 0) return NOTHING;
  const places: number[] = [];
  const values: number[] = [];
  for (let at = 0; at < WORDS; at++) {
    const word = words[at] ?? 0;
    if (word === 0) continue;
    places.push(at);
    values.push(word);
  }
  return { places, values };
}
