import type { Counterexample } from "../shrink/same-finding.ts";
import type { Fingerprint } from "../trace/fingerprint.ts";

/**
 * Is told of a step and of the state that it leads to, which is another one than it starts from. Says whether nobody
 * knew of that state.
 */
export type Visit = (step: number, to: Fingerprint) => boolean;

/** What takes an implementation from state to state. */
export interface Expander {
  /** How many steps were taken in states that were expanded. */
  readonly transitions: number;
  /** Whether the implementation says what of its state doesn't show. */
  readonly tellsAll: boolean;
  /** Why it could not go on in the state that it was at last, in words. */
  readonly lost: string | undefined;
  /** Whether runs are not judged any more: what was expanded last was not, or not all of it. */
  readonly interrupted: boolean;
  /** What was wrong about the model by itself in the state that was expanded last, in words. */
  readonly faultOfModel: string | undefined;
  /** Writes what tells the first state from others. */
  first(into: Fingerprint): void;
  /** Takes every step in the state that a path leads to. Stops at the first finding. */
  expand(
    path: readonly number[],
    visit: Visit,
  ): Counterexample | undefined | Promise<Counterexample | undefined>;
}
