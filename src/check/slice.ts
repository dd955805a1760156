import type { Counterexample } from "../shrink/same-finding.ts";
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
  /** Why it could not go on, in words. */
  readonly lost?: string;
}

/** Is told of each state that a step leads to, and says whether it is one that nobody knew. */
export type Discover = (state: Fingerprint, parent: number, step: number) => boolean;

/** Is asked before each state whether to go on. */
export type MayGoOn = () => Promise<boolean>;

/** Expands states of a store, in their order, up to the first finding, and as long as it may go on. */
export async function expandSlice(
  expander: Expander,
  store: StateStore,
  { from, to }: Range,
  discover: Discover,
  mayGoOn: MayGoOn,
): Promise<SliceEnd> {
  let transitions = 0;
  for (let parent = from; parent < to; parent++) {
    const end: SliceEnd = { expanded: parent - from, transitions };
    if (!(await mayGoOn())) return end;
    const before = expander.transitions;
    const expanding = expander.expand(store.pathTo(parent), (step, state) => discover(state, parent, step));
    // One that is done at once counts at once: others may expand their slices with it, between two states.
    const found = expanding instanceof Promise ? await expanding : expanding;
    transitions += expander.transitions - before;
    const { faultOfModel, lost, interrupted } = expander;
    if (faultOfModel !== undefined) return { ...end, transitions, faultOfModel };
    if (found) return { ...end, transitions, found };
    if (lost !== undefined) return { ...end, transitions, lost };
    if (interrupted) return { ...end, transitions };
  }
  return { expanded: to - from, transitions };
}
