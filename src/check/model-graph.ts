import { judgeFor } from "../execute/judge.ts";
import type { Interruption } from "../shrink/reduce.ts";
import { Fingerprint } from "../trace/fingerprint.ts";
import type { Command } from "../trace/request.ts";
import type { Terms } from "../trace/space.ts";
import { NONE, StateStore } from "./state-store.ts";
import type { Past, Steps } from "./steps.ts";
import type { TransitionGraph } from "./suite-roads.ts";
import type { SuiteTally } from "./suite-tally.ts";

/** A graph, and how many transitions it has. */
export interface ModelGraph extends TransitionGraph {
  readonly transitions: number;
}

/**
 * Where every command without a failure leads from every state, as the model has it: no implementation is asked.
 * `undefined` if `pace` is stopped before the end. `tally` is told how far it is.
 */
export async function modelGraph(
  steps: Steps,
  terms: Terms,
  pace: Interruption,
  tally: SuiteTally,
): Promise<ModelGraph | undefined> {
  const judge = judgeFor(terms);
  const store = new StateStore();
  const state = new Fingerprint();
  // With its bans, which no other state covers: what is walked later has to keep them.
  const fingerprint = (past: Past, last?: Command) => {
    state.reset();
    judge.fingerprint(state);
    past.addBans(last, state);
    return store.find(state);
  };
  judge.reset();
  fingerprint(steps.pastOf([]));
  store.add(state, NONE, 0);
  const to: number[] = [];
  for (let from = 0; from < store.count; from++) {
    tally.states = from;
    if (pace.turnIsOver) await pace.breathe();
    if (pace.stopped) return undefined;
    const path = store.pathTo(from).flatMap((step) => steps.plain[step] ?? []);
    judge.reset();
    for (const command of path) judge.foresee(command);
    const restore = judge.snapshot();
    const past = steps.pastOf(path);
    for (const step of steps.after(path)) {
      const command = steps.plain[step];
      if (command === undefined) continue;
      judge.foresee(command);
      let next = fingerprint(past, command);
      if (next === NONE) {
        next = store.count;
        store.add(state, from, step);
      }
      to[from * steps.plain.length + step] = next;
      restore();
    }
  }
  tally.states = store.count;
  const length = store.count * steps.plain.length;
  const all = Uint32Array.from({ length }, (_, index) => to[index] ?? NONE);
  const transitions = all.filter((next) => next !== NONE).length;
  return { states: store.count, steps: steps.plain.length, to: all, transitions };
}
