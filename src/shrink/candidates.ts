import { findMisfit } from "../trace/preconditions.ts";
import type { Request } from "../trace/request.ts";
import type { Terms } from "../trace/space.ts";
import { plainFlagsEverywhere, simplifyArguments } from "./arguments.ts";
import { foldSpace } from "./boundaries.ts";
import { dropChunks, dropPairs } from "./drop.ts";
import { compareTraces } from "./order.ts";
import { exchangeFlags, mergeMaps, splitMaps, substituteOps, swapNeighbours } from "./substitute.ts";

/**
 * The traces to try in place of `requests`, the boldest simplifications first. Each is simpler in the
 * order of `compareTraces` and fits `terms`. A trace none of whose candidates shows the finding any more
 * is minimal: no request can be dropped and no argument simplified.
 */
export function* candidates(requests: readonly Request[], terms: Terms): Generator<Request[]> {
  for (const candidate of passes(requests, terms.space.page)) {
    if (candidate.length === 0) continue;
    if (compareTraces(candidate, requests) < 0 && findMisfit(candidate, terms) === undefined) yield candidate;
  }
}

function* passes(requests: readonly Request[], page: number): Generator<Request[]> {
  yield* dropChunks(requests);
  yield* dropPairs(requests);
  yield* mergeMaps(requests);
  yield* substituteOps(requests);
  yield* splitMaps(requests);
  yield* foldSpace(requests, page);
  yield* plainFlagsEverywhere(requests);
  yield* simplifyArguments(requests, page);
  yield* exchangeFlags(requests);
  yield* swapNeighbours(requests);
}
