import type { Request } from "../trace/request.ts";

/** Traces in which two neighbouring requests that commute have changed places. */
export function* swapNeighbours(requests: readonly Request[]): Generator<Request[]> {
  for (let at = 1; at < requests.length; at++) {
    const [first, second] = [requests[at - 1], requests[at]];
    if (first && second) yield requests.with(at - 1, second).with(at, first);
  }
}
