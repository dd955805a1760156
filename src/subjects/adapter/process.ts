import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { releaseGroup, watchGroup } from "./guard.ts";
import { LineBuffer } from "./line-buffer.ts";

/** A program that speaks the trace language, as an operating system takes it: no shell looks at it. */
export interface AdapterCommand {
  readonly file: string;
  readonly args: readonly string[];
}

/** What a process may take. */
export interface AdapterLimits {
  /** For one run, its first answer to its last, in seconds. */
  readonly seconds: number;
  /** How long of that it is waited for, in seconds; absent for all of it. */
  readonly patience?: number;
}

/** Why an adapter answers no more, as findings are called, and in words. */
export interface Ending {
  readonly kind: "crash" | "hang" | "garbage" | "out-of-step" | "flood";
  readonly what: string;
  /** That there never was a process. */
  readonly neverStarted?: true;
}

/** What came of one batch of requests. */
export interface Batch {
  /** The answers that came, a line each; the last one may be cut short when `ending` says that more was to come. */
  readonly bytes: Uint8Array;
  /** Absent where all of them came. */
  readonly ending?: Ending;
}

/** One line of an answer has at most this many bytes. */
export const MAX_LINE = 16 * 2 ** 20;
/** What it may print in all before the answers to a batch are complete, in bytes: so much, and more for each line. */
const MAX_OUTPUT = 4 * MAX_LINE;
const MORE_OUTPUT = 2 ** 18;
/** What is kept of standard error: its end. */
const MAX_STDERR = 4096;
/** How long a process that was told to quit, or whose output was closed, has to end, in milliseconds, at most. */
const GRACE = 2000;

/** As long as so many batches are under way, others wait to be written together. */
const ENOUGH = 8;

/** How long children have to end after the process that was told to, in milliseconds. */
const LINGER = 200;

/** A batch whose answers are waited for. */
interface Waiting {
  readonly lines: number;
  readonly done: (batch: Batch) => void;
}

/**
 * A running adapter. Batches of requests are written one after another without waiting; their answers come in the same
 * order. It is a group of processes of its own, and none of them outlives it.
 */
export class AdapterProcess {
  private readonly child: ChildProcess;
  private readonly input: Writable;
  private readonly buffer = new LineBuffer();
  private readonly waiting: Waiting[] = [];
  private readonly exited: Promise<void>;
  private readonly closed: Promise<void>;
  private answered: Promise<unknown> = Promise.resolve();
  private cleared: Promise<void> = Promise.resolve();
  private readonly seconds: number;
  private readonly milliseconds: number;
  private timer: NodeJS.Timeout | undefined = undefined;
  private errors = "";
  // What is still to be written, and how many batches were written and not answered yet.
  private unwritten = "";
  private underWay = 0;
  private end: Ending | undefined = undefined;
  // Where it ended while nothing was waited for.
  private idleEnd: Ending | undefined = undefined;
  private quitting = false;
  private isGone = false;

  constructor({ file, args }: AdapterCommand, { seconds, patience = seconds }: AdapterLimits) {
    this.seconds = seconds;
    this.milliseconds = patience * 1000;
    const child = spawn(file, args, { detached: true, stdio: ["pipe", "pipe", "pipe"] });
    this.child = child;
    this.input = child.stdin;
    if (child.pid !== undefined) watchGroup(child.pid);
    this.exited = this.when("exit");
    this.closed = this.whenClosed();
    child.on("error", (error) =>
      this.finish({ kind: "crash", what: `it can't be started: ${reasonOf(error)}`, neverStarted: true }),
    );
    // What goes wrong with writing shows as the end of the process.
    child.stdin.on("error", () => {});
    this.listen(child.stdout, (chunk) => this.take(chunk));
    this.listen(child.stderr, (chunk) => {
      this.errors = (this.errors + chunk.toString("utf8")).slice(-MAX_STDERR);
    });
    child.on("exit", (status, signal) => this.onExit(status, signal));
  }

  /** The end of what it printed on standard error so far. */
  get stderr(): string {
    return this.errors;
  }

  /** Why it answers no more; `undefined` as long as it may. */
  get ending(): Ending | undefined {
    return this.end;
  }

  /** Writes requests, in ASCII, to which `lines` lines will be answered, and waits for these. */
  send(requests: string, lines: number): Promise<Batch> {
    if (this.end !== undefined || this.quitting) {
      return Promise.resolve({ bytes: new Uint8Array(), ending: NEVER_RUN });
    }
    this.unwritten += requests;
    const batch = new Promise<Batch>((done) => {
      this.waiting.push({ lines, done });
      if (this.waiting.length === 1) this.startClock();
    });
    this.writeWhenDue();
    this.answered = batch;
    return batch;
  }

  /** Writes several batches at once, before it runs out of those that it has. */
  private writeWhenDue(): void {
    if (this.underWay >= ENOUGH || this.unwritten === "") return;
    this.input.write(this.unwritten, "latin1");
    this.unwritten = "";
    this.underWay = this.waiting.length;
  }

  /**
   * Tells it to end when it has answered all, and waits for that. Says what was wrong about its end, where no batch has
   * said so.
   */
  async quit(): Promise<Ending | undefined> {
    if (this.end === undefined) {
      this.quitting = true;
      this.input.end(`${this.unwritten}quit\n`);
      this.unwritten = "";
      await this.answered;
      const grace = setTimeout(
        () => this.stop({ kind: "hang", what: "it did not end after quit" }),
        Math.min(GRACE, this.milliseconds),
      );
      await this.exited;
      clearTimeout(grace);
    }
    await this.closed;
    await this.cleared;
    return this.idleEnd;
  }

  /** Ends it at once. Batches that are waited for get what came so far. */
  kill(): void {
    this.stop({ kind: "crash", what: "it was ended" });
  }

  /** When the event comes; at once for what never was a process. */
  private async when(event: "exit" | "close"): Promise<void> {
    await once(this.child, event).catch(() => {});
  }

  /** When the process is gone, and its pipes. A child that left the group keeps them open, but not this waiting. */
  private async whenClosed(): Promise<void> {
    const closed = this.when("close");
    await this.exited;
    const late = setTimeout(() => {
      this.child.stdout?.destroy();
      this.child.stderr?.destroy();
    }, GRACE / 2);
    await closed;
    clearTimeout(late);
  }

  private listen(stream: Readable, take: (chunk: Buffer) => void): void {
    stream.on("data", take);
    stream.on("error", () => {});
  }

  private take(chunk: Buffer): void {
    if (this.end !== undefined) return;
    this.buffer.add(chunk);
    let first = this.waiting[0];
    while (first !== undefined && this.buffer.hasLines(first.lines)) {
      this.waiting.shift();
      this.underWay--;
      first.done({ bytes: this.buffer.takeLines(first.lines) });
      first = this.waiting[0];
      this.startClock();
    }
    this.writeWhenDue();
    if (first === undefined && this.buffer.length > 0) {
      this.stop({ kind: "out-of-step", what: "it printed more lines than it was asked for" });
    } else if (this.buffer.lastLine > MAX_LINE) {
      this.stop({ kind: "flood", what: `it printed a line of more than ${MAX_LINE / 2 ** 20} MiB` });
    } else if (first !== undefined && this.buffer.length > MAX_OUTPUT + first.lines * MORE_OUTPUT) {
      this.stop({ kind: "flood", what: `it printed ${this.buffer.length >> 20} MiB in one run` });
    }
  }

  /** Gives the batch at the head all of the time limit; none is needed when nothing is waited for. */
  private startClock(): void {
    if (this.waiting.length === 0) {
      clearTimeout(this.timer);
      this.timer = undefined;
    } else if (this.timer) this.timer.refresh();
    else this.timer = setTimeout(() => this.onTime(), this.milliseconds);
  }

  /** The time is up. What lies in the pipe by now, as this process was busy itself, still counts. */
  private onTime(): void {
    const [head] = this.waiting;
    setImmediate(() => {
      if (head === undefined || this.waiting[0] !== head) return;
      const mute = this.child.stdout?.readableEnded ? "it closed its output and" : "it";
      this.stop({ kind: "hang", what: `${mute} did not answer within ${this.seconds} s` });
    });
  }

  private onExit(status: number | null, signal: NodeJS.Signals | null): void {
    const isAsTold = this.quitting && this.waiting.length === 0 && status === 0;
    this.cleared = this.clearGroup(isAsTold).then(async (left) => {
      await this.closed;
      if (this.child.pid !== undefined) releaseGroup(this.child.pid);
      const how = signal === null ? `with status ${status}` : `by ${signal}`;
      const after = this.quitting ? " after quit" : "";
      if (!isAsTold) this.finish({ kind: "crash", what: `it ended ${how}${after}` });
      else if (left) this.finish({ kind: "crash", what: "it left a process behind when it ended" });
    });
  }

  /** Ends what it left behind, which would keep the pipes open. Says whether there was something that stayed. */
  private async clearGroup(isAsTold: boolean): Promise<boolean> {
    // Children that end with it may take a moment.
    if (isAsTold && this.signalGroup(0)) await sleep(LINGER);
    const left = this.signalGroup("SIGKILL");
    this.isGone = true;
    return left;
  }

  private stop(ending: Ending): void {
    this.finish(ending);
    this.signalGroup("SIGKILL");
  }

  private finish(ending: Ending): void {
    if (this.end !== undefined) return;
    this.end = ending;
    clearTimeout(this.timer);
    const [head, ...others] = this.waiting.splice(0);
    if (head === undefined) this.idleEnd = ending;
    head?.done({ bytes: this.buffer.takeAll(), ending });
    for (const { done } of others) done({ bytes: new Uint8Array(), ending: NEVER_RUN });
  }

  /** Sends a signal to all processes of the group, or with 0 none. Says whether there are any. */
  private signalGroup(signal: NodeJS.Signals | 0): boolean {
    const { pid } = this.child;
    // The number of a group that is gone may be another's by now.
    if (pid === undefined || this.isGone) return false;
    try {
      return process.kill(-pid, signal);
    } catch {
      return false;
    }
  }
}

function reasonOf(error: Error): string {
  const code = "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "there is no such program";
  if (code === "EACCES") return "it is not executable";
  return error.message;
}

/** The end of a batch that came after the one at which the process ended. */
export const NEVER_RUN: Ending = { kind: "crash", what: "it had ended before" };
