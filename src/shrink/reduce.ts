import type { Finding } from "../trace/finding.ts";
import type { Request } from "../trace/request.ts";
import type { Terms } from "../trace/space.ts";
import { candidates } from "./candidates.ts";
import { type Counterexample, isVague, sameFinding } from "./same-finding.ts";

/** A counterexample and what it took to get there. */
export interface Reduction extends Counterexample {
  /** How many traces were run. */
  readonly executions: number;
}

/** Runs a trace and says what it shows. */
export type Run = (requests: readonly Request[]) => Finding | undefined | Promise<Finding | undefined>;

/** Lets a long search pause between runs, and end before its time. */
export interface Interruption {
  readonly turnIsOver: boolean;
  readonly stopped: boolean;
  breathe(): Promise<void>;
}

/**
 * Shrinks a counterexample until none of its candidates shows the same finding. When `pace` is stopped
 * before that, returns the simplest one so far.
 */
export async function reduce(
  found: Counterexample,
  terms: Terms,
  run: Run,
  pace: Interruption,
): Promise<Reduction> {
  let best = upToFinding(found.requests, found.finding);
  let executions = 0;
  let untried = candidates(best.requests, terms);
  for (let next = untried.next(); !next.done; next = untried.next()) {
    if (pace.turnIsOver) await pace.breathe();
    if (pace.stopped) break;
    executions++;
    const finding = await run(next.value);
    if (finding === undefined || !sameFinding(best, { requests: next.value, finding })) continue;
    best = upToFinding(next.value, finding);
    untried = candidates(best.requests, terms);
  }
  return { ...best, executions };
}

/** The trace without what comes after the finding, where that is sure to play no part. */
export function upToFinding(requests: readonly Request[], finding: Finding): Counterexample {
  return { requests: isVague(finding) ? requests : requests.slice(0, finding.at + 1), finding };
}
