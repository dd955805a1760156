import { Statistics } from "../execute/statistics.ts";
import type { Surface } from "../trace/space.ts";
import { UnderWay } from "./campaign.ts";
import { LateThreads } from "./late-threads.ts";
import { Pace } from "./pace.ts";
import type { Hands, Limit, Unit, UnitOutcome } from "./unit.ts";

/** What a thread is given to do. All of it is plain data, so that it could be sent to another machine, too. */
export interface UnitTask {
  /** What it needs to open the implementation and to draw its traces: always the same. */
  readonly setup: unknown;
  readonly unit: Unit;
  /** No run is begun later, in milliseconds since 1970. */
  readonly deadline: number;
  /** See `UnderWay`. */
  readonly underWay: SharedArrayBuffer;
  /** Where a number that isn't 0 says that there is nothing more to do. */
  readonly stop: SharedArrayBuffer;
}

/** How long one thread works alone, in milliseconds: sessions that are shorter don't need others. */
const WORTH_STARTING = 1000;

/** Milliseconds between two looks at whether there is nothing more to do. */
const LOOK = 25;

/** What threads need. */
export interface ThreadsOptions {
  /** The URL of a module whose default export takes a `UnitTask` and gives its `UnitOutcome`. */
  readonly worker: string;
  /** See `UnitTask`. */
  readonly setup: unknown;
  readonly threads: number;
  /** How long this thread works alone before the others are started, in milliseconds; a second unless told otherwise. */
  readonly aloneFor?: number;
  readonly surface: Surface;
}

/**
 * Several threads, each with an implementation of its own. This one works alone until they are there, and from then on
 * gives them work.
 */
export class Threads implements Hands {
  private readonly options: ThreadsOptions;
  private readonly alone: Hands;
  private readonly threads: LateThreads<UnitTask, UnitOutcome>;
  private readonly stop = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  private readonly tasks = new Set<Promise<UnitOutcome>>();
  // How long this thread has worked alone, in milliseconds.
  private spent = 0;

  /** `alone` has an implementation in this thread. */
  constructor(options: ThreadsOptions, alone: Hands) {
    this.options = options;
    this.alone = alone;
    this.threads = new LateThreads(options.worker, options.threads);
  }

  get ahead(): number {
    return this.threads.ahead;
  }

  async run(unit: Unit, limit: Limit, underWay: UnderWay): Promise<UnitOutcome> {
    const { threads, options } = this;
    if (threads.areReady) return this.handOut(unit, limit, underWay);
    const started = performance.now();
    const outcome = await this.alone.run(unit, limit, underWay);
    this.spent += performance.now() - started;
    if (this.spent >= (options.aloneFor ?? WORTH_STARTING) && !threads.areStarted) {
      const nothing = { from: 0, to: 0, stopsAtFinding: true };
      void threads.start(this.taskOf(nothing, { pace: new Pace(), deadline: 0 }, new UnderWay()));
    }
    return outcome;
  }

  async dismiss(): Promise<void> {
    this.end();
    await Promise.all(this.tasks);
    await this.threads.dismiss();
  }

  private async handOut(unit: Unit, limit: Limit, underWay: UnderWay): Promise<UnitOutcome> {
    const task = this.outcomeOf(unit, this.taskOf(unit, limit, underWay));
    this.tasks.add(task);
    const timer = setInterval(() => limit.pace.stopped && this.end(), LOOK);
    const outcome = await task;
    clearInterval(timer);
    this.tasks.delete(task);
    return outcome;
  }

  /** Tells all threads that there is nothing more to do. */
  private end(): void {
    Atomics.store(new Int32Array(this.stop), 0, 1);
  }

  private taskOf(unit: Unit, { pace, deadline }: Limit, underWay: UnderWay): UnitTask {
    const left = (deadline - pace.seconds) * 1000;
    return {
      setup: this.options.setup,
      unit,
      deadline: Date.now() + left,
      underWay: underWay.buffer,
      stop: this.stop,
    };
  }

  private async outcomeOf(unit: Unit, task: UnitTask): Promise<UnitOutcome> {
    const outcome = await this.threads.run(task);
    if (outcome.ok) return outcome.value;
    return lostUnit(unit, `a worker broke down: ${outcome.error}`, this.options.surface);
  }
}

/** The pace of a unit in a thread, which ends when there is nothing more to do; and what lets go of it. */
export function paceOf(
  task: UnitTask,
  interrupt: () => void,
): { readonly limit: Limit; readonly release: () => void } {
  const stop = new Int32Array(task.stop);
  const pace = new Pace();
  const look = () => {
    if (Atomics.load(stop, 0) === 0) return;
    pace.stop();
    interrupt();
  };
  look();
  const timer = setInterval(look, LOOK);
  const limit = { pace, deadline: pace.seconds + (task.deadline - Date.now()) / 1000 };
  return { limit, release: () => clearInterval(timer) };
}

/** What there is of a unit that came to nothing. */
export function lostUnit({ from }: Unit, lost: string, surface: Surface): UnitOutcome {
  const counts = new Statistics(surface).counts();
  return { next: from, counts, injections: { traces: 0, injected: 0 }, met: [], begun: [], lost };
}
