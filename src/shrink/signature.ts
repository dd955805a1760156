import { isCommand, type Request } from "../trace/request.ts";
import type { Counterexample } from "./reduce.ts";

/**
 * What makes two shrunk findings the same, as text: what diverged, after which answer, and the shape of the trace: its
 * operations, which of them replace and which carry what failure. Addresses, sizes and flags are left out.
 */
export function signatureOf({ requests, finding }: Counterexample): string {
  const shape = requests.slice(0, finding.at + 1).map(shapeOf);
  return [finding.check, finding.answer, ...shape].join(" ");
}

/** What tells findings apart before they are shrunk: what diverged, after which answer to which operation. */
export function roughSignatureOf({ requests, finding }: Counterexample): string {
  const request = requests[finding.at];
  return [finding.check, finding.answer, request ? shapeOf(request) : ""].join(" ");
}

function shapeOf(request: Request): string {
  if (!isCommand(request)) return request.op;
  const { op, inject } = request;
  const replace = op === "map" && request.replace ? "+replace" : "";
  return `${op}${replace}${inject === undefined ? "" : `!${inject.kind}`}`;
}
