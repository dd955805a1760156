import { NONE } from "./state-store.ts";

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

/** All steps that lead from one state to another one; or no steps, for the end of a trace, which leads to state 0. */
export interface Arc {
  readonly from: number;
  readonly to: number;
  readonly steps: readonly number[];
  /** How many of the steps were crossed; they are crossed in their order. */
  crossed: number;
  /** How often the tour goes along it besides crossing each step once. */
  extra: number;
}

/** The transitions to be crossed: those that change the state as arcs, the others state by state. */
export class Roads {
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

  /** A shortest way from state 0. */
  pathTo(state: number): Arc[] {
    const path: Arc[] = [];
    for (let arc = this.last[state]; arc; arc = this.last[arc.from]) path.push(arc);
    return path.reverse();
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

/** An arc of which nothing was done. */
export function arcOf(from: number, to: number, steps: readonly number[]): Arc {
  return { from, to, steps, crossed: 0, extra: 0 };
}

/** How many of an arc's steps are to be crossed. */
export function uncrossedOf({ steps, crossed }: Arc): number {
  return steps.length - crossed;
}

/** The number with this index; 0 where there is none. */
export function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? 0;
}

/** The list with this index; an empty one where there is none. */
export function listAt<T>(lists: readonly (readonly T[])[], index: number): readonly T[] {
  return lists[index] ?? [];
}

/** So many times the same number. */
export function filled(length: number, value: number): number[] {
  return Array.from({ length }, () => value);
}
