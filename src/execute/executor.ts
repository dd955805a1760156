import type { Instance, Subject } from "../subjects/subject.ts";
import type { Answer } from "../trace/answer.ts";
import type { Finding } from "../trace/finding.ts";
import { Observation } from "../trace/observation.ts";
import type { Request } from "../trace/request.ts";
import { failure, type Result, success } from "../trace/result.ts";
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
  private readonly subject: Subject;
  private readonly observed = new Observation();

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
    this.judge.reset();
    const created = this.create();
    if (!created.ok) return this.stillborn(requests, created.error, watch);
    for (const request of requests) {
      const answer = this.carryOut(created.value, request);
      const finding = this.judge.step(request, answer, this.observed, statistics);
      watch?.(request, answer, this.observed);
      if (finding) return finding;
    }
    return this.judge.finish(this.observed) ?? this.drop(created.value);
  }

  /** Gives the instance up, if it can be, and has what is left then judged. */
  private drop(instance: Instance): Finding | undefined {
    if (instance.drop === undefined) return undefined;
    this.observed.reset();
    try {
      instance.drop(this.observed);
      return this.judge.drop(this.observed);
    } catch (error) {
      return this.judge.drop(this.observed, panicOf(error));
    }
  }

  /** A run that ends at its first request, as no instance came to life. */
  private stillborn(requests: readonly Request[], cause: Panic, watch?: Watch): Finding | undefined {
    const [first] = requests;
    if (first === undefined) return undefined;
    this.observed.reset();
    const finding = this.judge.step(first, cause, this.observed);
    watch?.(first, cause, this.observed);
    return finding;
  }

  /** A fresh instance, or the panic that kept it from coming to life. */
  private create(): Result<Instance, Panic> {
    try {
      return success(this.subject.create(this.terms.space));
    } catch (error) {
      return failure(panicOf(error));
    }
  }

  private carryOut(instance: Instance, request: Request): Answer {
    this.observed.reset();
    try {
      const answer = instance.apply(request);
      instance.observe(this.observed);
      return answer;
    } catch (error) {
      return panicOf(error);
    }
  }
}
