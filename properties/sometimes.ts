/**
 * The `sometimes` properties: situations that a run must have met to mean anything. A campaign in which no
 * area was ever split proves nothing about splitting, and says so.
 */

import type { Footprint } from "../models/footprint.ts";
import type { Answer, ErrorName } from "../src/trace/answer.ts";
import type { Command, FindFreeQuery, Request } from "../src/trace/request.ts";
import type { Surface } from "../src/trace/space.ts";

const OF_AREAS = [
  "an unmap in the middle of an area leaves two",
  "an unmap takes several areas and skips a hole",
  "an unmap finds nothing to unmap",
  "a protect splits an area in three",
  "a protect changes several areas and skips a hole",
  "a protect leaves an area whose flags are right already in one piece",
  "a protect touches nothing",
  "a replace takes the place of several areas",
  "a replace lands in the middle of an area",
  "a map is refused because something is there",
  "a range that runs out of the address space is refused",
  "a clear removes several areas",
  "an injected failure fires",
  "an injected failure fires when a part of the work is done",
  "an injection waits for a call that never comes",
  "find-free passes over an area",
  "find-free finds no place for a fitting size",
] as const;

/** What the address-space surface has besides. */
const OF_PAGES = [
  "a range that leaves the space or cuts a page is refused",
  "a fault brings a page in",
  "a fault finds that its page is there",
  "a fault is refused",
  "an access brings a page in",
  "an access finds its translation in the TLB",
  "a range changes that the TLB holds translations of",
  "a huge page is split",
  "frames run out",
  "a page gets a frame that another page had",
  "a guard page that was written to is opened again",
  "bytes are read that were written",
  "an injected failure keeps a page out",
  "a write finds a page that is not accessible",
] as const;

/** A situation's name. */
export type Sometimes = (typeof OF_AREAS)[number] | (typeof OF_PAGES)[number];

/** Every situation of each surface, at most 31. Its index is its place in sets of bits and in the statistics. */
export const SOMETIMES: { readonly [S in Surface]: readonly Sometimes[] } = {
  "memory-set": OF_AREAS,
  "address-space": [...OF_AREAS, ...OF_PAGES],
};

/**
 * The situations of the memory-set surface that a request was just met in, as a set of bits: bit i for the one
 * with index i.
 *
 * `footprint` says how the range of a command that was answered `ok` lay on the areas before it, `injected`
 * how many injected failures fired.
 */
export function situationsOf(
  request: Request,
  answer: Answer,
  footprint: Footprint,
  injected: number,
): number {
  switch (request.op) {
    case "map":
    case "unmap":
    case "protect":
    case "clear":
      return (
        rangeSituations(request, answer, footprint) |
        injectionSituations(request, answer.kind === "ok", injected)
      );
    case "find-free":
      return findFreeSituations(request, answer);
    case "fault":
    case "access":
    case "write":
    case "store":
    case "load":
    case "areas":
    case "pages":
    case "frames":
    case "injected":
    case "find":
    case "translate":
    case "overlaps":
    case "read":
    case "can-access":
      return 0;
  }
}

/** Those of `map`, `unmap`, `protect` and `clear`, on both surfaces. */
export function rangeSituations(command: Command, answer: Answer, f: Footprint): number {
  if (answer.kind === "err") return refusalSituations(command, answer.name);
  const several = f.areas > 1;
  const inside = f.areas === 1 && f.cutsLeft && f.cutsRight;
  switch (command.op) {
    case "map":
      return when(several, REPLACED_SEVERAL) | when(inside, REPLACED_MIDDLE);
    case "unmap":
      return (
        when(inside, UNMAPPED_MIDDLE) |
        when(several && f.holes, UNMAPPED_SEVERAL) |
        when(f.mapped === 0, UNMAPPED_NOTHING)
      );
    case "protect":
      return (
        when(inside && f.changed > 0, SPLIT_IN_THREE) |
        when(several && f.holes && f.changed === f.mapped, PROTECTED_SEVERAL) |
        when((f.cutsLeft || f.cutsRight) && f.changed === 0, LEFT_IN_ONE_PIECE) |
        when(f.mapped === 0, PROTECTED_NOTHING)
      );
    case "clear":
      return when(several, CLEARED_SEVERAL);
    case "fault":
    case "access":
    case "write":
    case "store":
    case "load":
      return 0;
  }
}

function refusalSituations(command: Command, name: ErrorName): number {
  if (name === "AlreadyExists") return REFUSED_FOR_OVERLAP;
  return when(name === "InvalidParam" && "size" in command && command.size > 0, REFUSED_FOR_OVERFLOW);
}

/** Those of failures that a command carries, on both surfaces. */
export function injectionSituations({ inject }: Command, done: boolean, injected: number): number {
  if (inject === undefined) return 0;
  if (injected === 0) return when(done, NEVER_FIRED);
  return FIRED | when(inject.after > 0, FIRED_HALF_WAY);
}

/** Those of `find-free`, on both surfaces. */
export function findFreeSituations({ hint, size, limit, align }: FindFreeQuery, answer: Answer): number {
  if (answer.kind !== "address") return 0;
  if (answer.address === null) return when(size % align === 0, NO_PLACE);
  return when(answer.address >= Math.max(hint, limit.start) + align, PASSED_OVER);
}

const UNMAPPED_MIDDLE = bit("an unmap in the middle of an area leaves two");
const UNMAPPED_SEVERAL = bit("an unmap takes several areas and skips a hole");
const UNMAPPED_NOTHING = bit("an unmap finds nothing to unmap");
const SPLIT_IN_THREE = bit("a protect splits an area in three");
const PROTECTED_SEVERAL = bit("a protect changes several areas and skips a hole");
const LEFT_IN_ONE_PIECE = bit("a protect leaves an area whose flags are right already in one piece");
const PROTECTED_NOTHING = bit("a protect touches nothing");
const REPLACED_SEVERAL = bit("a replace takes the place of several areas");
const REPLACED_MIDDLE = bit("a replace lands in the middle of an area");
const REFUSED_FOR_OVERLAP = bit("a map is refused because something is there");
const REFUSED_FOR_OVERFLOW = bit("a range that runs out of the address space is refused");
const CLEARED_SEVERAL = bit("a clear removes several areas");
const FIRED = bit("an injected failure fires");
const FIRED_HALF_WAY = bit("an injected failure fires when a part of the work is done");
const NEVER_FIRED = bit("an injection waits for a call that never comes");
const PASSED_OVER = bit("find-free passes over an area");
const NO_PLACE = bit("find-free finds no place for a fitting size");

/** The situation with this name as a set of bits, the same on every surface that has it. */
export function bit(name: Sometimes): number {
  return 1 << SOMETIMES["address-space"].indexOf(name);
}

/** The situation, if the condition holds. */
export function when(condition: boolean, situation: number): number {
  return condition ? situation : 0;
}
