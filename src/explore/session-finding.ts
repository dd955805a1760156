import type { Driver, PastRun } from "../execute/driver.ts";
import type { Finding } from "../trace/finding.ts";
import { printRequest, printSpace } from "../trace/print.ts";
import type { Request } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";

/** One finding of a session, ready to be printed or written as JSON. */
export interface SessionFinding {
  readonly id: string;
  /** The corpus file that holds it. */
  readonly file: string | null;
  /** Where it takes place: for one that was shrunk, perhaps a simpler space than that of the run. */
  readonly space: Space;
  readonly trace: readonly string[];
  readonly finding: Finding;
  /** How many requests the trace had before it was shrunk; `null` for a saved case. */
  readonly shrunkFrom: number | null;
  /** The run that showed it; `null` for a saved case. */
  readonly run: number | null;
  /** How many traces shrinking tried; `null` for a saved case. */
  readonly executions: number | null;
  /** The earlier runs that it needs, as lines that begin with `reset`; mostly none. */
  readonly before: readonly (readonly string[])[];
  /** Whether it came back when it was run again. */
  readonly stable: boolean;
  /** What the implementation printed besides its answers. */
  readonly stderr: string;
  /** Other corpus files that show the same. */
  readonly also: readonly string[];
}

/** A run as it is written to an implementation. */
export function linesOfRun({ space, requests }: PastRun, driver: Driver): string[] {
  return [printSpace(space, driver.hello.addrBits), ...linesFor(requests, driver)];
}

/** Requests as the implementation sees them, so that they can be given to it as they are. */
export function linesFor(requests: readonly Request[], { hello }: Driver): string[] {
  return requests.map((request) => printRequest(request, hello.addrBits));
}
