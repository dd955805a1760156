import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Pace } from "../explore/pace.ts";
import { linesOf } from "../trace/literal.fixture.ts";
import { Alone } from "./crew.ts";
import { COVERAGE, DIAMOND, explore, FINDING, type Graph, Unruly, Walker } from "./graph.fixture.ts";
import { StateStore } from "./state-store.ts";

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
    expect(result).toMatchObject({ cut: "max-states", states: 165, frontier: 100, depth: 2 });
    expect(walker.expanded).toBe(`a${names.slice(0, 64).join("")}`);
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
