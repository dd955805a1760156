import type { Subject } from "../subjects/subject.ts";
import type { Finding } from "../trace/finding.ts";
import type { Request } from "../trace/request.ts";
import type { Hello, Space } from "../trace/space.ts";
import { Executor } from "./executor.ts";
import type { Runner } from "./runner.ts";

/** A run, and where it took place. */
export interface PastRun {
  readonly space: Space;
  readonly requests: readonly Request[];
}

/** A run, and what was found only after it. */
export interface LateFinding extends PastRun {
  readonly finding: Finding;
}

/** Brings traces to an implementation, wherever it is. */
export interface Driver {
  readonly hello: Hello;
  /** How many runs are best under way at a time. */
  readonly ahead: number;
  /** After how many runs the implementation begins with nothing, even if it isn't renewed. */
  readonly lifetime: number;
  /** The runs that the implementation had done before the one that was judged last, since it was renewed. */
  readonly earlier: readonly PastRun[];
  /** The end of what the implementation printed besides its answers. */
  readonly stderr: string;
  /** Whether it was interrupted, or lost: runs find nothing then, as they are not judged. */
  readonly interrupted: boolean;
  /** Why it can't be asked anything any more, in words; `undefined` as long as it can. */
  readonly lost: string | undefined;
  /** How long shrinking may take, in seconds. */
  readonly shrinkSeconds: number;
  /** What runs traces in this space. */
  runnerIn(space: Space): Runner;
  /**
   * Has the next run begin as if there had been none before, as far as that is possible. Gives what was wrong with
   * the end of what was there before.
   */
  renew(): Promise<LateFinding | undefined>;
  /** Whether to wait for answers only a part of the time limit: to try many traces that may never be answered. */
  beImpatient(impatient: boolean): void;
  /** Ends the implementation without waiting for it. Runs under way find nothing. */
  interrupt(): void;
  /** Has `listener` called when the implementation is lost. */
  onLost(listener: () => void): void;
}

/** An implementation in this process. */
export class InProcess implements Driver {
  readonly hello: Hello;
  readonly ahead: number = 1;
  readonly lifetime: number = 1;
  readonly earlier: readonly PastRun[] = [];
  readonly stderr = "";
  readonly interrupted = false;
  readonly lost = undefined;
  readonly shrinkSeconds = Number.POSITIVE_INFINITY;
  private readonly subject: Subject;

  constructor(subject: Subject) {
    this.subject = subject;
    this.hello = subject.hello;
  }

  runnerIn(space: Space): Runner {
    return new Executor(this.subject, space);
  }

  /** Every instance is a fresh one. */
  async renew(): Promise<undefined> {}

  /** It is waited for as long as it takes. */
  beImpatient(): void {}

  /** Its runs are over before anybody could. */
  interrupt(): void {}

  /** It is always there. */
  onLost(): void {}
}
