import { type VirtAddr, virtAddr } from "../trace/address.ts";
import type { Request } from "../trace/request.ts";
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
