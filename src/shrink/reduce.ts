import type { Finding } from "../trace/finding.ts";
import type { Request } from "../trace/request.ts";
import type { Terms } from "../trace/space.ts";
import { candidates } from "./candidates.ts";

/** A counterexample: a trace and the finding that it ends in. */
export interface Counterexample {
  readonly requests: readonly Request[];
  readonly finding: Finding;
}

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

/**
 * Whether both show the same bug: the same kind of finding and check, after the same verb and class of
 * answer. Shrinking that accepted anything else would slip from one bug to another. What shows when the
 * instance is given up may be the work of any request: there the last one, and its answer, say nothing; nor where
 * an implementation in a process of its own fell silent, as answers may have been lost with it.
 */
export function sameFinding(a: Counterexample, b: Counterexample): boolean {
  if (a.finding.kind !== b.finding.kind || a.finding.check !== b.finding.check) return false;
  if (a.finding.check === "drop" || isVague(a.finding)) return true;
  return (
    a.finding.answer === b.finding.answer && a.requests[a.finding.at]?.op === b.requests[b.finding.at]?.op
  );
}

/** The trace without what comes after the finding, where that is sure to play no part. */
export function upToFinding(requests: readonly Request[], finding: Finding): Counterexample {
  return { requests: isVague(finding) ? requests : requests.slice(0, finding.at + 1), finding };
}

/** Whether the request of the finding is only the first without an answer: a later one may be the culprit. */
function isVague({ kind }: Finding): boolean {
  return kind === "crash" || kind === "hang" || kind === "flood" || kind === "out-of-step";
}
