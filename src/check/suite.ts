import type { Interruption } from "../shrink/reduce.ts";
import { NONE } from "./state-store.ts";
import { newSuiteTally, type SuiteTally } from "./suite-tally.ts";

/** Which state each step leads to from each state. State 0 is that of a fresh instance. */
export interface TransitionGraph {
  readonly states: number;
  readonly steps: number;
  /**
   * The state that a step leads to from a state; `NONE` where the step can't be taken there. The index is the state
   * times `steps` plus the step.
   */
  readonly to: Uint32Array;
}

/** With how many commands left a trace makes for a state that is near state 0. */
const HOMEWARD = 3;

/** For which part of its commands a trace does so at most: short ones have none to spare. */
const HOMEWARD_PART = 1 / 16;

/** All steps that lead from one state to another one; or no steps, for the end of a trace, which leads to state 0. */
interface Arc {
  readonly from: number;
  readonly to: number;
  readonly steps: readonly number[];
  /** How many of the steps were crossed; they are crossed in their order. */
  crossed: number;
  /** How often the tour goes along it besides crossing each step once. */
  extra: number;
}

/** An arc as seen from one of its ends. */
interface Way {
  readonly arc: Arc;
  readonly to: number;
  /** In commands: against the arc it gives back what the arc costs, since `extra` is taken back there. */
  readonly cost: number;
  readonly against: boolean;
}

/**
 * Traces that together cross every transition: each is a list of the numbers of at most `longest` steps, taken one after
 * the other from state 0. They have few commands in all, though not always the fewest. The same graph gives the same
 * traces.
 *
 * `undefined` if `pace` is stopped before the end. `tally` is told how far it is.
 *
 * What no trace can reach is left out: all transitions of a state that is `longest` steps or more away from state 0.
 *
 * It is a postman's tour. A trace may end anywhere, so from each state there is a free way to state 0. A flow of least
 * cost says which steps to take more than once, so that as many ways lead out of each state as into it; no traces,
 * however long, can do with less. The tour is walked in traces, which end near state 0 if they can: what is left
 * there in the middle of the tour is reached again by a shortest path.
 */
export async function coverTransitions(
  graph: TransitionGraph,
  longest: number,
  pace: Interruption,
  tally = newSuiteTally(),
): Promise<number[][] | undefined> {
  const roads = new Roads(graph, longest);
  await new Balance(roads).strike(pace);
  return new Walk(roads, longest).traces(pace, tally);
}

/** The transitions to be crossed: those that change the state as arcs, the others state by state. */
class Roads {
  /** How many steps away from state 0 each state is. */
  readonly depth: number[];
  /** The last arc of a shortest way to each state. */
  readonly last: (Arc | undefined)[];
  /** The arcs out of each state. */
  readonly out: Arc[][];
  /** The steps that leave each state as it is, until they are crossed. */
  readonly idle: number[][];

  constructor(graph: TransitionGraph, longest: number) {
    const { states } = graph;
    this.depth = filled(states, Number.POSITIVE_INFINITY);
    this.last = Array.from({ length: states }, () => undefined);
    this.out = Array.from({ length: states }, () => []);
    this.idle = Array.from({ length: states }, () => []);
    this.explore(graph, longest);
  }

  private explore(graph: TransitionGraph, longest: number): void {
    const { depth, last } = this;
    depth[0] = 0;
    const reached = [0];
    for (const state of reached) {
      const next = at(depth, state) + 1;
      if (next > longest) return;
      for (const arc of this.arcsFrom(graph, state)) {
        if (at(depth, arc.to) <= next) continue;
        depth[arc.to] = next;
        last[arc.to] = arc;
        reached.push(arc.to);
      }
    }
  }

  private arcsFrom({ steps, to }: TransitionGraph, from: number): readonly Arc[] {
    const idle: number[] = [];
    const found = new Map<number, number[]>();
    for (let step = 0; step < steps; step++) {
      const target = to[from * steps + step] ?? NONE;
      if (target === NONE) continue;
      const along = target === from ? idle : found.get(target);
      if (along) along.push(step);
      else found.set(target, [step]);
    }
    const arcs = Array.from(found, ([target, along]) => arcOf(from, target, along));
    this.idle[from] = idle;
    this.out[from] = arcs;
    return arcs;
  }
}

/**
 * Sends as many more ways as lead into some states than out of them on to those where it is the other way round, by
 * the cheapest flow there is: again and again along shortest ways.
 */
class Balance {
  private readonly ways: Way[][];
  // How many more ways lead into a state than out of it.
  private readonly surplus: number[];
  private readonly distance: number[];
  // Which way to try next from each state, and in which search the state was met last.
  private readonly next: number[];
  private readonly met: number[];
  private searches = 0;

  constructor({ out }: Roads) {
    const states = out.length;
    this.ways = Array.from({ length: states }, () => []);
    this.surplus = filled(states, 0);
    this.distance = filled(states, 0);
    this.next = filled(states, 0);
    this.met = filled(states, 0);
    for (const arc of out.flat()) this.enter(arc, 1);
    for (let state = 1; state < states; state++) this.enter(arcOf(state, 0, []), 0);
  }

  /** Sets `extra` of all arcs, unless `pace` is stopped before. */
  async strike(pace: Interruption): Promise<void> {
    for (let sent = true; sent; ) {
      sent = false;
      this.measure();
      this.next.fill(0);
      for (let state = 0; state < this.ways.length; state++) {
        while (at(this.surplus, state) > 0 && this.sendFrom(state)) sent = true;
        if (pace.turnIsOver) await pace.breathe();
        if (pace.stopped) return;
      }
    }
  }

  private enter(arc: Arc, cost: number): void {
    const { from, to, steps } = arc;
    this.ways[from]?.push({ arc, to, cost, against: false });
    this.ways[to]?.push({ arc, to: from, cost: -cost, against: true });
    this.surplus[from] = at(this.surplus, from) - steps.length;
    this.surplus[to] = at(this.surplus, to) + steps.length;
  }

  /** How far each state is from the nearest one with a surplus. Some ways have negative costs, but no circle has. */
  private measure(): void {
    const { distance, surplus } = this;
    const queue: number[] = [];
    const queued = surplus.map((more) => more > 0);
    for (let state = 0; state < surplus.length; state++) {
      distance[state] = queued[state] ? 0 : Number.POSITIVE_INFINITY;
      if (queued[state]) queue.push(state);
    }
    for (const state of queue) {
      queued[state] = false;
      for (const { arc, to, cost, against } of listAt(this.ways, state)) {
        const through = at(distance, state) + cost;
        if ((against && arc.extra === 0) || through >= at(distance, to)) continue;
        distance[to] = through;
        if (!queued[to]) queue.push(to);
        queued[to] = true;
      }
    }
  }

  /** Searches a shortest way to a state that lacks ways, and sends as much along it as it takes. */
  private sendFrom(source: number): boolean {
    const path: Way[] = [];
    this.searches++;
    let state = source;
    while (at(this.surplus, state) >= 0) {
      this.met[state] = this.searches;
      const way = this.nextWay(state);
      const back = way ? undefined : path.pop();
      if (way) path.push(way);
      else if (back) this.next[tailOf(back)] = at(this.next, tailOf(back)) + 1;
      else return false;
      state = way ? way.to : back ? tailOf(back) : source;
    }
    this.send(path, source, state);
    return true;
  }

  private nextWay(state: number): Way | undefined {
    const ways = listAt(this.ways, state);
    for (let index = at(this.next, state); index < ways.length; index++) {
      const way = ways[index];
      this.next[state] = index;
      if (way && this.isShortest(state, way) && this.met[way.to] !== this.searches) return way;
    }
    this.next[state] = ways.length;
    return undefined;
  }

  private isShortest(state: number, { arc, to, cost, against }: Way): boolean {
    return !(against && arc.extra === 0) && at(this.distance, state) + cost === at(this.distance, to);
  }

  private send(path: readonly Way[], source: number, target: number): void {
    const bounds = path.map(({ arc, against }) => (against ? arc.extra : Number.POSITIVE_INFINITY));
    const amount = Math.min(at(this.surplus, source), -at(this.surplus, target), ...bounds);
    for (const { arc, against } of path) arc.extra += against ? -amount : amount;
    this.surplus[source] = at(this.surplus, source) - amount;
    this.surplus[target] = at(this.surplus, target) + amount;
  }
}

/** Goes along everything, trace by trace. */
class Walk {
  private readonly roads: Roads;
  private readonly longest: number;
  private readonly homeward: number;
  // How many transitions out of each state are to be crossed, and how many ways the tour goes from there.
  private readonly due: number[];
  private readonly left: number[];
  private trace: number[] = [];
  private state = 0;
  // How much of the trace there is to the last transition that had not been crossed.
  private useful = 0;

  constructor(roads: Roads, longest: number) {
    this.roads = roads;
    this.longest = longest;
    this.homeward = Math.min(HOMEWARD, Math.floor(longest * HOMEWARD_PART));
    this.due = roads.out.map((arcs, state) => sumOf(arcs, uncrossedOf) + listAt(roads.idle, state).length);
    this.left = roads.out.map((arcs, state) => sumOf(arcs, leftOf) + listAt(roads.idle, state).length);
  }

  /** `undefined` if `pace` is stopped before the end. */
  async traces(pace: Interruption, tally: SuiteTally): Promise<number[][] | undefined> {
    const traces: number[][] = [];
    for (let start = this.nearest(); start !== undefined; start = this.nearest()) {
      tally.traces = traces.length;
      if (pace.turnIsOver) await pace.breathe();
      if (pace.stopped) return undefined;
      this.walkFrom(start);
      if (this.useful > 0) traces.push(this.trace.slice(0, this.useful));
    }
    return traces;
  }

  /** State 0 while the tour leads from there; then the nearest state with transitions to be crossed. */
  private nearest(): number | undefined {
    if (at(this.left, 0) > 0) return 0;
    const { depth } = this.roads;
    let nearest: number | undefined;
    for (let state = 0; state < depth.length; state++) {
      if (at(this.due, state) === 0) continue;
      if (nearest === undefined || this.comesBefore(state, nearest)) nearest = state;
    }
    return nearest;
  }

  private comesBefore(state: number, other: number): boolean {
    const nearer = at(this.roads.depth, other) - at(this.roads.depth, state);
    return nearer > 0 || (nearer === 0 && at(this.due, state) > at(this.due, other));
  }

  private walkFrom(start: number): void {
    this.trace = [];
    this.state = 0;
    this.useful = 0;
    for (const arc of this.pathTo(start)) this.go(arc);
    while (this.trace.length < this.longest) {
      this.idle();
      const ahead = this.trace.length < this.longest ? this.ahead() : [];
      if (ahead.length === 0) return;
      for (const arc of ahead) this.go(arc);
    }
  }

  /** The next arcs; none where the trace ends. In state 0 it goes on as the next trace would begin, if that pays. */
  private ahead(): readonly Arc[] {
    const arc = this.choose();
    if (arc) return [arc];
    const start = this.state === 0 ? this.nearest() : undefined;
    if (start === undefined) return [];
    const path = this.pathTo(start);
    return this.trace.length + path.length + this.homeward < this.longest ? path : [];
  }

  private pathTo(state: number): Arc[] {
    const path: Arc[] = [];
    for (let arc = this.roads.last[state]; arc; arc = this.roads.last[arc.from]) path.push(arc);
    return path.reverse();
  }

  private go(arc: Arc): void {
    const { from, to, steps } = arc;
    const step = steps[arc.crossed % steps.length] ?? 0;
    this.trace.push(step);
    this.state = to;
    if (leftOf(arc) > 0) this.left[from] = at(this.left, from) - 1;
    if (uncrossedOf(arc) > 0) {
      arc.crossed++;
      this.due[from] = at(this.due, from) - 1;
      this.useful = this.trace.length;
    } else if (arc.extra > 0) arc.extra--;
  }

  /** Crosses what leaves the state as it is, with some commands to spare unless this is a good place to end. */
  private idle(): void {
    const { state, trace } = this;
    const mayEnd = at(this.roads.depth, state) <= 1 || this.useful === 0;
    const room = this.longest - trace.length - (mayEnd ? 0 : this.homeward);
    if (room <= 0) return;
    const crossed = this.roads.idle[state]?.splice(0, room) ?? [];
    if (crossed.length === 0) return;
    trace.push(...crossed);
    this.useful = trace.length;
    this.due[state] = at(this.due, state) - crossed.length;
    this.left[state] = at(this.left, state) - crossed.length;
  }

  /** Where the tour goes on, if it does. */
  private choose(): Arc | undefined {
    const { state, roads } = this;
    const homeward = this.longest - this.trace.length <= this.homeward;
    let best: Arc | undefined;
    for (const arc of listAt(roads.out, state)) {
      if (leftOf(arc) === 0) continue;
      if (best === undefined || this.isBetter(arc, best, homeward)) best = arc;
    }
    if (best === undefined || !homeward || this.useful === 0) return best;
    return at(roads.depth, best.to) > at(roads.depth, state) ? undefined : best;
  }

  /** Better is the state that most is due to lead out of. The ways to state 0 are kept for the ends of traces. */
  private isBetter(arc: Arc, other: Arc, homeward: boolean): boolean {
    const { depth } = this.roads;
    if (homeward && at(depth, arc.to) !== at(depth, other.to)) return at(depth, arc.to) < at(depth, other.to);
    if (!homeward && (arc.to === 0 || other.to === 0)) return other.to === 0;
    return this.departuresDue(arc.to) > this.departuresDue(other.to);
  }

  private departuresDue(state: number): number {
    return at(this.due, state) - listAt(this.roads.idle, state).length;
  }
}

function arcOf(from: number, to: number, steps: readonly number[]): Arc {
  return { from, to, steps, crossed: 0, extra: 0 };
}

function uncrossedOf({ steps, crossed }: Arc): number {
  return steps.length - crossed;
}

function leftOf(arc: Arc): number {
  return uncrossedOf(arc) + arc.extra;
}

function tailOf({ arc, against }: Way): number {
  return against ? arc.to : arc.from;
}

function sumOf(arcs: readonly Arc[], count: (arc: Arc) => number): number {
  return arcs.reduce((sum, arc) => sum + count(arc), 0);
}

function filled(length: number, value: number): number[] {
  return Array.from({ length }, () => value);
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? 0;
}

function listAt<T>(lists: readonly (readonly T[])[], index: number): readonly T[] {
  return lists[index] ?? [];
}
