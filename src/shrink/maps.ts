/** Two maps in the place of one that is cut later, and one in the place of two. */
import type { MapCommand, Request } from "../trace/request.ts";
import { partOf } from "./backends.ts";

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

function partsLeft(map: MapCommand, cut: Request): { first: MapCommand; second: MapCommand } | undefined {
  const mapEnd = map.start + map.size;
  if (cut.op !== "unmap" && cut.op !== "protect") return undefined;
  const cutEnd = cut.start + cut.size;
  const first = { ...map, size: cut.start - map.start };
  const last = () => partOf(map, cutEnd, mapEnd - cutEnd);
  if (cut.op === "unmap" && map.start < cut.start && cutEnd < mapEnd) return { first, second: last() };
  if (cut.op === "protect" && map.start < cut.start && cutEnd === mapEnd) {
    return { first, second: { ...partOf(map, cut.start, cut.size), flags: cut.flags } };
  }
  if (cut.op === "protect" && map.start === cut.start && cutEnd < mapEnd) {
    return { first: { ...map, size: cut.size, flags: cut.flags }, second: last() };
  }
  return undefined;
}

/** Traces in which two maps whose ranges touch are one map of both. */
export function* mergeMaps(requests: readonly Request[]): Generator<Request[]> {
  for (const [at, first] of requests.entries()) {
    for (const [later, second] of requests.entries()) {
      if (at === later || first.op !== "map" || second.op !== "map") continue;
      if (first.start + first.size !== second.start) continue;
      for (const merged of mergedMaps(first, second)) {
        yield requests.with(at, merged).filter((_, index) => index !== later);
      }
    }
  }
}

/** One map of both ranges: of the kind of the first, or else of the second, if that can begin earlier. */
function* mergedMaps(first: MapCommand, second: MapCommand): Generator<MapCommand> {
  const size = first.size + second.size;
  yield { ...first, size };
  const { backend } = second;
  if (backend.kind !== "linear" || backend.physical >= first.size) yield partOf(second, first.start, size);
}
