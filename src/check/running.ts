import type { Driver } from "../execute/driver.ts";
import type { Flight, Runner } from "../execute/runner.ts";
import type { Statistics } from "../execute/statistics.ts";
import type { Counterexample } from "../shrink/same-finding.ts";
import { Fingerprint } from "../trace/fingerprint.ts";
import type { Request } from "../trace/request.ts";
import type { Coverage } from "./coverage.ts";
import type { Expander, Visit } from "./expander.ts";
import { endless, MOST_CALLS } from "./stepping.ts";
import type { Past, Steps } from "./steps.ts";

/** A step: a command, and after how many calls of which kind one is to fail, if at all. */
interface Trial {
  readonly command: number;
  readonly kind?: number;
  readonly after: number;
}

/** A step that is under way. */
interface Begun {
  readonly trial: Trial;
  readonly requests: readonly Request[];
  readonly flight: Flight;
}

/**
 * Expands states of an implementation behind a pipe: each step is a run of its own, the path to the state and the step,
 * and as many runs are under way as the driver likes. What the implementation keeps to itself is not known: states in
 * which the model is the same are taken for one.
 */
export class Running implements Expander {
  transitions = 0;
  private endless: string | undefined = undefined;
  faultOfModel: string | undefined = undefined;
  readonly tellsAll = false;
  private readonly driver: Driver;
  private readonly runner: Runner;
  private readonly steps: Steps;
  private readonly coverage: Coverage;
  // Learns of the steps, as long as there is something new in them.
  private witness: Statistics | undefined = undefined;
  private readonly ahead: number;
  private past: Past;
  private readonly from = new Fingerprint();
  private readonly to = new Fingerprint();

  constructor(driver: Driver, runner: Runner, steps: Steps, coverage: Coverage) {
    this.runner = runner;
    this.steps = steps;
    this.driver = driver;
    this.ahead = driver.ahead;
    this.coverage = coverage;
    this.past = steps.pastOf([]);
  }

  get interrupted(): boolean {
    return this.driver.interrupted;
  }

  get lost(): string | undefined {
    return this.endless ?? this.driver.lost;
  }

  first(into: Fingerprint): void {
    this.runner.judge.reset();
    this.runner.judge.fingerprint(into);
    this.past.addBans(undefined, into);
  }

  async expand(path: readonly number[], visit: Visit): Promise<Counterexample | undefined> {
    const before = path.map((step) => this.steps.requestOf(step));
    if (before.length === 0) this.runner.judge.reset();
    const lost = before.length === 0 ? undefined : await this.runner.begin(before)();
    if (lost) return { requests: before, finding: lost };
    if (this.interrupted) return undefined;
    this.faultOfModel = this.runner.judge.faultOfModel();
    this.witness = this.coverage.witness;
    this.past = this.steps.pastOf(before);
    this.from.reset();
    this.runner.judge.fingerprint(this.from);
    this.past.addBans(undefined, this.from);
    const untried: Trial[] = this.steps.after(before).map((command) => ({ command, after: 0 }));
    const begun: Begun[] = [];
    let next = 0;
    for (;;) {
      for (; begun.length < this.ahead && next < untried.length; next++) {
        const trial = untried[next];
        if (trial) begun.push(this.begin(before, trial));
      }
      const oldest = begun.shift();
      if (oldest === undefined) return undefined;
      const found = await this.conclude(oldest, untried, visit);
      if (found || this.lost !== undefined || this.interrupted) return found;
    }
  }

  private begin(before: readonly Request[], trial: Trial): Begun {
    const requests = [...before, this.steps.requestOf(this.stepOf(trial))];
    return { trial, requests, flight: this.runner.begin(requests) };
  }

  /** Waits for a step, and adds those that come after it: the same with the next failure. */
  private async conclude(
    { trial, requests, flight }: Begun,
    untried: Trial[],
    visit: Visit,
  ): Promise<Counterexample | undefined> {
    let injected = 0;
    const finding = await flight(this.witness, (_request, _answer, observed) => {
      injected = observed.injected;
    });
    if (finding) return { requests, finding };
    if (this.interrupted) return undefined;
    const { command, kind, after } = trial;
    if (after === MOST_CALLS) this.endless = endless(this.steps.requestOf(command));
    if (kind === undefined) {
      for (let each = 0; each < this.steps.kinds.length; each++)
        untried.push({ command, kind: each, after: 0 });
    } else {
      // It wasn't a failure: the command has no more calls.
      if (injected === 0) return undefined;
      untried.push({ command, kind, after: after + 1 });
    }
    this.transitions++;
    this.to.reset();
    this.runner.judge.fingerprint(this.to);
    this.past.addBans(this.steps.requestOf(this.stepOf(trial)), this.to);
    if (!this.from.equals(this.to)) visit(this.stepOf(trial), this.to);
    return undefined;
  }

  private stepOf({ command, kind, after }: Trial): number {
    return kind === undefined ? command : this.steps.injectedAt(command, kind, after);
  }
}
