import type { Request } from "../trace/request.ts";
import { isRequest } from "../trace/request-schema.ts";
import type { Space } from "../trace/space.ts";
import { moveBoundaries } from "./boundaries.ts";

/**
 * The trace as it is where `to` lies and not `from`: every virtual address keeps its distance from the base.
 * `undefined` when one would be no address there. Physical addresses stay as they are.
 */
export function relocate(requests: readonly Request[], from: Space, to: Space): Request[] | undefined {
  const distance = to.base - from.base;
  const moved = requests.map((request) =>
    moveBoundaries(request, from.page, (address) => address + distance),
  );
  return moved.every(isRequest) ? moved : undefined;
}
