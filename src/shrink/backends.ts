/** Traces whose maps have plainer backends: eager before lazy before linear, and lower physical addresses. */
import { type PhysAddr, physAddr, virtAddr } from "../trace/address.ts";
import { type Backend, isCommand, type MapCommand, type Op, type Request } from "../trace/request.ts";
import { cuts, lowerValues } from "./lower-values.ts";

const EAGER = { kind: "alloc:eager" } as const;
const LAZY = { kind: "alloc:lazy" } as const;

/** The backends that are plainer than `backend`, plainest first, where there are several on its surface. */
export function plainerBackends(backend: Backend): readonly Backend[] {
  switch (backend.kind) {
    case "linear":
      return [EAGER, LAZY];
    case "alloc:lazy":
      return [EAGER];
    case "alloc:eager":
    case "mock":
      return [];
  }
}

/** Traces in which all maps with one kind of backend have the same plainer one. */
export function* plainBackendsEverywhere(requests: readonly Request[]): Generator<Request[]> {
  const used = new Map(requests.flatMap((r) => (r.op === "map" ? [[r.backend.kind, r.backend]] : [])));
  for (const [kind, backend] of used) {
    for (const plainer of plainerBackends(backend)) {
      yield requests.map((r) => (r.op === "map" && r.backend.kind === kind ? { ...r, backend: plainer } : r));
    }
  }
}

/** Traces in which a lazy map is an eager one, without a later request that brought a page of it in. */
export function* populateMaps(requests: readonly Request[]): Generator<Request[]> {
  for (const [at, map] of requests.entries()) {
    if (map.op !== "map" || map.backend.kind !== "alloc:lazy") continue;
    for (const [later, request] of requests.entries()) {
      if (later <= at || !bringsIn(request, map)) continue;
      // With the failure of what brought the page in, if that had one.
      const inject = map.inject ?? (isCommand(request) ? request.inject : undefined);
      const populated = requests.with(at, { ...map, backend: EAGER, ...(inject && { inject }) });
      yield populated.filter((_, index) => index !== later);
    }
  }
}

/** The operations that can bring a page in. */
const BRINGING_IN: readonly Op[] = ["fault", "access", "load", "store"];

function bringsIn(request: Request, { start, size }: MapCommand): boolean {
  if (!("addr" in request) || !BRINGING_IN.includes(request.op)) return false;
  return start <= request.addr && request.addr < start + size;
}

/** Traces in which one linear area, or all from one physical address on, lie lower in physical memory. */
export function* lowerPhysicals(requests: readonly Request[], page: number): Generator<Request[]> {
  const physicals = [...new Set(requests.flatMap(physicalsOf))].sort((a, b) => a - b);
  for (const [index, physical] of physicals.entries()) {
    for (const cut of cuts(physical - (physicals[index - 1] ?? 0), page)) {
      yield requests.map((r) => movePhysical(r, (from) => (from >= physical ? from - cut : from)));
    }
    for (const lower of lowerValues(physical, page)) {
      yield requests.map((r) => movePhysical(r, (from) => (from === physical ? lower : from)));
    }
  }
}

/** `map` for another range, in bytes; pages that are in both keep their physical addresses. */
export function partOf(map: MapCommand, start: number, size: number): MapCommand {
  const part = { ...map, start: virtAddr(start), size };
  if (map.backend.kind !== "linear") return part;
  const physical = physAddr(map.backend.physical + (start - map.start));
  return { ...part, backend: { kind: "linear", physical } };
}

/** Whether the request maps a linear area. */
export function isLinear(request: Request): boolean {
  return request.op === "map" && request.backend.kind === "linear";
}

/** The request with a linear area so many bytes further in physical memory. */
export function fartherInMemory(request: Request, bytes: number): Request {
  return movePhysical(request, (physical) => physical + bytes);
}

function physicalsOf(request: Request): readonly PhysAddr[] {
  return request.op === "map" && request.backend.kind === "linear" ? [request.backend.physical] : [];
}

function movePhysical(request: Request, move: (physical: number) => number): Request {
  if (request.op !== "map" || request.backend.kind !== "linear") return request;
  return { ...request, backend: { kind: "linear", physical: physAddr(move(request.backend.physical)) } };
}
