import { type VirtAddr, virtAddr } from "../trace/address.ts";
import { type Flags, NO_FLAGS, READ, WRITE, withProtection } from "../trace/flags.ts";
import { isCommand, type MapCommand, type Request } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";
import { partOf } from "./backends.ts";
import { boundariesOf, moveBoundaries } from "./boundaries.ts";

/** Traces in which one request does something simpler to the same range, with the failure that it may carry or without. */
export function* substituteOps(requests: readonly Request[], { base, page }: Space): Generator<Request[]> {
  const boundaries = boundariesOf(requests, page);
  const end = boundaries.at(-1) ?? 0;
  // What a clear comes upon, and the same from the start of the space.
  const starts = new Set([virtAddr(boundaries[0] ?? 0), base]);
  const everything = [...starts].map((start) => ({ start, size: end - start }));
  for (const [at, request] of requests.entries()) {
    for (const simpler of simplerOps(request, everything, page)) {
      yield requests.with(at, simpler);
      if (isCommand(request) && request.inject && isCommand(simpler))
        yield requests.with(at, { ...simpler, inject: request.inject });
    }
  }
}

/** Traces in which a processor stores what the kernel wrote, in pages that it may write to from the start. */
export function* storeWritten(requests: readonly Request[]): Generator<Request[]> {
  for (const [at, request] of requests.entries()) {
    if (request.op !== "write") continue;
    yield requests
      .with(at, { ...request, op: "store" })
      .map((each) => (each.op === "map" ? { ...each, flags: each.flags | READ | WRITE } : each));
  }
}

/** Traces in which two neighbouring requests that commute have changed places. */
export function* swapNeighbours(requests: readonly Request[]): Generator<Request[]> {
  for (let at = 1; at < requests.length; at++) {
    const [first, second] = [requests[at - 1], requests[at]];
    if (first && second) yield requests.with(at - 1, second).with(at, first);
  }
}

/**
 * Traces in which a map and a later cut into it are two maps of what the cut leaves on either side:
 *
 *     map      [-----------)                  map      [---)
 *     unmap        [---)          ->          map              [---)
 *
 *     map      [-----------)                  map      [---)
 *     protect      [-------)      ->          map          [-------)
 */
export function* splitMaps(requests: readonly Request[]): Generator<Request[]> {
  for (const [at, map] of requests.entries()) {
    if (map.op !== "map") continue;
    for (let later = at + 1; later < requests.length; later++) {
      const cut = requests[later];
      const parts = cut === undefined ? undefined : partsLeft(map, cut);
      if (parts) yield requests.with(at, parts.first).with(later, parts.second);
    }
  }
}

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
      const { flags: _, ...unmap } = { ...protect, op: "unmap" as const };
      yield open.with(later, unmap);
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
        moveBoundaries(each, page, (address) =>
          address >= boundary && each !== protect ? address + page : address,
        ),
      );
      const { flags: _, ...unmap } = { ...protect, op: "unmap" as const, start: boundary, size: page };
      yield apart.with(at, unmap);
    }
  }
}

function meets(a: Stretch, b: Stretch): boolean {
  return a.start < b.start + b.size && b.start < a.start + a.size;
}

/** Traces in which two sets of flags have changed places wherever they occur. */
export function* exchangeFlags(requests: readonly Request[]): Generator<Request[]> {
  const used = [...new Set(requests.flatMap((request) => ("flags" in request ? [request.flags] : [])))];
  for (const a of used) {
    for (const b of used) {
      if (a < b) yield requests.map((request) => withFlagsExchanged(request, a, b));
    }
  }
}

/** Traces in which one flag of a request has gone over to a later one. */
export function* handFlagsOn(requests: readonly Request[]): Generator<Request[]> {
  for (const [at, from] of requests.entries()) {
    if (!("flags" in from)) continue;
    for (const [later, to] of requests.entries()) {
      if (later <= at || !("flags" in to)) continue;
      for (let flag: Flags = 1; flag <= from.flags; flag *= 2) {
        if ((from.flags & flag) === 0 || (to.flags & flag) !== 0) continue;
        yield requests
          .with(at, { ...from, flags: from.flags & ~flag })
          .with(later, { ...to, flags: to.flags | flag });
      }
    }
  }
}

function withFlagsExchanged(request: Request, a: Flags, b: Flags): Request {
  if (!("flags" in request)) return request;
  if (request.flags === a) return { ...request, flags: b };
  return request.flags === b ? { ...request, flags: a } : request;
}

function partsLeft(map: MapCommand, cut: Request): { first: MapCommand; second: MapCommand } | undefined {
  const mapEnd = map.start + map.size;
  if (cut.op !== "unmap" && cut.op !== "protect") return undefined;
  const cutEnd = cut.start + cut.size;
  const first = { ...map, size: cut.start - map.start };
  const last = () => partOf(map, cutEnd, mapEnd - cutEnd);
  if (cut.op === "unmap" && map.start < cut.start && cutEnd < mapEnd) return { first, second: last() };
  if (cut.op === "protect" && map.start < cut.start && cutEnd === mapEnd) {
    return { first, second: { ...partOf(map, cut.start, cut.size), flags: cut.flags } };
  }
  if (cut.op === "protect" && map.start === cut.start && cutEnd < mapEnd) {
    return { first: { ...map, size: cut.size, flags: cut.flags }, second: last() };
  }
  return undefined;
}

/** Traces in which two maps whose ranges touch are one map of both. */
export function* mergeMaps(requests: readonly Request[]): Generator<Request[]> {
  for (const [at, first] of requests.entries()) {
    for (const [later, second] of requests.entries()) {
      if (at === later || first.op !== "map" || second.op !== "map") continue;
      if (first.start + first.size !== second.start) continue;
      for (const merged of mergedMaps(first, second)) {
        yield requests.with(at, merged).filter((_, index) => index !== later);
      }
    }
  }
}

/** One map of both ranges: of the kind of the first, or else of the second, if that can begin earlier. */
function* mergedMaps(first: MapCommand, second: MapCommand): Generator<MapCommand> {
  const size = first.size + second.size;
  yield { ...first, size };
  const { backend } = second;
  if (backend.kind !== "linear" || backend.physical >= first.size) yield partOf(second, first.start, size);
}

interface Stretch {
  readonly start: VirtAddr;
  /** In bytes. */
  readonly size: number;
}

/** The backends that a map in the place of something else may have, whichever surface it is on. */
const PLAINEST_BACKENDS = [{ kind: "mock" }, { kind: "alloc:eager" }] as const;

/** `everything` are stretches that all of the trace lies in. */
function* simplerOps(request: Request, everything: readonly Stretch[], page: number): Generator<Request> {
  switch (request.op) {
    case "map":
      if (request.replace) {
        const { start, size } = request;
        yield { ...request, replace: false };
        yield { op: "unmap", start, size };
        for (const flags of [NO_FLAGS, READ]) yield { op: "protect", start, size, flags };
      }
      return;
    case "protect": {
      const { start, size, flags } = request;
      yield* mapsOf(start, size, flags);
      yield { op: "unmap", start, size };
      return;
    }
    case "unmap":
      yield* mapsOf(request.start, request.size, NO_FLAGS);
      return;
    case "clear":
      for (const stretch of everything) {
        yield* mapsOf(stretch.start, stretch.size, NO_FLAGS);
        yield { op: "unmap", ...stretch };
      }
      return;
    case "access":
      yield { ...request, op: "fault" };
      return;
    case "load":
      yield { op: "read", start: request.addr, size: request.size };
      yield* accesses(request.addr, READ);
      return;
    case "store":
      yield* accesses(request.addr, WRITE);
      return;
    case "read":
      yield { op: "translate", addr: request.start };
      yield* commandsOn(request.start, request.size, page);
      return;
    case "write":
      yield { op: "translate", addr: request.addr };
      yield* accesses(request.addr, WRITE);
      yield { ...request, op: "store" };
      yield* commandsOn(request.addr, request.bytes.length, page);
      return;
    case "can-access":
      yield* commandsOn(request.start, request.size, page);
      return;
    case "fault":
    case "areas":
    case "pages":
    case "frames":
    case "injected":
    case "find":
    case "translate":
    case "overlaps":
    case "find-free":
      return;
  }
}

/** The simplest commands about the pages that so many bytes lie in. */
function* commandsOn(from: VirtAddr, bytes: number, page: number): Generator<Request> {
  const start = virtAddr(from - (from % page));
  const size = Math.ceil((from + bytes - start) / page) * page;
  yield* mapsOf(start, size, NO_FLAGS);
  yield { op: "unmap", start, size };
}

/** Maps in the place of something about the same range, if it is not empty. */
function* mapsOf(start: VirtAddr, size: number, flags: Flags): Generator<Request> {
  if (size === 0) return;
  for (const backend of PLAINEST_BACKENDS) yield { op: "map", start, size, flags, backend, replace: false };
}

function* accesses(addr: VirtAddr, access: Flags): Generator<Request> {
  yield { op: "fault", addr, access };
  yield { op: "access", addr, access };
}
