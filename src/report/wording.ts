/** Requests in words. */
import { type Flags, NO_FLAGS } from "../trace/flags.ts";
import { printAddr, printFlags } from "../trace/print.ts";
import { type Backend, type Injection, isCommand, type Request } from "../trace/request.ts";
import type { Scale } from "./columns.ts";
import { counted } from "./statistics.ts";

/** What a request asks for, as a sentence without its full stop, or a question. */
export function requestInWords(request: Request, scale: Scale): string {
  const inject = isCommand(request) ? request.inject : undefined;
  return `${asked(request, scale)}${inject === undefined ? "" : `, and ${failureText(inject)}`}`;
}

function asked(request: Request, scale: Scale): string {
  const addr = (addr: number) => printAddr(addr, scale.addrBits);
  switch (request.op) {
    case "map": {
      const { start, size, flags, backend, replace } = request;
      const place = replace ? " in place of what is there" : "";
      const area = `an area of ${sizeText(size, scale)}, ${flagsText(flags)}${backendText(backend)}`;
      return `${area}, is asked for at ${addr(start)}${place}`;
    }
    case "unmap":
      return `${sizeText(request.size, scale)} from ${addr(request.start)} on ${isOrAre(request.size, scale)} to go`;
    case "protect":
      return `${sizeText(request.size, scale)} from ${addr(request.start)} on ${isOrAre(request.size, scale)} to become ${flagsText(request.flags)}`;
    case "clear":
      return "everything is to go";
    case "fault":
      return `the kernel handles a page fault at ${addr(request.addr)}, of an access that needs ${printFlags(request.access)}`;
    case "access":
      return `a program accesses ${addr(request.addr)}, which needs ${printFlags(request.access)}`;
    case "write":
      return `the kernel writes ${counted(request.bytes.length, "byte")} from ${addr(request.addr)} on`;
    case "store":
      return `a program writes ${counted(request.bytes.length, "byte")} from ${addr(request.addr)} on`;
    case "load":
      return `a program reads ${counted(request.size, "byte")} from ${addr(request.addr)} on`;
    case "areas":
      return "which areas are there?";
    case "pages":
      return "which pages does the page table hold?";
    case "frames":
      return "how many frames are handed out?";
    case "injected":
      return "how many injected failures fired?";
    case "find":
      return `which area is ${addr(request.addr)} in?`;
    case "translate":
      return `which physical address has ${addr(request.addr)}?`;
    case "overlaps":
      return `is there anything in ${sizeText(request.size, scale)} from ${addr(request.start)} on?`;
    case "read":
      return `the kernel reads ${counted(request.size, "byte")} from ${addr(request.start)} on`;
    case "find-free":
      return `where is room for ${sizeText(request.size, scale)}, from ${addr(request.hint)} on?`;
    case "can-access":
      return `may a program access ${sizeText(request.size, scale)} from ${addr(request.start)} on, with ${printFlags(request.access)}?`;
  }
}

function flagsText(flags: Flags): string {
  return flags === NO_FLAGS ? "without any access" : printFlags(flags);
}

function backendText(backend: Backend): string {
  switch (backend.kind) {
    case "mock":
      return "";
    case "linear":
      return ` and mapped to the physical address ${printAddr(backend.physical)}`;
    case "alloc:eager":
      return " and with a frame for every page at once";
    case "alloc:lazy":
      return " and with frames for its pages only when they are accessed";
  }
}

/** Whole pages as pages, and anything else in bytes. */
function sizeText(size: number, { page }: Scale): string {
  return size % page === 0 ? counted(size / page, "page") : counted(size, "byte");
}

function isOrAre(size: number, { page }: Scale): string {
  return size === page || size === 1 ? "is" : "are";
}

function failureText({ kind, after }: Injection): string {
  const what = kind === "frame" ? "allocation of a frame" : "call of the backend";
  return `every ${what}${after === 0 ? "" : ` after the first ${after === 1 ? "one" : after}`} is made to fail`;
}
