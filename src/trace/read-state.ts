import { type PhysAddr, physAddr, virtAddr } from "./address.ts";
import { FLAG_LETTERS } from "./flags.ts";
import { NO_PHYSICAL, type Observation } from "./observation.ts";
import { parseAnswer } from "./parse-answer.ts";
import { type ParseError, shownToken } from "./parse-error.ts";
import type { Backend } from "./request.ts";
import { failure, type Result, success } from "./result.ts";

const SPACE = 0x20;
const DASH = 0x2d;
const ZERO = 0x30;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const LOWER_X = 0x78;

/** Hexadecimal digits of the largest address: 52 bits. */
const MOST_DIGITS = 13;

/** Stands for a value that isn't there. */
const NOTHING = -1;

/** Digits that a small integer has room for. */
const SMALL_DIGITS = 7;
/** Decimal digits of the largest count that is read quickly. */
const MOST_DECIMALS = 9;

/** What each byte is worth as a hexadecimal digit, in lower case. */
const NO_DIGIT = 255;
const DIGITS = new Uint8Array(256).fill(NO_DIGIT);
for (const [value, digit] of [..."0123456789abcdef"].entries()) DIGITS[digit.charCodeAt(0)] = value;

/** The flag that each byte stands for, 0 where it is none. */
const FLAG_BITS = new Uint8Array(256);
for (const [bit, letter] of [...FLAG_LETTERS].entries()) FLAG_BITS[letter.charCodeAt(0)] = 1 << bit;

const OK = bytesOf("ok ");
const DATA = bytesOf("ok data=");
const TABLE = bytesOf(" table=");
const NONE = bytesOf("none");
const LINEAR = bytesOf("linear:");
const UNPARAMETRIZED = (["mock", "alloc:lazy", "alloc:eager"] as const).map((kind) => ({
  kind,
  name: bytesOf(kind),
}));

/**
 * Reads what `areas` and `pages` were answered straight into an observation, from bytes and without a string for
 * each number: after every command of a run over a pipe this is most of what there is to read. Answers are read
 * quickly as they are printed (numbers in lower-case hexadecimal, one space between tokens); another spelling goes
 * through the parser.
 */
export class StateReader {
  private bytes: Uint8Array = new Uint8Array();
  private at = 0;
  private end = 0;

  /** The line lies in `bytes` from `from` to `to`, without its end. The error says what is wrong with it. */
  areas(bytes: Uint8Array, from: number, to: number, into: Observation): Result<undefined, ParseError> {
    this.begin(bytes, from, to);
    if (this.quickAreas(into)) return success(undefined);
    into.areaCount = 0;
    const answer = parseAnswer(textOf(bytes, from, to), { op: "areas" });
    if (!answer.ok) return answer;
    if (answer.value.kind !== "areas") return failure(unexpected(bytes, from, to));
    for (const { start, end, flags, backend } of answer.value.areas) {
      into.area(start, end, flags, backend.kind, backend.kind === "linear" ? backend.physical : NO_PHYSICAL);
    }
    return success(undefined);
  }

  /** As `areas`, for the answer to `pages`. */
  pages(bytes: Uint8Array, from: number, to: number, into: Observation): Result<undefined, ParseError> {
    this.begin(bytes, from, to);
    if (this.quickPages(into)) return success(undefined);
    into.pageCount = 0;
    const answer = parseAnswer(textOf(bytes, from, to), { op: "pages" });
    if (!answer.ok) return answer;
    if (answer.value.kind !== "pages") return failure(unexpected(bytes, from, to));
    for (const { addr, flags, physical = NO_PHYSICAL } of answer.value.pages)
      into.page(addr, flags, physical);
    return success(undefined);
  }

  /** The count in a line like `ok 3`, or -1 for a line that is spelt in another way. */
  count(bytes: Uint8Array, from: number, to: number): number {
    this.begin(bytes, from, to);
    const count = this.take(OK) ? this.decimal() : NOTHING;
    return this.at === to ? count : NOTHING;
  }

  /** Reads a line like `ok data=3 table=4`; `false` for one that is spelt in another way. */
  frames(bytes: Uint8Array, from: number, to: number, into: Observation): boolean {
    this.begin(bytes, from, to);
    if (!this.take(DATA)) return false;
    const data = this.decimal();
    if (data === NOTHING || !this.take(TABLE)) return false;
    const table = this.decimal();
    if (table === NOTHING || this.at !== to) return false;
    into.dataFrames = data;
    into.tableFrames = table;
    return true;
  }

  private begin(bytes: Uint8Array, from: number, to: number): void {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
  }

  /** Whether the line was read: an area after the other, or `none`. */
  private quickAreas(into: Observation): boolean {
    if (!this.take(OK)) return false;
    if (this.take(NONE)) return this.at === this.end;
    do {
      const start = this.number();
      if (start === NOTHING || !this.takeByte(DASH)) return false;
      const end = this.number();
      if (end === NOTHING || !this.takeByte(SPACE)) return false;
      const flags = this.flags();
      if (flags === NOTHING || !this.takeByte(SPACE)) return false;
      if (this.take(LINEAR)) {
        const physical = this.number();
        if (physical === NOTHING) return false;
        into.area(virtAddr(start), virtAddr(end), flags, "linear", physAddr(physical));
      } else {
        const kind = this.kind();
        if (kind === undefined) return false;
        into.area(virtAddr(start), virtAddr(end), flags, kind);
      }
    } while (this.takeByte(SEMICOLON));
    return this.at === this.end;
  }

  /** Whether the line was read: a page after the other, or `none`. */
  private quickPages(into: Observation): boolean {
    if (!this.take(OK)) return false;
    if (this.take(NONE)) return this.at === this.end;
    do {
      const addr = this.number();
      if (addr === NOTHING) return false;
      let physical: PhysAddr | typeof NO_PHYSICAL = NO_PHYSICAL;
      if (this.takeByte(EQUALS)) {
        const value = this.number();
        if (value === NOTHING) return false;
        physical = physAddr(value);
      }
      if (!this.takeByte(COLON)) return false;
      const flags = this.flags();
      if (flags === NOTHING) return false;
      into.page(virtAddr(addr), flags, physical);
    } while (this.takeByte(SEMICOLON));
    return this.at === this.end;
  }

  /** A number in hexadecimal, with `0x` and at most 52 bits, or `NOTHING`. */
  private number(): number {
    const { bytes, end } = this;
    const first = this.at + 2;
    if (first > end || bytes[first - 2] !== ZERO || bytes[first - 1] !== LOWER_X) return NOTHING;
    let at = first;
    // Up to seven digits are a small integer, which is quicker.
    let value = 0;
    const most = Math.min(end, first + SMALL_DIGITS);
    for (; at < most; at++) {
      const digit = DIGITS[bytes[at] ?? 0] ?? NO_DIGIT;
      if (digit === NO_DIGIT) break;
      value = (value << 4) | digit;
    }
    if (at === most) {
      for (; at < end; at++) {
        const digit = DIGITS[bytes[at] ?? 0] ?? NO_DIGIT;
        if (digit === NO_DIGIT) break;
        value = value * 16 + digit;
      }
    }
    this.at = at;
    return at === first || at - first > MOST_DIGITS ? NOTHING : value;
  }

  /** A count of at most nine digits, or `NOTHING`. */
  private decimal(): number {
    const { bytes, end } = this;
    const first = this.at;
    let value = 0;
    let at = first;
    for (; at < end; at++) {
      const digit = (bytes[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    this.at = at;
    return at === first || at - first > MOST_DECIMALS ? NOTHING : value;
  }

  /** A set of flags, or `NOTHING`. */
  private flags(): number {
    const { bytes, end } = this;
    if (bytes[this.at] === DASH) {
      this.at++;
      return 0;
    }
    let flags = 0;
    let at = this.at;
    for (; at < end; at++) {
      const bit = FLAG_BITS[bytes[at] ?? 0] ?? 0;
      // Each at most once, and in their order.
      if (bit <= flags) break;
      flags |= bit;
    }
    this.at = at;
    return flags === 0 ? NOTHING : flags;
  }

  private kind(): Exclude<Backend["kind"], "linear"> | undefined {
    for (const { kind, name } of UNPARAMETRIZED) {
      if (this.take(name)) return kind;
    }
    return undefined;
  }

  private take(word: Uint8Array): boolean {
    const { bytes, at } = this;
    if (at + word.length > this.end) return false;
    for (let index = 0; index < word.length; index++) {
      if (bytes[at + index] !== word[index]) return false;
    }
    this.at = at + word.length;
    return true;
  }

  private takeByte(byte: number): boolean {
    if (this.at >= this.end || this.bytes[this.at] !== byte) return false;
    this.at++;
    return true;
  }
}

/** For an answer such as `err BadState`, which is one, but not to this query. */
function unexpected(bytes: Uint8Array, from: number, to: number): ParseError {
  const token = shownToken(textOf(bytes, from, to));
  return {
    line: 1,
    column: 1,
    token,
    message: `"${token}" is no answer to a query that every state has one to`,
  };
}

/** The text of some bytes. */
export function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("utf8");
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
