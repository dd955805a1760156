/** Traces with a protect less. */
import { type VirtAddr, virtAddr } from "../trace/address.ts";
import { withProtection } from "../trace/flags.ts";
import type { MapCommand, ProtectCommand, Request, UnmapCommand } from "../trace/request.ts";
import { moveBoundaries } from "./boundaries.ts";

/**
 * Traces in which a map gets the flags right away that a later protect of it, or of a part of it, would give it: without
 * the protect, or with an unmap in its place. And traces without the protect, in which what has the flags that it gives
 * has those that the map has.
 */
export function* foldProtects(requests: readonly Request[]): Generator<Request[]> {
  for (const [at, map] of requests.entries()) {
    for (const [later, protect] of requests.entries()) {
      if (later <= at || map.op !== "map" || protect.op !== "protect" || !meets(map, protect)) continue;
      const flags = withProtection(map.flags, protect.flags);
      const open = requests.with(at, { ...map, flags });
      yield open.filter((_, index) => index !== later);
      yield open.with(later, unmapFor(protect, protect.start, protect.size));
      const closed = (request: Request) =>
        "flags" in request && request.flags === flags ? { ...request, flags: map.flags } : request;
      yield requests.toSpliced(later, 1).map(closed);
    }
  }
}

/**
 * Traces in which a protect of the start or the end of an area is an unmap of a page between the two parts:
 *
 *     map      [-------)              map      [-----------)
 *     protect  [---)          ->      unmap        [---)
 */
export function* holeForProtect(requests: readonly Request[], page: number): Generator<Request[]> {
  for (const [at, protect] of requests.entries()) {
    if (protect.op !== "protect") continue;
    for (const boundary of [protect.start, virtAddr(protect.start + protect.size)]) {
      if (boundary % page !== 0) continue;
      const apart = requests.map((each) =>
        moveBoundaries(each, page, (address) => (address >= boundary ? address + page : address)),
      );
      yield apart.with(at, unmapFor(protect, boundary, page));
    }
  }
}

/** An unmap in the place of the protect, with the failure that it may carry. */
function unmapFor(protect: ProtectCommand, start: VirtAddr, size: number): UnmapCommand {
  const { flags: _, ...rest } = protect;
  return { ...rest, op: "unmap", start, size };
}

function meets(a: MapCommand, b: ProtectCommand): boolean {
  return a.start < b.start + b.size && b.start < a.start + a.size;
}
