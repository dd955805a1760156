import type { AddrRange, PhysAddr, VirtAddr } from "./address.ts";
import type { Flags } from "./flags.ts";

/** What fills the pages of an area. A `linear` area maps its first byte to `physical`, and so on in step. */
export type Backend =
  | { readonly kind: "mock" }
  | { readonly kind: "linear"; readonly physical: PhysAddr }
  | { readonly kind: "alloc:eager" }
  | { readonly kind: "alloc:lazy" };

/**
 * A failure to inject while a command runs: its first `after` calls of that kind succeed and every later
 * one fails. `frame` counts frame allocations, `backend` calls of the mapping backend.
 */
export interface Injection {
  readonly kind: "frame" | "backend";
  readonly after: number;
}

/** What every command may carry. */
interface Injectable {
  readonly inject?: Injection;
}

/** Adds an area of `size` bytes. With `replace`, what overlaps is unmapped first. */
export interface MapCommand extends Injectable {
  readonly op: "map";
  readonly start: VirtAddr;
  readonly size: number;
  readonly flags: Flags;
  readonly backend: Backend;
  readonly replace: boolean;
}

/** Removes what lies in the range, shrinking and splitting the areas it cuts. */
export interface UnmapCommand extends Injectable {
  readonly op: "unmap";
  readonly start: VirtAddr;
  readonly size: number;
}

/** Changes the r, w, x bits of what lies in the range. */
export interface ProtectCommand extends Injectable {
  readonly op: "protect";
  readonly start: VirtAddr;
  readonly size: number;
  readonly flags: Flags;
}

/** Removes every area. */
export interface ClearCommand extends Injectable {
  readonly op: "clear";
}

/** Calls the page-fault handler, or does what a processor does for such an access. */
export interface AccessCommand extends Injectable {
  readonly op: "fault" | "access";
  readonly addr: VirtAddr;
  /** A non-empty subset of r, w, x. */
  readonly access: Flags;
}

/** Writes bytes: the kernel through the page table (`write`), or a program (`store`, inside one page). */
export interface WriteCommand extends Injectable {
  readonly op: "write" | "store";
  readonly addr: VirtAddr;
  /** 1 to 8,192 bytes. */
  readonly bytes: Uint8Array;
}

/** Reads bytes as a program does, inside one page. It can bring a page in, so it is a command. */
export interface LoadCommand extends Injectable {
  readonly op: "load";
  readonly addr: VirtAddr;
  /** In bytes, 1 to 8,192. */
  readonly size: number;
}

/** A request that may change the state. */
export type Command =
  | MapCommand
  | UnmapCommand
  | ProtectCommand
  | ClearCommand
  | AccessCommand
  | WriteCommand
  | LoadCommand;

/** A request that changes nothing. */
export type Query =
  | { readonly op: "areas" | "pages" | "frames" | "injected" }
  | { readonly op: "find" | "translate"; readonly addr: VirtAddr }
  | { readonly op: "overlaps" | "read"; readonly start: VirtAddr; readonly size: number }
  | FindFreeQuery
  | {
      readonly op: "can-access";
      readonly start: VirtAddr;
      readonly size: number;
      readonly access: Flags;
    };

/** Asks for the lowest free place of `size` bytes, aligned to `align`, from `hint` on and inside `limit`. */
export interface FindFreeQuery {
  readonly op: "find-free";
  readonly hint: VirtAddr;
  readonly size: number;
  readonly limit: AddrRange;
  readonly align: number;
}

/** One line of a trace: a command or a query. */
export type Request = Command | Query;

/** The verb of a request. */
export type Op = Request["op"];

/** Every verb: commands first, then queries. An op's index here is its code in statistics. */
export const OPS = [
  "map",
  "unmap",
  "protect",
  "clear",
  "fault",
  "access",
  "write",
  "store",
  "load",
  "areas",
  "pages",
  "frames",
  "injected",
  "find",
  "translate",
  "overlaps",
  "read",
  "find-free",
  "can-access",
] as const satisfies readonly Op[];

/** Whether the request may change the state. */
export function isCommand(request: Request): request is Command {
  switch (request.op) {
    case "map":
    case "unmap":
    case "protect":
    case "clear":
    case "fault":
    case "access":
    case "write":
    case "store":
    case "load":
      return true;
    case "areas":
    case "pages":
    case "frames":
    case "injected":
    case "find":
    case "translate":
    case "overlaps":
    case "read":
    case "find-free":
    case "can-access":
      return false;
  }
}
