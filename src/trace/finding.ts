/**
 * How an implementation was caught.
 * - `answer`: a request was answered with something that the contract doesn't allow.
 * - `invariant`: the answer was right, the state that showed afterwards was not; `check` names which.
 * - `panic`: the implementation threw an exception.
 * - `crash`, `hang`, `garbage`, `out-of-step`, `flood`: an implementation in a process of its own ended by itself, did
 *   not answer in time, answered what is no answer, too much or too little, or more than there is room for.
 */
export type FindingKind =
  | "answer"
  | "invariant"
  | "panic"
  | "crash"
  | "hang"
  | "garbage"
  | "out-of-step"
  | "flood";

/** The first disagreement between an implementation and the contract in one run of a trace. */
export interface Finding {
  readonly kind: FindingKind;
  /** The check that failed: an invariant's name, or the kind itself for `answer` and `panic`. */
  readonly check: string;
  /** Index, in the trace, of the request after which it showed. */
  readonly at: number;
  /** What the contract allows, in the terms of the trace language. */
  readonly expected: string;
  /** What the implementation answered or showed. */
  readonly observed: string;
  /** The class of the answer to that request: `ok`, an error's name, or `panic`. */
  readonly answer: string;
}
