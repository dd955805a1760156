import { describe, expect, test } from "vitest";
import { MemorySetModel } from "../../models/memory-set.ts";
import { Pace } from "../explore/pace.ts";
import { commandsOf, type Scope } from "../generate/scope.ts";
import { virtAddr } from "../trace/address.ts";
import { Fingerprint } from "../trace/fingerprint.ts";
import { EXECUTE, READ, WRITE } from "../trace/flags.ts";
import { MEMORY_SET_HELLO } from "../trace/space.ts";
import { NONE, StateStore } from "./state-store.ts";
import { coverTransitions } from "./suite.ts";
import type { TransitionGraph } from "./suite-roads.ts";

const LONGEST = 50;

describe("the scope of a memory set", () => {
  // No traces, however long, need fewer commands than the least; no fewer traces than the fewest can hold these.
  test.each([
    {
      pages: 3,
      flags: 2,
      states: 41,
      transitions: 1722,
      least: 1878,
      commands: 1878,
      fewest: 38,
      traces: 38,
    },
    {
      pages: 4,
      flags: 2,
      states: 153,
      transitions: 10710,
      least: 12128,
      commands: 12164,
      fewest: 243,
      traces: 244,
    },
    {
      pages: 3,
      flags: 3,
      states: 91,
      transitions: 5460,
      least: 6183,
      commands: 6191,
      fewest: 124,
      traces: 124,
    },
  ])(
    "of $pages pages and $flags flags: every transition, in $traces traces; $fewest at least",
    async (scope) => {
      const graph = memorySetGraph(scope.pages, scope.flags);
      expect([graph.states, graph.to.length]).toEqual([scope.states, scope.transitions]);
      const suite = await cover(graph, LONGEST);
      expect(crossedBy(suite, graph).size).toBe(scope.transitions);
      expect(suite.filter(({ length }) => length === 0 || length > LONGEST)).toEqual([]);
      expect([suite.flat().length, suite.length]).toEqual([scope.commands, scope.traces]);
      const endless = await cover(graph, 1e9);
      expect(endless.flat().length).toBe(scope.least);
      expect(boundOn(graph, heightsIn(graph, endless))).toBe(scope.least);
      expect(Math.ceil(scope.least / LONGEST)).toBe(scope.fewest);
    },
  );

  test("gives the same suite again", async () => {
    const graph = memorySetGraph(3, 2);
    expect(await cover(graph, LONGEST)).toEqual(await cover(graph, LONGEST));
  });

  test.each([2, 3, 4, 5, 7, 10, 25])("of 3 pages in traces of at most %i commands", async (longest) => {
    const graph = memorySetGraph(3, 2);
    const suite = await cover(graph, longest);
    const reachable = depthsIn(graph).filter((depth) => depth < longest).length * graph.steps;
    expect(crossedBy(suite, graph).size).toBe(reachable);
    expect(suite.filter(({ length }) => length === 0 || length > longest)).toEqual([]);
  });
});

describe("a graph", () => {
  test("with steps that can't be taken: they aren't", async () => {
    const graph = graphOf([
      [1, NONE, 0],
      [NONE, 2, NONE],
      [0, NONE, NONE],
    ]);
    expect(await cover(graph, LONGEST)).toEqual([[2, 0, 1, 0]]);
  });

  test("without any steps needs no traces", async () => {
    expect(await cover({ states: 1, steps: 0, to: new Uint32Array() }, LONGEST)).toEqual([]);
    expect(await cover(graphOf([[NONE]]), LONGEST)).toEqual([]);
  });

  test("with states that nothing leads to: they are left out", async () => {
    expect(await cover(graphOf([[0], [0], [1]]), LONGEST)).toEqual([[0]]);
  });

  test("in which a state is too far away: it is left out, but not the way to it", async () => {
    const line = graphOf([[1], [2], [3], [4], [4]]);
    expect(await cover(line, 3)).toEqual([[0, 0, 0]]);
    expect(await cover(line, 4)).toEqual([[0, 0, 0, 0]]);
    expect(await cover(line, 5)).toEqual([[0, 0, 0, 0, 0]]);
  });

  test("from whose states no way leads back: each branch has a trace", async () => {
    const tree = graphOf([
      [1, 2],
      [3, 4],
      [NONE, NONE],
      [NONE, NONE],
      [NONE, NONE],
    ]);
    const suite = await cover(tree, LONGEST);
    expect(suite.map((trace) => trace.join("")).sort()).toEqual(["00", "01", "1"]);
  });

  test("with a ring that is longer than what is left of a trace", async () => {
    const rows = Array.from({ length: 60 }, (_, state) => [state === 59 ? 30 : state + 1, state]);
    const graph = graphOf(rows);
    const suite = await cover(graph, 40);
    expect(crossedBy(suite, graph).size).toBe(80);
    expect(suite.filter(({ length }) => length === 0 || length > 40)).toEqual([]);
  });
});

/** The traces, without a word of how long they take. */
async function cover(graph: TransitionGraph, longest: number): Promise<readonly (readonly number[])[]> {
  const traces = await coverTransitions(graph, longest, new Pace());
  if (traces === undefined) throw new Error("nobody stopped it");
  return traces;
}

/** All states of a memory set with so many pages, by the model alone. */
function memorySetGraph(pages: number, flags: number): TransitionGraph {
  const space = { base: virtAddr(0), size: pages * 4096, page: 4096, frames: 0 };
  const kinds = [READ, READ | WRITE, READ | EXECUTE].slice(0, flags);
  const commands: Scope["commands"] = ["map", "replace", "unmap", "protect"];
  const steps = commandsOf({ space, flags: kinds, commands, backends: ["mock"], inject: false });
  const model = new MemorySetModel({ space, hello: MEMORY_SET_HELLO });
  const store = new StateStore();
  const fingerprint = new Fingerprint();
  const stateOfModel = (parent: number, step: number) => {
    fingerprint.reset();
    model.pages.fingerprint(fingerprint);
    if (store.find(fingerprint) === NONE) store.add(fingerprint, parent, step);
    return store.find(fingerprint);
  };
  stateOfModel(NONE, 0);
  const to: number[] = [];
  for (let state = 0; state < store.count; state++) {
    const path = store.pathTo(state);
    for (const [step, command] of steps.entries()) {
      model.reset();
      for (const before of path) for (const each of steps.slice(before, before + 1)) model.commit(each);
      if (model.expectCommand(command).kind === "ok") model.commit(command);
      to.push(stateOfModel(state, step));
    }
  }
  return { states: store.count, steps: steps.length, to: Uint32Array.from(to) };
}

/** The graph in which row s has the states that the steps lead to from state s. */
function graphOf(rows: readonly (readonly number[])[]): TransitionGraph {
  return { states: rows.length, steps: rows[0]?.length ?? 0, to: Uint32Array.from(rows.flat()) };
}

/** The transitions that traces cross. Fails if one of them can't be taken. Those crossed again go into `again` too. */
function crossedBy(
  suite: readonly (readonly number[])[],
  { steps, to }: TransitionGraph,
  again = new Set<number>(),
): Set<number> {
  const crossed = new Set<number>();
  for (const trace of suite) {
    let state = 0;
    for (const step of trace) {
      const transition = state * steps + step;
      if (crossed.has(transition)) again.add(transition);
      crossed.add(transition);
      state = to[transition] ?? NONE;
      expect(state).not.toBe(NONE);
    }
  }
  return crossed;
}

/**
 * How many commands it takes at least to cross every transition, shown by giving each state a height: no step leads up by
 * more than 1, and no state is lower than state 0. So no trace ends lower than it began; and as far as all transitions
 * together lead down, so many steps up have to be taken besides.
 */
function boundOn({ states, steps, to }: TransitionGraph, heights: readonly number[]): number {
  const height = (state: number) => heights[state] ?? Number.NaN;
  let down = 0;
  for (const [transition, target] of to.entries()) {
    const from = height(Math.floor(transition / steps));
    expect(height(target) - from).toBeLessThanOrEqual(1);
    expect(height(target)).toBeGreaterThanOrEqual(height(0));
    down += from - height(target);
  }
  return states * steps + Math.max(0, down);
}

/** Heights in which every transition that the traces cross again leads up by 1, if there are some. */
function heightsIn(graph: TransitionGraph, suite: readonly (readonly number[])[]): number[] {
  const { states, steps, to } = graph;
  const again = new Set<number>();
  crossedBy(suite, graph, again);
  const heights = Array.from({ length: states }, () => 0);
  for (let round = 0; round < states; round++) {
    for (const [transition, target] of to.entries()) {
      const state = Math.floor(transition / steps);
      const [from, up] = [heights[state] ?? 0, heights[target] ?? 0];
      heights[target] = Math.min(up, from + 1);
      if (again.has(transition)) heights[state] = Math.min(from, up - 1);
      heights[0] = Math.min(...[heights[0] ?? 0, heights[state] ?? 0, heights[target] ?? 0]);
    }
  }
  return heights;
}

/** How many steps away from state 0 each state is. */
function depthsIn({ states, steps, to }: TransitionGraph): number[] {
  const depths = Array.from({ length: states }, (_, state) => (state === 0 ? 0 : Number.POSITIVE_INFINITY));
  for (let round = 0; round < states; round++) {
    for (const [transition, target] of to.entries()) {
      const depth = (depths[Math.floor(transition / steps)] ?? 0) + 1;
      depths[target] = Math.min(depths[target] ?? 0, depth);
    }
  }
  return depths;
}
