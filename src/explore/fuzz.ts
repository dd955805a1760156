import { Executor } from "../execute/executor.ts";
import { Statistics } from "../execute/statistics.ts";
import { trace } from "../generate/trace.ts";
import { type Counterexample, type Reduction, reduce } from "../shrink/reduce.ts";
import type { Subject } from "../subjects/subject.ts";
import type { Space } from "../trace/space.ts";
import type { Pace } from "./pace.ts";
import { RunSeeds } from "./seeds.ts";

/** What a campaign runs: together with the run's number this determines every trace. */
export interface Campaign {
  readonly subject: Subject;
  readonly space: Space;
  /** Any text. */
  readonly seed: string;
  /** The longest trace, in requests. */
  readonly maxCommands: number;
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
  /** The number of the run that showed it. */
  readonly run: number;
  /** How many requests that run's trace had up to the finding. */
  readonly shrunkFrom: number;
}

/** What a campaign has done so far. */
export interface Tally {
  readonly statistics: Statistics;
  /** How many traces were run. */
  runs: number;
  /** How many findings there are so far: saved cases that fail, and what was found. */
  findings: number;
}

/** An empty tally. */
export function newTally(): Tally {
  return { statistics: new Statistics(), runs: 0, findings: 0 };
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
  const executor = new Executor(campaign.subject, campaign.space);
  const found = await search(executor, campaign, budget, pace, tally);
  if (found === undefined) return undefined;
  tally.findings++;
  const run = tally.runs - 1;
  const reduction = await reduce(found, executor.terms, (requests) => executor.run(requests), pace);
  return { ...reduction, run, shrunkFrom: found.finding.at + 1 };
}

async function search(
  executor: Executor,
  { space, subject, seed, maxCommands }: Campaign,
  budget: Budget,
  pace: Pace,
  tally: Tally,
): Promise<Counterexample | undefined> {
  const traces = trace(space, { hello: subject.hello, maxCommands });
  const seeds = new RunSeeds(seed);
  while (tally.runs < budget.runs && pace.seconds < budget.seconds && !pace.stopped) {
    const requests = traces.generate(seeds.random(tally.runs), undefined).value;
    tally.runs++;
    const finding = executor.run(requests, tally.statistics);
    if (finding) return { requests, finding };
    if (pace.turnIsOver) await pace.breathe();
  }
  return undefined;
}
