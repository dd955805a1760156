import type { Runner } from "../execute/runner.ts";
import type { Interruption } from "../shrink/reduce.ts";
import type { Counterexample } from "../shrink/same-finding.ts";
import { findMisfit } from "../trace/preconditions.ts";
import { type Command, type Injection, isCommand, type Request } from "../trace/request.ts";

/** How many single failures were tried. */
export interface InjectionTally {
  /** Traces each of whose commands was made to fail. */
  traces: number;
  /** Failures that fired. */
  injected: number;
}

/**
 * Runs a trace once for every single failure of every command in it: the k-th frame allocation or backend call
 * of the command and all later ones fail, for k = 0, 1, 2, … until none is left to fail. Each of these runs ends
 * behind the command, with the same command again without a failure: what it left must still be sound.
 *
 * Returns the first run with a finding. Injections that the trace itself carries are left out.
 */
export async function injectEverywhere(
  requests: readonly Request[],
  runner: Runner,
  pace: Interruption,
  tally: InjectionTally,
): Promise<Counterexample | undefined> {
  const plain = requests.map((request) => (isCommand(request) ? withoutInjection(request) : request));
  for (const [at, command] of plain.entries()) {
    if (!isCommand(command)) continue;
    for (const kind of runner.terms.hello.inject) {
      if (pace.turnIsOver) await pace.breathe();
      if (pace.stopped) return undefined;
      const found = await injectInto(plain.slice(0, at), command, kind, runner, tally);
      if (found) return found;
    }
  }
  tally.traces++;
  return undefined;
}

/** Every failure of one kind in `command`, which comes after `before`. */
async function injectInto(
  before: readonly Request[],
  command: Command,
  kind: Injection["kind"],
  runner: Runner,
  tally: InjectionTally,
): Promise<Counterexample | undefined> {
  for (let after = 0; ; after++) {
    const requests = [...before, { ...command, inject: { kind, after } }, command];
    if (after === 0 && findMisfit(requests, runner.terms)) return undefined;
    let fired = 0;
    let at = 0;
    const finding = await runner.begin(requests)(undefined, (_request, _answer, observed) => {
      if (at++ === before.length) fired = observed.injected;
    });
    if (fired > 0) tally.injected++;
    if (finding) return { requests, finding };
    if (fired === 0) return undefined;
  }
}

function withoutInjection(command: Command): Command {
  const { inject: _, ...plain } = command;
  return plain;
}
