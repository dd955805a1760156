import { Executor } from "../execute/executor.ts";
import { Statistics } from "../execute/statistics.ts";
import { trace } from "../generate/trace.ts";
import { type Counterexample, type Reduction, reduce, sameFinding } from "../shrink/reduce.ts";
import { relocate } from "../shrink/relocate.ts";
import type { Subject } from "../subjects/subject.ts";
import { virtAddr } from "../trace/address.ts";
import { findMisfit } from "../trace/preconditions.ts";
import { isCommand, type Request } from "../trace/request.ts";
import type { Space, Surface } from "../trace/space.ts";
import { type InjectionTally, injectEverywhere } from "./inject.ts";
import type { Pace } from "./pace.ts";
import { RunSeeds } from "./seeds.ts";

/** What a campaign runs: together with the run's number this determines every trace. */
export interface Campaign {
  readonly subject: Subject;
  /** Where its runs take place, in turn: run n in the one with index n modulo their number. The simplest first. */
  readonly spaces: readonly Space[];
  /** Any text. */
  readonly seed: string;
  /** The longest trace, in requests. */
  readonly maxCommands: number;
  /** Whether each trace is also run with every single failure of every command. */
  readonly injectAll: boolean;
}

/** When a campaign ends, if nothing is found before. */
export interface Budget {
  /** How many traces are run. */
  readonly runs: number;
  /** Seconds. */
  readonly seconds: number;
}

/** A counterexample, where it came from, and what shrinking it took. */
export interface FoundByFuzzing extends Reduction {
  /** Where it takes place: a simpler space than that of the run, if it shows there too. */
  readonly space: Space;
  /** The number of the run that showed it. */
  readonly run: number;
  /** How many requests that run's trace had up to the finding. */
  readonly shrunkFrom: number;
}

/** What a campaign has done so far. */
export interface Tally {
  readonly statistics: Statistics;
  /** Single failures that were tried one by one. */
  readonly injections: InjectionTally;
  /** How many traces were run. */
  runs: number;
  /** How many findings there are so far: saved cases that fail, and what was found. */
  findings: number;
}

/** An empty tally. */
export function newTally(surface: Surface): Tally {
  return {
    statistics: new Statistics(surface),
    injections: { traces: 0, injected: 0 },
    runs: 0,
    findings: 0,
  };
}

/**
 * Runs traces until one shows a finding, which is shrunk and returned, or until the budget is spent or
 * `pace` is stopped. `tally` is kept up to date meanwhile.
 */
export async function fuzz(
  campaign: Campaign,
  budget: Budget,
  pace: Pace,
  tally: Tally,
): Promise<FoundByFuzzing | undefined> {
  const grounds = campaign.spaces.map((space) => new Ground(campaign, space));
  const found = await search(grounds, campaign, budget, pace, tally);
  if (found === undefined) return undefined;
  tally.findings++;
  const run = tally.runs - 1;
  return {
    ...(await shrink(found, homesOf(found.ground, grounds, campaign), pace)),
    run,
    shrunkFrom: found.finding.at + 1,
  };
}

/** A space, and what draws and runs traces in it. */
class Ground {
  readonly space: Space;
  readonly executor: Executor;
  readonly traces;

  constructor({ subject, maxCommands }: Campaign, space: Space) {
    this.space = space;
    this.executor = new Executor(subject, space);
    this.traces = trace(space, { hello: subject.hello, maxCommands });
  }
}

/** A counterexample and where it takes place. */
interface Found extends Counterexample {
  readonly ground: Ground;
}

async function search(
  grounds: readonly Ground[],
  { seed, injectAll }: Campaign,
  budget: Budget,
  pace: Pace,
  tally: Tally,
): Promise<Found | undefined> {
  const seeds = new RunSeeds(seed);
  while (tally.runs < budget.runs && pace.seconds < budget.seconds && !pace.stopped) {
    const ground = grounds[tally.runs % grounds.length];
    if (ground === undefined) return undefined;
    const requests = ground.traces.generate(seeds.random(tally.runs), undefined).value;
    tally.runs++;
    const finding = ground.executor.run(requests, tally.statistics);
    if (finding) return { requests, finding, ground };
    const injected = injectAll
      ? await injectEverywhere(requests, ground.executor, pace, tally.injections)
      : undefined;
    if (injected) return { ...injected, ground };
    if (pace.turnIsOver) await pace.breathe();
  }
  return undefined;
}

/** The spaces that are simpler than that of `ground`, the simplest first: earlier ones, and its own at address 0. */
function homesOf(ground: Ground, grounds: readonly Ground[], campaign: Campaign): readonly Ground[] {
  const earlier = grounds.slice(0, grounds.indexOf(ground));
  if (ground.space.base === 0) return earlier;
  const atZero = new Ground(campaign, { ...ground.space, base: virtAddr(0), frames: 0 });
  const low = earlier.filter(({ space }) => space.base === 0);
  return [...low, atZero, ...earlier.filter(({ space }) => space.base > 0)];
}

/** Shrinks where the finding was made, and then in the simplest of `homes` in which it shows too. */
async function shrink(
  found: Found,
  homes: readonly Ground[],
  pace: Pace,
): Promise<Reduction & { readonly space: Space }> {
  let { ground } = found;
  let best = await reduceOn(ground, found, pace);
  let { executions } = best;
  const moveTo = async (home: Ground): Promise<boolean> => {
    for (const moved of movedTo(home.space, best.requests, ground.space)) {
      const there = runOn(home, moved);
      executions++;
      if (!there || !sameFinding(best, there)) continue;
      best = await reduceOn(home, there, pace);
      executions += best.executions;
      ground = home;
      return true;
    }
    return false;
  };
  // Once it is simpler it may fit where it didn't before.
  for (let at = 0; at < homes.length; at++) {
    const home = homes[at];
    if (home === undefined || home === ground) break;
    if (await moveTo(home)) at = -1;
  }
  return { ...best, executions, space: ground.space };
}

/** Failures of the last command that are tried in place of a limit of frames. */
const FAILURES = 16;

/**
 * The trace as it is in the space `to`. Where that has frames without end and `from` has not, also with one
 * failure or another in its last command: what showed because frames ran out may show when one is refused.
 */
function* movedTo(to: Space, requests: readonly Request[], from: Space): Generator<readonly Request[]> {
  const moved = relocate(requests, from, to);
  if (moved === undefined) return;
  yield moved;
  const last = moved.at(-1);
  if (from.frames === 0 || to.frames > 0 || last === undefined || !isCommand(last)) return;
  for (let after = 0; after < FAILURES; after++) {
    yield moved.with(-1, { ...last, inject: { kind: "frame", after } });
  }
}

function reduceOn({ executor }: Ground, found: Counterexample, pace: Pace): Promise<Reduction> {
  return reduce(found, executor.terms, (requests) => executor.run(requests), pace);
}

/** The counterexample that the trace is in that space, if it fits and is one. */
function runOn({ executor }: Ground, requests: readonly Request[]): Counterexample | undefined {
  if (findMisfit(requests, executor.terms)) return undefined;
  const finding = executor.run(requests);
  return finding && { requests, finding };
}
