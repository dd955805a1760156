/** The same flags on other requests. */
import type { Flags } from "../trace/flags.ts";
import type { Request } from "../trace/request.ts";

/** Traces in which two sets of flags have changed places wherever they occur. */
export function* exchangeFlags(requests: readonly Request[]): Generator<Request[]> {
  const used = [...new Set(requests.flatMap((request) => ("flags" in request ? [request.flags] : [])))];
  for (const a of used) {
    for (const b of used) {
      if (a < b) yield requests.map((request) => withFlagsExchanged(request, a, b));
    }
  }
}

/** Traces in which one flag of a request has gone over to a later one. */
export function* handFlagsOn(requests: readonly Request[]): Generator<Request[]> {
  for (const [at, from] of requests.entries()) {
    if (!("flags" in from)) continue;
    for (const [later, to] of requests.entries()) {
      if (later <= at || !("flags" in to)) continue;
      for (let flag: Flags = 1; flag <= from.flags; flag *= 2) {
        if ((from.flags & flag) === 0 || (to.flags & flag) !== 0) continue;
        yield requests
          .with(at, { ...from, flags: from.flags & ~flag })
          .with(later, { ...to, flags: to.flags | flag });
      }
    }
  }
}

function withFlagsExchanged(request: Request, a: Flags, b: Flags): Request {
  if (!("flags" in request)) return request;
  if (request.flags === a) return { ...request, flags: b };
  return request.flags === b ? { ...request, flags: a } : request;
}
