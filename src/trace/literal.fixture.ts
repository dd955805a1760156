/** Traces written down as text, for tests. */
import { virtAddr } from "./address.ts";
import { parseTrace } from "./parse.ts";
import { printRequest } from "./print.ts";
import type { Request } from "./request.ts";
import type { Space } from "./space.ts";

/** Sixteen pages of 4 KiB from address 0. */
export const SIXTEEN_PAGES: Space = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };

/** The requests in these lines. */
export function requestsIn(...lines: readonly string[]): Request[] {
  const parsed = parseTrace(lines.join("\n"));
  if (!parsed.ok) throw new Error(`${parsed.error.message} in line ${parsed.error.line}`);
  return parsed.value.requests;
}

/** The requests as lines. */
export function linesOf(requests: readonly Request[]): string[] {
  return requests.map((request) => printRequest(request));
}
