/** Traces in which one argument of one request is simpler, everything else as it was. */
import { virtAddr } from "../trace/address.ts";
import { isCommand, type Request } from "../trace/request.ts";
import { flagRank } from "./order.ts";

/** Below this many pages every smaller value is tried, above it only some. */
const TRY_ALL_PAGES = 64;

/** Every trace with one argument simplified; `page` in bytes. */
export function* simplifyArguments(requests: readonly Request[], page: number): Generator<Request[]> {
  for (const [at, request] of requests.entries()) {
    for (const simpler of simplerArguments(request, page)) yield requests.with(at, simpler);
  }
}

/** Traces in which one set of flags is replaced by a plainer one wherever it occurs. */
export function* plainFlagsEverywhere(requests: readonly Request[]): Generator<Request[]> {
  const used = new Set(requests.flatMap((request) => ("flags" in request ? [request.flags] : [])));
  for (const flags of used) {
    for (const plainer of plainerFlags(flags)) {
      yield requests.map((r) => ("flags" in r && r.flags === flags ? { ...r, flags: plainer } : r));
    }
  }
}

function* simplerArguments(request: Request, page: number): Generator<Request> {
  yield* lessInjection(request);
  switch (request.op) {
    case "map":
    case "unmap":
    case "protect":
    case "overlaps":
    case "read":
    case "can-access":
      yield* simplerRange(request, page);
      if ("flags" in request) for (const flags of plainerFlags(request.flags)) yield { ...request, flags };
      return;
    case "find":
    case "translate":
    case "fault":
    case "access":
    case "write":
    case "store":
    case "load":
      for (const addr of lowerValues(request.addr, page)) yield { ...request, addr: virtAddr(addr) };
      return;
    case "find-free":
      yield* simplerFindFree(request, page);
      return;
    case "clear":
    case "areas":
    case "pages":
    case "frames":
    case "injected":
      return;
  }
}

type Ranged = Extract<Request, { readonly start: number; readonly size: number }>;
type FindFree = Extract<Request, { readonly op: "find-free" }>;

function* simplerRange(request: Ranged, page: number): Generator<Request> {
  const { start, size } = request;
  for (const smaller of lowerValues(size, page)) yield { ...request, size: smaller };
  for (const smaller of lowerValues(size, page)) {
    // The end stays where it is.
    yield { ...request, start: virtAddr(start + size - smaller), size: smaller };
  }
  for (const lower of lowerValues(start, page)) yield { ...request, start: virtAddr(lower) };
}

function* simplerFindFree(request: FindFree, page: number): Generator<Request> {
  const { hint, size, limit, align } = request;
  for (let plainer = page; plainer < align; plainer *= 2) {
    yield { ...request, align: plainer };
    yield { ...request, align: plainer, size: Math.ceil(size / align) * plainer };
  }
  for (const smaller of lowerValues(size, page)) yield { ...request, size: smaller };
  for (const lower of lowerValues(hint, page)) yield { ...request, hint: virtAddr(lower) };
  for (const end of lowerValues(limit.end, page))
    yield { ...request, limit: { ...limit, end: virtAddr(end) } };
  for (const start of lowerValues(limit.start, page)) {
    yield { ...request, limit: { ...limit, start: virtAddr(start) } };
    yield { ...request, hint: virtAddr(Math.min(hint, start)), limit: { ...limit, start: virtAddr(start) } };
  }
}

function* lessInjection(request: Request): Generator<Request> {
  if (!isCommand(request) || !request.inject) return;
  const { inject, ...plain } = request;
  yield plain;
  for (let after = 0; after < inject.after; after++) yield { ...request, inject: { ...inject, after } };
}

/** Values below `value`, lowest first: every multiple of the page if they are few, else a bisection. */
function* lowerValues(value: number, page: number): Generator<number> {
  const whole = Math.ceil(value / page);
  if (whole <= TRY_ALL_PAGES) {
    for (let pages = 0; pages < whole; pages++) yield pages * page;
    return;
  }
  yield 0;
  yield page;
  for (let step = whole; step > 1; step = Math.ceil(step / 2)) yield (whole - Math.floor(step / 2)) * page;
}

/** Every set of flags that is plainer than `flags`, plainest first. */
function plainerFlags(flags: number): readonly number[] {
  return PLAINEST_FIRST.slice(0, PLAINEST_FIRST.indexOf(flags));
}

const PLAINEST_FIRST = Array.from({ length: 64 }, (_, flags) => flags).sort(
  (a, b) => flagRank(a) - flagRank(b),
);
