import { Executor } from "../execute/executor.ts";
import type { ExactEnd, Proof } from "../explore/exact-end.ts";
import type { Ground } from "../explore/ground.ts";
import { SCOPE_COMMANDS, type Scope, type ScopeCommand } from "../generate/scope.ts";
import { stretchesOf } from "../shrink/order.ts";
import type { Interruption } from "../shrink/reduce.ts";
import { upToFinding } from "../shrink/reduce.ts";
import { type Counterexample, sameFinding } from "../shrink/same-finding.ts";
import { virtAddr } from "../trace/address.ts";
import { Fingerprint } from "../trace/fingerprint.ts";
import type { Flags } from "../trace/flags.ts";
import { printFlags } from "../trace/print.ts";
import { type Command, isCommand, type Request } from "../trace/request.ts";
import type { Hello, Space } from "../trace/space.ts";
import { NONE, StateStore } from "./state-store.ts";
import { Stepping } from "./stepping.ts";
import { Steps } from "./steps.ts";

/** How many requests a search carries out that is not to take much more than a second. */
export const QUICK = 200_000;

/** A space of more pages has too many states. */
const MOST_PAGES = 8;

/** The commands that every search tries. */
const ALWAYS: readonly ScopeCommand[] = ["map", "unmap", "protect", "clear", "replace"];
/** Those that are tried too where the trace has one of them. */
const PROCESSOR: readonly ScopeCommand[] = ["fault", "access", "store", "load", "write"];

/**
 * Looks for a shorter trace that shows the same as a counterexample, breadth first, on the implementation itself: with
 * all that can be done within the pages of the trace, with its flags and its kinds of backend, and with what the trace
 * itself does. States are merged only if the implementation says all of its state.
 */
export class BreadthFirst implements ExactEnd {
  private readonly most: number;

  /** Each search carries out at most so many requests, or a few more: a bound that is the same on every machine. */
  constructor(most: number) {
    this.most = most;
  }

  async search(
    found: Counterexample,
    { runner, space }: Ground,
    pace: Interruption,
  ): Promise<Proof | undefined> {
    const scope = scopeOf(found.requests, space, runner.terms.hello);
    if (!(runner instanceof Executor) || scope === undefined) return undefined;
    runner.start();
    const merged = runner.tellsAll;
    // What the trace does is tried as it is, and without the failure that it may carry.
    const own = [...found.requests.filter(isCommand).map(plain), ...found.requests];
    const steps = new Steps(scope, runner.terms, own);
    const isWanted = (other: Counterexample) => sameFinding(found, other);
    const stepping = new Stepping(runner, steps, undefined, { isWanted, isSuspicious: !merged });
    const search = { stepping, banBytes: steps.banBytes, merged, found, most: this.most, pace };
    const { first, isProof, transitions } = await firstOf(search);
    if (!isProof) return undefined;
    const seen = first && (await seenAfresh(first.requests, runner));
    // What came of other things than the trace is no counterexample.
    if (first && !(seen && isWanted(seen))) return undefined;
    const { flags, commands, backends, inject } = scope;
    const certificate = {
      pages: scope.space.size / space.page,
      flags: flags.map(printFlags).join(),
      commands: [...commands, ...queriesIn(found.requests), ...(inject ? ["failures"] : [])].join(),
      backends: backends.join(),
      merged,
      transitions,
    };
    return { first: seen, certificate };
  }
}

/** What the trace shows on an instance that has done nothing before. */
async function seenAfresh(
  requests: readonly Request[],
  runner: Executor,
): Promise<Counterexample | undefined> {
  const finding = await runner.begin(requests)();
  return finding && upToFinding(requests, finding);
}

interface Search {
  readonly stepping: Stepping;
  readonly banBytes: number;
  /** Whether histories that lead to the same state are one. */
  readonly merged: boolean;
  readonly found: Counterexample;
  /** How many requests may be carried out. */
  readonly most: number;
  readonly pace: Interruption;
}

/** What a search came upon. */
interface Searched {
  /** The first counterexample of the shortest ones, if it is no longer than that which is known. */
  readonly first: Counterexample | undefined;
  /** Whether there was time for all that is shorter. */
  readonly isProof: boolean;
  /** How many steps were tried for that. */
  readonly transitions: number;
}

async function firstOf(search: Search): Promise<Searched> {
  const { stepping, banBytes, merged, found, most, pace } = search;
  const store = new StateStore(banBytes);
  const start = new Fingerprint();
  stepping.first(start);
  store.add(start, NONE, 0);
  const longest = found.requests.length;
  const name = new Fingerprint();
  let hasRoom = true;
  /** Adds a state that is a new one: any, where they aren't merged. */
  function isNew(state: Fingerprint, parent: number, step: number): boolean {
    if (merged && store.find(state) !== NONE) return false;
    name.reset();
    name.number(store.count);
    hasRoom &&= store.add(merged ? state : name, parent, step);
    return hasRoom;
  }
  let transitions = 0;
  let expanded = 0;
  for (let length = 1; length <= longest; length++) {
    // What lies further away is of use only where it has to be given up to show something.
    const isOfUse = length < longest || found.finding.check === "drop";
    const isAsLong = length === longest;
    for (const known = store.count; expanded < known; expanded++) {
      const parent = expanded;
      const visit = (step: number, to: Fingerprint) => isOfUse && isNew(to, parent, step);
      const first = stepping.expand(store.pathTo(parent), visit);
      if (!isAsLong) transitions = stepping.transitions;
      if (first) return { first, isProof: true, transitions };
      if (stepping.requests > most || pace.stopped || stepping.lost !== undefined || !hasRoom)
        return { first: undefined, isProof: isAsLong, transitions };
      if (pace.turnIsOver) await pace.breathe();
    }
  }
  return { first: undefined, isProof: true, transitions };
}

function plain(command: Command): Command {
  const { inject: _, ...rest } = command;
  return rest;
}

/** All that is tried; `undefined` where the trace is about too many pages. */
function scopeOf(requests: readonly Request[], space: Space, hello: Hello): Scope | undefined {
  const stretches = stretchesOf(requests, space.page);
  const first = Math.min(...stretches.map(({ from }) => from));
  const pages = Math.max(1, ...stretches.map(({ to }) => to - first));
  if (pages > MOST_PAGES || stretches.length === 0) return undefined;
  const used = PROCESSOR.filter((name) => requests.some(({ op }) => op === name));
  return {
    space: { ...space, base: virtAddr(first * space.page), size: pages * space.page },
    flags: flagsIn(requests),
    commands: SCOPE_COMMANDS.filter(
      (name) => hello.commands.includes(name) && (ALWAYS.includes(name) || used.includes(name)),
    ),
    backends: [
      ...new Set(requests.flatMap((request) => (request.op === "map" ? [request.backend.kind] : []))),
    ],
    inject:
      hello.inject.length > 0 &&
      requests.some((request) => isCommand(request) && request.inject !== undefined),
  };
}

/** What the trace asks, which is tried as it is. */
function queriesIn(requests: readonly Request[]): readonly string[] {
  return [...new Set(requests.flatMap((request) => (isCommand(request) ? [] : [request.op])))];
}

function flagsIn(requests: readonly Request[]): readonly Flags[] {
  return [...new Set(requests.flatMap((request) => ("flags" in request ? [request.flags] : [])))].sort(
    (a, b) => a - b,
  );
}
