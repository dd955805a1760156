const NEWLINE = 10;

/** Room for what comes, in bytes, at least. */
const ROOM = 1 << 19;

/** What came out of a pipe and was not taken yet, with its lines counted as they come. */
export class LineBuffer {
  // What was taken are parts of it: nothing in it is written twice.
  private bytes = Buffer.allocUnsafe(ROOM);
  // What wasn't taken lies in [from, to); the first `counted` lines of it end at `countedTo`.
  private from = 0;
  private to = 0;
  private counted = 0;
  private countedTo = 0;

  /** Bytes that were not taken. */
  get length(): number {
    return this.to - this.from;
  }

  /** Bytes behind the last line end that was looked for. */
  get lastLine(): number {
    return this.to - this.countedTo;
  }

  /** Appends a copy of `chunk`. */
  add(chunk: Uint8Array): void {
    if (this.to + chunk.length > this.bytes.length) this.makeRoom(chunk.length);
    this.bytes.set(chunk, this.to);
    this.to += chunk.length;
  }

  /** Whether so many whole lines are there. Ask for the same number until they are. */
  hasLines(lines: number): boolean {
    while (this.counted < lines) {
      // What lies behind `to` is nothing yet.
      const end = this.bytes.indexOf(NEWLINE, this.countedTo);
      if (end < 0 || end >= this.to) return false;
      this.counted++;
      this.countedTo = end + 1;
    }
    return true;
  }

  /** Takes the first lines, which `hasLines` has said are there. */
  takeLines(lines: number): Uint8Array {
    if (!this.hasLines(lines)) return this.takeAll();
    return this.takeTo(this.countedTo);
  }

  /** Takes everything. */
  takeAll(): Uint8Array {
    return this.takeTo(this.to);
  }

  private takeTo(end: number): Uint8Array {
    const taken = this.bytes.subarray(this.from, end);
    this.from = end;
    this.countedTo = end;
    this.counted = 0;
    return taken;
  }

  /** Goes on in a buffer of its own with what wasn't taken. */
  private makeRoom(more: number): void {
    const { length } = this;
    const target = Buffer.allocUnsafe(Math.max(ROOM, (length + more) * 2));
    this.bytes.copy(target, 0, this.from, this.to);
    this.bytes = target;
    this.countedTo -= this.from;
    this.from = 0;
    this.to = length;
  }
}
