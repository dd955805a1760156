import type { Tinypool } from "tinypool";
import { escapeText } from "../trace/escape.ts";
import type { Fingerprint } from "../trace/fingerprint.ts";
import { type Crew, lostSlice, type Slice } from "./crew.ts";
import type { MayGoOn, Range } from "./slice.ts";
import type { StateColumns, StateStore } from "./state-store.ts";

/** What a worker is given to do. It reads the states where they lie: the threads share their memory. */
export interface SliceTask {
  /** What it needs to open the implementation: always the same. */
  readonly setup: unknown;
  readonly states: StateColumns;
  readonly range: Range;
}

/** What takes less is done alone, in milliseconds: it takes a moment to start threads, and to hand out slices. */
const WORTH_STARTING = 1000;
const WORTH_HANDING_OUT = 50;

/** Several threads, each with an implementation of its own. They are started when there is enough to do. */
export class Pool implements Crew {
  readonly slice: number;
  private readonly alone: Crew;
  private readonly start: () => Promise<Tinypool>;
  private readonly threadCount: number;
  private readonly setup: unknown;
  private threads: Promise<Tinypool> | undefined = undefined;
  private isAlone = true;
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
    this.alone = alone;
    this.threadCount = threads;
    this.start = async () => {
      // Here and not above: who starts no threads need not wait for it to load.
      const { Tinypool } = await import("tinypool");
      return new Tinypool({ filename: worker, minThreads: threads, maxThreads: threads });
    };
  }

  get hands(): number {
    return this.isAlone ? 1 : this.threadCount;
  }

  get ahead(): number {
    return this.isAlone ? 1 : 2 * this.threadCount;
  }

  get tellsAll(): boolean {
    return this.alone.tellsAll;
  }

  first(into: Fingerprint): void {
    this.alone.first(into);
  }

  begin(states: number): void {
    const expected = this.expanded === 0 ? 0 : (states / this.expanded) * this.spent;
    this.isAlone = expected < (this.threads ? WORTH_HANDING_OUT : WORTH_STARTING);
    if (!this.isAlone) this.threads ??= this.start();
  }

  /** Threads go on to the end of what they were given. */
  async expand(store: StateStore, range: Range, mayGoOn: MayGoOn): Promise<Slice> {
    if (!this.isAlone && this.threads)
      return this.handOut(this.threads, { setup: this.setup, states: store.columns, range });
    const started = performance.now();
    const slice = await this.alone.expand(store, range, mayGoOn);
    this.spent += performance.now() - started;
    this.expanded += slice.expanded;
    return slice;
  }

  private async handOut(threads: Promise<Tinypool>, task: SliceTask): Promise<Slice> {
    try {
      return await (await threads).run(task);
    } catch (error) {
      return lostSlice(escapeText(error instanceof Error ? error.message : String(error)));
    }
  }

  async dismiss(): Promise<void> {
    await (await this.threads)?.destroy();
  }
}
