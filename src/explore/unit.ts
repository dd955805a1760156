import type { Driver } from "../execute/driver.ts";
import type { Flight } from "../execute/runner.ts";
import { Statistics, type StatisticsCounts } from "../execute/statistics.ts";
import type { Counterexample } from "../shrink/same-finding.ts";
import { roughSignatureOf } from "../shrink/signature.ts";
import type { Finding } from "../trace/finding.ts";
import type { Request } from "../trace/request.ts";
import { beyond } from "./beyond.ts";
import type { UnderWay } from "./campaign.ts";
import type { Ground } from "./ground.ts";
import { type InjectionTally, injectEverywhere } from "./inject.ts";
import type { Pace } from "./pace.ts";
import { isAwaitedInVain } from "./recurrence.ts";
import type { RunRange } from "./run-ranges.ts";
import type { TraceSource } from "./trace-source.ts";

/** Some runs of a campaign, to be carried out one after the other by one worker, as plain data. */
export interface Unit extends RunRange {
  /** Whether it ends with its first finding. */
  readonly stopsAtFinding: boolean;
  /** What is left of a run before its first one, which had a finding: to be run first. */
  readonly rest?: Rest;
}

/** A run once more, without the request that showed a finding: what lies beyond it. */
export interface Rest {
  readonly number: number;
  /** Of its space, in those of the source. */
  readonly place: number;
  readonly requests: readonly Request[];
}

/** A run that was begun: its number says what it is, unless it is the rest of one. */
export type Begun = { readonly number: number } | Rest;

/** A finding as it was met, as plain data. */
export interface Met {
  /** Of the run, by its source. */
  readonly number: number;
  /** Of its space, in those of the source. */
  readonly place: number;
  readonly requests: readonly Request[];
  readonly finding: Finding;
  /** Whether it shows only when the implementation is told to end. */
  readonly isLate: boolean;
  /** What the implementation had done before, since it began with nothing: indices of `UnitOutcome.begun`. */
  readonly earlier: readonly number[];
}

/** What came of a unit, as plain data. */
export interface UnitOutcome {
  /** The first of its runs that wasn't done. */
  readonly next: number;
  /** What is still to be run beyond the last finding, if it ended with that. */
  readonly rest?: Rest;
  readonly counts: StatisticsCounts;
  readonly injections: InjectionTally;
  /** In the order of the runs. */
  readonly met: readonly Met[];
  /** What was begun, if a finding may need it. */
  readonly begun: readonly Begun[];
  /** Why the implementation can't be asked any more; `undefined` if it can. */
  readonly lost: string | undefined;
}

/** Until when a unit goes on. */
export interface Limit {
  /** When it is stopped, it ends with what was judged by then. */
  readonly pace: Pace;
  /** In seconds of `pace`: no run is begun later. */
  readonly deadline: number;
}

/** Whoever has to wait for what was found waits no longer than this, in seconds. */
const PATIENCE = 0.5;

/** Whoever carries out the units of a campaign, one or several at a time. */
export interface Hands {
  /** How many units are best under way, so that nobody has to wait for one. */
  readonly ahead: number;
  /** Runs a unit to its end, or to that of `limit`. `underWay` is kept up to date meanwhile. */
  run(unit: Unit, limit: Limit, underWay: UnderWay): Promise<UnitOutcome>;
  /** Lets go of all that it holds. */
  dismiss(): Promise<void>;
}

/** Carries out units in this thread, one at a time, on one implementation. */
export class UnitRunner implements Hands {
  readonly ahead = 1;
  private readonly driver: Driver;
  private readonly source: TraceSource;
  private readonly injectAll: boolean;
  // The rough kinds of what was met in all units.
  private readonly kinds = new Set<string>();

  constructor(driver: Driver, source: TraceSource, injectAll: boolean) {
    this.driver = driver;
    this.source = source;
    this.injectAll = injectAll;
  }

  async run(unit: Unit, limit: Limit, underWay: UnderWay): Promise<UnitOutcome> {
    await this.driver.renew();
    const runs = new UnitRuns(this.driver, this.source, unit, limit, underWay, this.kinds);
    await runs.run(this.injectAll);
    return runs.outcome();
  }

  /** The implementation belongs to somebody else. */
  async dismiss(): Promise<void> {}
}

/** A run that was begun. */
interface RunUnderWay {
  readonly number: number;
  readonly ground: Ground;
  readonly requests: readonly Request[];
  readonly flight: Flight;
  readonly isRest: boolean;
}

/** The runs of one unit, and what came of them so far. */
class UnitRuns {
  private readonly driver: Driver;
  private readonly source: TraceSource;
  private readonly unit: Unit;
  private readonly limit: Limit;
  private readonly underWay: UnderWay;
  private readonly kinds: Set<string>;
  private readonly statistics: Statistics;
  private readonly injections: InjectionTally = { traces: 0, injected: 0 };
  private readonly met: Met[] = [];
  // What was begun, where in there each trace is, and what of it is still to be judged.
  private readonly begun: Begun[] = [];
  private readonly indices = new Map<readonly Request[], number>();
  private readonly queue: RunUnderWay[] = [];
  private readonly started: number;
  // Whether something was met of a kind that nobody had told of.
  private hasNews = false;
  private rest: Rest | undefined;
  private toBegin: number;
  private next: number;
  private judged = 0;

  constructor(
    driver: Driver,
    source: TraceSource,
    unit: Unit,
    limit: Limit,
    underWay: UnderWay,
    kinds: Set<string>,
  ) {
    this.driver = driver;
    this.source = source;
    this.unit = unit;
    this.limit = limit;
    this.underWay = underWay;
    this.kinds = kinds;
    this.statistics = new Statistics(driver.hello.surface);
    this.started = limit.pace.seconds;
    this.rest = unit.rest;
    this.toBegin = unit.from;
    this.next = unit.from;
  }

  outcome(): UnitOutcome {
    const { next, rest, injections, met } = this;
    const counts = this.statistics.counts();
    const begun = met.some(({ earlier }) => earlier.length > 0) ? this.begun : [];
    return { next, ...(rest && { rest }), counts, injections, met, begun, lost: this.driver.lost };
  }

  async run(injectAll: boolean): Promise<void> {
    const { pace } = this.limit;
    for (let run = this.nextRun(); run !== undefined; run = this.nextRun()) {
      const finding = await this.judge(run);
      if (pace.stopped && finding === undefined) return;
      if (!run.isRest) this.next = run.number + 1;
      this.judged++;
      if (finding) this.note(run, finding);
      else if (injectAll) await this.inject(run);
      if (pace.turnIsOver) await pace.breathe();
      if (this.isOver) break;
    }
    if (!pace.stopped) await this.end();
  }

  /** Has a run judged. Its behaviours count if it is a random one: others say nothing of what comes by chance. */
  private async judge({ flight, isRest }: RunUnderWay): Promise<Finding | undefined> {
    if (isRest) return flight();
    const { statistics, underWay, source } = this;
    const before = statistics.requests;
    if (source.isRandom) statistics.behaviours.begin();
    const finding = await flight(statistics);
    if (source.isRandom) statistics.behaviours.end();
    underWay.add(1, statistics.requests - before);
    return finding;
  }

  private note({ number, ground, requests }: RunUnderWay, finding: Finding): void {
    this.meet(number, ground, { requests, finding });
    const rest = beyond(requests, finding, ground.runner.terms);
    this.rest = rest && { number, place: this.placeOf(ground), requests: rest };
  }

  private async inject({ number, ground, requests }: RunUnderWay): Promise<void> {
    const found = await injectEverywhere(requests, ground.runner, this.limit.pace, this.injections);
    if (found) this.meet(number, ground, found);
  }

  /** What shows only when the implementation is told to end. */
  private async end(): Promise<void> {
    const late = await this.driver.renew();
    const ground = late && this.source.grounds.find(({ space }) => space === late.space);
    if (ground) this.meet(Math.max(this.next - 1, this.unit.from), ground, late, true);
  }

  private meet(number: number, ground: Ground, found: Counterexample, isLate = false): void {
    const { requests, finding } = found;
    const kind = roughSignatureOf(found);
    this.hasNews ||= !this.kinds.has(kind);
    this.kinds.add(kind);
    const earlier = this.driver.earlier.map((run) => this.indices.get(run.requests));
    this.met.push({
      number,
      place: this.placeOf(ground),
      requests,
      finding,
      isLate,
      earlier: earlier.filter((index) => index !== undefined),
    });
  }

  private placeOf(ground: Ground): number {
    return this.source.grounds.indexOf(ground);
  }

  /** Whether what was found is to be looked at before the unit goes on. */
  private get isOver(): boolean {
    const last = this.met.at(-1);
    if (last === undefined) return false;
    const { unit, driver, limit, hasNews } = this;
    // Where each run begins with nothing, units are short, and what is counted depends on nobody's speed. Elsewhere what
    // is met all the time must not end every unit: what takes hundreds of runs to show would never be met.
    const isLong = hasNews && driver.lifetime > 1 && limit.pace.seconds - this.started > PATIENCE;
    return unit.stopsAtFinding || isLong || isAwaitedInVain(last.finding);
  }

  /**
   * The oldest run that is under way, after as many were begun as should be. A run that had a finding is begun once more,
   * behind the others, without the request that showed it: what an implementation gets wrong all the time would hide
   * what it gets wrong further on.
   */
  private nextRun(): RunUnderWay | undefined {
    if (this.limit.pace.stopped) return undefined;
    this.beginRest();
    while (this.queue.length < this.room && this.toBegin < this.unit.to) {
      const trace = this.source.at(this.toBegin);
      if (trace === undefined) break;
      this.begin(this.toBegin++, trace.ground, trace.requests);
    }
    return this.queue.shift();
  }

  /** Begins what there is beyond the last finding, as long as there is time. */
  private beginRest(): void {
    const { rest, limit } = this;
    this.rest = undefined;
    const ground = rest && this.source.grounds[rest.place];
    if (ground && limit.pace.seconds < limit.deadline) this.begin(rest.number, ground, rest.requests, rest);
  }

  private begin(number: number, ground: Ground, requests: readonly Request[], rest?: Rest): void {
    this.indices.set(requests, this.begun.length);
    this.begun.push(rest ?? { number });
    const flight = ground.runner.begin(requests);
    this.queue.push({ number, ground, requests, flight, isRest: rest !== undefined });
  }

  /**
   * How many runs should be under way: as many as the driver likes, but no more than can be expected to end in time. One
   * at first, as nobody knows how long it takes.
   */
  private get room(): number {
    const { pace, deadline } = this.limit;
    const left = deadline - pace.seconds;
    if (left <= 0) return 0;
    if (this.judged === 0) return 1;
    const each = (pace.seconds - this.started) / this.judged;
    return Math.min(this.driver.ahead, Math.ceil(left / each));
  }
}
