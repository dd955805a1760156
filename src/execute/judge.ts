import type { Answer, AreaRecord, PageRecord } from "../trace/answer.ts";
import type { Finding } from "../trace/finding.ts";
import type { Fingerprint } from "../trace/fingerprint.ts";
import type { Observation } from "../trace/observation.ts";
import type { Command, Request } from "../trace/request.ts";
import type { Terms } from "../trace/space.ts";
import { AddressSpaceJudge } from "./address-space-judge.ts";
import { MemorySetJudge } from "./memory-set-judge.ts";
import type { Statistics } from "./statistics.ts";
import type { Panic } from "./verdict.ts";

/** What a model tells of the state that the contract wants. */
export interface Model {
  /** Bytes in a page. */
  readonly page: number;
  /** The data frames that should be handed out; absent on a surface without frames. */
  readonly dataFrames?: number;
  /** Every area in address order. */
  areas(): AreaRecord[];
  /** Every page that `pages` has to show, in address order, with its physical address where that is known. */
  translations(): PageRecord[];
}

/**
 * A judge holds the model of a surface. It takes requests one by one, each with what was answered and what could
 * be observed afterwards, and says whether the contract allows it. It knows no subject: a driver, here in process
 * or over a pipe, brings answers and observations.
 */
export interface Judge {
  readonly model: Model;
  /** Begins a run: an empty instance, nothing judged yet. */
  reset(): void;
  /**
   * Judges one request. `observed` is what showed after it; it is not looked at after a `panic`.
   * `statistics`, where given, learn what was met. After a finding the run is over.
   */
  step(request: Request, answer: Answer, observed: Observation, statistics?: Statistics): Finding | undefined;
  /**
   * Looks closer at the end of a run than `step` did: `observed` is what showed after the last request, while the
   * instance is still there. A finding is at the last request.
   */
  finish(observed: Observation): Finding | undefined;
  /**
   * Judges what `observed` shows of the frames after the instance was given up, or that giving it up ended in a
   * panic. A finding is at the last request; without any request there is none.
   */
  drop(observed: Observation, panic?: Panic): Finding | undefined;
  /**
   * Brings the model of a run that ended in a finding to where the contract wants the state after `request`, the
   * last one, unless it is there already.
   */
  settle(request: Request): void;
  /** Does on the model alone what the contract wants of a command when nothing fails. */
  foresee(command: Command): void;
  /** What is wrong about the model by itself, in words: a mistake of its own. `undefined` where nothing is. */
  faultOfModel(): string | undefined;
  /** Writes what tells the state of the model from others. */
  fingerprint(into: Fingerprint): void;
  /** Remembers where the run is. What it returns goes back to there, as often as it is called. */
  snapshot(): () => void;
}

/** The judge of the surface that the terms are about. */
export function judgeFor(terms: Terms): Judge {
  switch (terms.hello.surface) {
    case "memory-set":
      return new MemorySetJudge(terms);
    case "address-space":
      return new AddressSpaceJudge(terms);
  }
}
