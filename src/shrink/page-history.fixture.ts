/** What a trace has done to one page of the address-space surface, roughly, for tests of the shrinker. */
import { isAligned } from "../trace/address.ts";
import { type Flags, withProtection } from "../trace/flags.ts";
import type { Backend, MapCommand, Request } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";

const PAGE = 0x1000;

/** One page after some requests. */
export interface PageState {
  /** The map that the page is of; `undefined` where it has no area. */
  readonly map: MapCommand | undefined;
  readonly flags: Flags;
  /** The flags that it has had since it was mapped, `flags` last. */
  readonly flagsBefore: readonly Flags[];
  readonly present: boolean;
  /** How often it was accessed since it was mapped. */
  readonly accesses: readonly Request["op"][];
  /** Whether a byte other than 0 was ever stored in it. */
  readonly stored: boolean;
}

const NOTHING: PageState = {
  map: undefined,
  flags: 0,
  flagsBefore: [],
  present: false,
  accesses: [],
  stored: false,
};

/** The page with the address `addr` after `requests`, in which no injected failure counts. */
export function pageAfter(requests: readonly Request[], addr: number, space: Space): PageState {
  let state = NOTHING;
  for (const request of requests) {
    switch (request.op) {
      case "map":
        if (!takesPlace(request, space) || !covers(request, addr)) break;
        if (state.map && !request.replace) break;
        state = { ...NOTHING, ...mapped(request), stored: state.stored };
        break;
      case "unmap":
        if (takesPlace(request, space) && covers(request, addr)) state = { ...NOTHING, stored: state.stored };
        break;
      case "clear":
        state = { ...NOTHING, stored: state.stored };
        break;
      case "protect":
        if (takesPlace(request, space) && covers(request, addr) && state.map) {
          const flags = withProtection(state.flags, request.flags);
          state = { ...state, flags, flagsBefore: [...state.flagsBefore, flags] };
        }
        break;
      case "fault":
      case "access":
      case "load":
      case "store":
        if (Math.floor(request.addr / PAGE) !== Math.floor(addr / PAGE) || !state.map) break;
        state = {
          ...state,
          present: true,
          accesses: [...state.accesses, request.op],
          stored: state.stored || (request.op === "store" && request.bytes.some((byte) => byte !== 0)),
        };
        break;
      case "write":
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
        break;
    }
  }
  return state;
}

/** Whether the range is made of whole pages inside the space, and is not empty. */
export function takesPlace(
  { start, size }: { readonly start: number; readonly size: number },
  space: Space,
): boolean {
  const inside = space.base <= start && start + size <= space.base + space.size;
  return size > 0 && inside && isAligned(start, PAGE) && isAligned(size, PAGE);
}

/** Whether the range has the address. */
export function covers(
  { start, size }: { readonly start: number; readonly size: number },
  addr: number,
): boolean {
  return start <= addr && addr < start + size;
}

/** The physical address of a linear backend; `undefined` for another. */
export function physicalOf(backend: Backend): number | undefined {
  return backend.kind === "linear" ? backend.physical : undefined;
}

function mapped(map: MapCommand): Pick<PageState, "map" | "flags" | "flagsBefore" | "present"> {
  return { map, flags: map.flags, flagsBefore: [map.flags], present: map.backend.kind !== "alloc:lazy" };
}
