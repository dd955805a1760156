import { ADDRESS_BITS, ADDRESS_LIMIT, type PhysAddr, physAddr, type VirtAddr, virtAddr } from "./address.ts";
import type { Lexer } from "./lexer.ts";

/** `write`, `read`, `store` and `load` are about at most this many bytes. */
export const MAX_BYTES = 8192;

/** The lowest sign-extended address: 2^64 - 2^51. */
const SIGN_EXTENDED = 0xfff8_0000_0000_0000n;

/** Reads a virtual address; 0 stands in for one that is wrong, here and below. */
export function readAddress(lexer: Lexer): VirtAddr {
  return lexer.next() ? addressIn(lexer, lexer.from, lexer.to) : virtAddr(0);
}

/** Reads a physical address. */
export function readPhysical(lexer: Lexer): PhysAddr {
  return lexer.next() ? physicalIn(lexer, lexer.from, lexer.to) : physAddr(0);
}

/** Reads a size in bytes, at most 2^52. */
export function readSize(lexer: Lexer): number {
  return lexer.next() ? sizeIn(lexer, lexer.from, lexer.to) : 0;
}

/** Reads how many bytes to read or load: 1 to 8,192. */
export function readByteCount(lexer: Lexer): number {
  const size = readSize(lexer);
  if (size < 1 || size > MAX_BYTES) {
    lexer.fail(lexer.from, lexer.to, `is not a number of bytes to read (write 1 to ${MAX_BYTES})`);
  }
  return size;
}

/** Reads how many of something there are, at most 2^52. */
export function readCount(lexer: Lexer): number {
  return lexer.next() ? countIn(lexer, lexer.from, lexer.to) : 0;
}

/** The virtual address that stands from `from` to `to`. A sign-extended one loses its upper bits. */
export function addressIn(lexer: Lexer, from: number, to: number): VirtAddr {
  const value = valueIn(lexer.text, from, to);
  if (value < ADDRESS_LIMIT) return virtAddr(value);
  const exact = largeValueIn(lexer, from, to, value);
  if (exact !== undefined && exact >= SIGN_EXTENDED) {
    return virtAddr(Number(BigInt.asUintN(ADDRESS_BITS, exact)));
  }
  lexer.fail(
    from,
    to,
    "is not an address (write one below 2^52, or a sign-extended one from 0xfff8000000000000 up)",
  );
  return virtAddr(0);
}

/** The physical address that stands from `from` to `to`. */
export function physicalIn(lexer: Lexer, from: number, to: number): PhysAddr {
  return physAddr(boundedIn(lexer, from, to, ADDRESS_LIMIT - 1, "physical address (write one below 2^52)"));
}

/** The size that stands from `from` to `to`. */
export function sizeIn(lexer: Lexer, from: number, to: number): number {
  return boundedIn(
    lexer,
    from,
    to,
    ADDRESS_LIMIT,
    "size (write at most 2^52, which overflows any address space)",
  );
}

/** The count that stands from `from` to `to`. */
export function countIn(lexer: Lexer, from: number, to: number): number {
  return boundedIn(lexer, from, to, ADDRESS_LIMIT, "count (write at most 2^52)");
}

function boundedIn(lexer: Lexer, from: number, to: number, largest: number, what: string): number {
  const value = valueIn(lexer.text, from, to);
  if (value <= largest) return value;
  largeValueIn(lexer, from, to, value);
  lexer.fail(from, to, `is too large for a ${what}`);
  return 0;
}

/**
 * The exact value of a number whose `value` is 2^52 or more. `undefined`, and an error, when it isn't a
 * number at all or goes beyond 64 bits.
 */
function largeValueIn(lexer: Lexer, from: number, to: number, value: number): bigint | undefined {
  if (Number.isNaN(value)) {
    lexer.fail(from, to, "is not a number (write hexadecimal like 0x1000 or decimal)");
    return undefined;
  }
  // Far beyond 64 bits there is no need for the exact value, however many digits there are.
  const exact = value < 2 ** 65 ? BigInt(lexer.text.slice(from, to)) : 2n ** 65n;
  if (exact < 2n ** 64n) return exact;
  lexer.fail(from, to, "does not fit in 64 bits (write at most 0xffffffffffffffff)");
  return undefined;
}

/** The value of a number: exact below 2^53, else at least 2^53; NaN when it is malformed. */
function valueIn(text: string, from: number, to: number): number {
  const hexadecimal = text.startsWith("0x", from);
  const base = hexadecimal ? 16 : 10;
  const first = hexadecimal ? from + 2 : from;
  let value = first < to ? 0 : Number.NaN;
  for (let at = first; at < to; at++) {
    const digit = digitOf(text.charCodeAt(at));
    value = value * base + (digit < base ? digit : Number.NaN);
  }
  return value;
}

/** The value of a hexadecimal digit; NaN when `code` is none. */
export function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : Number.NaN;
}
