import { type ParseError, shownToken } from "./parse-error.ts";
import { failure, type Result, success } from "./result.ts";

const TAB = 9;
const RETURN = 13;
const SPACE = 32;
const SEMICOLON = 59;

/**
 * Walks over the tokens of one line. It copies nothing: the current token is `text` from `from` to `to`.
 *
 * The first thing that is wrong is kept in `error` and ends the walk: `next` then says `false`, and
 * whoever reads a value gets a stand-in. So a parser reads on as if all were well and looks at `error`
 * once, at the end.
 */
export class Lexer {
  readonly text: string;
  /** Where the current token begins in `text`. */
  from: number;
  /** Where the current token ends in `text`. */
  to: number;
  error: ParseError | undefined = undefined;
  /** What the line should look like; said when a token is missing or one too many. */
  form = "";
  /** Whether `;` ends a token and is one by itself, as in a list of areas. */
  list = false;
  private readonly line: number;
  private readonly start: number;
  private readonly end: number;

  /** The line lies in `text` from `start` to `end`, without its `\n`; `line` is its number. */
  constructor(text: string, line: number, start = 0, end = text.length) {
    this.text = text;
    this.line = line;
    this.start = start;
    this.end = end > start && text.charCodeAt(end - 1) === RETURN ? end - 1 : end;
    this.from = start;
    this.to = start;
  }

  /** Goes to the next token. `false`, and an error, when there is none. */
  next(): boolean {
    if (this.error) return false;
    const from = this.skipSpaces();
    let at = from;
    while (at < this.end) {
      const code = this.text.charCodeAt(at);
      if (code === SPACE || (code === SEMICOLON && this.list)) break;
      if (code === TAB) return this.fail(at, at + 1, "does not separate tokens (use spaces)");
      at++;
    }
    if (from === this.end) return this.failAtEnd(`the line ends too early (write: ${this.form})`);
    this.from = from;
    this.to = at === from ? from + 1 : at;
    return true;
  }

  /** Goes to the next token if it is `word`, and says whether it was. */
  take(word: string): boolean {
    const { from, to } = this;
    if (!this.atEnd() && this.next() && this.token() === word) return true;
    this.from = from;
    this.to = to;
    return false;
  }

  /** Whether the next token begins with the one character `char`. */
  nextStartsWith(char: string): boolean {
    return !this.atEnd() && this.text.startsWith(char, this.skipSpaces());
  }

  /** Whether only spaces follow the current token. */
  atEnd(): boolean {
    return this.skipSpaces() === this.end;
  }

  /** The current token. */
  token(): string {
    return this.text.slice(this.from, this.to);
  }

  /** Where `char` first stands in the current token, from index `from` of the text on; -1 where it doesn't. */
  find(char: string, from = this.from): number {
    const code = char.charCodeAt(0);
    for (let at = from; at < this.to; at++) {
      if (this.text.charCodeAt(at) === code) return at;
    }
    return -1;
  }

  /** What follows the current token and one space, to the end of the line, as it stands. */
  rest(): string {
    const rest = this.text.slice(this.to + 1, this.end);
    this.to = this.end;
    return rest;
  }

  /** Makes it an error if the line has more than `limit` characters. */
  limitTo(limit: number): void {
    if (this.end - this.start <= limit) return;
    this.failAt(
      this.start + limit,
      "",
      `the line goes on after its ${limit}th byte (write at most ${limit})`,
    );
  }

  /** Ends the walk with `value`, which has been read, or with the error; another token is one. */
  finish<T>(value: T): Result<T, ParseError> {
    if (!this.atEnd() && this.next()) {
      this.fail(this.from, this.to, `is one token too many (write: ${this.form})`);
    }
    return this.error ? failure(this.error) : success(value);
  }

  /** Notes that the part of the text from `from` to `to` is wrong; `complaint` goes on after it. */
  fail(from: number, to: number, complaint: string): false {
    const token = this.text.slice(from, to);
    return this.failAt(from, token, `"${shownToken(token)}" ${complaint}`);
  }

  /** Notes that something is missing at the end of the line, and says `message`. */
  failAtEnd(message: string): false {
    return this.failAt(this.end, "", message);
  }

  private failAt(at: number, token: string, message: string): false {
    this.error ??= { line: this.line, column: at - this.start + 1, token: shownToken(token), message };
    return false;
  }

  private skipSpaces(): number {
    let at = this.to;
    while (at < this.end && this.text.charCodeAt(at) === SPACE) at++;
    return at;
  }
}
