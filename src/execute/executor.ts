import type { Instance, Subject } from "../subjects/subject.ts";
import type { Answer } from "../trace/answer.ts";
import type { Finding } from "../trace/finding.ts";
import type { Fingerprint } from "../trace/fingerprint.ts";
import { Observation } from "../trace/observation.ts";
import type { Injection, Request } from "../trace/request.ts";
import type { Space, Terms } from "../trace/space.ts";
import { type Judge, judgeFor } from "./judge.ts";
import type { Flight, Runner, Watch } from "./runner.ts";
import type { Statistics } from "./statistics.ts";
import { type Panic, panicOf } from "./verdict.ts";

/**
 * The in-process driver: runs traces on a subject step by step and has each step judged. One executor
 * serves any number of runs, each on a fresh instance.
 */
export class Executor implements Runner {
  readonly terms: Terms;
  readonly judge: Judge;
  /** Whether the instance says what of its state doesn't show. */
  tellsAll = false;
  private readonly subject: Subject;
  private readonly observed = new Observation();
  private instance: Instance | undefined = undefined;
  // Why there is no instance.
  private stillborn: Panic = { kind: "panic", text: "" };
  // Where an instance that can go back began, and where it was marked.
  private toStart: (() => void) | undefined = undefined;
  private restore: (() => void) | undefined = undefined;

  constructor(subject: Subject, space: Space) {
    this.subject = subject;
    this.terms = { space, hello: subject.hello };
    this.judge = judgeFor(this.terms);
  }

  begin(requests: readonly Request[]): Flight {
    return (statistics, watch) => this.run(requests, statistics, watch);
  }

  /** Runs a trace that fits `terms`. Returns the first disagreement, or `undefined` when all agrees. */
  run(requests: readonly Request[], statistics?: Statistics, watch?: Watch): Finding | undefined {
    this.start();
    for (const request of requests) {
      const finding = this.step(request, statistics, watch);
      if (finding) return finding;
    }
    return this.end();
  }

  /** Begins a run on a fresh instance. */
  start(): void {
    this.judge.reset();
    this.instance = undefined;
    this.toStart = undefined;
    this.restore = undefined;
    try {
      this.instance = this.subject.create(this.terms.space);
      this.tellsAll = this.instance.fingerprint !== undefined;
    } catch (error) {
      // The first request will show it.
      this.stillborn = panicOf(error);
    }
  }

  /** Begins a run anew: with the same instance, where it can go back to how it was made. */
  restart(): void {
    this.restore = undefined;
    if (this.toStart && goes(this.toStart)) return;
    this.start();
    this.toStart = this.remember();
  }

  /** Carries out the next request and has it judged. */
  step(request: Request, statistics?: Statistics, watch?: Watch): Finding | undefined {
    const answer = this.carryOut(request);
    const finding = this.judge.step(request, answer, this.observed, statistics);
    watch?.(request, answer, this.observed);
    return finding;
  }

  /** Has what is there at the end of the run judged, gives the instance up, and has what is left then judged. */
  end(): Finding | undefined {
    return this.judge.finish(this.observed) ?? this.drop();
  }

  /** Remembers where the run is, for `back`, if the instance can. */
  mark(): void {
    this.restore = this.remember();
  }

  /** Whether the run can go back to some place. */
  get isMarked(): boolean {
    return this.restore !== undefined;
  }

  /** Goes back to where the run was marked, also from its end. Says whether that could be done. */
  back(): boolean {
    return this.restore !== undefined && goes(this.restore);
  }

  /** Looks at the instance once more, and has the end of the run judged. */
  close(): Finding | undefined {
    this.observed.reset();
    try {
      this.instance?.observe(this.observed);
    } catch (error) {
      return this.judge.drop(this.observed, this.panic(error));
    }
    return this.end();
  }

  /** Writes what tells the state, of the model and of the instance, from others. Says what went wrong, if anything did. */
  fingerprint(into: Fingerprint): string | undefined {
    this.judge.fingerprint(into);
    try {
      this.instance?.fingerprint?.(into);
      return undefined;
    } catch (error) {
      return `fingerprint threw ${panicOf(error).text}`;
    }
  }

  /** How many calls of this kind the last step made; `undefined` where the instance doesn't tell. */
  callsOf(kind: Injection["kind"]): number | undefined {
    return this.instance?.callsOf?.(kind);
  }

  /** How many injected failures fired in the last step. */
  get injected(): number {
    return this.observed.injected;
  }

  /** Gives the instance up, if it can be, and has what is left then judged. */
  private drop(): Finding | undefined {
    const { instance } = this;
    if (instance?.drop === undefined) return undefined;
    this.observed.reset();
    try {
      instance.drop(this.observed);
      return this.judge.drop(this.observed);
    } catch (error) {
      return this.judge.drop(this.observed, this.panic(error));
    }
  }

  /** What an exception is. Nobody knows in what state it left the instance: there is no way back. */
  private panic(error: unknown): Panic {
    this.toStart = undefined;
    this.restore = undefined;
    return panicOf(error);
  }

  /** Remembers the run as it is, if the instance can: what this returns goes back there. */
  private remember(): (() => void) | undefined {
    try {
      const restoreInstance = this.instance?.snapshot?.();
      if (restoreInstance === undefined) return undefined;
      const restoreJudge = this.judge.snapshot();
      return () => {
        restoreInstance();
        restoreJudge();
      };
    } catch {
      // Who fails to remember can't.
      return undefined;
    }
  }

  private carryOut(request: Request): Answer {
    const { instance } = this;
    this.observed.reset();
    if (instance === undefined) return this.stillborn;
    try {
      const answer = instance.apply(request);
      instance.observe(this.observed);
      return answer;
    } catch (error) {
      return this.panic(error);
    }
  }
}

/** Goes back to some place. Says whether that could be done. */
function goes(back: () => void): boolean {
  try {
    back();
    return true;
  } catch {
    return false;
  }
}
