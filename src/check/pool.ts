import { LateThreads } from "../explore/late-threads.ts";
import type { Fingerprint } from "../trace/fingerprint.ts";
import { type Crew, lostSlice, type Slice } from "./crew.ts";
import type { MayGoOn, Range } from "./slice.ts";
import { type StateColumns, StateStore } from "./state-store.ts";

/** What a worker is given to do. It reads the states where they lie: the threads share their memory. */
export interface SliceTask {
  /** What it needs to open the implementation: always the same. */
  readonly setup: unknown;
  readonly states: StateColumns;
  readonly range: Range;
}

/** How long the work so far and that at hand must take, in milliseconds, for threads to be worth it. */
const WORTH_STARTING = 250;

/** Room for what lives for a step only, in MiB: with more of it, memory is cleared up less often. */
const YOUNG = 96;

/**
 * Several threads, each with an implementation of its own. This one works alone until they are there, which are started
 * when there is enough to do, and from then on gives them work, so that none has to wait for it.
 */
export class Pool implements Crew {
  readonly slice: number;
  readonly banBytes: number;
  private readonly alone: Crew;
  private readonly threads: LateThreads<SliceTask, Slice>;
  private readonly setup: unknown;
  // How many states were expanded alone, and how long that took, in milliseconds.
  private expanded = 0;
  private spent = 0;

  /**
   * `worker` is the URL of a module whose default export takes a `SliceTask` and gives its `Slice`, and `setup` what it needs to
   * open the same implementation. `alone` has it in this thread.
   */
  constructor(worker: string, setup: unknown, threads: number, alone: Crew) {
    this.setup = setup;
    this.slice = alone.slice;
    this.banBytes = alone.banBytes;
    this.alone = alone;
    this.threads = new LateThreads(worker, threads, YOUNG);
  }

  get hands(): number {
    return this.threads.hands;
  }

  get ahead(): number {
    return this.threads.ahead;
  }

  get tellsAll(): boolean {
    return this.alone.tellsAll;
  }

  first(into: Fingerprint): void {
    this.alone.first(into);
  }

  begin(states: number): void {
    const { threads, setup } = this;
    if (threads.areStarted || this.expanded === 0) return;
    const expected = (states / this.expanded) * this.spent;
    if (this.spent + expected < WORTH_STARTING) return;
    void threads.start({ setup, states: new StateStore().columns, range: { from: 0, to: 0 } });
  }

  /** Threads go on to the end of what they were given. */
  async expand(store: StateStore, range: Range, mayGoOn: MayGoOn): Promise<Slice> {
    const { threads, setup } = this;
    if (threads.areReady) {
      const slice = await threads.run({ setup, states: store.columns, range });
      return slice.ok ? slice.value : lostSlice(slice.error);
    }
    const started = performance.now();
    const slice = await this.alone.expand(store, range, mayGoOn);
    this.spent += performance.now() - started;
    this.expanded += slice.expanded;
    return slice;
  }

  dismiss(): Promise<void> {
    return this.threads.dismiss();
  }
}
