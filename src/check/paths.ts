import type { Sometimes } from "../../properties/sometimes.ts";
import type { Driver } from "../execute/driver.ts";
import type { Flight, Runner } from "../execute/runner.ts";
import type { Pace } from "../explore/pace.ts";
import type { Counterexample } from "../shrink/same-finding.ts";
import type { Request } from "../trace/request.ts";
import type { Coverage } from "./coverage.ts";
import { type Bounds, cutNow, type Explored, type Survey } from "./exploration.ts";
import type { Steps } from "./steps.ts";

/** A sequence that is under way. */
interface Begun {
  readonly requests: readonly Request[];
  readonly flight: Flight;
}

/**
 * Runs every sequence of commands up to a length, each on a fresh instance, the short ones first. No two histories are
 * taken for one: what an implementation keeps to itself, a counter or a cache, has nowhere to hide.
 */
export class Paths implements Survey {
  readonly states = 0;
  readonly frontier = 0;
  readonly memory = 0;
  readonly tellsAll = true;
  sequences = 0;
  transitions = 0;
  depth = 0;
  private readonly driver: Driver;
  private readonly runner: Runner;
  private readonly steps: Steps;
  private readonly coverage: Coverage;
  private readonly bounds: Bounds;
  private readonly pace: Pace;

  /** Of `bounds` depth and time count. */
  constructor(driver: Driver, runner: Runner, steps: Steps, coverage: Coverage, bounds: Bounds, pace: Pace) {
    this.driver = driver;
    this.runner = runner;
    this.steps = steps;
    this.coverage = coverage;
    this.bounds = bounds;
    this.pace = pace;
  }

  async run(): Promise<Explored> {
    for (; this.depth < this.bounds.depth; this.depth++) {
      const { found, cut } = await this.runAll(this.depth + 1);
      if (found || cut) return { found, cut };
    }
    return { found: undefined, cut: undefined };
  }

  get met(): ReadonlySet<Sometimes> {
    return new Set(this.coverage.met());
  }

  get never(): readonly Sometimes[] {
    return this.coverage.never();
  }

  private async runAll(length: number): Promise<Explored> {
    const { pace, runner } = this;
    const all = this.sequencesFrom([], length);
    const begun: Begun[] = [];
    for (;;) {
      while (begun.length < this.driver.ahead) {
        const { value: requests } = all.next();
        if (requests === undefined) break;
        begun.push({ requests, flight: runner.begin(requests) });
      }
      const oldest = begun.shift();
      if (oldest === undefined) return { found: undefined, cut: undefined };
      const found = await this.conclude(oldest);
      if (found) return { found, cut: undefined };
      if (pace.turnIsOver) await pace.breathe();
      const cut = this.driver.interrupted ? "interruption" : cutNow(this.bounds, pace);
      if (cut) return { found: undefined, cut };
    }
  }

  private async conclude({ requests, flight }: Begun): Promise<Counterexample | undefined> {
    const finding = await flight(this.coverage.witness);
    if (this.driver.interrupted) return undefined;
    this.sequences++;
    this.transitions += requests.length;
    return finding && { requests, finding };
  }

  /** Every sequence of so many commands that begins so. */
  private *sequencesFrom(
    start: readonly Request[],
    length: number,
  ): Generator<readonly Request[], undefined> {
    if (start.length === length) {
      yield start;
      return;
    }
    for (const step of this.steps.after(start)) {
      yield* this.sequencesFrom([...start, this.steps.requestOf(step)], length);
    }
  }
}
