/** Traces of the address-space surface that are too long, and the smallest ones with the same shape. */
import { describe, expect, test } from "vitest";
import { LARGE_SPACE, LARGE_TERMS, SMALL_TERMS } from "../trace/address-space.fixture.ts";
import { READ } from "../trace/flags.ts";
import { linesOf, requestsIn } from "../trace/literal.fixture.ts";
import { findMisfit } from "../trace/preconditions.ts";
import type { Request } from "../trace/request.ts";
import type { Space, Terms } from "../trace/space.ts";
import { compareTraces } from "./order.ts";
import { covers, pageAfter, physicalOf, takesPlace } from "./page-history.fixture.ts";
import { reduce } from "./reduce.ts";
import { simplerTraces } from "./simpler.fixture.ts";

const HUGE = 0x200000;

/** A stand-in for a defect: whether `request` shows it after the requests `before`. */
type Shows = (request: Request, before: readonly Request[], space: Space) => boolean;

interface Shape {
  readonly what: string;
  readonly terms: Terms;
  readonly shows: Shows;
  readonly long: readonly string[];
  readonly smallest: readonly string[];
}

function runFor({ shows, terms }: Shape) {
  return (requests: readonly Request[]) => {
    const at = requests.findIndex((request, index) => shows(request, requests.slice(0, index), terms.space));
    if (at < 0) return undefined;
    return { kind: "answer", check: "answer", at, expected: "", observed: "", answer: "ok" } as const;
  };
}

/** The first page of the huge pages that `request` cuts, of linear areas that lie right for them. */
function hugePageCut(request: Request, before: readonly Request[], space: Space): number | undefined {
  if ((request.op !== "unmap" && request.op !== "protect") || !takesPlace(request, space)) return undefined;
  const { start, size } = request;
  const first = start - (start % HUGE);
  if (start === first && size >= HUGE) return undefined;
  const { map } = pageAfter(before, start, space);
  const physical = map && physicalOf(map.backend);
  if (map === undefined || physical === undefined) return undefined;
  const whole = covers(map, first) && covers(map, first + HUGE - 1);
  return whole && (physical - map.start) % HUGE === 0 ? first : undefined;
}

const SHAPES: readonly Shape[] = [
  {
    what: "a second fault on a lazy page",
    terms: SMALL_TERMS,
    shows: (request, before, space) =>
      request.op === "fault" &&
      pageAfter(before, request.addr, space).accesses.length > 0 &&
      pageAfter(before, request.addr, space).map?.backend.kind === "alloc:lazy",
    long: [
      "map 0x8000 0x2000 r alloc:eager",
      "map 0x3000 0x4000 rwu alloc:lazy replace",
      "write 0x8123 010203",
      "store 0x4ffc 0badc0de",
      "frames",
      "translate 0x4001",
      "protect 0x3000 0x2000 rw",
      "fault 0x4123 rw",
    ],
    smallest: ["map 0x0 0x1000 - alloc:lazy", "fault 0x0 r", "fault 0x0 r"],
  },
  {
    what: "protect of a part of a huge page",
    terms: LARGE_TERMS,
    shows: (request, before, space) =>
      request.op === "protect" &&
      hugePageCut(request, before, space) !== undefined &&
      pageAfter(before, request.start, space).flags !== request.flags,
    long: [
      "map 0x401000000000 0x3000 rw alloc:eager",
      "map 0x4000403fe000 0x605000 rwxu linear:0x1001fe000",
      "access 0x401000000123 w",
      "protect 0x400040456000 0x7000 rx",
    ],
    smallest: ["map 0x400000000000 0x200000 - linear:0x0", "protect 0x400000000000 0x1000 r"],
  },
  {
    what: "unmap of the middle of a huge page",
    terms: LARGE_TERMS,
    shows: (request, before, space) => {
      const first = hugePageCut(request, before, space);
      if (request.op !== "unmap" || first === undefined) return false;
      return request.start > first && request.start + request.size < first + HUGE;
    },
    long: ["map 0x403fc0000000 0x40000000 rw linear:0x40000000", "unmap 0x403fc0123000 0x45000"],
    smallest: ["map 0x400000000000 0x200000 - linear:0x0", "unmap 0x400000001000 0x1000"],
  },
  {
    what: "a frame that still holds what was stored",
    terms: SMALL_TERMS,
    shows: (request, before, space) => {
      if (request.op !== "load") return false;
      const now = pageAfter(before, request.addr, space);
      return now.present && now.stored && (now.flags & READ) !== 0 && now.accesses.length === 0;
    },
    long: [
      "map 0x2000 0x5000 rwxu alloc:lazy",
      "store 0x4010 ffeeddccbbaa99887766554433221100",
      "load 0x4010 8",
      "clear",
      "areas",
      "map 0x1000 0x4000 rwx alloc:eager",
      "load 0x4008 16",
    ],
    smallest: [
      "map 0x0 0x1000 - alloc:eager",
      "store 0x0 01",
      "unmap 0x0 0x1000",
      "map 0x0 0x1000 r alloc:eager",
      "load 0x0 0x1",
    ],
  },
  {
    what: "an access that a stale translation permits",
    terms: SMALL_TERMS,
    shows: (request, before, space) => {
      if (request.op !== "access") return false;
      const last = before.findLastIndex(({ op }) => op === "protect");
      const then = pageAfter(before.slice(0, last), request.addr, space);
      const now = pageAfter(before, request.addr, space);
      const permitted = (flags: number) => (flags & request.access) === request.access;
      return last >= 0 && then.accesses.includes("access") && permitted(then.flags) && !permitted(now.flags);
    },
    long: [
      "map 0x0 0x10000 rwxd alloc:lazy",
      "access 0x5004 rwx",
      "store 0x5004 0102",
      "protect 0x4000 0x3000 rx",
      "translate 0x5000",
      "access 0x5abc w",
    ],
    smallest: ["map 0x0 0x1000 r alloc:eager", "access 0x0 r", "protect 0x0 0x1000 -", "access 0x0 r"],
  },
  {
    what: "a fault that uses the flags from before",
    terms: SMALL_TERMS,
    shows: (request, before, space) => {
      if (request.op !== "fault") return false;
      const { map, flags, present } = pageAfter(before, request.addr, space);
      return (
        map !== undefined && !present && map.flags !== flags && (flags & request.access) === request.access
      );
    },
    long: [
      "map 0x3000 0x9000 rxn alloc:lazy",
      "fault 0x3000 r",
      "protect 0x5000 0x3000 rwx",
      "unmap 0x4000 0x1000 !frame=0",
      "fault 0x7fff wx !frame=3",
    ],
    smallest: ["map 0x0 0x1000 - alloc:lazy", "protect 0x0 0x1000 r", "fault 0x0 r"],
  },
  {
    what: "the last of several frames that isn't there",
    terms: SMALL_TERMS,
    shows: (request, _before, space) =>
      request.op === "map" &&
      request.backend.kind === "alloc:eager" &&
      takesPlace(request, space) &&
      request.size >= 0x2000 &&
      request.inject?.kind === "frame" &&
      request.inject.after === request.size / 0x1000 + 2,
    long: ["map 0x0 0x2000 r linear:0x5000", "map 0x4000 0xb000 rwxu alloc:eager replace !frame=13"],
    smallest: ["map 0x0 0x2000 - alloc:eager !frame=4"],
  },
  {
    what: "two pages at one physical address",
    terms: LARGE_TERMS,
    shows: (request, before, space) => {
      if (request.op !== "map" || !takesPlace(request, space)) return false;
      const physical = physicalOf(request.backend);
      return before.some(
        (other) =>
          other.op === "map" &&
          takesPlace(other, space) &&
          physical !== undefined &&
          physicalOf(other.backend) === physical &&
          other.start !== request.start,
      );
    },
    long: [
      "map 0x402000000000 0x7000 rw linear:0x12345678000",
      "clear !backend=7",
      "map 0x400000007000 0x300000 rxu linear:0x12345678000",
    ],
    smallest: ["map 0x400000000000 0x1000 - linear:0x0", "map 0x400000001000 0x1000 - linear:0x0"],
  },
  {
    what: "a write that reaches into a page that isn't there",
    terms: SMALL_TERMS,
    shows: (request, before, space) => {
      if (request.op !== "write") return false;
      const last = request.addr + request.bytes.length - 1;
      return pageAfter(before, request.addr, space).present && !pageAfter(before, last, space).present;
    },
    long: [
      "map 0x3000 0x2000 rw alloc:lazy",
      "store 0x4000 07",
      "fault 0x3000 w",
      `write 0x3f00 ${"ab".repeat(0x1200)}`,
    ],
    smallest: ["map 0x0 0x1000 - alloc:eager", "write 0xfff 0000"],
  },
  {
    what: "an offset in a page that isn't 0",
    terms: LARGE_TERMS,
    shows: (request, before, space) =>
      request.op === "translate" &&
      request.addr % 0x1000 !== 0 &&
      pageAfter(before, request.addr, space).present,
    long: ["map 0x403000000000 0x400000 rx linear:0x80000000", "translate 0x40300012fabc"],
    smallest: ["map 0x400000000000 0x1000 - alloc:eager", "translate 0x400000000001"],
  },
  {
    what: "a map that doesn't begin with a page",
    terms: SMALL_TERMS,
    shows: (request) => request.op === "map" && request.start % 0x1000 !== 0 && request.size > 0,
    long: ["clear", "map 0x3abc 0x2f00 rw linear:0x7f3 replace"],
    smallest: ["map 0x1 0x1000 - alloc:eager"],
  },
  {
    what: "a guard page that is opened again",
    terms: SMALL_TERMS,
    shows: (request, before, space) => {
      if (request.op !== "protect" || !takesPlace(request, space) || request.flags === 0) return false;
      const { flags, flagsBefore, present } = pageAfter(before, request.start, space);
      return present && flags === 0 && flagsBefore.some((earlier) => earlier !== 0);
    },
    long: [
      "map 0x1000 0x6000 rwx alloc:lazy",
      "load 0x3456 100",
      "protect 0x0 0x8000 -",
      "find-free 0x123 0x2000 0x100-0x9900 0x2000",
      "protect 0x3000 0x1000 rx",
    ],
    smallest: ["map 0x0 0x1000 r alloc:eager", "protect 0x0 0x1000 -", "protect 0x0 0x1000 r"],
  },
  {
    what: "frames that came in by a fault and are never given back",
    terms: LARGE_TERMS,
    shows: (request, before, space) => {
      if (request.op !== "unmap" || !takesPlace(request, space)) return false;
      const { map, accesses } = pageAfter(before, request.start, space);
      return map?.backend.kind === "alloc:lazy" && accesses.length > 0;
    },
    long: [
      "map 0x4007ffe00000 0x40000000 rwu alloc:lazy",
      "load 0x400801234567 16",
      "can-access 0x400801234567 0x1234 rw",
      "unmap 0x400801234000 0x1000000",
    ],
    smallest: [
      "map 0x400000000000 0x1000 - alloc:lazy",
      "fault 0x400000000000 r",
      "unmap 0x400000000000 0x1000",
    ],
  },
];

async function shrunk(shape: Shape) {
  const requests = requestsIn(...shape.long);
  const run = runFor(shape);
  const finding = run(requests);
  if (finding === undefined) throw new Error("shows nothing to begin with");
  expect(findMisfit(requests, shape.terms)).toBeUndefined();
  const unhurried = { turnIsOver: false, stopped: false, breathe: async () => {} };
  return reduce({ requests, finding }, shape.terms, run, unhurried);
}

describe("shrinks to the smallest trace", () => {
  test.each(SHAPES)("$what", async (shape) => {
    const { requests, executions } = await shrunk(shape);
    expect(linesOf(requests)).toEqual(shape.smallest);
    expect(executions).toBeLessThan(2500);
    // No other request or argument is simpler and does.
    const { page } = shape.terms.space;
    const simpler = [...simplerTraces(requests, page)].filter(
      (each) =>
        compareTraces(each, requests, page) < 0 &&
        findMisfit(each, shape.terms) === undefined &&
        runFor(shape)(each)?.at === requests.length - 1,
    );
    expect(simpler.map(linesOf)).toEqual([]);
  });
});

test("nothing smaller lies outside the space", () => {
  for (const { smallest } of SHAPES.filter(({ terms }) => terms === LARGE_TERMS)) {
    for (const request of requestsIn(...smallest)) {
      if ("start" in request) expect(request.start).toBeGreaterThanOrEqual(LARGE_SPACE.base);
    }
  }
});
