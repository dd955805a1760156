/** The bytes of the pages that were ever written to. All others hold zeros and need no place. */

import type { Fingerprint } from "../src/trace/fingerprint.ts";

/** Bytes in a line: what is written is kept track of line by line. */
export const LINE_SIZE = 64;
const LINE_WORDS = LINE_SIZE / 4;

/** The contents of pages. A content is named by a number from 1 on; 0 stands for zeros. */
export class PageContents {
  /** The offsets in a page, in bytes, of the lines that anything was written to since the last `clear`, in any page. */
  readonly touched: number[] = [];
  private readonly size: number;
  private readonly isTouched: Uint8Array;
  private readonly bytes: Uint8Array[] = [];
  private readonly words: Uint32Array[] = [];
  private readonly free: number[] = [];
  // How many of `bytes` were in use since the last `clear`; those behind are free as well.
  private used = 0;

  /** `size` is that of a page in bytes, a multiple of a line. */
  constructor(size: number) {
    this.size = size;
    this.isTouched = new Uint8Array(size / LINE_SIZE);
  }

  /** A new content, its bytes 0. */
  take(): number {
    const content = this.free.pop() ?? ++this.used;
    const bytes = this.bytes[content - 1];
    if (bytes !== undefined) bytes.fill(0);
    else {
      const buffer = new ArrayBuffer(this.size);
      this.bytes.push(new Uint8Array(buffer));
      this.words.push(new Uint32Array(buffer));
    }
    return content;
  }

  /** Gives a content back. */
  release(content: number): void {
    this.free.push(content);
  }

  /** The byte of a content at `offset`. */
  byteAt(content: number, offset: number): number {
    return content === 0 ? 0 : (this.bytes[content - 1]?.[offset] ?? 0);
  }

  /** The words of a content, little-endian; `undefined` for zeros. */
  wordsOf(content: number): Uint32Array | undefined {
    // There is none at -1, and the engine takes long to see that.
    return content === 0 ? undefined : this.words[content - 1];
  }

  /** Puts `count` of the bytes of `source`, from `from` on, to `offset` in a content. */
  put(content: number, offset: number, source: Uint8Array, from: number, count: number): void {
    const bytes = this.bytes[content - 1];
    if (bytes === undefined) return;
    for (let index = 0; index < count; index++) bytes[offset + index] = source[from + index] ?? 0;
    this.touch(offset, count);
  }

  /** Notes that something was, or should not have been, written to `count` bytes from `offset` of some page. */
  touch(offset: number, count: number): void {
    for (let line = Math.floor(offset / LINE_SIZE); line * LINE_SIZE < offset + count; line++) {
      if (this.isTouched[line] !== 0) continue;
      this.isTouched[line] = 1;
      this.touched.push(line * LINE_SIZE);
    }
  }

  /** Writes the words of a content that are not 0, each behind its place plus one, and 0 behind the last. */
  fingerprint(content: number, into: Fingerprint): void {
    const words = this.wordsOf(content);
    for (let at = 0; words !== undefined && at < this.touched.length; at++) {
      const first = (this.touched[at] ?? 0) / 4;
      for (let place = first; place < first + LINE_WORDS; place++) {
        const word = words[place] ?? 0;
        if (word === 0) continue;
        into.number(place + 1);
        into.number(word);
      }
    }
    into.byte(0);
  }

  /**
   * Remembers every content. What it returns brings them back, as often as it is called. Lines that were touched
   * meanwhile go on being compared.
   */
  snapshot(): () => void {
    const { used } = this;
    const free = this.free.slice();
    const words = this.words.slice(0, used).map((content) => content.slice());
    return () => {
      this.used = used;
      if (this.free.length !== free.length) this.free.length = free.length;
      for (let at = 0; at < free.length; at++) this.free[at] = free[at] ?? 0;
      for (let index = 0; index < used; index++) this.restore(index, words[index]);
    };
  }

  /** Gives a content the words that it had: in the lines that were touched, as all others hold zeros, then and now. */
  private restore(index: number, were: Uint32Array | undefined): void {
    const words = this.words[index];
    if (words === undefined || were === undefined) return;
    for (let at = 0; at < this.touched.length; at++) {
      const first = (this.touched[at] ?? 0) / 4;
      for (let word = first; word < first + LINE_WORDS; word++) words[word] = were[word] ?? 0;
    }
  }

  /** Forgets every content. */
  clear(): void {
    this.used = 0;
    this.free.length = 0;
    if (this.touched.length === 0) return;
    this.touched.length = 0;
    this.isTouched.fill(0);
  }
}
