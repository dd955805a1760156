import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Pace } from "../explore/pace.ts";
import type { Counterexample } from "../shrink/reduce.ts";
import type { Finding } from "../trace/finding.ts";
import { Fingerprint } from "../trace/fingerprint.ts";
import { linesOf, requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { MEMORY_SET_HELLO } from "../trace/space.ts";
import { Coverage } from "./coverage.ts";
import { Alone, type Crew, type Slice } from "./crew.ts";
import type { Expander, Visit } from "./expander.ts";
import { type Bounds, Exploration } from "./exploration.ts";
import type { MayGoOn, Range } from "./slice.ts";
import { StateStore } from "./state-store.ts";

/**
 * Where each step leads from each state, states being letters and `a` the first one. A step is its index, and leads to
 * a finding where there is a `!`.
 */
interface Graph {
  readonly [state: string]: string;
}

const FINDING: Finding = { kind: "hang", check: "hang", at: 0, expected: "", observed: "", answer: "hang" };

/** Walks an explicit graph, and remembers what it was asked to expand. */
class Walker implements Expander {
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

  async expand(path: readonly number[], visit: Visit): Promise<Counterexample | undefined> {
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

const ENDLESS: Bounds = {
  depth: Number.POSITIVE_INFINITY,
  states: Number.POSITIVE_INFINITY,
  seconds: Number.POSITIVE_INFINITY,
};

/**
 *     a -0-> b -0-> d -0-> f
 *       -1-> c -1-> e -0-> f     and some ways back
 */
const DIAMOND: Graph = { a: "bc", b: "da", c: "ae", d: "fd", e: "fb", f: "fa" };

/** What no step of a walker is told to. */
const COVERAGE = new Coverage(
  { space: SIXTEEN_PAGES, flags: [], commands: [], backends: [], inject: false },
  MEMORY_SET_HELLO,
);

/** Expands one state at a time, so that there is time to look up. */
function one(walker: Walker, banBytes = 0): Alone {
  return new Alone(walker, COVERAGE, 1, banBytes);
}

/** Has many slices under way, of which the last ones end first. */
class Unruly implements Crew {
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

async function explore(
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

describe("an exploration", () => {
  test("expands every state once, the nearest first, by the first path to each", async () => {
    const walker = new Walker(DIAMOND);
    expect(await explore(walker)).toEqual({
      found: undefined,
      cut: undefined,
      depth: 3,
      frontier: 0,
      transitions: 12,
      states: 6,
    });
    expect(walker.expanded).toBe("abcdef");
    expect(walker.paths).toEqual(["", "0", "1", "00", "11", "000"]);
  });

  test.each([2, 32])("comes to the same in slices of up to %i states", async (slice) => {
    const [walker, whole] = [new Walker(DIAMOND), new Walker(DIAMOND)];
    const sliced = await explore(walker, {}, new Pace(), new Alone(walker, COVERAGE, slice));
    expect(sliced).toEqual(await explore(whole));
    expect(walker.paths).toEqual(whole.paths);
  });

  test.each<[what: string, graph: Graph]>([
    ["nothing is wrong", DIAMOND],
    ["there are two findings equally far away", { ...DIAMOND, b: "d!", c: "!e" }],
    ["there is one at the end of a level", { a: "bcde", b: "f", c: "g", d: "f", e: "!", f: "", g: "" }],
  ])(
    "comes to the same with many hands, of which the last are the quickest, where %s",
    async (_what, graph) => {
      const walker = new Walker(graph);
      const together = await explore(walker, {}, new Pace(), new Unruly(walker));
      expect(together).toEqual(await explore(new Walker(graph)));
    },
  );

  test("is over at once where nothing leads anywhere", async () => {
    const walker = new Walker({ a: "aaa" });
    const result = await explore(walker);
    expect(result).toMatchObject({ cut: undefined, states: 1, depth: 0, transitions: 3, frontier: 0 });
  });

  test("doesn't take a long way for a longer one: the depth is that of shortest paths", async () => {
    // f is five steps away by b, c, d and e, and two by g.
    const walker = new Walker({ a: "bg", b: "c", c: "d", d: "e", e: "f", g: "f", f: "" });
    expect(await explore(walker)).toMatchObject({ states: 7, depth: 4 });
    expect(walker.expanded).toBe("abgcfde");
  });
});

/** Walks a graph in which a capital is the state of its small letter with a ban on some of the steps. */
class Banned extends Walker {
  override first(into: Fingerprint): void {
    into.add(Uint8Array.of("a".charCodeAt(0), 0));
  }

  override expand(path: readonly number[], visit: Visit): Promise<Counterexample | undefined> {
    return super.expand(path, (step, { bytes }) => {
      const letter = String.fromCharCode(bytes[0] ?? 0);
      const [small, bans] = [letter.toLowerCase(), letter === letter.toLowerCase() ? 0 : 1];
      const to = new Fingerprint();
      to.add(Uint8Array.of(small.charCodeAt(0), bans));
      return visit(step, to);
    });
  }
}

describe("a state that another one covers", () => {
  test.each<[what: string, graph: Graph, expanded: string, depth: number]>([
    ["that is met before it", { a: "bB", b: "cd", B: "c", c: "", d: "" }, "abcd", 2],
    [
      "that is met at another place of its level",
      { a: "bc", b: "d", c: "D", d: "e", D: "", e: "" },
      "abcde",
      3,
    ],
    ["that is met long before it", { a: "b", b: "c", c: "A", A: "b" }, "abc", 2],
  ])("%s is not expanded, and none", async (_what, graph, expanded, depth) => {
    const walker = new Banned(graph);
    const crew = one(walker, 1);
    const result = await explore(walker, {}, new Pace(), crew);
    expect(result).toMatchObject({ cut: undefined, states: expanded.length, depth, frontier: 0 });
    expect(walker.expanded).toBe(expanded);
  });

  test("that is met after it is expanded with it", async () => {
    const walker = new Banned({ a: "Bc", B: "", c: "b", b: "d", d: "" });
    expect(await explore(walker, {}, new Pace(), one(walker, 1))).toMatchObject({ states: 5 });
    expect(walker.expanded).toBe("aBcbd");
  });

  test("leaves a finding as near as it is", async () => {
    // Two steps from b; from B, which is as near, it is banned.
    const walker = new Banned({ a: "Bb", B: "c", b: "c!", c: "" });
    const { found } = await explore(walker, {}, new Pace(), one(walker, 1));
    expect(linesOf(found?.requests ?? [])).toEqual(["find 0x1", "find 0x1"]);
  });

  test("is the same for many hands, of which the last are the quickest", async () => {
    const graph = { a: "bcd", b: "E", c: "eF", d: "fE", e: "g", E: "", f: "G", F: "a", g: "", G: "" };
    const together = await exploreBanned(graph, (walker) => new Unruly(walker, 1));
    expect(together).toEqual(await exploreBanned(graph, (walker) => one(walker, 1)));
    // E before e, F before f, and g before G.
    expect(together).toMatchObject({ states: 9 });
  });
});

async function exploreBanned(graph: Graph, crewOf: (walker: Walker) => Crew) {
  const walker = new Banned(graph);
  return await explore(walker, {}, new Pace(), crewOf(walker));
}

describe("the first finding", () => {
  test("is a shortest one, whatever the order of the steps", async () => {
    // By b, the first step, there is one after four steps; by c, the last, after two.
    const walker = new Walker({ a: "bdc", b: "e", e: "f", f: "!", c: "a!", d: "b" });
    const { found, cut } = await explore(walker);
    expect(linesOf(found?.requests ?? [])).toEqual(["find 0x2", "find 0x1"]);
    expect([found?.finding, cut]).toEqual([FINDING, undefined]);
  });

  test("ends it: nothing is expanded or counted after it", async () => {
    const walker = new Walker({ a: "b!c", b: "!", c: "!" });
    expect(await explore(walker)).toMatchObject({ states: 2, transitions: 2 });
    expect(walker.expanded).toBe("a");
  });

  test("may be in the first state", async () => {
    const { found } = await explore(new Walker({ a: "!" }));
    expect(linesOf(found?.requests ?? [])).toEqual(["find 0x0"]);
  });
});

/** A row of states, each of which leads to the next one only. */
const CHAIN: Graph = { a: "b", b: "c", c: "d", d: "" };

describe("what cuts it short", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance"] });
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  test.each<[depth: number, expanded: string, states: number]>([
    [1, "a", 3],
    [2, "abc", 5],
    [3, "abcde", 6],
  ])("is a depth of %i", async (depth, expanded, states) => {
    const walker = new Walker(DIAMOND);
    const result = await explore(walker, { depth });
    expect(result).toMatchObject({ cut: "depth", depth, states, frontier: states - expanded.length });
    expect(walker.expanded).toBe(expanded);
  });

  test("is not a depth that no state has", async () => {
    expect(await explore(new Walker(DIAMOND), { depth: 4 })).toMatchObject({ cut: undefined, states: 6 });
  });

  test.each<[most: number, expanded: string, states: number]>([
    [1, "a", 3],
    [2, "a", 3],
    [3, "abc", 5],
    [4, "abc", 5],
    [5, "abcde", 6],
  ])(
    "is that there are more than %i states, when all that are as near are expanded",
    async (most, expanded, states) => {
      const walker = new Walker(DIAMOND);
      expect(await explore(walker, { states: most })).toMatchObject({ cut: "max-states", states });
      expect(walker.expanded).toBe(expanded);
    },
  );

  test("is that there are more than 110 states, before all of a hundred that are as near are expanded", async () => {
    const names = Array.from({ length: 100 }, (_, index) => String.fromCharCode(0x100 + index));
    const wide = Object.fromEntries(names.map((name, index) => [name, String.fromCharCode(0x200 + index)]));
    const walker = new Walker({ a: names.join(""), ...wide });
    const result = await explore(walker, { states: 110 });
    expect(result).toMatchObject({ cut: "max-states", states: 133, frontier: 100, depth: 2 });
    expect(walker.expanded).toBe(`a${names.slice(0, 32).join("")}`);
  });

  test("is not as many states as there are", async () => {
    expect(await explore(new Walker(DIAMOND), { states: 6 })).toMatchObject({ cut: undefined, states: 6 });
  });

  test("is the time", async () => {
    const walker = new Walker(DIAMOND, () => {
      vi.advanceTimersByTime(10);
    });
    // Three expansions take 30 ms.
    const result = await explore(walker, { seconds: 0.025 });
    expect(result).toMatchObject({ cut: "time", states: 5, frontier: 2 });
  });

  test("is looked for once in a while, and progress is shown then", async () => {
    let breaths = 0;
    const pace = new Pace(() => {
      breaths++;
    });
    // A turn takes 25 ms: there are two in what six expansions take.
    const walker = new Walker(DIAMOND, () => {
      vi.advanceTimersByTime(10);
    });
    await explore(walker, {}, pace);
    expect(breaths).toBe(1);
  });

  test("is an interruption, after what is being expanded", async () => {
    const pace = new Pace();
    const walker = new Walker(DIAMOND, (state) => {
      if (state === "b") pace.stop();
    });
    expect(await explore(walker, {}, pace)).toMatchObject({ cut: "interruption", states: 4, frontier: 2 });
    expect(walker.expanded).toBe("ab");
  });

  test("is an interruption before it begins", async () => {
    const pace = new Pace();
    pace.stop();
    expect(await explore(new Walker(DIAMOND), {}, pace)).toMatchObject({
      cut: "interruption",
      states: 1,
      transitions: 0,
    });
  });

  test("is not an interruption when all is done", async () => {
    const pace = new Pace();
    const walker = new Walker(DIAMOND, (state) => {
      if (state === "f") pace.stop();
    });
    expect(await explore(walker, {}, pace)).toMatchObject({ cut: undefined, frontier: 0 });
  });

  test("is a model that is wrong by itself, which comes before a finding", async () => {
    const walker: Walker = new Walker({ ...DIAMOND, c: "!" }, (state) => {
      if (state === "c") walker.faultOfModel = "two areas overlap";
    });
    expect(await explore(walker)).toMatchObject({
      found: undefined,
      cut: "model",
      faultOfModel: "two areas overlap",
    });
    expect(walker.expanded).toBe("abc");
  });

  test("is no finding's affair: a finding counts also when it was interrupted meanwhile", async () => {
    const pace = new Pace();
    const { found, cut } = await explore(new Walker({ a: "!" }, () => pace.stop()), {}, pace);
    expect([found?.finding, cut]).toEqual([FINDING, undefined]);
  });

  test.each<[graph: string, states: Graph]>([
    ["states that wait", DIAMOND],
    ["no state that waits", CHAIN],
  ])("is that there is no memory for one more state, with %s", async (_graph, states) => {
    const add = StateStore.prototype.add;
    vi.spyOn(StateStore.prototype, "add").mockImplementation(function (this: StateStore, ...state) {
      return this.count < 3 && add.apply(this, state);
    });
    expect(await explore(new Walker(states))).toMatchObject({ cut: "memory", states: 3 });
  });

  test("is that there is no memory for what a slice finds", async () => {
    const add = StateStore.prototype.add;
    vi.spyOn(StateStore.prototype, "add").mockImplementation(function (this: StateStore, ...state) {
      const [, , step] = state;
      return step !== 1 && add.apply(this, state);
    });
    expect(await explore(new Walker(DIAMOND))).toMatchObject({ cut: "memory" });
  });
});
