import type { Tinypool } from "tinypool";
import { escapeText } from "../trace/escape.ts";
import type { Fingerprint } from "../trace/fingerprint.ts";
import { settled } from "../trace/result.ts";
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

/** How many slices a thread has before it, so that it need not wait for the next. */
const QUEUE = 2;

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
  private readonly start: () => Promise<Tinypool>;
  private readonly threadCount: number;
  private readonly setup: unknown;
  private threads: Promise<Tinypool> | undefined = undefined;
  // The same, as soon as they can be given work.
  private ready: Tinypool | undefined = undefined;
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
    this.threadCount = threads;
    this.start = async () => {
      // Here and not above: who starts no threads need not wait for it to load.
      const { Tinypool } = await import("tinypool");
      const resourceLimits = { maxYoungGenerationSizeMb: YOUNG };
      return new Tinypool({ filename: worker, minThreads: threads, maxThreads: threads, resourceLimits });
    };
  }

  get hands(): number {
    return this.ready ? this.threadCount : 1;
  }

  get ahead(): number {
    return this.ready ? QUEUE * this.threadCount : 1;
  }

  get tellsAll(): boolean {
    return this.alone.tellsAll;
  }

  first(into: Fingerprint): void {
    this.alone.first(into);
  }

  begin(states: number): void {
    if (this.threads || this.expanded === 0) return;
    const expected = (states / this.expanded) * this.spent;
    if (this.spent + expected < WORTH_STARTING) return;
    this.threads = this.start();
    void this.summon(this.threads);
  }

  /** Threads go on to the end of what they were given. */
  async expand(store: StateStore, range: Range, mayGoOn: MayGoOn): Promise<Slice> {
    if (this.ready) return this.handOut(this.ready, { setup: this.setup, states: store.columns, range });
    const started = performance.now();
    const slice = await this.alone.expand(store, range, mayGoOn);
    this.spent += performance.now() - started;
    this.expanded += slice.expanded;
    return slice;
  }

  /** Has each of the threads open its implementation: until then there is no use in them. */
  private async summon(starting: Promise<Tinypool>): Promise<void> {
    const threads = await settled(starting);
    // Where none can be started, this one does it all.
    if (threads === undefined) return;
    const nothing: SliceTask = {
      setup: this.setup,
      states: new StateStore().columns,
      range: { from: 0, to: 0 },
    };
    await Promise.allSettled(Array.from({ length: this.threadCount }, () => threads.run(nothing)));
    this.ready = threads;
  }

  private async handOut(threads: Tinypool, task: SliceTask): Promise<Slice> {
    try {
      return await threads.run(task);
    } catch (error) {
      return lostSlice(escapeText(error instanceof Error ? error.message : String(error)));
    }
  }

  async dismiss(): Promise<void> {
    if (this.threads) await (await settled(this.threads))?.destroy();
  }
}
