import { virtAddr } from "./address.ts";
import { Lexer } from "./lexer.ts";
import { addressIn, countIn, sizeIn } from "./numbers.ts";
import type { ParseError } from "./parse-error.ts";
import { MAX_REQUEST_BYTES, readRequest } from "./parse-request.ts";
import type { Request } from "./request.ts";
import { failure, type Result, success } from "./result.ts";
import type { Space } from "./space.ts";

export { parseAnswer } from "./parse-answer.ts";
export { formatParseError, type ParseError } from "./parse-error.ts";
export { parseRequest } from "./parse-request.ts";

/** A trace as text. */
export interface TraceText {
  /** What the trace's `reset` line says, where it begins with one. */
  space?: Space;
  requests: Request[];
  /** The number of the line, from 1, that each request stands on. */
  lines: number[];
}

/**
 * Parses a whole trace: a request a line, blank lines and comments between them, at the top a `reset` line
 * or none. The first error ends it.
 */
export function parseTrace(text: string): Result<TraceText, ParseError> {
  const trace: TraceText = { requests: [], lines: [] };
  let line = 1;
  for (let start = 0; start < text.length; line++) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const error = readLine(trace, new Lexer(text, line, start, end), line);
    if (error) return failure(error);
    start = end + 1;
  }
  return success(trace);
}

function readLine(trace: TraceText, lexer: Lexer, line: number): ParseError | undefined {
  if (lexer.atEnd() || lexer.nextStartsWith("#")) return undefined;
  if (trace.space === undefined && trace.requests.length === 0 && lexer.take("reset")) {
    const space = readSpace(lexer);
    if (!space.ok) return space.error;
    trace.space = space.value;
    return undefined;
  }
  const request = readRequest(lexer);
  if (!request.ok) return request.error;
  trace.requests.push(request.value);
  trace.lines.push(line);
  return undefined;
}

/** The keys of a `reset` line that say what the space is, and how the value of each is read. */
const SPACE_KEYS = { base: addressIn, size: sizeIn, page: sizeIn, frames: countIn };
type SpaceKey = keyof typeof SPACE_KEYS;
type SpaceValues = { [K in SpaceKey]?: number };

const SPACE_FORM = "reset base=<addr> size=<bytes> page=<bytes> frames=<count>";

/**
 * Parses a line like `reset base=0x0 size=0x10000 page=0x1000 frames=64`, its keys in any order; keys that
 * it doesn't know are ignored. Only the spelling is looked at: whether the space is a sound one is a
 * question of the preconditions.
 */
export function parseSpace(text: string, line = 1): Result<Space, ParseError> {
  const lexer = new Lexer(text, line);
  lexer.form = SPACE_FORM;
  if (!lexer.take("reset") && lexer.next()) {
    lexer.fail(lexer.from, lexer.to, `is not reset (write: ${SPACE_FORM})`);
  }
  return readSpace(lexer);
}

/** Reads what follows `reset`. */
function readSpace(lexer: Lexer): Result<Space, ParseError> {
  lexer.form = SPACE_FORM;
  lexer.limitTo(MAX_REQUEST_BYTES);
  const values: SpaceValues = {};
  while (!lexer.atEnd() && lexer.next()) readKey(lexer, values);
  const wanted = (key: SpaceKey): number => {
    const value = values[key];
    if (value === undefined) lexer.failAtEnd(`the line ends without ${key}= (write: ${SPACE_FORM})`);
    return value ?? 0;
  };
  return lexer.finish({
    base: virtAddr(wanted("base")),
    size: wanted("size"),
    page: wanted("page"),
    frames: wanted("frames"),
  });
}

/** Puts the value of the current token, `<key>=<value>`, where it belongs. */
function readKey(lexer: Lexer, values: SpaceValues): void {
  const { from, to } = lexer;
  const equals = lexer.find("=");
  const key = lexer.text.slice(from, equals);
  if (equals < 0) lexer.fail(from, to, `is not a key with its value (write: ${SPACE_FORM})`);
  else if (!isSpaceKey(key)) return;
  else if (values[key] !== undefined) lexer.fail(from, to, `says ${key} a second time (leave one out)`);
  else values[key] = SPACE_KEYS[key](lexer, equals + 1, to);
}

function isSpaceKey(key: string): key is SpaceKey {
  return Object.hasOwn(SPACE_KEYS, key);
}
