import type { Observation } from "../src/trace/observation.ts";
import type { Command } from "../src/trace/request.ts";
import type { AddressSpaceModel } from "./address-space.ts";
import { AREA_BITS, BEGINS, FLAG_BITS, IN_AREA, KIND_BITS, KIND_STEP } from "./space-pages.ts";

/**
 * Takes over what a command left that failed half-way, on an implementation that promises no more than
 * `consistent`: each page of its range may be as before, or, for `map … replace`, `unmap` and `clear`, without an
 * area, or, for `protect`, with the new flags. A page that shows anything else keeps its record, so that the
 * comparison which follows reports it.
 *
 *     before    [  a a a a ][ b b ]
 *     unmap        [-----------]       fails at b
 *     after     [ a ]       [ b b ]    or any other choice, page by page
 *
 * Between two pages that are both as before an area begins, or doesn't, as before. Where one of the two changed,
 * the observed boundary is taken.
 */
export function adopt(model: AddressSpaceModel, command: Command, observed: Observation): void {
  const { state, page: size } = model;
  const { pages } = state;
  const { protectedFlags } = model.manners;
  const { from, to } = model.reachOf(command);
  let lastPage = -1;
  let lastChanged = false;
  // One page more: the boundary at the end of the range is the first page after it.
  for (let page = pages.next(from, to + 1); page <= to; page = pages.next(page + 1, to + 1)) {
    const before = pages.get(page) & AREA_BITS;
    const after = recordIn(observed, page * size);
    const changed = page < to && mayBecome(command, before, after, protectedFlags);
    const besideChange = changed || (lastPage === page - 1 && lastChanged);
    if (changed && after === 0) state.remove(page);
    else if (besideChange) {
      if (changed) state.reflag(page, after);
      // What is not as it may be stays on its own, and is reported.
      const begins = sameArea(pages.get(page), after) && state.leadsOn(page) ? after & BEGINS : BEGINS;
      pages.change(page, (pages.get(page) & ~BEGINS) | begins);
    }
    lastPage = page;
    lastChanged = changed;
  }
}

/** Whether a failed command may have made `after` of a page. */
function mayBecome(command: Command, before: number, after: number, protectedFlags: number): boolean {
  switch (command.op) {
    case "map":
      return after === 0 && command.replace;
    case "unmap":
    case "clear":
      return after === 0;
    case "protect": {
      const wanted = (before & ~protectedFlags) | (command.flags & protectedFlags);
      return !sameArea(before, after) && sameArea(wanted, after);
    }
    case "fault":
    case "access":
    case "load":
    case "store":
    case "write":
      return false;
  }
}

/** What the areas shown say of the page that begins at `addr`. */
function recordIn(observed: Observation, addr: number): number {
  const { areaCount, areaStarts, areaEnds, areaFlags, areaBackends } = observed;
  for (let index = 0; index < areaCount; index++) {
    const start = areaStarts[index] ?? 0;
    if (start > addr || addr >= (areaEnds[index] ?? 0)) continue;
    const kind = ((areaBackends[index] ?? 0) * KIND_STEP) & KIND_BITS;
    return IN_AREA | (start === addr ? BEGINS : 0) | kind | ((areaFlags[index] ?? 0) & FLAG_BITS);
  }
  return 0;
}

function sameArea(a: number, b: number): boolean {
  return ((a ^ b) & AREA_BITS & ~BEGINS) === 0;
}
