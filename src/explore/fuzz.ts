import type { PastRun } from "../execute/driver.ts";
import type { Counterexample } from "../shrink/same-finding.ts";
import { virtAddr } from "../trace/address.ts";
import { addCounts, type Budget, type Campaign, type Tally } from "./campaign.ts";
import { Ground } from "./ground.ts";
import { type KnownFindings, Novelty } from "./novelty.ts";
import type { Pace } from "./pace.ts";
import { findRecurrence, type Recurrence } from "./recurrence.ts";
import { asMet, type WorkedOut } from "./session-finding.ts";
import { Shrinking } from "./shrinking.ts";
import { RandomSource, SuiteSource, type TraceSource } from "./trace-source.ts";
import { type Begun, type Hands, type Met, type Unit, type UnitOutcome, UnitRunner } from "./unit.ts";
import { runsOfUnit, type Shard, Units } from "./units.ts";

/** All runs of a campaign. */
const ALL: Shard = { index: 1, count: 1 };

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
  const search = new Search(campaign, budget, pace, tally, { stopsAtFinding: true });
  const discovery = await search.next();
  return discovery && search.workOut(discovery);
}

/** Gives all who carry out runs, from the one who does it in this thread. */
export type HandsOf = (alone: Hands) => Hands;

/** How a search goes about it. */
export interface SearchOptions {
  /** Findings that are no news. */
  readonly known?: KnownFindings;
  /** Whether the first finding is likely to be the last one: no more is run than it takes. */
  readonly stopsAtFinding?: boolean;
  /** Gives those who carry out the random runs, one of whom does it in this thread; nobody else unless told otherwise. */
  readonly handsOf?: HandsOf;
  /** Is called, and waited for, whenever all that was counted is settled: see `Search.isSettled`. */
  readonly onSettled?: () => Promise<void>;
}

/** A unit that somebody is at. */
interface UnitUnderWay {
  readonly source: TraceSource;
  readonly unit: Unit;
  readonly outcome: Promise<UnitOutcome>;
}

/** What was met in one unit, and what was begun there. */
interface Catch {
  readonly source: TraceSource;
  readonly met: Met;
  readonly begun: readonly Begun[];
}

/**
 * A search that can go on after a finding. Its random runs are cut up in units, which several workers may carry out; what
 * comes of these is taken in the order of the runs, so that the same is found whoever carried them out.
 */
export class Search {
  /** Why the implementation can't be asked any more; `undefined` if it can. */
  lost: string | undefined = undefined;
  private readonly campaign: Campaign;
  private readonly budget: Budget;
  private readonly pace: Pace;
  private readonly tally: Tally;
  private readonly stopsAtFinding: boolean;
  private readonly hands: Hands;
  private readonly random: RandomSource;
  private readonly units: Units;
  // The suite, until it is begun.
  private suite: SuiteSource | undefined;
  // What is left of the unit whose outcome was taken last.
  private left: { readonly source: TraceSource; readonly unit: Unit } | undefined = undefined;
  private readonly novelty: Novelty;
  private readonly onSettled: (() => Promise<void>) | undefined;
  private readonly deadline: number;
  // Whether a finding was not worked out to the end.
  private isCutShort = false;
  private readonly underWay: UnitUnderWay[] = [];
  private readonly caught: Catch[] = [];

  constructor(campaign: Campaign, budget: Budget, pace: Pace, tally: Tally, options: SearchOptions = {}) {
    const { driver, suite, shard = ALL } = campaign;
    this.campaign = campaign;
    this.budget = budget;
    this.pace = pace;
    this.tally = tally;
    this.stopsAtFinding = options.stopsAtFinding ?? false;
    this.novelty = new Novelty(options.known);
    this.onSettled = options.onSettled;
    this.deadline = pace.seconds + budget.seconds;
    this.random = new RandomSource(driver, campaign);
    this.suite = suite && new SuiteSource(driver, suite, campaign.maxCommands);
    const alone = this.runnerOf(this.random);
    this.hands = options.handsOf?.(alone) ?? alone;
    const size = runsOfUnit(shard, driver.lifetime);
    this.units = new Units(size, budget.runs, shard, tally.done);
  }

  /** The next finding that may be a new one, as it was met; `undefined` when the budget is spent or `pace` was stopped. */
  async next(): Promise<Discovery | undefined> {
    for (;;) {
      const caught = this.caught.shift();
      const found = caught && this.discoveryOf(caught);
      if (found && this.novelty.isWorthShrinking(found, !this.pace.stopped)) return found;
      if (caught !== undefined) continue;
      if (this.isSettled) await this.onSettled?.();
      if (!(await this.goOn())) return undefined;
    }
  }

  /**
   * Whether all findings of the runs that are counted were worked out, so that whoever goes on from here some other time
   * finds what would be found now.
   */
  get isSettled(): boolean {
    return this.caught.length === 0 && this.left?.unit.rest === undefined && !this.isCutShort;
  }

  /** The findings that are no news by now. */
  get known(): KnownFindings {
    return this.novelty.known;
  }

  /** Sees what the finding needs to come back, and shrinks it; `undefined` where it proves to be an old one. */
  async workOut(discovery: Discovery): Promise<WorkedOut | undefined> {
    const shrunk = await this.shrink(discovery);
    this.isCutShort ||= this.pace.stopped;
    if (!this.novelty.isNew(shrunk, discovery, shrunk.stable)) return undefined;
    this.tally.findings++;
    return shrunk;
  }

  /** Lets go of whoever carries out runs. */
  async dismiss(): Promise<void> {
    await this.hands.dismiss();
  }

  /** Takes what came of the next unit. Says whether there was one. */
  private async goOn(): Promise<boolean> {
    this.handOut();
    // Units that others are at by then don't count: how many these are depends on who is fast.
    if (this.isSafe) return false;
    const first = this.underWay.shift();
    if (first === undefined) return false;
    const { source, unit } = first;
    const outcome = await first.outcome;
    this.take(source, unit, outcome);
    const { next, rest, met, begun, lost } = outcome;
    for (const each of met) this.caught.push({ source, met: each, begun });
    this.lost ??= lost;
    if (lost !== undefined) this.pace.stop();
    // It is begun later: what was found is looked at first.
    const { to, stopsAtFinding: stops } = unit;
    const left = { from: next, to, stopsAtFinding: stops, ...(rest && { rest }) };
    if (next < to || rest) this.left = { source, unit: left };
    return true;
  }

  /** Has what is left of the unit before begun, and then so many more that nobody has to wait. */
  private handOut(): void {
    if (this.isOver) return;
    const { left, suite, underWay } = this;
    this.left = undefined;
    this.suite = undefined;
    if (left) underWay.unshift(this.begin(left.source, left.unit));
    const from = this.tally.suite;
    if (suite && from < suite.length) {
      underWay.push(this.begin(suite, { from, to: suite.length, stopsAtFinding: true }));
    }
    // The suite takes place in this thread, and nothing else does meanwhile.
    if (underWay[0]?.source.isRandom === false) return;
    while (underWay.length < this.hands.ahead) {
      const range = this.units.next();
      if (range === undefined) return;
      underWay.push(this.begin(this.random, { ...range, stopsAtFinding: this.stopsAtFinding }));
    }
  }

  private begin(source: TraceSource, unit: Unit): UnitUnderWay {
    const { pace, deadline } = this;
    const hands = source.isRandom ? this.hands : this.runnerOf(source);
    return { source, unit, outcome: hands.run(unit, { pace, deadline }, this.tally.underWay) };
  }

  private runnerOf(source: TraceSource): UnitRunner {
    const { driver, injectAll } = this.campaign;
    return new UnitRunner(driver, source, injectAll);
  }

  /** Whether no more runs are to be begun. */
  private get isOver(): boolean {
    const { pace, deadline } = this;
    return pace.stopped || pace.seconds >= deadline || this.isSafe;
  }

  /** Whether the risk is as low as it should be. */
  private get isSafe(): boolean {
    const { budget, tally } = this;
    return budget.risk !== undefined && tally.statistics.behaviours.isBelow(budget.risk);
  }

  private take(source: TraceSource, { from }: Unit, { next, counts, injections }: UnitOutcome): void {
    const { tally } = this;
    addCounts(tally, counts, injections);
    tally.underWay.add(from - next, -counts.requests);
    if (source.isRandom) tally.done.add({ from, to: next });
    else tally.suite += next - from;
  }

  private discoveryOf({ source, met, begun }: Catch): Discovery | undefined {
    const ground = source.grounds[met.place];
    if (ground === undefined) return undefined;
    const { number, requests, finding, isLate } = met;
    const earlier = () => met.earlier.flatMap((index) => pastRuns(source, begun[index]));
    return { number: source.isRandom ? number : null, ground, requests, finding, earlier, isLate };
  }

  private async shrink(found: Discovery): Promise<WorkedOut> {
    const { campaign, pace, random } = this;
    const { driver } = campaign;
    const { ground } = found;
    const recurrence = await this.recurrenceOf(found);
    const shrunk = recurrence.stable
      ? await new Shrinking(driver, recurrence.before, found.isLate, pace, campaign.exactEnd).shrink(
          found,
          ground,
          homesOf(ground, random.grounds, campaign),
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
    const recurrence = await findRecurrence(found, found.ground.runner, found.earlier, campaign.driver, pace);
    return pace.stopped ? unknown : recurrence;
  }
}

/** A counterexample as it was met, where it takes place, and what the implementation had done before. */
export interface Discovery extends Counterexample {
  /** That of its run; `null` for a trace of the suite. */
  readonly number: number | null;
  readonly ground: Ground;
  readonly earlier: () => readonly PastRun[];
  /** Whether it shows only when the implementation is told to end. */
  readonly isLate: boolean;
}

/** A discovery as a finding. That it comes back is not known yet. */
export function unshrunk(met: Discovery): WorkedOut {
  return asMet(met, met.ground.space, met.number);
}

/** The run that was begun, as a list of one. */
function pastRuns(source: TraceSource, begun: Begun | undefined): readonly PastRun[] {
  if (begun === undefined) return [];
  if (!("requests" in begun)) {
    const trace = source.at(begun.number);
    return trace ? [{ space: trace.ground.space, requests: trace.requests }] : [];
  }
  const ground = source.grounds[begun.place];
  return ground ? [{ space: ground.space, requests: begun.requests }] : [];
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
