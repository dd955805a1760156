import { Lexer } from "./lexer.ts";
import { nearest } from "./nearest.ts";
import { readAddress, readByteCount, readSize } from "./numbers.ts";
import { readAccess, readBackend, readBytes, readFlags, readInjection, readRange } from "./operands.ts";
import type { ParseError } from "./parse-error.ts";
import { type Command, isCommand, OPS, type Op, type Request } from "./request.ts";
import type { Result } from "./result.ts";

/** A request has at most this many bytes, without its line end. */
export const MAX_REQUEST_BYTES = 65_536;

const FAILURE = "[!frame=<k> or !backend=<k>]";

/** How each request is written. */
const FORMS: { readonly [O in Op]: string } = {
  map: `map <start> <size> <flags> <backend> [replace] ${FAILURE}`,
  unmap: `unmap <start> <size> ${FAILURE}`,
  protect: `protect <start> <size> <flags> ${FAILURE}`,
  clear: `clear ${FAILURE}`,
  fault: `fault <addr> <access> ${FAILURE}`,
  access: `access <addr> <access> ${FAILURE}`,
  write: `write <addr> <hex bytes> ${FAILURE}`,
  store: `store <addr> <hex bytes> ${FAILURE}`,
  load: `load <addr> <size> ${FAILURE}`,
  areas: "areas",
  pages: "pages",
  frames: "frames",
  injected: "injected",
  find: "find <addr>",
  translate: "translate <addr>",
  overlaps: "overlaps <start> <size>",
  read: "read <addr> <size>",
  "find-free": "find-free <hint> <size> <limit start>-<limit end> <align>",
  "can-access": "can-access <start> <size> <access>",
};

const VERBS: ReadonlyMap<string, Op> = new Map(OPS.map((op) => [op, op]));

/** Words of a session over a pipe, reserved. */
const SESSION_WORDS: readonly string[] = ["hello", "drop", "sync", "quit"];

/** Parses one request; `line` is the number that an error names. */
export function parseRequest(text: string, line = 1): Result<Request, ParseError> {
  return readRequest(new Lexer(text, line));
}

/** Reads the one request that a line holds. */
export function readRequest(lexer: Lexer): Result<Request, ParseError> {
  lexer.limitTo(MAX_REQUEST_BYTES);
  const request = readOperands(lexer, readVerb(lexer));
  if (!isCommand(request) && lexer.nextStartsWith("!") && lexer.next()) {
    lexer.fail(
      lexer.from,
      lexer.to,
      `cannot stand here: only a command carries a failure (write: ${lexer.form})`,
    );
  }
  return lexer.finish(request);
}

/** Reads the verb; `areas`, which has no operands, stands in for one that is wrong. */
function readVerb(lexer: Lexer): Op {
  lexer.form = "a request such as map or areas";
  if (!lexer.next()) return "areas";
  const op = VERBS.get(lexer.token());
  if (op === undefined) {
    lexer.fail(lexer.from, lexer.to, complaintAbout(lexer.token()));
    return "areas";
  }
  lexer.form = FORMS[op];
  return op;
}

function complaintAbout(word: string): string {
  if (word === "reset")
    return "is only allowed as the first line of a trace (start another trace for another space)";
  if (SESSION_WORDS.includes(word))
    return "belongs to a session over a pipe and not to a trace (leave it out)";
  const near = nearest(word, OPS);
  return near === undefined
    ? `is not a request (requests are ${OPS.join(", ")})`
    : `is not a request (did you mean ${near}?)`;
}

function readOperands(lexer: Lexer, op: Op): Request {
  switch (op) {
    case "map":
      return withInjection(lexer, {
        op,
        start: readAddress(lexer),
        size: readSize(lexer),
        flags: readFlags(lexer),
        backend: readBackend(lexer),
        replace: lexer.take("replace"),
      });
    case "unmap":
      return withInjection(lexer, { op, start: readAddress(lexer), size: readSize(lexer) });
    case "protect":
      return withInjection(lexer, {
        op,
        start: readAddress(lexer),
        size: readSize(lexer),
        flags: readFlags(lexer),
      });
    case "clear":
      return withInjection(lexer, { op });
    case "fault":
    case "access":
      return withInjection(lexer, { op, addr: readAddress(lexer), access: readAccess(lexer) });
    case "write":
    case "store":
      return withInjection(lexer, { op, addr: readAddress(lexer), bytes: readBytes(lexer) });
    case "load":
      return withInjection(lexer, { op, addr: readAddress(lexer), size: readByteCount(lexer) });
    case "areas":
    case "pages":
    case "frames":
    case "injected":
      return { op };
    case "find":
    case "translate":
      return { op, addr: readAddress(lexer) };
    case "overlaps":
      return { op, start: readAddress(lexer), size: readSize(lexer) };
    case "read":
      return { op, start: readAddress(lexer), size: readByteCount(lexer) };
    case "find-free":
      return {
        op,
        hint: readAddress(lexer),
        size: readSize(lexer),
        limit: readRange(lexer),
        align: readSize(lexer),
      };
    case "can-access":
      return { op, start: readAddress(lexer), size: readSize(lexer), access: readAccess(lexer) };
  }
}

function withInjection(lexer: Lexer, command: Command): Command {
  const inject = readInjection(lexer);
  return inject ? { ...command, inject } : command;
}
