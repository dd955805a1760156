import type { Tinypool } from "tinypool";
import { escapeText } from "../trace/escape.ts";
import { failure, type Result, settled, success } from "../trace/result.ts";

/** How many tasks a thread has before it, so that it need not wait for the next. */
const QUEUE = 2;

/** Threads that are started once there is enough to do for them, and given work when each of them is ready for it. */
export class LateThreads<Task, Answer> {
  private readonly count: number;
  private readonly open: () => Promise<Tinypool>;
  private starting: Promise<Tinypool> | undefined = undefined;
  // The same, as soon as they can be given work.
  private ready: Tinypool | undefined = undefined;

  /**
   * So many threads, each of which runs the module with the URL `worker`: its default export takes a task and gives the
   * answer. `young` is the room for what lives for a step only, in MiB: with more of it, memory is cleared up less often.
   */
  constructor(worker: string, count: number, young?: number) {
    this.count = count;
    const limits = young !== undefined && { resourceLimits: { maxYoungGenerationSizeMb: young } };
    this.open = async () => {
      // Here and not above: who starts no threads need not wait for it to load.
      const { Tinypool } = await import("tinypool");
      return new Tinypool({ filename: worker, minThreads: count, maxThreads: count, ...limits });
    };
  }

  /** Whether they were started. */
  get areStarted(): boolean {
    return this.starting !== undefined;
  }

  /** Whether they can be given work. */
  get areReady(): boolean {
    return this.ready !== undefined;
  }

  /** How many can work at a time: one as long as it is this thread alone. */
  get hands(): number {
    return this.ready ? this.count : 1;
  }

  /** How many tasks are best under way, so that nobody has to wait for one. */
  get ahead(): number {
    return this.ready ? QUEUE * this.count : 1;
  }

  /** Starts them, and has each of them do `nothing`, for which it opens what it needs: until then there is no use in them. */
  async start(nothing: Task): Promise<void> {
    this.starting = this.open();
    const threads = await settled(this.starting);
    // Where none can be started, this one does it all.
    if (threads === undefined) return;
    await Promise.allSettled(Array.from({ length: this.count }, () => threads.run(nothing)));
    this.ready = threads;
  }

  /** Has one of them do a task, when they can be given work. The error is why it broke down. */
  async run(task: Task): Promise<Result<Answer, string>> {
    if (this.ready === undefined) return failure("there are no threads");
    try {
      return success(await this.ready.run(task));
    } catch (error) {
      return failure(escapeText(error instanceof Error ? error.message : String(error)));
    }
  }

  /** Ends them. */
  async dismiss(): Promise<void> {
    const threads = this.starting && (await settled(this.starting));
    await threads?.destroy();
  }
}
