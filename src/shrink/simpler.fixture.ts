/**
 * What a minimal counterexample must have none of: the same trace with one request left out, or with one
 * argument simpler. Written without the shrinker's own passes, and trying more than these do.
 */
import { physAddr, virtAddr } from "../trace/address.ts";
import { isCommand, type Request, type WriteCommand } from "../trace/request.ts";

/** Every trace with one request left out or one argument simpler; some are no traces that fit. */
export function* simplerTraces(requests: readonly Request[], page: number): Generator<readonly Request[]> {
  for (const left of requests.keys()) yield requests.filter((_, index) => index !== left);
  for (const [at, request] of requests.entries()) {
    for (const simpler of simplerRequests(request, page)) yield requests.with(at, simpler);
  }
}

function* simplerRequests(request: Request, page: number): Generator<Request> {
  if (isCommand(request) && request.inject) {
    const { inject, ...plain } = request;
    yield plain;
    for (let after = 0; after < inject.after; after++) yield { ...request, inject: { ...inject, after } };
  }
  if (request.op === "map") {
    yield { ...request, replace: false };
    for (const kind of ["alloc:eager", "alloc:lazy"] as const) yield { ...request, backend: { kind } };
    if (request.backend.kind === "linear") {
      for (const physical of lower(request.backend.physical, page)) {
        yield { ...request, backend: { kind: "linear", physical: physAddr(physical) } };
      }
    }
  }
  if ("access" in request) for (let access = 1; access < 8; access++) yield { ...request, access };
  if ("bytes" in request) yield* simplerBytes(request);
  if (request.op === "load") {
    for (const size of lower(request.size, 1)) {
      yield { ...request, size };
      yield { ...request, addr: virtAddr(request.addr + request.size - size), size };
    }
  }
  if ("flags" in request) for (let flags = 0; flags < 64; flags++) yield { ...request, flags };
  if ("addr" in request) {
    const offsets = Array.from({ length: request.addr % page }, (_, offset) => request.addr - offset - 1);
    const offset = request.addr % page;
    const whole = lower(request.addr - offset, page);
    for (const addr of [...whole, ...whole.map((start) => start + offset), ...offsets]) {
      yield { ...request, addr: virtAddr(addr) };
    }
  }
  if ("start" in request) {
    const { start, size } = request;
    for (const smaller of lower(size, request.op === "read" ? 1 : page)) {
      yield { ...request, size: smaller };
      yield { ...request, start: virtAddr(start + size - smaller), size: smaller };
    }
    for (const addr of lower(start, page)) {
      yield { ...request, start: virtAddr(addr) };
      yield { ...request, start: virtAddr(addr), size: size + start - addr };
    }
  }
  if (request.op === "find-free") {
    const { hint, size, limit, align } = request;
    for (const smaller of lower(size, page)) yield { ...request, size: smaller };
    for (const addr of lower(hint, page)) yield { ...request, hint: virtAddr(addr) };
    for (const end of lower(limit.end, page)) yield { ...request, limit: { ...limit, end: virtAddr(end) } };
    for (const start of lower(limit.start, page))
      yield { ...request, limit: { ...limit, start: virtAddr(start) } };
    for (let plainer = page; plainer < align; plainer *= 2) {
      yield { ...request, align: plainer };
      for (const smaller of lower(size, page)) yield { ...request, align: plainer, size: smaller };
    }
  }
}

function* simplerBytes(request: WriteCommand): Generator<Request> {
  const { addr, bytes } = request;
  for (let length = 1; length < bytes.length; length++) {
    const skipped = bytes.length - length;
    yield { ...request, bytes: bytes.slice(0, length) };
    yield { ...request, addr: virtAddr(addr + skipped), bytes: bytes.slice(skipped) };
  }
  for (const [at, byte] of bytes.entries()) {
    for (let lower = 0; lower < byte; lower++) yield { ...request, bytes: bytes.with(at, lower) };
  }
}

/** Below this many pages every lower number is tried. */
const FEW = 4096;

/** Multiples of the page below `value`: all of few, of many the lowest, the highest and the powers of two. */
function lower(value: number, page: number): readonly number[] {
  const pages = Math.ceil(value / page);
  if (pages <= FEW) return Array.from({ length: pages }, (_, index) => index * page);
  const near = Array.from({ length: 64 }, (_, index) => [index * page, (pages - 1 - index) * page]).flat();
  const powers = Array.from({ length: Math.floor(Math.log2(pages)) }, (_, power) => 2 ** power);
  return [...near, ...powers.flatMap((power) => [power * page, (pages - power) * page])];
}
