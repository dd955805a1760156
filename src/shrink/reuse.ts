import { isCommand, type MapCommand, type Request } from "../trace/request.ts";

/**
 * Traces in which a frame is freed and taken again as directly as can be. Of an area of two pages, whose tables thus stay,
 * the first one is unmapped, and the last map of the trace maps it anew:
 *
 *     map    [---)                          map    [-------)
 *     store  x                              store  x
 *     map    [---) replace          ->      unmap  [---)
 *     map        [---------------)          map    [---)
 */
export function* reusePage(requests: readonly Request[], page: number): Generator<Request[]> {
  const last = requests.at(-1);
  if (last?.op !== "map") return;
  for (const [at, map] of requests.slice(0, -1).entries()) {
    if (map.op !== "map" || map.backend.kind === "linear") continue;
    const { start } = map;
    const accesses = requests.slice(at + 1, -1).filter((each) => !movesPages(each));
    const again: MapCommand = { ...last, start, size: page, backend: map.backend, replace: false };
    yield [
      ...requests.slice(0, at),
      { ...map, size: 2 * page },
      ...accesses,
      { op: "unmap", start, size: page },
      again,
    ];
  }
}

function movesPages(request: Request): boolean {
  return isCommand(request) && ["map", "unmap", "protect", "clear"].includes(request.op);
}
