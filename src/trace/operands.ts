import { type AddrRange, virtAddr } from "./address.ts";
import { FLAG_LETTERS, type Flags, NO_FLAGS, RWX } from "./flags.ts";
import type { Lexer } from "./lexer.ts";
import { addressIn, countIn, digitOf, MAX_BYTES, physicalIn } from "./numbers.ts";
import type { Backend, Injection } from "./request.ts";

const MOCK: Backend = { kind: "mock" };
const EAGER: Backend = { kind: "alloc:eager" };
const LAZY: Backend = { kind: "alloc:lazy" };
const LINEAR = "linear:";
const NO_RANGE: AddrRange = { start: virtAddr(0), end: virtAddr(0) };
const NO_BYTES = new Uint8Array();

/** Reads a set of flags; the empty set stands in for one that is wrong. */
export function readFlags(lexer: Lexer): Flags {
  return lexer.next() ? flagsIn(lexer, lexer.from, lexer.to) : NO_FLAGS;
}

/** The flags that stand from `from` to `to`. */
export function flagsIn(lexer: Lexer, from: number, to: number): Flags {
  if (to - from === 1 && lexer.text.startsWith("-", from)) return NO_FLAGS;
  const flags = lettersIn(lexer.text, from, to);
  if (flags !== NO_FLAGS) return flags;
  lexer.fail(
    from,
    to,
    `is not a set of flags (write - or some of the letters ${FLAG_LETTERS}, in this order)`,
  );
  return NO_FLAGS;
}

/** Reads the kind of an access: some of r, w, x. */
export function readAccess(lexer: Lexer): Flags {
  if (!lexer.next()) return NO_FLAGS;
  const access = lettersIn(lexer.text, lexer.from, lexer.to);
  if (access !== NO_FLAGS && (access & ~RWX) === 0) return access;
  lexer.fail(lexer.from, lexer.to, "is not a kind of access (write some of the letters rwx, in this order)");
  return NO_FLAGS;
}

/** The flags of a run of letters; none when a letter is unknown, twice there or out of order. */
function lettersIn(text: string, from: number, to: number): Flags {
  let flags = NO_FLAGS;
  for (let at = from; at < to; at++) {
    const bit = 1 << FLAG_LETTERS.indexOf(text.charAt(at));
    // An unknown letter has index -1, which shifts to the sign bit: a negative number.
    if (bit <= flags) return NO_FLAGS;
    flags |= bit;
  }
  return flags;
}

/** Reads a backend. */
export function readBackend(lexer: Lexer): Backend {
  if (!lexer.next()) return MOCK;
  if (lexer.text.startsWith(LINEAR, lexer.from)) {
    return { kind: "linear", physical: physicalIn(lexer, lexer.from + LINEAR.length, lexer.to) };
  }
  switch (lexer.token()) {
    case MOCK.kind:
      return MOCK;
    case EAGER.kind:
      return EAGER;
    case LAZY.kind:
      return LAZY;
    default:
      lexer.fail(
        lexer.from,
        lexer.to,
        "is not a backend (write mock, linear:<physical start>, alloc:eager or alloc:lazy)",
      );
      return MOCK;
  }
}

/** Reads a range of virtual addresses. Its start may lie after its end: that is for others to judge. */
export function readRange(lexer: Lexer): AddrRange {
  if (!lexer.next()) return NO_RANGE;
  const { from, to } = lexer;
  const dash = lexer.find("-");
  if (dash <= from || dash + 1 === to) {
    lexer.fail(from, to, "is not a range (write <start>-<end>, like 0x1000-0x3000)");
    return NO_RANGE;
  }
  return { start: addressIn(lexer, from, dash), end: addressIn(lexer, dash + 1, to) };
}

/** Reads 1 to 8,192 bytes in hexadecimal. */
export function readBytes(lexer: Lexer): Uint8Array {
  if (!lexer.next()) return NO_BYTES;
  const { text, from, to } = lexer;
  if (to - from > 2 * MAX_BYTES) {
    lexer.fail(from, to, `has ${to - from} digits (write 1 to ${MAX_BYTES} bytes, two digits for each)`);
    return NO_BYTES;
  }
  const bytes = new Uint8Array((to - from) >> 1);
  for (let at = from; at < to; at++) {
    const digit = digitOf(text.charCodeAt(at));
    if (Number.isNaN(digit)) {
      lexer.fail(at, at + 1, "is not a hexadecimal digit (write two for each byte, without 0x)");
      return NO_BYTES;
    }
    const index = (at - from) >> 1;
    bytes[index] = ((bytes[index] ?? 0) << 4) | digit;
  }
  if ((to - from) % 2 === 1) lexer.fail(from, to, "has an odd number of digits (write two for each byte)");
  return bytes;
}

/** Reads the failure that a command carries, if one follows. */
export function readInjection(lexer: Lexer): Injection | undefined {
  if (!lexer.nextStartsWith("!") || !lexer.next()) return undefined;
  const { from, to } = lexer;
  const equals = lexer.find("=");
  const kind = lexer.text.slice(from + 1, equals);
  if (equals < 0 || (kind !== "frame" && kind !== "backend")) {
    lexer.fail(from, to, "is not a failure to inject (write !frame=<count> or !backend=<count>)");
    return undefined;
  }
  return { kind, after: countIn(lexer, equals + 1, to) };
}
