import { isCommand, type Request } from "../trace/request.ts";
import { type Counterexample, isVague } from "./same-finding.ts";

/**
 * What makes two shrunk findings the same, as text: what diverged, after which answer, and the shape of the trace: its
 * operations, which of them replace and which carry what failure, and how their ranges lie to each other. How large
 * they are and where, and the flags, are left out.
 */
export function signatureOf({ requests, finding }: Counterexample): string {
  const reached = requests.slice(0, finding.at + 1);
  const boundaries = [...new Set(reached.flatMap(boundariesOf))].sort((a, b) => a - b);
  const shape = reached.map((request) => {
    const ranks = boundariesOf(request).map((boundary) => boundaries.indexOf(boundary));
    return `${shapeOf(request)}${ranks.length === 0 ? "" : `[${ranks.join("-")}]`}`;
  });
  return [finding.check, finding.answer, ...shape].join(" ");
}

/** The start and the end of what an operation on ranges is about. */
function boundariesOf(request: Request): readonly number[] {
  switch (request.op) {
    case "map":
    case "unmap":
    case "protect":
      return [request.start, request.start + request.size];
    default:
      return [];
  }
}

/**
 * What tells findings apart before they are shrunk: what diverged, after which answer to which operation; where any
 * request may have been the culprit, what happened alone.
 */
export function roughSignatureOf({ requests, finding }: Counterexample): string {
  if (isVague(finding)) return finding.check;
  const request = requests[finding.at];
  return [finding.check, finding.answer, request ? shapeOf(request) : ""].join(" ");
}

function shapeOf(request: Request): string {
  if (!isCommand(request)) return request.op;
  const { op, inject } = request;
  const replace = op === "map" && request.replace ? "+replace" : "";
  return `${op}${replace}${inject === undefined ? "" : `!${inject.kind}`}`;
}
