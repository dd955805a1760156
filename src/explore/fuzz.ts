import type { Driver, PastRun } from "../execute/driver.ts";
import type { Flight } from "../execute/runner.ts";
import { Statistics } from "../execute/statistics.ts";
import type { Counterexample } from "../shrink/same-finding.ts";
import { virtAddr } from "../trace/address.ts";
import type { Finding } from "../trace/finding.ts";
import type { Request } from "../trace/request.ts";
import type { Space, Surface } from "../trace/space.ts";
import { beyond } from "./beyond.ts";
import type { ExactEnd } from "./exact-end.ts";
import { Ground } from "./ground.ts";
import { type InjectionTally, injectEverywhere } from "./inject.ts";
import { Novelty } from "./novelty.ts";
import type { Pace } from "./pace.ts";
import { findRecurrence, type Recurrence } from "./recurrence.ts";
import { RunSeeds } from "./seeds.ts";
import { asMet, type WorkedOut } from "./session-finding.ts";
import { Shrinking } from "./shrinking.ts";

/** What a campaign runs: together with the run's number this determines every trace. */
export interface Campaign {
  readonly driver: Driver;
  /** Where its runs take place, in turn: run n in the one with index n modulo their number. The simplest first. */
  readonly spaces: readonly Space[];
  /** Any text. */
  readonly seed: string;
  /** The longest trace, in requests. */
  readonly maxCommands: number;
  /** Whether each trace is also run with every single failure of every command. */
  readonly injectAll: boolean;
  /** Traces that are run before the random ones, if there are any. */
  readonly suite?: Suite;
  /** The end of shrinking, if it is to have one. */
  readonly exactEnd?: ExactEnd;
}

/** Traces that somebody chose, and where they take place. */
export interface Suite {
  readonly space: Space;
  readonly traces: readonly (readonly Request[])[];
}

/** When a campaign ends, if nothing is found before. */
export interface Budget {
  /** How many traces are run. */
  readonly runs: number;
  /** How long traces are looked for, in seconds; shrinking takes its own time. */
  readonly seconds: number;
  /** The campaign ends when the risk that the next run shows a new behaviour is known to be below this. */
  readonly risk?: number;
}

/** What a campaign has done so far. */
export interface Tally {
  readonly statistics: Statistics;
  /** Single failures that were tried one by one. */
  readonly injections: InjectionTally;
  /** How many random traces were run. */
  runs: number;
  /** How many traces of a suite were run before. */
  suite: number;
  /** How many findings there are so far: saved cases that fail, and what was found. */
  findings: number;
}

/** An empty tally. */
export function newTally(surface: Surface): Tally {
  return {
    statistics: new Statistics(surface),
    injections: { traces: 0, injected: 0 },
    runs: 0,
    suite: 0,
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
): Promise<WorkedOut | undefined> {
  const search = new Search(campaign, budget, pace, tally);
  const discovery = await search.next();
  return discovery && search.workOut(discovery);
}

/** A search that can go on after a finding. */
export class Search {
  private readonly campaign: Campaign;
  private readonly budget: Budget;
  private readonly pace: Pace;
  private readonly tally: Tally;
  private readonly seeds: RunSeeds;
  private readonly grounds: readonly Ground[];
  // Of the suite, if there is one: where it runs, its traces, and how many of these were begun.
  private readonly suiteGround: Ground | undefined;
  private readonly suiteTraces: readonly (readonly Request[])[];
  private suiteBegun = 0;
  private readonly underWay: RunUnderWay[] = [];
  // The run that was judged last, if it had a finding.
  private cutShort: CutShort | undefined = undefined;
  private readonly novelty: Novelty;
  private readonly started: number;
  private readonly deadline: number;
  private begun: number;
  private judged = 0;

  /** `known` are the signatures of findings that are no news. */
  constructor(
    campaign: Campaign,
    budget: Budget,
    pace: Pace,
    tally: Tally,
    known: ReadonlySet<string> = new Set(),
  ) {
    this.novelty = new Novelty(known);
    this.begun = tally.runs;
    this.started = pace.seconds;
    this.deadline = pace.seconds + budget.seconds;
    this.campaign = campaign;
    this.budget = budget;
    this.pace = pace;
    this.tally = tally;
    this.seeds = new RunSeeds(campaign.seed);
    this.grounds = campaign.spaces.map((space) => new Ground(campaign.driver, space, campaign.maxCommands));
    const { suite, driver, maxCommands } = campaign;
    this.suiteGround = suite && new Ground(driver, suite.space, maxCommands);
    this.suiteTraces = suite?.traces ?? [];
  }

  /** The next finding that may be a new one, as it was met; `undefined` when the budget is spent or `pace` was stopped. */
  async next(): Promise<Discovery | undefined> {
    for (let found = await this.find(); found !== undefined; found = await this.find()) {
      if (this.novelty.isWorthShrinking(found)) return found;
    }
    return undefined;
  }

  /** Sees what the finding needs to come back, and shrinks it; `undefined` where it proves to be an old one. */
  async workOut(discovery: Discovery): Promise<WorkedOut | undefined> {
    const shrunk = await this.shrink(discovery);
    if (!this.novelty.isNew(shrunk, discovery, shrunk.stable)) return undefined;
    this.tally.findings++;
    return shrunk;
  }

  private async find(): Promise<Discovery | undefined> {
    const { pace, tally, campaign } = this;
    for (let run = this.nextRun(); run !== undefined; run = this.nextRun()) {
      const { ground, requests } = run;
      const finding = await this.judge(run);
      if (pace.stopped && finding === undefined) return undefined;
      if (!run.isRest) this.count(run);
      this.cutShort = finding && { run, finding };
      if (finding) return { ...run, finding, earlier: campaign.driver.earlier, isLate: false };
      const injected = campaign.injectAll
        ? await injectEverywhere(requests, ground.runner, pace, tally.injections)
        : undefined;
      if (injected) return { ...run, ...injected, earlier: campaign.driver.earlier, isLate: false };
      if (pace.turnIsOver) await pace.breathe();
    }
    return this.findAtTheEnd();
  }

  /** Has a run judged. Its behaviours count if it is a random one: those of a suite say nothing of what comes by chance. */
  private async judge({ number, flight, isRest }: RunUnderWay): Promise<Finding | undefined> {
    if (isRest) return flight();
    const { statistics } = this.tally;
    if (number === null) return flight(statistics);
    statistics.behaviours.begin();
    const finding = await flight(statistics);
    statistics.behaviours.end();
    return finding;
  }

  private count({ number }: RunUnderWay): void {
    if (number === null) this.tally.suite++;
    else this.tally.runs = number + 1;
    this.judged++;
  }

  /**
   * The oldest run that is under way, after as many were begun as should be. A run that had a finding is begun once more,
   * behind the others, without the request that showed it: what an implementation gets wrong all the time would hide
   * what it gets wrong further on.
   */
  private nextRun(): RunUnderWay | undefined {
    const { pace, underWay } = this;
    if (pace.stopped) return undefined;
    const rest = this.restOfLast();
    if (rest !== undefined) underWay.push(rest);
    while (underWay.length < this.room) {
      const run = this.suiteRun() ?? this.randomRun();
      if (run === undefined) break;
      underWay.push(run);
    }
    return underWay.shift();
  }

  /** What there is beyond the last finding, as long as there is time. */
  private restOfLast(): RunUnderWay | undefined {
    const { cutShort, pace, deadline } = this;
    this.cutShort = undefined;
    if (cutShort === undefined || pace.seconds >= deadline) return undefined;
    const { number, ground, requests } = cutShort.run;
    const rest = beyond(requests, cutShort.finding, ground.runner.terms);
    return rest && { ...begin(number, ground, rest), isRest: true };
  }

  private suiteRun(): RunUnderWay | undefined {
    const requests = this.suiteTraces[this.suiteBegun];
    if (requests === undefined || this.suiteGround === undefined) return undefined;
    this.suiteBegun++;
    return begin(null, this.suiteGround, requests);
  }

  private randomRun(): RunUnderWay | undefined {
    const ground = this.grounds[this.begun % this.grounds.length];
    if (ground === undefined || this.begun >= this.budget.runs) return undefined;
    const requests = ground.traces.generate(this.seeds.random(this.begun), undefined).value;
    return begin(this.begun++, ground, requests);
  }

  /**
   * How many runs should be under way: as many as the driver likes, but no more than can be expected to end in time. One
   * at first, as nobody knows how long it takes.
   */
  private get room(): number {
    const { driver } = this.campaign;
    const left = this.deadline - this.pace.seconds;
    if (left <= 0 || this.isSafe) return 0;
    if (this.judged === 0) return 1;
    const each = (this.pace.seconds - this.started) / this.judged;
    return Math.min(driver.ahead, Math.ceil(left / each));
  }

  /** Whether the risk is as low as it should be. Runs that are under way by then are judged, and may raise it again. */
  private get isSafe(): boolean {
    const { risk } = this.budget;
    return risk !== undefined && this.tally.statistics.behaviours.isBelow(risk);
  }

  /** What shows only when the implementation is told to end. */
  private async findAtTheEnd(): Promise<Discovery | undefined> {
    const { driver } = this.campaign;
    if (this.pace.stopped) return undefined;
    const late = await driver.renew();
    const ground = late && this.grounds.find(({ space }) => space === late.space);
    if (late === undefined || ground === undefined) return undefined;
    const { requests, finding } = late;
    return { ground, requests, finding, number: this.tally.runs - 1, earlier: driver.earlier, isLate: true };
  }

  private async shrink(found: Discovery): Promise<WorkedOut> {
    const { campaign, pace, grounds } = this;
    const { driver } = campaign;
    const { ground } = found;
    const recurrence = await this.recurrenceOf(found);
    const shrunk = recurrence.stable
      ? await new Shrinking(driver, recurrence.before, found.isLate, pace, campaign.exactEnd).shrink(
          found,
          ground,
          homesOf(ground, grounds, campaign),
        )
      : {};
    // All that it printed is there when it has ended.
    await driver.renew();
    return { ...unshrunk(found), ...shrunk, ...recurrence, stderr: driver.stderr };
  }

  /** What it takes to see the finding again. Whoever interrupts that doesn't make it unstable. */
  private async recurrenceOf(found: Discovery): Promise<Recurrence> {
    const { pace, campaign } = this;
    const unknown = { before: [], stable: true };
    if (pace.stopped) return unknown;
    const recurrence = await findRecurrence(found, found.ground.runner, found.earlier, campaign.driver);
    return pace.stopped ? unknown : recurrence;
  }
}

/** A run that was begun: of a trace of the suite, or of a random one, which has a number. */
interface RunUnderWay {
  readonly number: number | null;
  readonly ground: Ground;
  readonly requests: readonly Request[];
  readonly flight: Flight;
  /** Whether it is the rest of a run that had a finding. */
  readonly isRest: boolean;
}

/** A run that ended with a finding. */
interface CutShort {
  readonly run: RunUnderWay;
  readonly finding: Finding;
}

function begin(number: number | null, ground: Ground, requests: readonly Request[]): RunUnderWay {
  return { number, ground, requests, flight: ground.runner.begin(requests), isRest: false };
}

/** A counterexample as it was met, where it takes place, and what the implementation had done before. */
export interface Discovery extends Counterexample {
  /** That of its run; `null` for a trace of the suite. */
  readonly number: number | null;
  readonly ground: Ground;
  readonly earlier: readonly PastRun[];
  /** Whether it shows only when the implementation is told to end. */
  readonly isLate: boolean;
}

/** A discovery as a finding. That it comes back is not known yet. */
export function unshrunk(met: Discovery): WorkedOut {
  return asMet(met, met.ground.space, met.number);
}

/** The spaces that are simpler than that of `ground`, the simplest first: earlier ones, and its own at address 0. */
function homesOf(ground: Ground, grounds: readonly Ground[], campaign: Campaign): readonly Ground[] {
  const earlier = grounds.slice(0, Math.max(grounds.indexOf(ground), 0));
  if (ground.space.base === 0) return earlier;
  const space = { ...ground.space, base: virtAddr(0), frames: 0 };
  const atZero = new Ground(campaign.driver, space, campaign.maxCommands);
  const low = earlier.filter(({ space }) => space.base === 0);
  return [...low, atZero, ...earlier.filter(({ space }) => space.base > 0)];
}
