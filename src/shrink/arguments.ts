/** Traces in which one argument of one request is simpler, everything else as it was. */
import { alignUp, physAddr, virtAddr } from "../trace/address.ts";
import { areTellable } from "../trace/address-space-preconditions.ts";
import { type Flags, RWX } from "../trace/flags.ts";
import { type Command, type Injection, isCommand, type Request } from "../trace/request.ts";
import type { Surface, Terms } from "../trace/space.ts";
import { partOf, plainerBackends } from "./backends.ts";
import { readLess, writeLess } from "./bytes.ts";
import { floor, hugePagesIn, lowerValues } from "./lower-values.ts";
import { flagRank } from "./order.ts";

/** Of so many calls each is tried where a failure is to be of another kind. */
const EARLY = 4;

/** Every trace with one argument simplified. */
export function* simplifyArguments(requests: readonly Request[], terms: Terms): Generator<Request[]> {
  for (const [at, request] of requests.entries()) {
    for (const simpler of simplerArguments(request, terms)) yield requests.with(at, simpler);
  }
}

/** Traces in which one set of flags is replaced by a plainer one wherever it occurs. */
export function* plainFlagsEverywhere(requests: readonly Request[], { hello }: Terms): Generator<Request[]> {
  const used = new Set(requests.flatMap((request) => ("flags" in request ? [request.flags] : [])));
  for (const flags of used) {
    for (const plainer of plainerFlags(flags, hello.surface)) {
      yield requests.map((r) => ("flags" in r && r.flags === flags ? { ...r, flags: plainer } : r));
    }
  }
}

function* simplerArguments(request: Request, { space, hello }: Terms): Generator<Request> {
  const { page } = space;
  if (isCommand(request)) yield* lessInjection(request, hello.inject);
  switch (request.op) {
    case "map":
      for (const backend of plainerBackends(request.backend)) {
        yield { ...request, backend };
        // It may make a call more, or two, before the one that fails.
        const { inject } = request;
        for (let more = 1; inject && more <= 2; more++)
          yield { ...request, backend, inject: { ...inject, after: inject.after + more } };
      }
      yield* simplerRange(request, page);
      yield* plainerFlagsOf(request, hello.surface);
      return;
    case "protect":
      yield* simplerRange(request, page);
      yield* plainerFlagsOf(request, hello.surface);
      return;
    case "unmap":
    case "overlaps":
      yield* simplerRange(request, page);
      return;
    case "can-access":
      yield* simplerRange(request, page);
      yield* plainerAccess(request);
      return;
    case "fault":
    case "access":
      yield* lowerAddress(request, page);
      yield* plainerAccess(request);
      return;
    case "write":
    case "store":
      yield* writeLess(request);
      yield* lowerAddress(request, page);
      return;
    case "load":
      yield* readLess(request);
      yield* lowerAddress(request, page);
      return;
    case "read":
      yield* readLess(request);
      for (const start of lowerValues(request.start, page)) yield { ...request, start: virtAddr(start) };
      return;
    case "find":
    case "translate":
      yield* lowerAddress(request, page);
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
type Addressed = Extract<Request, { readonly addr: number }>;
type Flagged = Extract<Request, { readonly flags: number }>;
type Accessing = Extract<Request, { readonly access: number }>;
type FindFree = Extract<Request, { readonly op: "find-free" }>;

function* simplerRange(request: Ranged, page: number): Generator<Request> {
  const { start, size } = request;
  yield* wholePages(request, page);
  for (const smaller of lowerValues(size, page)) yield { ...request, size: smaller };
  for (const smaller of lowerValues(size, page)) yield fromLater(request, start + size - smaller);
  const huge = hugePagesIn(start, start + size);
  if (huge) {
    const [first, last] = huge;
    yield { ...request, size: last - start };
    yield fromLater(request, first);
  }
  for (const lower of lowerValues(start, page)) yield { ...request, start: virtAddr(lower) };
}

/** The range from `start` on, which is later, to the end that it has. */
function fromLater(request: Ranged, start: number): Request {
  const size = request.start + request.size - start;
  return request.op === "map" ? partOf(request, start, size) : { ...request, start: virtAddr(start), size };
}

/** Where a number of the request is no multiple of the page: the whole pages that the range is in. */
function* wholePages(request: Ranged, page: number): Generator<Request> {
  const start = virtAddr(floor(request.start, page));
  const size = alignUp(request.start + request.size, page) - start;
  yield { ...request, start, size };
  yield { ...request, size: alignUp(request.size, page) };
  if (request.op !== "map" || request.backend.kind !== "linear") return;
  const physical = physAddr(floor(request.backend.physical, page));
  yield { ...request, start, size, backend: { kind: "linear", physical } };
}

function* lowerAddress(request: Addressed, page: number): Generator<Request> {
  for (const addr of lowerValues(request.addr, page)) yield { ...request, addr: virtAddr(addr) };
}

function* simplerFindFree(request: FindFree, page: number): Generator<Request> {
  const { hint, size, limit, align } = request;
  for (let plainer = page; plainer < align; plainer *= 2) {
    yield { ...request, align: plainer };
    yield { ...request, align: plainer, size: Math.ceil(size / align) * plainer };
  }
  yield { ...request, size: alignUp(size, page) };
  yield { ...request, limit: { ...limit, start: virtAddr(floor(limit.start, page)) } };
  for (const smaller of lowerValues(size, page)) yield { ...request, size: smaller };
  for (const lower of lowerValues(hint, page)) yield { ...request, hint: virtAddr(lower) };
  for (const end of lowerValues(limit.end, page))
    yield { ...request, limit: { ...limit, end: virtAddr(end) } };
  for (const lower of lowerValues(limit.start, page)) {
    const start = virtAddr(lower);
    const moved = { start, end: virtAddr(limit.end - limit.start + start) };
    yield { ...request, limit: moved };
    yield { ...request, hint: virtAddr(Math.min(hint, start)), limit: moved };
  }
  for (const smaller of lowerValues(limit.end - limit.start, page)) {
    yield { ...request, limit: { ...limit, start: virtAddr(limit.end - smaller) } };
  }
  yield* smallSearches(request, page);
}

/** Searches for a page or two in a few pages: size, hint, limit and alignment often have to become simpler together. */
function* smallSearches({ op, hint, limit }: FindFree, page: number): Generator<Request> {
  const all = [0, 1, 2, 3];
  for (const first of [virtAddr(0), limit.start, virtAddr(floor(hint, page))]) {
    for (const pages of all) {
      const within = { start: first, end: virtAddr(first + (pages + 1) * page) };
      for (const offset of all) {
        const from = virtAddr(first + offset * page);
        yield { op, hint: from, size: page, limit: within, align: page };
        yield { op, hint: from, size: 2 * page, limit: within, align: 2 * page };
      }
    }
  }
}

function* lessInjection(request: Command, kinds: readonly Injection["kind"][]): Generator<Request> {
  if (!request.inject) return;
  const { inject, ...plain } = request;
  yield plain;
  for (const after of lowerValues(inject.after, 1)) yield { ...request, inject: { ...inject, after } };
  // What fails early may as well fail at another kind of call.
  for (const kind of kinds.filter((other) => other !== inject.kind)) {
    for (let after = 0; after <= Math.min(inject.after, EARLY); after++)
      yield { ...request, inject: { kind, after } };
  }
}

function* plainerFlagsOf(request: Flagged, surface: Surface): Generator<Request> {
  for (const flags of plainerFlags(request.flags, surface)) yield { ...request, flags };
}

function* plainerAccess(request: Accessing): Generator<Request> {
  for (const access of PLAINEST_ACCESS) {
    if (flagRank(access) < flagRank(request.access)) yield { ...request, access };
  }
}

/** Every set of flags that is plainer than `flags` and can be asked for on that surface, plainest first. */
function plainerFlags(flags: Flags, surface: Surface): readonly Flags[] {
  return PLAINEST_FIRST[surface].filter((plainer) => flagRank(plainer) < flagRank(flags));
}

const ALL_PLAINEST_FIRST = Array.from({ length: 64 }, (_, flags) => flags).sort(
  (a, b) => flagRank(a) - flagRank(b),
);

const PLAINEST_FIRST: { readonly [S in Surface]: readonly Flags[] } = {
  "memory-set": ALL_PLAINEST_FIRST,
  "address-space": ALL_PLAINEST_FIRST.filter(areTellable),
};

const PLAINEST_ACCESS = ALL_PLAINEST_FIRST.filter((flags) => 0 < flags && flags <= RWX);
