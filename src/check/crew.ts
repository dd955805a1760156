import type { Sometimes } from "../../properties/sometimes.ts";
import { Fingerprint } from "../trace/fingerprint.ts";
import type { Coverage } from "./coverage.ts";
import type { Expander } from "./expander.ts";
import { type Discover, expandSlice, type MayGoOn, type Range, type SliceEnd } from "./slice.ts";
import { NONE, type StateColumns, StateStore } from "./state-store.ts";

/** What came of a slice, and the states that it found, which may be known by now. */
export interface Slice extends SliceEnd {
  readonly states: StateColumns;
  /** Whether there was memory for all of them. */
  readonly hadRoom: boolean;
  /** Situations that whoever expanded it has met so far, and those that could have come up and haven't. */
  readonly met: readonly Sometimes[];
  readonly never: readonly Sometimes[];
}

/** Whoever expands slices of states, one or several at a time. */
export interface Crew {
  /** How many can work at a time. */
  readonly hands: number;
  /** How many slices may be under way, so that none of them has to wait for more. */
  readonly ahead: number;
  /** How many states a slice has at most, so that nobody waits long for its end. */
  readonly slice: number;
  /** How many bytes at the end of the fingerprints are bans: see `StateStore`. */
  readonly banBytes: number;
  /** Whether all of the implementation's state counts, also what it doesn't show. */
  readonly tellsAll: boolean;
  /** Writes what tells the first state from others. */
  first(into: Fingerprint): void;
  /** Is told of how many states the next level consists. */
  begin(states: number): void;
  /** Expands states of a store, which must not change meanwhile, as long as it may go on. */
  expand(store: StateStore, range: Range, mayGoOn: MayGoOn): Promise<Slice>;
  /** Lets go of all that it holds. */
  dismiss(): Promise<void>;
}

/** One that works in this thread. */
export class Alone implements Crew {
  readonly hands = 1;
  readonly ahead = 1;
  readonly slice: number;
  readonly banBytes: number;
  private readonly expander: Expander;
  private readonly coverage: Coverage;

  constructor(expander: Expander, coverage: Coverage, slice: number, banBytes = 0) {
    this.slice = slice;
    this.banBytes = banBytes;
    this.expander = expander;
    this.coverage = coverage;
  }

  get tellsAll(): boolean {
    return this.expander.tellsAll;
  }

  first(into: Fingerprint): void {
    this.expander.first(into);
  }

  begin(): void {}

  async expand(store: StateStore, range: Range, mayGoOn: MayGoOn): Promise<Slice> {
    const fresh = new StateStore(this.banBytes);
    let hadRoom = true;
    const discover: Discover = (state, parent, step) => {
      const isKnown = store.find(state) !== NONE || fresh.find(state) !== NONE;
      hadRoom &&= isKnown || fresh.add(state, parent, step);
      return !isKnown;
    };
    const end = await expandSlice(this.expander, store, range, discover, mayGoOn);
    const [met, never] = [this.coverage.met(), this.coverage.never()];
    return { ...end, states: fresh.columns, hadRoom, met, never };
  }

  async dismiss(): Promise<void> {}
}

/** What there is of a slice that came to nothing: a thread didn't start, or broke down. */
export function lostSlice(why: string): Slice {
  return {
    expanded: 0,
    transitions: 0,
    states: new StateStore().columns,
    hadRoom: true,
    met: [],
    never: [],
    lost: why,
  };
}

/** Adds the states of a slice that no known one covers. Says whether there was memory for them. */
export function merge(store: StateStore, { states }: Slice): boolean {
  const state = new Fingerprint();
  for (let index = 0; index < states.count; index++) {
    state.reset();
    state.add(states.bytes.subarray(states.ends[index], states.ends[index + 1]));
    if (store.find(state) !== NONE) continue;
    if (!store.add(state, states.parents[index] ?? NONE, states.steps[index] ?? 0)) return false;
  }
  return true;
}
