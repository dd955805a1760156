import { virtAddr } from "../trace/address.ts";
import { NO_FLAGS, READ, WRITE } from "../trace/flags.ts";
import { isCommand, type Request } from "../trace/request.ts";
import { cuts } from "./lower-values.ts";

/** Traces with a chunk left out: halves first, then quarters, down to single requests; the last ones first. */
export function* dropChunks(requests: readonly Request[]): Generator<Request[]> {
  for (
    let chunk = Math.ceil(requests.length / 2);
    chunk >= 1;
    chunk = chunk === 1 ? 0 : Math.ceil(chunk / 2)
  ) {
    for (let end = requests.length; end > 0; end -= chunk) {
      const start = Math.max(0, end - chunk);
      yield [...requests.slice(0, start), ...requests.slice(end)];
    }
  }
}

/** Traces with two requests left out that may be of no use only together, such as a map and its unmap. */
export function* dropPairs(requests: readonly Request[]): Generator<Request[]> {
  for (let later = requests.length - 1; later > 0; later--) {
    for (let earlier = later - 1; earlier >= 0; earlier--) {
      yield requests.filter((_, index) => index !== earlier && index !== later);
    }
  }
}

/**
 * Traces with one request left out that may only make visible what was wrong before: all areas can be read instead, or an
 * access goes to the next page, or writes.
 */
export function* dropAndShow(requests: readonly Request[], page: number): Generator<Request[]> {
  for (let left = requests.length - 1; left >= 0; left--) {
    const others = requests.toSpliced(left, 1);
    yield others.map((each) =>
      each.op === "map" && each.flags === NO_FLAGS ? { ...each, flags: READ } : each,
    );
    for (const [at, each] of others.entries()) {
      if (!("access" in each && "addr" in each)) continue;
      yield others.with(at, { ...each, addr: virtAddr(each.addr + page) });
      yield others.with(at, { ...each, access: WRITE });
    }
  }
}

/** Traces with one request left out and an injected failure that comes a call earlier for it. */
export function* dropBeforeFailure(requests: readonly Request[]): Generator<Request[]> {
  for (const [at, request] of requests.entries()) {
    if (!isCommand(request) || !request.inject || request.inject.after === 0) continue;
    const { inject } = request;
    const earlier = requests.with(at, { ...request, inject: { ...inject, after: inject.after - 1 } });
    for (let left = 0; left < requests.length; left++) {
      if (left !== at) yield earlier.filter((_, index) => index !== left);
    }
  }
}

/** Traces in which a command with an injected failure covers fewer pages, and fails as many calls earlier. */
export function* shortenBeforeFailure(requests: readonly Request[], page: number): Generator<Request[]> {
  for (const [at, request] of requests.entries()) {
    if (!isCommand(request) || !request.inject || !("size" in request)) continue;
    const { inject, size } = request;
    for (const cut of cuts(size, page)) {
      const after = inject.after - Math.floor(cut / page);
      if (after >= 0) yield requests.with(at, { ...request, size: size - cut, inject: { ...inject, after } });
    }
  }
}
