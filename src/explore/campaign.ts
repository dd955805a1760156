import type { Driver } from "../execute/driver.ts";
import { Statistics, type StatisticsCounts } from "../execute/statistics.ts";
import type { Request } from "../trace/request.ts";
import type { Space, Surface } from "../trace/space.ts";
import type { ExactEnd } from "./exact-end.ts";
import type { InjectionTally } from "./inject.ts";
import { RunRanges } from "./run-ranges.ts";
import type { Shard } from "./units.ts";

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
  /** The part of all runs that it is to do, if not all of them. */
  readonly shard?: Shard;
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
  /** Runs with this number and higher ones are not run. */
  readonly runs: number;
  /** How long traces are looked for, in seconds; shrinking takes its own time. */
  readonly seconds: number;
  /** The campaign ends when the risk that the next run shows a new behaviour is known to be below this. */
  readonly risk?: number;
  /** A session that goes on after a finding ends when it has so many. */
  readonly findings?: number;
}

/** What a campaign has done so far. */
export interface Tally {
  readonly statistics: Statistics;
  /** Single failures that were tried one by one. */
  readonly injections: InjectionTally;
  /** The random runs that were done, by their numbers. */
  readonly done: RunRanges;
  /** How many these are. */
  readonly runs: number;
  /** How many traces of a suite were run before. */
  suite: number;
  /** How many findings there are so far: saved cases that fail, and what was found. */
  findings: number;
  /** What runs under way have done, which is in none of the above yet. */
  readonly underWay: UnderWay;
}

/** How far runs are that are not counted yet. Several threads may add to it at a time. */
export class UnderWay {
  /** What threads share. */
  readonly buffer: SharedArrayBuffer;
  private readonly counts: Int32Array;

  /** `buffer` is that of another one, which this one is to be the same as. */
  constructor(buffer = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.counts = new Int32Array(buffer);
  }

  get runs(): number {
    return Atomics.load(this.counts, 0);
  }

  get requests(): number {
    return Atomics.load(this.counts, 1);
  }

  add(runs: number, requests: number): void {
    Atomics.add(this.counts, 0, runs);
    Atomics.add(this.counts, 1, requests);
  }
}

/** An empty tally. */
export function newTally(surface: Surface): Tally {
  return {
    statistics: new Statistics(surface),
    injections: { traces: 0, injected: 0 },
    done: new RunRanges(),
    get runs() {
      return this.done.count;
    },
    suite: 0,
    findings: 0,
    underWay: new UnderWay(),
  };
}

/** Adds what was counted elsewhere, or some other time. */
export function addCounts(
  { statistics, injections }: Tally,
  counts: StatisticsCounts,
  { traces, injected }: Readonly<InjectionTally>,
): void {
  statistics.add(counts);
  injections.traces += traces;
  injections.injected += injected;
}
