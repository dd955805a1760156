import { virtAddr } from "../trace/address.ts";
import type { MapCommand, Request } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";

/** In larger spaces frames can't be used up by a few maps that are worth trying one by one. */
const MOST_PAGES = 64;

/**
 * Where frames can run out: traces in which one map takes frames in the place of several requests that follow each other,
 * however many these took; or in the place of a last one that needs a frame.
 */
export function* takeFrames(
  requests: readonly Request[],
  { base, size, page, frames }: Space,
): Generator<Request[]> {
  if (frames === 0 || size > MOST_PAGES * page) return;
  for (let from = 0; from < requests.length; from++) {
    for (let to = requests.length; to > from; to--) {
      const isLast = to === requests.length && to === from + 1 && requests[from]?.op !== "map";
      if (to < from + 2 && !isLast) continue;
      for (let taken = page; taken <= size; taken += page) {
        yield [...requests.slice(0, from), eagerMap(base, taken), ...requests.slice(to)];
      }
    }
  }
}

function eagerMap(start: MapCommand["start"], size: number): MapCommand {
  return {
    op: "map",
    start: virtAddr(start),
    size,
    flags: 0,
    backend: { kind: "alloc:eager" },
    replace: false,
  };
}
