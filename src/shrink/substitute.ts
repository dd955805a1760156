import { type VirtAddr, virtAddr } from "../trace/address.ts";
import { type Flags, withProtection } from "../trace/flags.ts";
import type { MapCommand, Request } from "../trace/request.ts";
import { boundariesOf } from "./boundaries.ts";

/** Traces in which one request does something simpler to the same range. */
export function* substituteOps(requests: readonly Request[]): Generator<Request[]> {
  const boundaries = boundariesOf(requests);
  const start = virtAddr(boundaries[0] ?? 0);
  const everything = { start, size: (boundaries.at(-1) ?? 0) - start };
  for (const [at, request] of requests.entries()) {
    for (const simpler of simplerOps(request, everything)) yield requests.with(at, simpler);
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

/** Traces in which a map gets the flags right away that a later protect of all of it would give it. */
export function* foldProtects(requests: readonly Request[]): Generator<Request[]> {
  for (const [at, map] of requests.entries()) {
    for (const [later, protect] of requests.entries()) {
      if (later <= at || map.op !== "map" || protect.op !== "protect") continue;
      const whole = protect.start <= map.start && map.start + map.size <= protect.start + protect.size;
      if (whole) {
        const flags = withProtection(map.flags, protect.flags);
        yield requests.with(at, { ...map, flags }).filter((_, index) => index !== later);
      }
    }
  }
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
  if (cut.op === "unmap" && map.start < cut.start && cutEnd < mapEnd) {
    return { first, second: { ...map, start: virtAddr(cutEnd), size: mapEnd - cutEnd } };
  }
  if (cut.op === "protect" && map.start < cut.start && cutEnd === mapEnd) {
    return { first, second: { ...map, start: cut.start, size: cut.size, flags: cut.flags } };
  }
  if (cut.op === "protect" && map.start === cut.start && cutEnd < mapEnd) {
    const second = { ...map, start: virtAddr(cutEnd), size: mapEnd - cutEnd };
    return { first: { ...map, size: cut.size, flags: cut.flags }, second };
  }
  return undefined;
}

/** Traces in which two maps whose areas touch are one map of both ranges. */
export function* mergeMaps(requests: readonly Request[]): Generator<Request[]> {
  for (const [at, first] of requests.entries()) {
    for (const [later, second] of requests.entries()) {
      if (at === later || first.op !== "map" || second.op !== "map") continue;
      if (first.start + first.size !== second.start) continue;
      const merged = { ...first, size: first.size + second.size };
      yield requests.with(at, merged).filter((_, index) => index !== later);
    }
  }
}

interface Stretch {
  readonly start: VirtAddr;
  /** In bytes. */
  readonly size: number;
}

/** `everything` is the stretch that the whole trace is about. */
function* simplerOps(request: Request, everything: Stretch): Generator<Request> {
  switch (request.op) {
    case "map":
      if (request.replace) yield { ...request, replace: false };
      return;
    case "protect": {
      const { start, size, flags } = request;
      yield { op: "map", start, size, flags, backend: { kind: "mock" }, replace: false };
      yield { op: "unmap", start, size };
      return;
    }
    case "clear":
      yield { op: "unmap", ...everything };
      return;
    case "unmap":
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
    case "find-free":
    case "can-access":
      return;
  }
}
