import { virtAddr } from "./address.ts";
import {
  type Answer,
  type AreaRecord,
  ERROR_NAMES,
  ERRORS,
  FALSE,
  NO_ADDRESS,
  OK,
  type PageRecord,
  TRUE,
} from "./answer.ts";
import { NO_FLAGS } from "./flags.ts";
import { Lexer } from "./lexer.ts";
import { addressIn, countIn, physicalIn, readAddress, readCount, readPhysical } from "./numbers.ts";
import { flagsIn, readBackend, readBytes, readFlags, readRange } from "./operands.ts";
import type { ParseError } from "./parse-error.ts";
import type { Op, Request } from "./request.ts";
import type { Result } from "./result.ts";

/** What each request may be answered, apart from `err` and `panic`. */
const FORMS: { readonly [O in Op]: string } = {
  map: "ok",
  unmap: "ok",
  protect: "ok",
  clear: "ok",
  fault: "ok true, ok false",
  access: "ok <physical address>, ok, ok fault",
  write: "ok",
  store: "ok, ok fault",
  load: "ok <hex bytes>, ok fault",
  areas: "ok <area>;<area>…, ok none",
  pages: "ok <page>;<page>…, ok none",
  frames: "ok data=<count> table=<count>",
  injected: "ok <count>",
  find: "ok <area>, ok none",
  translate: "ok <physical address>, ok none",
  overlaps: "ok true, ok false",
  read: "ok <hex bytes>",
  "find-free": "ok <address>, ok none",
  "can-access": "ok true, ok false",
};

const FAULT: Answer = { kind: "fault" };
const NO_PAGE: PageRecord = { addr: virtAddr(0), flags: NO_FLAGS };

/** Parses what `request` was answered: which values may follow `ok` depends on it. */
export function parseAnswer(text: string, request: Request, line = 1): Result<Answer, ParseError> {
  const lexer = new Lexer(text, line);
  lexer.form = `${FORMS[request.op]}, err <Name> or panic <text>`;
  return lexer.finish(readAnswer(lexer, request.op));
}

function readAnswer(lexer: Lexer, op: Op): Answer {
  if (lexer.take("ok")) return readValue(lexer, op);
  if (lexer.take("err")) return readErrorName(lexer);
  if (lexer.take("panic")) return { kind: "panic", text: lexer.rest() };
  if (lexer.next()) lexer.fail(lexer.from, lexer.to, `is not an answer (write: ${lexer.form})`);
  return OK;
}

function readErrorName(lexer: Lexer): Answer {
  const name = ERROR_NAMES.find((candidate) => lexer.take(candidate));
  if (name !== undefined) return ERRORS[name];
  if (lexer.next())
    lexer.fail(lexer.from, lexer.to, `is not an error (errors are ${ERROR_NAMES.join(", ")})`);
  return OK;
}

function readValue(lexer: Lexer, op: Op): Answer {
  switch (op) {
    case "map":
    case "unmap":
    case "protect":
    case "clear":
    case "write":
      return OK;
    case "store":
      return lexer.take("fault") ? FAULT : OK;
    case "load":
      return lexer.take("fault") ? FAULT : { kind: "bytes", bytes: readBytes(lexer) };
    case "access":
      if (lexer.atEnd()) return OK;
      return lexer.take("fault") ? FAULT : { kind: "address", address: readPhysical(lexer) };
    case "fault":
    case "overlaps":
    case "can-access":
      return readTruth(lexer);
    case "translate":
      return lexer.take("none") ? NO_ADDRESS : { kind: "address", address: readPhysical(lexer) };
    case "find-free":
      return lexer.take("none") ? NO_ADDRESS : { kind: "address", address: readAddress(lexer) };
    case "find":
      return { kind: "area", area: lexer.take("none") ? null : readArea(lexer) };
    case "areas":
      return { kind: "areas", areas: readList(lexer, readArea) };
    case "pages":
      return { kind: "pages", pages: readList(lexer, readPage) };
    case "read":
      return { kind: "bytes", bytes: readBytes(lexer) };
    case "frames":
      return { kind: "frames", data: readKeyedCount(lexer, "data="), table: readKeyedCount(lexer, "table=") };
    case "injected":
      return { kind: "count", count: readCount(lexer) };
  }
}

function readTruth(lexer: Lexer): Answer {
  if (lexer.take("true")) return TRUE;
  if (!lexer.take("false") && lexer.next()) {
    lexer.fail(lexer.from, lexer.to, "is not a truth value (write true or false)");
  }
  return FALSE;
}

function readKeyedCount(lexer: Lexer, key: string): number {
  if (!lexer.next()) return 0;
  if (lexer.text.startsWith(key, lexer.from)) return countIn(lexer, lexer.from + key.length, lexer.to);
  lexer.fail(lexer.from, lexer.to, `is not ${key}<count> (write: ${lexer.form})`);
  return 0;
}

/** Reads `none` or items with `;` between them. */
function readList<T>(lexer: Lexer, readItem: (lexer: Lexer) => T): T[] {
  const items: T[] = [];
  if (lexer.take("none")) return items;
  lexer.list = true;
  do items.push(readItem(lexer));
  while (lexer.take(";"));
  return items;
}

function readArea(lexer: Lexer): AreaRecord {
  const { start, end } = readRange(lexer);
  return { start, end, flags: readFlags(lexer), backend: readBackend(lexer) };
}

/** Reads `<addr>=<physical>:<flags>` or `<addr>:<flags>`. */
function readPage(lexer: Lexer): PageRecord {
  if (!lexer.next()) return NO_PAGE;
  const { from, to } = lexer;
  const colon = lexer.find(":");
  if (colon < 0) {
    lexer.fail(from, to, "is not a page (write <address>=<physical address>:<flags> or <address>:<flags>)");
    return NO_PAGE;
  }
  const equals = lexer.find("=");
  if (equals < 0 || equals > colon)
    return { addr: addressIn(lexer, from, colon), flags: flagsIn(lexer, colon + 1, to) };
  return {
    addr: addressIn(lexer, from, equals),
    physical: physicalIn(lexer, equals + 1, colon),
    flags: flagsIn(lexer, colon + 1, to),
  };
}
