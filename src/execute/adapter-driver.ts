import {
  type AdapterCommand,
  type AdapterLimits,
  AdapterProcess,
  type Batch,
  NEVER_RUN,
} from "../subjects/adapter/process.ts";
import type { Finding } from "../trace/finding.ts";
import type { Request } from "../trace/request.ts";
import type { Hello, Space, Terms } from "../trace/space.ts";
import type { Driver, LateFinding, PastRun } from "./driver.ts";
import { type Judge, judgeFor } from "./judge.ts";
import type { Flight, Runner, Watch } from "./runner.ts";
import { GREETING, type Script, ScriptWriter } from "./script.ts";
import type { Statistics } from "./statistics.ts";
import { type Flaw, Transcript } from "./transcript.ts";

/** Runs under way: so many that neither side ever waits for the other. */
const AHEAD = 32;

/**
 * After so many runs a process is told to quit and another one takes over, so that the runs that a finding may need
 * are never more.
 */
const RUNS_OF_A_PROCESS = 4096;

/** The part of the time limit that a run has while a hang is shrunk, and the least of it, in seconds. */
const IMPATIENCE = 0.1;
const LEAST_PATIENCE = 0.5;

/** How long shrinking may take, in seconds: each trace may take a process of its own. */
const SHRINK_SECONDS = 30;

/** A process and the runs that it was given. */
interface Worker {
  readonly process: AdapterProcess;
  readonly greeting: Promise<Batch>;
  readonly runs: PastRun[];
}

/** A run of a process, by its index in those that it was given. */
interface Place {
  readonly worker: Worker;
  readonly index: number;
}

/** What shows when a process is told to end. */
interface Late extends Place {
  readonly finding: LateFinding;
}

/** What was sent for one run, and to whom. */
interface Sent extends Place {
  readonly batch: Promise<Batch>;
}

/**
 * An implementation in a process of its own, that speaks the trace language. The process is started when it is needed,
 * and again whenever it has ended.
 */
export class AdapterDriver implements Driver {
  readonly hello: Hello;
  readonly ahead = AHEAD;
  readonly lifetime = RUNS_OF_A_PROCESS;
  readonly shrinkSeconds = SHRINK_SECONDS;
  private readonly command: AdapterCommand;
  private readonly limits: AdapterLimits;
  private readonly greeting: Uint8Array;
  private worker: Worker | undefined = undefined;
  private readonly retired: Promise<Late | undefined>[] = [];
  private readonly ending = new Set<AdapterProcess>();
  private last: Place | undefined = undefined;
  interrupted = false;
  private whyLost: string | undefined = undefined;
  private readonly listeners: (() => void)[] = [];
  private impatient = false;

  /** `greeting` is what the command has answered at its start, and `hello` what that means. */
  constructor(command: AdapterCommand, limits: AdapterLimits, hello: Hello, greeting: Uint8Array) {
    this.command = command;
    this.limits = limits;
    this.hello = hello;
    this.greeting = greeting;
  }

  get earlier(): readonly PastRun[] {
    return this.last?.worker.runs.slice(0, this.last.index) ?? [];
  }

  get stderr(): string {
    return this.last?.worker.process.stderr ?? "";
  }

  get lost(): string | undefined {
    return this.whyLost;
  }

  runnerIn(space: Space): Runner {
    return new AdapterRunner(this, { space, hello: this.hello });
  }

  async renew(): Promise<LateFinding | undefined> {
    if (this.worker) this.retire(this.worker);
    const ends = await Promise.all(this.retired.splice(0));
    const late = ends.find((end) => end !== undefined);
    if (late) this.last = late;
    return late?.finding;
  }

  beImpatient(impatient: boolean): void {
    this.impatient = impatient;
    // The time limit is that of a process.
    if (this.worker) this.retire(this.worker);
  }

  interrupt(): void {
    this.interrupted = true;
    this.worker?.process.kill();
    for (const process of this.ending) process.kill();
  }

  onLost(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Writes a run without waiting for anything; after an interruption does nothing. */
  send(script: Script, run: PastRun): Sent | undefined {
    if (this.interrupted) return undefined;
    const worker = this.workerForNext();
    const batch = worker.process.send(script.text, script.lines);
    worker.runs.push(run);
    return { worker, index: worker.runs.length - 1, batch };
  }

  /** Waits for what came of a run, which is done once more where the process had ended before. */
  async answersTo(script: Script, run: PastRun, sent: Sent | undefined): Promise<Batch | undefined> {
    for (let at = sent; at !== undefined; at = this.send(script, run)) {
      const batch = await at.batch;
      const { ending } = await at.worker.greeting;
      if (ending?.neverStarted) this.lose(ending.what);
      if (this.interrupted) return undefined;
      if (batch.ending === NEVER_RUN && ending === undefined) continue;
      this.last = at;
      if (ending) return { ...NOTHING, ending };
      if (!(await this.isAnother(at.worker))) return batch;
      if (at.worker === this.worker) this.retire(at.worker);
      return ANOTHER;
    }
    return undefined;
  }

  /** The program was there at first: that it can't be started now is no fault of the implementation. */
  private lose(why: string): void {
    this.whyLost ??= why;
    this.interrupt();
    for (const listener of this.listeners) listener();
  }

  private workerForNext(): Worker {
    const { worker } = this;
    if (worker && worker.process.ending === undefined && worker.runs.length < RUNS_OF_A_PROCESS)
      return worker;
    if (worker) this.retire(worker);
    const process = new AdapterProcess(this.command, this.limitsNow());
    this.worker = { process, greeting: process.send(GREETING.text, GREETING.lines), runs: [] };
    return this.worker;
  }

  /** Whether a process says something else of itself than the first one did. */
  private async isAnother({ greeting }: Worker): Promise<boolean> {
    const { bytes } = await greeting;
    return !Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).equals(this.greeting);
  }

  private limitsNow(): AdapterLimits {
    const { seconds } = this.limits;
    if (!this.impatient) return this.limits;
    return { seconds, patience: Math.min(seconds, Math.max(seconds * IMPATIENCE, LEAST_PATIENCE)) };
  }

  /** Has a process end, when it has done what it was given. */
  private retire(worker: Worker): void {
    this.worker = undefined;
    this.ending.add(worker.process);
    this.retired.push(this.endOf(worker));
  }

  private async endOf(worker: Worker): Promise<Late | undefined> {
    const { process, runs } = worker;
    const ending = await process.quit();
    this.ending.delete(process);
    const run = runs.at(-1);
    if (ending === undefined || run === undefined) return undefined;
    const flaw = { check: ending.kind, observed: ending.what };
    return {
      worker,
      index: runs.length - 1,
      finding: { ...run, finding: flawAt(run.requests.length - 1, flaw) },
    };
  }
}

const NOTHING: Batch = { bytes: new Uint8Array() };

/** What comes of a run of a process that isn't what the first one was. */
const ANOTHER: Batch = {
  ...NOTHING,
  ending: { kind: "garbage", what: "it answered hello otherwise than at its first start," },
};

class AdapterRunner implements Runner {
  readonly terms: Terms;
  readonly judge: Judge;
  private readonly driver: AdapterDriver;
  private readonly writer: ScriptWriter;
  private readonly transcript = new Transcript();

  constructor(driver: AdapterDriver, terms: Terms) {
    this.driver = driver;
    this.terms = terms;
    this.judge = judgeFor(terms);
    this.writer = new ScriptWriter(terms);
  }

  begin(requests: readonly Request[]): Flight {
    const script = this.writer.write(requests);
    const run = { space: this.terms.space, requests };
    const sent = this.driver.send(script, run);
    return async (statistics, watch) => {
      const batch = await this.driver.answersTo(script, run, sent);
      return batch && this.judgeBatch(requests, script, batch, statistics, watch);
    };
  }

  private judgeBatch(
    requests: readonly Request[],
    script: Script,
    batch: Batch,
    statistics?: Statistics,
    watch?: Watch,
  ): Finding | undefined {
    this.judge.reset();
    this.transcript.begin(batch);
    const finding =
      this.judgeRequests(requests, script, statistics, watch) ?? this.judgeEnd(requests.length - 1);
    const { ending } = batch;
    if (finding === undefined || finding.kind === "panic" || finding.kind === ending?.kind) return finding;
    // A line that is missing shows in lines that stand in the wrong place: at the end too, or there the last is waited
    // for in vain.
    const inStep = trailingOks(batch.bytes) === this.writer.lastOks;
    if (ending === undefined ? inStep : ending.kind !== "hang" || !inStep) return finding;
    return flawAt(finding.at, {
      check: "out-of-step",
      observed: `not one line for each request: ${finding.observed}`,
    });
  }

  private judgeRequests(
    requests: readonly Request[],
    script: Script,
    statistics?: Statistics,
    watch?: Watch,
  ): Finding | undefined {
    const { transcript, judge, writer } = this;
    const unready = transcript.readOk("reset");
    if (unready) return flawAt(0, unready);
    const last = requests.length - 1;
    for (let at = 0; at < requests.length; at++) {
      const request = requests[at];
      if (request === undefined) return undefined;
      const flaw = transcript.readAnswer(request);
      if (flaw) return flawAt(at, flaw);
      // After a panic nothing can be observed: what is answered then says nothing.
      const queries = writer.queriesAfter(script, at === last);
      const hidden = transcript.answer.kind === "panic" ? undefined : transcript.observe(queries);
      if (hidden) return flawAt(at, hidden);
      const finding = judge.step(request, transcript.answer, transcript.observed, statistics);
      watch?.(request, transcript.answer, transcript.observed);
      if (finding) return finding;
    }
    return judge.finish(transcript.observed);
  }

  /** What shows when the instance is given up. */
  private judgeEnd(at: number): Finding | undefined {
    const { transcript, judge, writer } = this;
    if (writer.drops) {
      const flaw = transcript.readOk("drop") ?? transcript.observe(writer.observingDropped);
      const finding = flaw ? flawAt(at, flaw) : judge.drop(transcript.observed);
      if (finding) return finding;
    }
    const flaw = transcript.readOk("sync");
    return flaw && flawAt(at, flaw);
  }
}

function flawAt(at: number, { check, observed }: Flaw): Finding {
  const expected = check === "panic" ? "no panic" : "one answer to every request, in time";
  return { kind: check, check, at, expected, observed, answer: check };
}

/** How many lines at the end are a plain `ok`; of many only some are counted. */
function trailingOks(bytes: Uint8Array): number {
  const end = `\n${Buffer.from(bytes.subarray(-16)).toString("latin1")}`;
  const oks = /\n((?:ok\r?\n)+)$/.exec(end)?.[1] ?? "";
  return oks.split("\n").length - 1;
}
