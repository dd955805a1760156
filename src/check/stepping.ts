import type { Executor } from "../execute/executor.ts";
import type { Statistics } from "../execute/statistics.ts";
import type { Counterexample } from "../shrink/same-finding.ts";
import type { Finding } from "../trace/finding.ts";
import { Fingerprint } from "../trace/fingerprint.ts";
import type { Request } from "../trace/request.ts";
import type { Coverage } from "./coverage.ts";
import type { Expander, Visit } from "./expander.ts";
import type { Past, Steps } from "./steps.ts";

/** How many calls a command is taken to make at most: far more than a few pages can need. */
export const MOST_CALLS = 1000;

/** What is said of a command in which failures fire that can't be there. */
export function endless({ op }: Request): string {
  return `failures go on to fire in a ${op} after ${MOST_CALLS} calls: see to how they are counted`;
}

/** What is looked for. */
export interface Aim {
  /** Whether a counterexample ends the search. Steps that show others lead nowhere. */
  readonly isWanted: (found: Counterexample) => boolean;
  /** Whether a step that changes nothing of the model's state may lead to another state all the same. */
  readonly isSuspicious: boolean;
}

const ANYTHING: Aim = { isWanted: () => true, isSuspicious: false };

/**
 * Expands states of an implementation in this process. It is brought to a state once, by the state's path; from there
 * every step is taken, and taken back: by a snapshot, or, where it can make none, by the path again.
 */
export class Stepping implements Expander {
  readonly interrupted = false;
  transitions = 0;
  /** How many requests were carried out, those on the ways to states included. */
  requests = 0;
  lost: string | undefined = undefined;
  faultOfModel: string | undefined = undefined;
  private readonly executor: Executor;
  private readonly steps: Steps;
  private readonly coverage: Coverage | undefined;
  private readonly aim: Aim;
  // Learns of the steps, as long as there is something new in them.
  private witness: Statistics | undefined = undefined;
  private readonly from = new Fingerprint();
  private readonly to = new Fingerprint();
  private path: readonly Request[] = [];
  private past: Past;
  // How many injected failures fired in the last step.
  private fired = 0;
  // How many calls of each kind the last command without a failure made, where the instance tells.
  private readonly calls: (number | undefined)[] = [];

  constructor(executor: Executor, steps: Steps, coverage: Coverage | undefined, aim = ANYTHING) {
    this.executor = executor;
    this.steps = steps;
    this.coverage = coverage;
    this.aim = aim;
    this.past = steps.pastOf([]);
  }

  get tellsAll(): boolean {
    return this.executor.tellsAll;
  }

  first(into: Fingerprint): void {
    this.executor.start();
    this.lost = this.executor.fingerprint(into);
    this.steps.pastOf([]).addBans(undefined, into);
  }

  expand(path: readonly number[], visit: Visit): Counterexample | undefined {
    this.path = path.map((step) => this.steps.requestOf(step));
    const lost = this.arrive();
    if (lost) return { requests: this.path, finding: lost };
    this.faultOfModel = this.executor.judge.faultOfModel();
    this.witness = this.coverage?.witness;
    this.past = this.steps.pastOf(this.path);
    this.from.reset();
    this.lost ??= this.executor.fingerprint(this.from);
    this.past.addBans(undefined, this.from);
    if (this.lost !== undefined) return undefined;
    for (const step of this.steps.after(this.path)) {
      const found = this.take(step, visit);
      if (found) return found;
      this.transitions++;
      const failed = this.injectInto(step, visit);
      if (failed) return failed;
      if (this.lost !== undefined) return undefined;
    }
    return undefined;
  }

  /** Every failure that can be injected into a command, which was taken without one just before. */
  private injectInto(command: number, visit: Visit): Counterexample | undefined {
    const { kinds } = this.steps;
    for (let kind = 0; kind < kinds.length && !this.steps.isOwn(command); kind++) {
      const calls = this.calls[kind] ?? Number.POSITIVE_INFINITY;
      for (let after = 0; this.lost === undefined && after < calls; after++) {
        if (after === MOST_CALLS) this.lost = endless(this.steps.requestOf(command));
        const found = this.take(this.steps.injectedAt(command, kind, after), visit);
        if (found) return found;
        // It wasn't a failure: the command has no more calls.
        if (this.fired === 0) break;
        this.transitions++;
      }
    }
    return undefined;
  }

  /** Takes a step and, where it leads anywhere, goes back. */
  private take(step: number, visit: Visit): Counterexample | undefined {
    const { executor, from, to } = this;
    const request = this.steps.requestOf(step);
    const finding = executor.step(request, this.witness);
    this.requests++;
    this.fired = executor.injected;
    if (!("inject" in request)) this.noteCalls();
    if (finding) return this.conclude(request, finding);
    to.reset();
    this.lost ??= executor.fingerprint(to);
    this.past.addBans(request, to);
    const ledNowhere = from.equals(to) && !this.aim.isSuspicious;
    if (ledNowhere && executor.tellsAll && executor.isMarked) return undefined;
    // What shows only when an instance is given up is looked for in every new state.
    const left = !ledNowhere && visit(step, to) ? executor.close() : undefined;
    if (left) return this.conclude(request, left);
    const lost = this.goBack();
    return lost && { requests: this.path, finding: lost };
  }

  private noteCalls(): void {
    const { kinds } = this.steps;
    for (let index = 0; index < kinds.length; index++) {
      const kind = kinds[index];
      // In the first state it is tried all the same, so that injected failures wait in vain somewhere.
      this.calls[index] = kind && this.path.length > 0 ? this.executor.callsOf(kind) : undefined;
    }
  }

  /** The counterexample, if it is one that is looked for. Else all is as if the step had not been taken. */
  private conclude(request: Request, finding: Finding): Counterexample | undefined {
    // Steps that led nowhere were not taken back, and count.
    const found = { requests: [...this.path, request], finding: { ...finding, at: this.path.length } };
    if (this.aim.isWanted(found)) return found;
    const lost = this.goBack();
    return lost && { requests: this.path, finding: lost };
  }

  private goBack(): Finding | undefined {
    return this.executor.back() ? undefined : this.arrive();
  }

  /** Goes along the path from the start. */
  private arrive(): Finding | undefined {
    this.executor.restart();
    this.requests += this.path.length;
    for (const request of this.path) {
      const finding = this.executor.step(request);
      if (finding) return finding;
    }
    this.executor.mark();
    return undefined;
  }
}
