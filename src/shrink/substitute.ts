import { type VirtAddr, virtAddr } from "../trace/address.ts";
import { type Flags, NO_FLAGS, READ, WRITE } from "../trace/flags.ts";
import { isCommand, type Request } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";
import { boundariesOf } from "./boundaries.ts";

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
    case "overlaps":
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
