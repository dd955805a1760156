import type { PipeCheck } from "../../properties/invariants.ts";
import type { Batch } from "../subjects/adapter/process.ts";
import { type Answer, ERROR_NAMES, ERRORS, OK } from "../trace/answer.ts";
import { escapeText } from "../trace/escape.ts";
import { Observation } from "../trace/observation.ts";
import { parseAnswer } from "../trace/parse-answer.ts";
import type { ParseError } from "../trace/parse-error.ts";
import { StateReader, textOf } from "../trace/read-state.ts";
import type { Request } from "../trace/request.ts";
import type { Observing } from "./script.ts";

const NEWLINE = 10;
const RETURN = 13;
const LETTER_K = 0x6b;
const LETTER_O = 0x6f;

/** Why a line can't be taken as an answer: a breach of the protocol, or a panic where none was expected. */
export interface Flaw {
  readonly check: PipeCheck | "panic";
  readonly observed: string;
}

/** What is shown of a line that is no answer, in characters. */
const MOST_SHOWN = 200;

const ERROR_LINES = ERROR_NAMES.map((name) => ({
  line: new TextEncoder().encode(`err ${name}`),
  answer: ERRORS[name],
}));

/** Where in the bytes a line was read, and how many columns it filled. */
interface LastRead {
  from: number;
  to: number;
  count: number;
}

/** Reads the answers to one run, a line after the other. One serves any number of runs. */
export class Transcript {
  /** What the last request was answered. */
  answer: Answer = OK;
  /** What `observe` has read. */
  readonly observed = new Observation();
  private readonly reader = new StateReader();
  private batch: Batch = { bytes: new Uint8Array() };
  // The line at hand lies in the bytes from `from` to `to`.
  private from = 0;
  private to = 0;
  private next = 0;
  private lines = 0;
  // What was read last, to be read again only where it has changed.
  private readonly areas: LastRead = { from: 0, to: -1, count: 0 };
  private readonly pages: LastRead = { from: 0, to: -1, count: 0 };

  /** Begins with the first line. */
  begin(batch: Batch): void {
    this.batch = batch;
    this.next = 0;
    this.lines = 0;
    // No line is so short.
    this.areas.to = this.areas.from - 1;
    this.pages.to = this.pages.from - 1;
  }

  /** Reads what `request` was answered, into `answer`. */
  readAnswer(request: Request): Flaw | undefined {
    const missing = this.advance();
    if (missing) return missing;
    const usual = this.usualAnswer();
    if (usual) {
      this.answer = usual;
      return undefined;
    }
    const parsed = parseAnswer(this.text(), request);
    if (!parsed.ok) return this.garbage(parsed.error);
    this.answer = parsed.value;
    return undefined;
  }

  /** Reads the answer to a line that is always answered `ok`. */
  readOk(verb: "reset" | "drop" | "sync"): Flaw | undefined {
    const missing = this.advance();
    if (missing) return missing;
    if (this.isOk()) return undefined;
    const text = this.text();
    if (isPanic(text)) return panicked(text, verb);
    return { check: "garbage", observed: `${verb} was answered "${shown(text)}" (write: ok)` };
  }

  /** Reads what showed of the state, into `observed`. */
  observe(queries: readonly Observing[]): Flaw | undefined {
    const { observed } = this;
    observed.reset();
    observed.showsPages = false;
    for (const query of queries) {
      const flaw = this.advance() ?? this.readState(query);
      if (flaw) return flaw;
    }
    return undefined;
  }

  private readState(query: Observing): Flaw | undefined {
    const { observed, from, to, reader } = this;
    const { bytes } = this.batch;
    switch (query) {
      case "areas":
        if (this.isAsBefore(this.areas)) observed.areaCount = this.areas.count;
        else {
          const read = reader.areas(bytes, from, to, observed);
          if (!read.ok) return this.garbage(read.error);
          this.keep(this.areas, observed.areaCount);
        }
        return undefined;
      case "pages":
        observed.showsPages = true;
        if (this.isAsBefore(this.pages)) observed.pageCount = this.pages.count;
        else {
          const read = reader.pages(bytes, from, to, observed);
          if (!read.ok) return this.garbage(read.error);
          this.keep(this.pages, observed.pageCount);
        }
        return undefined;
      case "frames":
        return reader.frames(bytes, from, to, observed) ? undefined : this.readCounts(query);
      case "injected":
        observed.injected = reader.count(bytes, from, to);
        return observed.injected < 0 ? this.readCounts(query) : undefined;
    }
  }

  /** Whether the line at hand says what the one said that was read last: then its columns are still there. */
  private isAsBefore({ from, to }: LastRead): boolean {
    if (this.to - this.from !== to - from) return false;
    const { bytes } = this.batch;
    for (let at = from, now = this.from; at < to; at++, now++) {
      if (bytes[at] !== bytes[now]) return false;
    }
    return true;
  }

  private keep(read: LastRead, count: number): void {
    read.from = this.from;
    read.to = this.to;
    read.count = count;
  }

  /** `ok` or an error, which most answers to commands are. */
  private usualAnswer(): Answer | undefined {
    const { from, to } = this;
    const { bytes } = this.batch;
    if (this.isOk()) return OK;
    for (const { line, answer } of ERROR_LINES) {
      if (line.length !== to - from) continue;
      let at = 0;
      while (at < line.length && line[at] === bytes[from + at]) at++;
      if (at === line.length) return answer;
    }
    return undefined;
  }

  private readCounts(op: "frames" | "injected"): Flaw | undefined {
    const parsed = parseAnswer(this.text(), { op });
    if (!parsed.ok) return this.garbage(parsed.error);
    const { observed } = this;
    const { value } = parsed;
    if (value.kind === "frames") {
      observed.dataFrames = value.data;
      observed.tableFrames = value.table;
    } else if (value.kind === "count") observed.injected = value.count;
    else return this.noAnswer(op);
    return undefined;
  }

  private noAnswer(op: Observing): Flaw {
    const text = this.text();
    if (isPanic(text)) return panicked(text);
    return { check: "garbage", observed: `${op} was answered "${shown(text)}", though it can't fail` };
  }

  private garbage({ message }: ParseError): Flaw {
    const text = this.text();
    if (isPanic(text)) return panicked(text);
    return { check: "garbage", observed: escapeText(message) };
  }

  /** Goes to the next line. The flaw is that there is none. */
  private advance(): Flaw | undefined {
    const { bytes, ending } = this.batch;
    const end = bytes.indexOf(NEWLINE, this.next);
    if (end < 0) {
      const answered = `after ${this.lines} ${this.lines === 1 ? "answer" : "answers"} of the run`;
      return {
        check: ending?.kind ?? "out-of-step",
        observed: `${ending?.what ?? "it stopped"} ${answered}`,
      };
    }
    this.lines++;
    this.from = this.next;
    this.to = end > this.from && bytes[end - 1] === RETURN ? end - 1 : end;
    this.next = end + 1;
    return undefined;
  }

  /** Whether the line at hand is just `ok`, as most are. */
  private isOk(): boolean {
    const { bytes } = this.batch;
    return this.to - this.from === 2 && bytes[this.from] === LETTER_O && bytes[this.from + 1] === LETTER_K;
  }

  private text(): string {
    return textOf(this.batch.bytes, this.from, this.to);
  }
}

function isPanic(text: string): boolean {
  return text === "panic" || text.startsWith("panic ");
}

/** A panic where no request of the trace was answered: when the state was to be shown, or at `verb`. */
function panicked(text: string, verb?: string): Flaw {
  const said = shown(text.slice("panic ".length));
  return { check: "panic", observed: verb === undefined ? said : `${verb}: ${said}` };
}

function shown(text: string): string {
  return escapeText(text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text);
}
