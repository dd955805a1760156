/**
 * Prints what `parse.ts` parses. `addrBits` is the width of the addresses that an implementation knows:
 * up to 52 it sees them as they are inside the harness. A wider one sees them as processors extend the
 * sign of canonical addresses:
 *
 *     inside      0 ......... 2^51 ......... 2^52
 *                 |  lower    |    upper     |
 *     printed     0 ......... 2^51           0xfff8000000000000 ......... 2^64
 *                 |  lower    |    (hole)    |           upper            |
 */
import { ADDRESS_BITS, ADDRESS_LIMIT, type AddrRange } from "./address.ts";
import type { Answer, AreaRecord, PageRecord } from "./answer.ts";
import { FLAG_LETTERS, type Flags } from "./flags.ts";
import { type Backend, type Injection, isCommand, type Op, type Request } from "./request.ts";
import type { Space } from "./space.ts";

/** The first address of the upper half. */
const MIDDLE = ADDRESS_LIMIT / 2;

/** The request as a line, without a line end. */
export function printRequest(request: Request, addrBits = ADDRESS_BITS): string {
  const line = printOperands(request, addrBits);
  return isCommand(request) && request.inject ? `${line} ${printInjection(request.inject)}` : line;
}

function printOperands(request: Request, addrBits: number): string {
  const { op } = request;
  switch (request.op) {
    case "map": {
      const { start, size, flags, backend, replace } = request;
      const line = `map ${printAddr(start, addrBits)} ${hex(size)} ${printFlags(flags)} ${printBackend(backend)}`;
      return replace ? `${line} replace` : line;
    }
    case "unmap":
    case "overlaps":
    case "read":
      return `${op} ${printAddr(request.start, addrBits)} ${hex(request.size)}`;
    case "protect":
      return `protect ${printAddr(request.start, addrBits)} ${hex(request.size)} ${printFlags(request.flags)}`;
    case "clear":
    case "areas":
    case "pages":
    case "frames":
    case "injected":
      return op;
    case "fault":
    case "access":
      return `${op} ${printAddr(request.addr, addrBits)} ${printFlags(request.access)}`;
    case "write":
    case "store":
      return `${op} ${printAddr(request.addr, addrBits)} ${printBytes(request.bytes)}`;
    case "load":
      return `load ${printAddr(request.addr, addrBits)} ${hex(request.size)}`;
    case "find":
    case "translate":
      return `${op} ${printAddr(request.addr, addrBits)}`;
    case "find-free": {
      const { hint, size, limit, align } = request;
      return `find-free ${printAddr(hint, addrBits)} ${hex(size)} ${printRange(limit, addrBits)} ${hex(align)}`;
    }
    case "can-access":
      return `can-access ${printAddr(request.start, addrBits)} ${hex(request.size)} ${printFlags(request.access)}`;
  }
}

function printInjection({ kind, after }: Injection): string {
  return `!${kind}=${after}`;
}

/**
 * The answer as a line, without a line end. `op` says what was asked: the address that `translate` and
 * `access` answer is a physical one, whose upper bits are never set. A line break in the text of a panic
 * becomes a space.
 */
export function printAnswer(answer: Answer, addrBits = ADDRESS_BITS, op?: Op): string {
  switch (answer.kind) {
    case "ok":
      return "ok";
    case "truth":
      return `ok ${answer.truth}`;
    case "address": {
      if (answer.address === null) return "ok none";
      const physical = op === "translate" || op === "access";
      return `ok ${physical ? hex(answer.address) : printAddr(answer.address, addrBits)}`;
    }
    case "fault":
      return "ok fault";
    case "area":
      return `ok ${answer.area === null ? "none" : printArea(answer.area, addrBits)}`;
    case "areas":
      return `ok ${answer.areas.map((area) => printArea(area, addrBits)).join(";") || "none"}`;
    case "pages":
      return `ok ${answer.pages.map((page) => printPage(page, addrBits)).join(";") || "none"}`;
    case "bytes":
      return `ok ${printBytes(answer.bytes)}`;
    case "frames":
      return `ok data=${answer.data} table=${answer.table}`;
    case "count":
      return `ok ${answer.count}`;
    case "err":
      return `err ${answer.name}`;
    case "panic":
      return answer.text === "" ? "panic" : `panic ${answer.text.replace(/\r\n|\r|\n/g, " ")}`;
  }
}

/** The `reset` line of a space. */
export function printSpace(space: Space, addrBits = ADDRESS_BITS): string {
  const { base, size, page, frames } = space;
  return `reset base=${printAddr(base, addrBits)} size=${hex(size)} page=${hex(page)} frames=${frames}`;
}

/** A virtual address, or with the default width any number of bytes, in hexadecimal. */
export function printAddr(addr: number, addrBits = ADDRESS_BITS): string {
  const extended = addrBits > ADDRESS_BITS && addr >= MIDDLE && addr < ADDRESS_LIMIT;
  return extended ? `0xfff${addr.toString(16)}` : hex(addr);
}

/** A set of flags: its letters, or `-`. */
export function printFlags(flags: Flags): string {
  let letters = "";
  for (let bit = 0; bit < FLAG_LETTERS.length; bit++) {
    if ((flags >> bit) & 1) letters += FLAG_LETTERS.charAt(bit);
  }
  return letters || "-";
}

/**
 * A range. Its end goes with its start, so that the two always differ by the size of the range: a range
 * that stops right at the middle ends at 2^51 as it is, an empty one that starts there at 0xfff8…. No
 * range ends at 2^52, as the contract wants every end to be an address.
 */
export function printRange({ start, end }: AddrRange, addrBits = ADDRESS_BITS): string {
  return `${printAddr(start, addrBits)}-${start < MIDDLE ? hex(end) : printAddr(end, addrBits)}`;
}

/** An area as `areas` and `find` show it: `0x3000-0x4000 r linear:0x80000`. */
export function printArea(area: AreaRecord, addrBits = ADDRESS_BITS): string {
  return `${printRange(area, addrBits)} ${printFlags(area.flags)} ${printBackend(area.backend)}`;
}

/** A backend; the physical address of a linear one is never sign-extended. */
export function printBackend(backend: Backend): string {
  return backend.kind === "linear" ? `linear:${hex(backend.physical)}` : backend.kind;
}

function printPage({ addr, physical, flags }: PageRecord, addrBits: number): string {
  const translation = physical === undefined ? "" : `=${hex(physical)}`;
  return `${printAddr(addr, addrBits)}${translation}:${printFlags(flags)}`;
}

function printBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** What was printed before: runs are about few numbers, and printing one takes longer than finding it again. */
const PRINTED = new Map<number, string>();
const MOST_PRINTED = 4096;

function hex(value: number): string {
  const known = PRINTED.get(value);
  if (known !== undefined) return known;
  const text = `0x${value.toString(16)}`;
  if (PRINTED.size < MOST_PRINTED) PRINTED.set(value, text);
  return text;
}
