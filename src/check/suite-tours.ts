import type { Interruption } from "../shrink/reduce.ts";
import { type Arc, at, filled, listAt, type Roads } from "./suite-roads.ts";

/** A way from state 0 on, arc after arc. */
export type Tour = readonly Arc[];

/** How many commands more a piece of a tour may be shorter for each command that the next one needs to get there. */
const WORTH = 4;

/** Whether a tour comes back to state 0, so that another one can follow it in a trace. */
export function isClosed(tour: Tour): boolean {
  return (tour.at(-1)?.to ?? 0) === 0;
}

/**
 * Cuts all that is to be crossed, with what balances it, into tours of at most `longest` commands: most lead from state 0
 * back to it. The steps that leave a state as it is are in none.
 */
export class Tours {
  private readonly roads: Roads;
  private readonly longest: number;
  // How often each arc is to be gone along, and how many such ways lead out of each state.
  private readonly left = new Map<Arc, number>();
  private readonly due: number[];
  // How far it is from each state to state 0.
  private readonly home: readonly number[];

  constructor(roads: Roads, longest: number) {
    this.roads = roads;
    this.longest = longest;
    this.due = filled(roads.out.length, 0);
    for (const arc of roads.out.flat()) {
      const times = arc.steps.length + arc.extra;
      this.left.set(arc, times);
      this.due[arc.from] = at(this.due, arc.from) + times;
    }
    this.home = distancesHome(roads);
  }

  /** All of them, unless `pace` is stopped before. */
  async all(pace: Interruption): Promise<readonly Tour[]> {
    const tours: Tour[] = [];
    const arcs = this.due.reduce((sum, due) => sum + due, 0);
    const usual = arcs / at(this.due, 0);
    while (at(this.due, 0) > 0 || this.widen(tours)) {
      if (at(this.due, 0) > 0) tours.push(this.tourFrom(0, usual));
      if (pace.turnIsOver) await pace.breathe();
      if (pace.stopped) return [];
    }
    return tours.flatMap((tour) => this.cut(tour));
  }

  /** Until it is back, or can't go on. From its usual length on it makes for state 0. */
  private tourFrom(start: number, usual: number): Tour {
    const tour: Arc[] = [];
    for (let state = start; state !== start || tour.length === 0; ) {
      const arc = this.choose(state, tour.length + 1 >= usual);
      if (arc === undefined) break;
      this.left.set(arc, (this.left.get(arc) ?? 0) - 1);
      this.due[state] = at(this.due, state) - 1;
      tour.push(arc);
      state = arc.to;
    }
    return tour;
  }

  private choose(state: number, homeward: boolean): Arc | undefined {
    let best: Arc | undefined;
    for (const arc of listAt(this.roads.out, state)) {
      if (this.left.get(arc) === 0) continue;
      if (best === undefined || this.isBetter(arc, best, homeward)) best = arc;
    }
    return best;
  }

  /** Better is the state that most is due to lead out of. */
  private isBetter(arc: Arc, other: Arc, homeward: boolean): boolean {
    const nearer = at(this.home, other.to) - at(this.home, arc.to);
    if (homeward && nearer !== 0) return nearer > 0;
    if (!homeward && (arc.to === 0 || other.to === 0)) return other.to === 0;
    return at(this.due, arc.to) > at(this.due, other.to);
  }

  /** What is left lies on circles, which tours come by: each tour takes one up, the short ones first. Says whether any did. */
  private widen(tours: Tour[]): boolean {
    let isWider = false;
    tours.sort((a, b) => a.length - b.length);
    for (const [index, tour] of tours.entries()) {
      const end = tour.findIndex(({ to }) => at(this.due, to) > 0) + 1;
      const before = tour[end - 1];
      if (before === undefined) continue;
      const circle = this.tourFrom(before.to, Number.POSITIVE_INFINITY);
      tours[index] = [...tour.slice(0, end), ...circle, ...tour.slice(end)];
      isWider = true;
    }
    return isWider;
  }

  /** Of a tour that is too long, pieces that begin with a shortest way to where the one before ended. */
  private cut(tour: Tour): readonly Tour[] {
    const pieces: Tour[] = [];
    let rest = tour;
    while (rest.length > this.longest) {
      const end = this.endOfPiece(rest);
      pieces.push(rest.slice(0, end));
      rest = [...this.roads.pathTo(rest[end]?.from ?? 0), ...rest.slice(end)];
    }
    return [...pieces, rest];
  }

  private endOfPiece(tour: Tour): number {
    const depthAt = (end: number) => at(this.roads.depth, tour[end]?.from ?? 0);
    const gainAt = (end: number) => end - WORTH * depthAt(end);
    let best = this.longest;
    for (let end = best - 1; end > 0; end--) {
      if (end > depthAt(end) && gainAt(end) > gainAt(best)) best = end;
    }
    return best;
  }
}

/** How far it is from each state to state 0; as far as can be where no way leads there. */
function distancesHome({ out }: Roads): readonly number[] {
  const distances = filled(out.length, out.length);
  const sources = out.map((): number[] => []);
  for (const { from, to } of out.flat()) sources[to]?.push(from);
  distances[0] = 0;
  const reached = [0];
  for (const state of reached) {
    for (const from of listAt(sources, state)) {
      if (at(distances, from) < out.length) continue;
      distances[from] = at(distances, state) + 1;
      reached.push(from);
    }
  }
  return distances;
}
