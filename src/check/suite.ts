import type { Interruption } from "../shrink/reduce.ts";
import { Balance } from "./suite-balance.ts";
import { type Load, Packing } from "./suite-packing.ts";
import { Roads, type TransitionGraph, uncrossedOf } from "./suite-roads.ts";
import { newSuiteTally } from "./suite-tally.ts";
import { Tours } from "./suite-tours.ts";

/**
 * Traces that together cross every transition: each is a list of the numbers of at most `longest` steps, taken one after
 * the other from state 0. They are few, with few commands in all, though not always the fewest. The same graph gives the
 * same traces. `undefined` if `pace` is stopped before the end. `tally` is told how far it is.
 *
 * What no trace can reach is left out: all transitions of a state that is `longest` steps or more away from state 0.
 *
 * It is a postman's tour. A trace may end anywhere, so from each state there is a free way to state 0. A flow of least
 * cost says which steps to take more than once, so that as many ways lead out of each state as into it; no traces,
 * however long, can do with less. All that falls into tours, most of them from state 0 back to it, so that traces can be
 * made of them in any order. The steps that leave a state as it is fill these up: they can be taken whenever a trace comes
 * by.
 */
export async function coverTransitions(
  graph: TransitionGraph,
  longest: number,
  pace: Interruption,
  tally = newSuiteTally(),
): Promise<number[][] | undefined> {
  const roads = new Roads(graph, longest);
  await new Balance(roads).strike(pace);
  const tours = await new Tours(roads, longest).all(pace);
  const packing = new Packing(roads, longest);
  await packing.pack(tours, pace);
  if (pace.stopped) return undefined;
  const traces = packing.loads.map((load) => traceOf(load, roads)).filter(({ length }) => length > 0);
  tally.traces = traces.length;
  return traces;
}

/** Up to the last transition that no trace before has crossed. */
function traceOf({ tours, idle }: Load, roads: Roads): number[] {
  const trace: number[] = [];
  let useful = 0;
  function stay(state: number): void {
    const steps = roads.idle[state]?.splice(0, idle.get(state) ?? 0) ?? [];
    idle.delete(state);
    for (const step of steps) useful = trace.push(step);
  }
  stay(0);
  for (const arc of tours.flat()) {
    const isNew = uncrossedOf(arc) > 0;
    const length = trace.push(arc.steps[arc.crossed % arc.steps.length] ?? 0);
    if (isNew) {
      arc.crossed++;
      useful = length;
    }
    stay(arc.to);
  }
  return trace.slice(0, useful);
}
