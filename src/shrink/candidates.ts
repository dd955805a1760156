import { findMisfit, MAX_MAP_PAGES } from "../trace/preconditions.ts";
import type { Request } from "../trace/request.ts";
import type { Terms } from "../trace/space.ts";
import { plainFlagsEverywhere, simplifyArguments } from "./arguments.ts";
import { lowerPhysicals, plainBackendsEverywhere, populateMaps } from "./backends.ts";
import { foldSpace, mirrorSpace } from "./boundaries.ts";
import { shortenAcrossBoundary } from "./bytes.ts";
import { dropAndShow, dropBeforeFailure, dropChunks, dropPairs, shortenBeforeFailure } from "./drop.ts";
import { exchangeFlags, handFlagsOn } from "./flags.ts";
import { takeFrames } from "./frames.ts";
import { mergeMaps, splitMaps } from "./maps.ts";
import { compareTraces } from "./order.ts";
import { foldProtects, holeForProtect } from "./protects.ts";
import { reusePage } from "./reuse.ts";
import { storeWritten, substituteOps } from "./substitute.ts";
import { swapNeighbours } from "./swap.ts";

/**
 * The traces to try in place of `requests`, the boldest simplifications first. Each is simpler in the
 * order of `compareTraces` and fits `terms`. A trace none of whose candidates shows the finding any more
 * is minimal: no request can be dropped and no argument simplified.
 */
export function* candidates(requests: readonly Request[], terms: Terms): Generator<Request[]> {
  const { page } = terms.space;
  const mostBytes = Math.max(largestMap(requests), MAX_MAP_PAGES * page);
  for (const candidate of passes(requests, terms)) {
    if (candidate.length === 0 || largestMap(candidate) > mostBytes) continue;
    if (compareTraces(candidate, requests, page) < 0 && findMisfit(candidate, terms) === undefined) {
      yield candidate;
    }
  }
}

/**
 * The size of the largest map, in bytes. One that must be refused may be of any size, but an
 * implementation that accepts it by mistake has to map all of it: none is made larger than it was.
 */
function largestMap(requests: readonly Request[]): number {
  return Math.max(0, ...requests.map((request) => (request.op === "map" ? request.size : 0)));
}

function* passes(requests: readonly Request[], terms: Terms): Generator<Request[]> {
  const { page } = terms.space;
  yield* dropChunks(requests);
  yield* dropBeforeFailure(requests);
  yield* populateMaps(requests);
  yield* dropPairs(requests);
  yield* dropAndShow(requests, page);
  yield* mergeMaps(requests);
  yield* foldProtects(requests);
  yield* takeFrames(requests, terms.space);
  yield* substituteOps(requests, terms.space);
  yield* storeWritten(requests);
  yield* shortenAcrossBoundary(requests, page);
  yield* reusePage(requests, page);
  yield* splitMaps(requests);
  yield* holeForProtect(requests, page);
  yield* foldSpace(requests, terms.space);
  yield* shortenBeforeFailure(requests, page);
  yield* plainBackendsEverywhere(requests);
  yield* lowerPhysicals(requests, page);
  yield* plainFlagsEverywhere(requests, terms);
  yield* simplifyArguments(requests, terms);
  yield* exchangeFlags(requests);
  yield* handFlagsOn(requests);
  yield* mirrorSpace(requests, page);
  yield* swapNeighbours(requests);
}
