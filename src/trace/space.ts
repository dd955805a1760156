import type { VirtAddr } from "./address.ts";
import { ADDRESS_BITS } from "./address.ts";
import { type Dialect, PLAIN_DIALECT } from "./dialect.ts";
import { ALL_FLAGS, type Flags, RWX } from "./flags.ts";
import type { Backend, Command, Query } from "./request.ts";

/** Which of the two interfaces of the contract an implementation offers. */
export type Surface = "memory-set" | "address-space";

/** The instance that a trace runs on: the four keys of `reset`. */
export interface Space {
  /** In bytes, a multiple of the page. */
  readonly base: VirtAddr;
  /** In bytes, a multiple of the page, greater than 0. */
  readonly size: number;
  /** Bytes in a page: a power of two. */
  readonly page: number;
  /** Frames of physical memory; 0 for no limit. */
  readonly frames: number;
}

/** A command as `hello` names it: `replace` is `map … replace`, `drop` gives the instance up. */
export type CommandName = Command["op"] | "replace" | "drop";

/** What an implementation can be asked. */
export interface Offer {
  readonly commands: readonly CommandName[];
  readonly queries: readonly Query["op"][];
  readonly backends: readonly Backend["kind"][];
}

/** All that each surface has. */
export const OFFERS: { readonly [S in Surface]: Offer } = {
  "memory-set": {
    commands: ["map", "replace", "unmap", "protect", "clear", "drop"],
    queries: ["areas", "pages", "injected", "find", "overlaps", "find-free"],
    backends: ["mock"],
  },
  "address-space": {
    commands: [
      "map",
      "replace",
      "unmap",
      "protect",
      "clear",
      "fault",
      "access",
      "write",
      "store",
      "load",
      "drop",
    ],
    queries: [
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
    ],
    backends: ["linear", "alloc:eager", "alloc:lazy"],
  },
};

/** What an implementation says of itself, as in the answer to `hello`. */
export interface Hello extends Offer {
  /** Its name and version, without spaces. */
  readonly name: string;
  readonly surface: Surface;
  /** The flags that it knows; no others are generated. */
  readonly flags: Flags;
  /** The flags that its page table can tell apart: `pages` shows these. */
  readonly pageFlags: Flags;
  /** `atomic`: a failed command has changed nothing. `consistent`: each page is as before or as after. */
  readonly failure: "atomic" | "consistent";
  /** The kinds of failure that it can inject into itself. */
  readonly inject: readonly ("frame" | "backend")[];
  /** The width of its addresses. A range must end below 2^addrBits. */
  readonly addrBits: number;
  /** Its manners, where they are not the contract's own. */
  readonly dialect: Dialect;
}

/** What a trace must fit: the space that it runs in and the implementation that runs it. */
export interface Terms {
  readonly space: Space;
  readonly hello: Hello;
}

/** What the contract lets any implementation of the memory-set surface be asked. */
export const MEMORY_SET_HELLO: Hello = {
  name: "memory-set",
  surface: "memory-set",
  flags: ALL_FLAGS,
  pageFlags: ALL_FLAGS,
  failure: "consistent",
  inject: ["backend"],
  addrBits: ADDRESS_BITS,
  dialect: PLAIN_DIALECT,
  ...OFFERS["memory-set"],
};

/** What the contract lets any implementation of the address-space surface be asked, with 48 bits of addresses. */
export const ADDRESS_SPACE_HELLO: Hello = {
  name: "address-space",
  surface: "address-space",
  flags: ALL_FLAGS,
  pageFlags: RWX,
  failure: "consistent",
  inject: [],
  addrBits: 48,
  dialect: PLAIN_DIALECT,
  ...OFFERS["address-space"],
};

/** The exclusive upper bound of addresses for this width: 2^min(addrBits, 52) inside the harness. */
export function addressLimit(hello: Hello): number {
  return 2 ** Math.min(hello.addrBits, ADDRESS_BITS);
}
