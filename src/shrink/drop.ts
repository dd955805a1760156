import type { Request } from "../trace/request.ts";

/** Traces with a chunk left out: halves first, then quarters, down to single requests; the last ones first. */
export function* dropChunks(requests: readonly Request[]): Generator<Request[]> {
  for (let chunk = Math.ceil(requests.length / 2); chunk >= 1; chunk = chunk === 1 ? 0 : Math.ceil(chunk / 2)) {
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
