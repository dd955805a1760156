/** Which `sometimes` properties can come true, given what an implementation offers. */
import { type Manner, PLAIN_DIALECT } from "../src/trace/dialect.ts";
import type { CommandName, Hello, Terms } from "../src/trace/space.ts";
import type { Sometimes } from "./sometimes.ts";

/** What a situation takes besides `map`. */
interface Need {
  readonly commands?: readonly CommandName[];
  readonly query?: Hello["queries"][number];
  /** That failures can be injected. */
  readonly injection?: true;
  /** A manner that must be the contract's own. */
  readonly plain?: Manner;
  /** That there are lazy areas. */
  readonly lazy?: true;
  /** That the implementation shows the machine below: page tables, TLB, frames. */
  readonly machine?: true;
  /** That requests leave the space. */
  readonly beyond?: true;
  /** That the space has room for a huge page. */
  readonly huge?: true;
  /** That frames are limited. */
  readonly few?: true;
}

const NEEDS: { readonly [S in Sometimes]: Need } = {
  "an unmap in the middle of an area leaves two": { commands: ["unmap"] },
  "an unmap takes several areas and skips a hole": { commands: ["unmap"], plain: "unmap-holes" },
  "an unmap finds nothing to unmap": { commands: ["unmap"] },
  "a protect splits an area in three": { commands: ["protect"] },
  "a protect changes several areas and skips a hole": { commands: ["protect"], plain: "protect-holes" },
  "a protect leaves an area whose flags are right already in one piece": { commands: ["protect"] },
  "a protect touches nothing": { commands: ["protect"] },
  "a replace takes the place of several areas": { commands: ["replace"] },
  "a replace lands in the middle of an area": { commands: ["replace"] },
  "a map is refused because something is there": {},
  "a range that runs out of the address space is refused": { beyond: true },
  "a clear removes several areas": { commands: ["clear"] },
  "an injected failure fires": { injection: true },
  "an injected failure fires when a part of the work is done": { injection: true },
  "an injection waits for a call that never comes": { injection: true },
  "find-free passes over an area": { query: "find-free" },
  "find-free finds no place for a fitting size": { query: "find-free" },
  "a range that leaves the space or cuts a page is refused": { beyond: true },
  "a fault brings a page in": { commands: ["fault"], lazy: true },
  "a fault finds that its page is there": { commands: ["fault"], lazy: true },
  "a fault is refused": { commands: ["fault"] },
  "an access brings a page in": { commands: ["access"], lazy: true },
  "an access finds its translation in the TLB": { commands: ["access"], machine: true },
  "a range changes that the TLB holds translations of": { commands: ["access"], machine: true },
  "a huge page is split": { machine: true, huge: true },
  "frames run out": { query: "frames", few: true },
  "a page gets a frame that another page had": { query: "pages" },
  "a guard page that was written to is opened again": { commands: ["protect", "store"] },
  "bytes are read that were written": { commands: ["store"], query: "read" },
  "an injected failure keeps a page out": { injection: true, lazy: true },
  "a write finds a page that is not accessible": { commands: ["write"] },
};

/**
 * Whether the situation can come up on an implementation that says `hello`; `showsMachine` says whether it shows the
 * machine below.
 */
export function canComeUp(situation: Sometimes, hello: Hello, showsMachine: boolean): boolean {
  const { commands = [], query, injection, plain, lazy, machine } = NEEDS[situation];
  return (
    commands.every((command) => hello.commands.includes(command)) &&
    (query === undefined || hello.queries.includes(query)) &&
    (injection === undefined || hello.inject.length > 0) &&
    (plain === undefined || hello.dialect[plain] === PLAIN_DIALECT[plain]) &&
    (lazy === undefined || hello.backends.includes("alloc:lazy")) &&
    (machine === undefined || showsMachine)
  );
}

/** Pages that a huge page has. */
const HUGE_PAGES = 512;

/** As `canComeUp`, where all that is asked are commands on ranges that lie in one space. */
export function canComeUpWithin(
  situation: Sometimes,
  { hello, space }: Terms,
  showsMachine: boolean,
): boolean {
  const { beyond, huge, few } = NEEDS[situation];
  return (
    beyond === undefined &&
    (huge === undefined || space.size >= HUGE_PAGES * space.page) &&
    (few === undefined || space.frames > 0) &&
    canComeUp(situation, hello, showsMachine)
  );
}
