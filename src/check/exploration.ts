import type { Sometimes } from "../../properties/sometimes.ts";
import type { Pace } from "../explore/pace.ts";
import type { Counterexample } from "../shrink/same-finding.ts";
import { Fingerprint } from "../trace/fingerprint.ts";
import { type Crew, merge, type Slice } from "./crew.ts";
import type { Range } from "./slice.ts";
import { NONE, StateStore } from "./state-store.ts";

/** Where an exploration ends before it has seen all. */
export interface Bounds {
  /** Steps from the first state. */
  readonly depth: number;
  readonly states: number;
  /** Seconds. */
  readonly seconds: number;
}

/** Why an exploration didn't see all. */
export type Cut = "depth" | "max-states" | "time" | "memory" | "interruption" | "model" | "lost";

/** What goes through a scope in one way or another, and how far it is. */
export interface Survey {
  /** How many states were met; 0 where histories aren't merged into states. */
  readonly states: number;
  /** How many of them were not expanded yet. */
  readonly frontier: number;
  /** How many sequences were run, where each is run by itself; else 0. */
  readonly sequences: number;
  /** How many steps were taken. */
  readonly transitions: number;
  /** How many steps the last state that was new is away from the first, or how long all sequences are that were run. */
  readonly depth: number;
  /** What the states take, in bytes. */
  readonly memory: number;
  /** Whether all of the implementation's state counts, also what it doesn't show. */
  readonly tellsAll: boolean;
  /** Situations that came up so far. */
  readonly met: ReadonlySet<Sometimes>;
  /** Situations that the scope's commands could have led to, and haven't so far. */
  readonly never: readonly Sometimes[];
  /** Goes through it until there is nothing left, or a finding, or a bound. */
  run(): Promise<Explored>;
}

/** How a survey ended. */
export interface Explored {
  /** The shortest counterexample there is, if there is one. */
  readonly found: Counterexample | undefined;
  /** What cut it short; `undefined` if every state was expanded, or a counterexample found. */
  readonly cut: Cut | undefined;
  /** What is wrong about the model by itself in some state, in words, with the path to it: a mistake of mapcheck's. */
  readonly faultOfModel?: string;
  /** Why it could not go on, in words. */
  readonly lost?: string;
}

/** What cuts a survey short now, if anything does, that can do so at any time. */
export function cutNow({ seconds }: Bounds, pace: Pace): Cut | undefined {
  if (pace.stopped) return "interruption";
  return pace.seconds > seconds ? "time" : undefined;
}

/** How many slices a hand gets, at least, of a level that is large enough: so that none waits long for the others. */
const SLICES = 4;

/**
 * After how many whole slices what they found is put together, so that a bound is seen before all of a level is
 * expanded: the same for any number of hands, so that it is seen in the same place.
 */
const BATCH = 64;

/**
 * Explores all states breadth first: every step is taken in every state. The states are numbered in the order in which
 * they are met, whoever meets them: so each lies as far from the first one as its path is long, the first finding is a
 * shortest one, and nothing depends on how many hands there are.
 *
 * The states that are equally far away are a level. It is cut into batches, each batch into slices, and what was found
 * in these is put together when all of them are done.
 */
export class Exploration implements Survey {
  readonly sequences = 0;
  readonly met = new Set<Sometimes>();
  depth = 0;
  transitions = 0;
  private readonly store: StateStore;
  private expanded = 0;
  private readonly crew: Crew;
  private readonly bounds: Bounds;
  private readonly pace: Pace;
  // Situations that nobody has met so far.
  private unmet: readonly Sometimes[] | undefined = undefined;

  constructor(crew: Crew, bounds: Bounds, pace: Pace) {
    this.crew = crew;
    this.store = new StateStore(crew.banBytes);
    this.bounds = bounds;
    this.pace = pace;
  }

  get states(): number {
    return this.store.count;
  }

  get memory(): number {
    return this.store.memory;
  }

  get tellsAll(): boolean {
    return this.crew.tellsAll;
  }

  get frontier(): number {
    return this.store.count - this.expanded;
  }

  get never(): readonly Sometimes[] {
    return this.unmet ?? [];
  }

  async run(): Promise<Explored> {
    try {
      return await this.explore();
    } finally {
      await this.crew.dismiss();
    }
  }

  private async explore(): Promise<Explored> {
    const { store, crew } = this;
    const first = new Fingerprint();
    crew.first(first);
    store.add(first, NONE, 0);
    for (let level = 0; this.expanded < store.count; level++) {
      const known = store.count;
      const end = level === this.bounds.depth ? { cut: "depth" as const } : await this.expandLevel();
      if (store.count > known) this.depth = level + 1;
      if (end) return { found: undefined, cut: undefined, ...end };
    }
    return { found: undefined, cut: undefined };
  }

  /** Expands the states that were met and not expanded. Says why it should not go on. */
  private async expandLevel(): Promise<Partial<Explored> | undefined> {
    const { crew, store } = this;
    const end = store.count;
    crew.begin(this.frontier);
    while (this.expanded < end) {
      const size = Math.min(crew.slice, Math.ceil((end - this.expanded) / (crew.hands * SLICES)));
      const to = Math.min(end, this.expanded + crew.slice * BATCH);
      const ended = await this.expandBatch({ from: this.expanded, to }, size);
      if (ended) return ended;
      if (store.count > this.bounds.states) return { cut: "max-states" };
    }
    return undefined;
  }

  /** Expands some states in slices of `size`, and adds what they lead to. Nothing is added meanwhile. */
  private async expandBatch({ from, to }: Range, size: number): Promise<Partial<Explored> | undefined> {
    const { crew, pace, transitions: before } = this;
    const slices: Promise<Slice>[] = [];
    const underWay = new Set<Promise<Slice>>();
    let cut: Cut | undefined;
    for (let start = from; start < to && cut === undefined; start += size) {
      // Whichever is done first: whoever has time doesn't wait for the others.
      if (underWay.size >= crew.ahead) await Promise.race(underWay);
      if (pace.turnIsOver) await pace.breathe();
      cut = cutNow(this.bounds, this.pace);
      if (cut !== undefined) break;
      const slice = this.expandSlice({ from: start, to: Math.min(start + size, to) });
      slices.push(slice);
      underWay.add(slice);
      void slice.then(() => underWay.delete(slice));
    }
    const done = await Promise.all(slices);
    // Counted anew: up to a finding, however many were under way.
    this.expanded = from;
    this.transitions = before;
    for (const slice of done) {
      const ended = this.conclude(slice);
      if (ended) return ended;
    }
    return this.expanded < to ? { cut: cut ?? cutNow(this.bounds, this.pace) ?? "interruption" } : undefined;
  }

  /** Expands some states, and counts them at once, for whoever looks on. */
  private async expandSlice(range: Range): Promise<Slice> {
    const slice = await this.crew.expand(this.store, range, async () => {
      if (this.pace.turnIsOver) await this.pace.breathe();
      return cutNow(this.bounds, this.pace) === undefined;
    });
    this.count(slice);
    return slice;
  }

  private conclude(slice: Slice): Partial<Explored> | undefined {
    this.count(slice);
    const { lost, faultOfModel, found, met, never } = slice;
    if (lost !== undefined) return { cut: "lost", lost };
    if (faultOfModel !== undefined) return { cut: "model", faultOfModel };
    for (const name of met) this.met.add(name);
    this.unmet = this.unmet ? this.unmet.filter((name) => never.includes(name)) : never;
    const hadRoom = slice.hadRoom && merge(this.store, slice);
    if (found) return { found };
    return hadRoom ? undefined : { cut: "memory" };
  }

  private count({ expanded, transitions }: Slice): void {
    this.expanded += expanded;
    this.transitions += transitions;
  }
}
