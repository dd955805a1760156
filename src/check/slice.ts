import type { Counterexample } from "../shrink/reduce.ts";
import type { Fingerprint } from "../trace/fingerprint.ts";
import type { Expander } from "./expander.ts";
import type { StateStore } from "./state-store.ts";

/** States that lie one after another in a store: [from, to). */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What came of expanding some states. */
export interface SliceEnd {
  /** How many were expanded: all, unless there is a finding. */
  readonly expanded: number;
  /** How many steps were taken. */
  readonly transitions: number;
  /** The first finding. */
  readonly found?: Counterexample;
  /** What is wrong about the model by itself, in words. */
  readonly faultOfModel?: string;
}

/** Is told of each state that a step leads to, also of those that are known. */
export type Discover = (state: Fingerprint, parent: number, step: number) => void;

/** Expands states of a store, in their order, up to the first finding. */
export async function expandSlice(
  expander: Expander,
  store: StateStore,
  { from, to }: Range,
  discover: Discover,
): Promise<SliceEnd> {
  const before = expander.transitions;
  const end = (expanded: number): SliceEnd => ({ expanded, transitions: expander.transitions - before });
  for (let parent = from; parent < to; parent++) {
    const found = await expander.expand(store.pathTo(parent), (step, state) => discover(state, parent, step));
    const { faultOfModel } = expander;
    if (faultOfModel !== undefined) return { ...end(parent - from), faultOfModel };
    if (found) return { ...end(parent - from), found };
  }
  return end(to - from);
}
