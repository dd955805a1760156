import type { Interruption } from "../shrink/reduce.ts";
import { NONE } from "./state-store.ts";
import { at, listAt, type Roads } from "./suite-roads.ts";
import { isClosed, type Tour } from "./suite-tours.ts";

/** What a trace is made of. */
export interface Load {
  /** In their order: only the last one may end elsewhere than in state 0. */
  readonly tours: Tour[];
  /** How many commands it has room for besides. */
  room: number;
  /** The states that it comes by, and how many of the steps that leave each as it is are taken there. */
  readonly idle: Map<number, number>;
}

/** Which traces and states were met on the way from a state to a trace with room. */
interface Search {
  /** For each trace, which state comes by that led there. */
  readonly met: Map<number, number>;
  /** For each state, from which trace its steps would go away; `NONE` for the first one, whose steps are in none. */
  readonly found: Map<number, number>;
}

/** Steps of a state that go from one trace to another one, or for the first time into one. */
interface Move {
  readonly state: number;
  readonly from: Load | undefined;
  readonly to: Load;
}

/** After how many traces a search for room is given up: in large scopes a few traces more cost less than the time. */
const FAR = 1000;

/**
 * Puts tours into traces, the long ones first, each where there is most room; and into the room that is left the steps
 * that leave a state as it is, each into a trace that comes by its state. So traces are full but for a few commands.
 */
export class Packing {
  readonly loads: Load[] = [];
  private readonly roads: Roads;
  private readonly longest: number;
  // How many steps that leave each state as it is have no place yet, and which traces come by the state.
  private readonly homeless: number[];
  private readonly visitors: number[][];

  constructor(roads: Roads, longest: number) {
    this.roads = roads;
    this.longest = longest;
    this.homeless = roads.idle.map(({ length }) => length);
    this.visitors = roads.idle.map(() => []);
  }

  /** Packs it all, unless `pace` is stopped before. */
  async pack(tours: readonly Tour[], pace: Interruption): Promise<void> {
    const commands =
      tours.reduce((sum, { length }) => sum + length, 0) + this.homeless.reduce((a, b) => a + b, 0);
    while (this.loads.length * this.longest < commands) this.addLoad();
    for (const tour of [...tours].sort(
      (a, b) => Number(isClosed(a)) - Number(isClosed(b)) || b.length - a.length,
    )) {
      this.put(tour, tour.length);
      if (pace.turnIsOver) await pace.breathe();
      if (pace.stopped) return;
    }
    const states = [...this.homeless.keys()].sort(
      (a, b) => this.visitorsOf(a).length - this.visitorsOf(b).length,
    );
    for (const state of states) this.settle(state);
    for (const state of states) {
      while (at(this.homeless, state) > 0) {
        const path = this.roads.pathTo(state);
        if (!this.makeRoomFor(state)) this.put(path, path.length + 1);
        if (pace.turnIsOver) await pace.breathe();
        if (pace.stopped) return;
      }
    }
  }

  private visitorsOf(state: number): readonly number[] {
    return listAt(this.visitors, state);
  }

  private addLoad(): Load {
    const load = { tours: [], room: this.longest, idle: new Map() };
    this.loads.push(load);
    this.comeBy(0, this.loads.length - 1);
    return load;
  }

  private comeBy(state: number, index: number): void {
    const idle = this.loads[index]?.idle;
    if (idle === undefined || idle.has(state)) return;
    idle.set(state, 0);
    this.visitors[state]?.push(index);
  }

  /** Puts a tour into the trace with most room, if that is enough for so many commands, or into another one. */
  private put(tour: Tour, commands: number): void {
    let best: Load | undefined;
    for (const load of this.loads) {
      const fits = load.room >= commands && (isClosed(tour) || isClosed(load.tours.at(-1) ?? []));
      if (fits && (best === undefined || load.room > best.room)) best = load;
    }
    best ??= this.addLoad();
    if (isClosed(tour)) best.tours.unshift(tour);
    else best.tours.push(tour);
    best.room -= tour.length;
    const index = this.loads.indexOf(best);
    for (const { to } of tour) this.comeBy(to, index);
  }

  /** Takes the room that there is for a state's steps. */
  private settle(state: number): void {
    for (const index of this.visitorsOf(state)) {
      const load = this.loads[index];
      if (load) this.place(load, state, Math.min(load.room, at(this.homeless, state)));
    }
  }

  private place(load: Load, state: number, steps: number): void {
    load.idle.set(state, (load.idle.get(state) ?? 0) + steps);
    load.room -= steps;
    this.homeless[state] = at(this.homeless, state) - steps;
  }

  /**
   * Finds a place for some of a state's steps. Where no trace that comes by has room, another state's steps go from there to
   * another trace, or to one which a third state's steps leave, and so on: whichever takes fewest moves.
   */
  private makeRoomFor(state: number): boolean {
    const search: Search = { met: new Map(), found: new Map([[state, NONE]]) };
    // Goes on to those that are added meanwhile.
    for (const each of search.found.keys()) {
      const fresh = this.visitorsOf(each).filter((index) => !search.met.has(index));
      for (const index of fresh) search.met.set(index, each);
      const free = fresh.find((index) => this.roomIn(index) > 0);
      if (free !== undefined) {
        this.moveTo(free, search);
        return true;
      }
      if (search.met.size > FAR) return false;
      for (const index of fresh) {
        for (const [other, steps] of this.loads[index]?.idle ?? []) {
          if (steps > 0 && !search.found.has(other)) search.found.set(other, index);
        }
      }
    }
    return false;
  }

  private roomIn(index: number): number {
    return this.loads[index]?.room ?? 0;
  }

  /** From the trace with room back to the state whose steps have no place. */
  private moveTo(target: number, { met, found }: Search): void {
    const moves: Move[] = [];
    let most = this.roomIn(target);
    for (let index = target; index !== NONE; ) {
      const state = met.get(index) ?? 0;
      const to = this.loads[index];
      index = found.get(state) ?? NONE;
      const from = this.loads[index];
      most = Math.min(most, from?.idle.get(state) ?? at(this.homeless, state));
      if (to) moves.push({ state, from, to });
    }
    for (const { state, from, to } of moves) {
      this.place(to, state, most);
      if (from) this.place(from, state, -most);
    }
  }
}
