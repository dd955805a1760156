/** Explorations of explicit graphs, for the tests of how states are gone through. */
import { Pace } from "../explore/pace.ts";
import type { Counterexample } from "../shrink/same-finding.ts";
import type { Finding } from "../trace/finding.ts";
import { Fingerprint } from "../trace/fingerprint.ts";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { MEMORY_SET_HELLO } from "../trace/space.ts";
import { Coverage } from "./coverage.ts";
import { Alone, type Crew, type Slice } from "./crew.ts";
import type { Expander, Visit } from "./expander.ts";
import { type Bounds, Exploration } from "./exploration.ts";
import type { MayGoOn, Range } from "./slice.ts";
import type { StateStore } from "./state-store.ts";

/**
 * Where each step leads from each state, states being letters and `a` the first one. A step is its index, and leads to
 * a finding where there is a `!`.
 */
export interface Graph {
  readonly [state: string]: string;
}

/** What a `!` leads to. */
export const FINDING: Finding = {
  kind: "hang",
  check: "hang",
  at: 0,
  expected: "",
  observed: "",
  answer: "hang",
};

/** Walks an explicit graph, and remembers what it was asked to expand. */
export class Walker implements Expander {
  transitions = 0;
  readonly tellsAll = true;
  readonly interrupted = false;
  readonly lost = undefined;
  faultOfModel: string | undefined = undefined;
  /** The states that were expanded, in that order. */
  expanded = "";
  readonly paths: string[] = [];
  private readonly graph: Graph;
  private readonly onExpand: (state: string) => void;

  constructor(graph: Graph, onExpand: (state: string) => void = () => {}) {
    this.graph = graph;
    this.onExpand = onExpand;
  }

  first(into: Fingerprint): void {
    into.number("a".charCodeAt(0));
  }

  expand(path: readonly number[], visit: Visit): Counterexample | undefined {
    const state = path.reduce((from, step) => this.graph[from]?.[step] ?? "?", "a");
    this.expanded += state;
    this.paths.push(path.join(""));
    this.onExpand(state);
    const to = new Fingerprint();
    for (const [step, next] of [...(this.graph[state] ?? "")].entries()) {
      this.transitions++;
      // The trace says by which steps: each is a `find` of its own number.
      const requests = requestsIn(...[...path, step].map((each) => `find ${each}`));
      if (next === "!") return { requests, finding: FINDING };
      to.reset();
      to.number(next.charCodeAt(0));
      if (next !== state) visit(step, to);
    }
    return undefined;
  }
}

/** No bounds. */
export const ENDLESS: Bounds = {
  depth: Number.POSITIVE_INFINITY,
  states: Number.POSITIVE_INFINITY,
  seconds: Number.POSITIVE_INFINITY,
};

/**
 *     a -0-> b -0-> d -0-> f
 *       -1-> c -1-> e -0-> f     and some ways back
 */
export const DIAMOND: Graph = { a: "bc", b: "da", c: "ae", d: "fd", e: "fb", f: "fa" };

/** What no step of a walker is told to. */
export const COVERAGE = new Coverage(
  { space: SIXTEEN_PAGES, flags: [], commands: [], backends: [], inject: false },
  MEMORY_SET_HELLO,
);

/** Expands one state at a time, so that there is time to look up. */
export function one(walker: Walker, banBytes = 0): Alone {
  return new Alone(walker, COVERAGE, 1, banBytes);
}

/** Has many slices under way, of which the last ones end first. */
export class Unruly implements Crew {
  readonly hands = 3;
  readonly ahead = 6;
  readonly slice = 1;
  readonly tellsAll = true;
  readonly banBytes: number;
  private patience = 20;
  private readonly each: Alone;

  constructor(walker: Walker, banBytes = 0) {
    this.banBytes = banBytes;
    this.each = one(walker, banBytes);
  }

  first(into: Fingerprint): void {
    this.each.first(into);
  }

  begin(): void {}

  async expand(store: StateStore, range: Range, mayGoOn: MayGoOn): Promise<Slice> {
    const slice = await this.each.expand(store, range, mayGoOn);
    for (let turn = this.patience--; turn > 0; turn--) await undefined;
    return slice;
  }

  async dismiss(): Promise<void> {}
}

/** Explores a graph, and says what came of it and how far it got. */
export async function explore(
  walker: Walker,
  bounds: Partial<Bounds> = {},
  pace = new Pace(),
  crew: Crew = one(walker),
) {
  const exploration = new Exploration(crew, { ...ENDLESS, ...bounds }, pace);
  const explored = await exploration.run();
  const { depth, frontier, transitions, states } = exploration;
  return { ...explored, depth, frontier, transitions, states };
}
