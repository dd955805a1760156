import type { Interruption } from "../shrink/reduce.ts";
import { type Arc, arcOf, at, filled, listAt, type Roads } from "./suite-roads.ts";

/** An arc as seen from one of its ends. */
interface Way {
  readonly arc: Arc;
  readonly to: number;
  /** In commands: against the arc it gives back what the arc costs, since `extra` is taken back there. */
  readonly cost: number;
  readonly against: boolean;
}

/**
 * Sends as many more ways as lead into some states than out of them on to those where it is the other way round, by
 * the cheapest flow there is: again and again along shortest ways.
 */
export class Balance {
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

function tailOf({ arc, against }: Way): number {
  return against ? arc.to : arc.from;
}
