import type { Suite } from "../explore/campaign.ts";
import { DEFAULT_PAGE } from "../explore/spaces.ts";
import { SCOPE_COMMANDS, type Scope } from "../generate/scope.ts";
import type { Interruption } from "../shrink/reduce.ts";
import { virtAddr } from "../trace/address.ts";
import { NO_FLAGS, READ, WRITE } from "../trace/flags.ts";
import type { Hello } from "../trace/space.ts";
import { modelGraph } from "./model-graph.ts";
import { Steps } from "./steps.ts";
import { coverTransitions } from "./suite.ts";
import { newSuiteTally } from "./suite-tally.ts";

/** How many commands a trace of a suite has at most. */
export const LONGEST = 50;

/** A suite, and what it crosses. */
export interface ConformanceSuite extends Suite {
  readonly states: number;
  readonly transitions: number;
}

/**
 * Few traces that together try every command of a scope in every state, as the model has these: an implementation that
 * passes them all is checked in this scope as far as it shows its state. They carry no failures. `undefined` if `pace` is
 * stopped before the end. `tally` is told how far it is.
 */
export async function conformanceSuite(
  scope: Scope,
  hello: Hello,
  pace: Interruption,
  tally = newSuiteTally(),
): Promise<ConformanceSuite | undefined> {
  const { space } = scope;
  const terms = { space, hello };
  const steps = new Steps({ ...scope, inject: false }, terms);
  const graph = await modelGraph(steps, terms, pace, tally);
  const cover = graph && (await coverTransitions(graph, LONGEST, pace, tally));
  if (!(graph && cover)) return undefined;
  const traces = cover.map((trace) => trace.map((step) => steps.requestOf(step)));
  return { space, traces, states: graph.states, transitions: graph.transitions };
}

/** A scope that any implementation can be checked in, in seconds at most: all that it can be asked on a few pages. */
export function smallScope({ surface, commands, backends, flags }: Hello): Scope {
  const few = surface === "memory-set" ? [READ, READ | WRITE] : [NO_FLAGS, READ | WRITE];
  const pages = surface === "memory-set" ? 3 : 2;
  return {
    space: { base: virtAddr(0), size: pages * DEFAULT_PAGE, page: DEFAULT_PAGE, frames: 0 },
    flags: few.filter((each) => (each & ~flags) === 0),
    commands: SCOPE_COMMANDS.filter((name) => commands.includes(name)),
    backends,
    inject: false,
  };
}
