import type { Counterexample } from "../shrink/reduce.ts";
import type { Fingerprint } from "../trace/fingerprint.ts";

/** Is told of a step and of the state that it leads to, which is another one than it starts from. */
export type Visit = (step: number, to: Fingerprint) => void;

/** What takes an implementation from state to state. */
export interface Expander {
  /** How many steps were taken in states that were expanded. */
  readonly transitions: number;
  /** Whether the implementation says what of its state doesn't show. */
  readonly tellsAll: boolean;
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
