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
const AHEAD = 16;

/**
 * After so many runs a process is told to quit and another one takes over, so that the runs that a finding may need
 * are never more.
 */
const RUNS_OF_A_PROCESS = 1024;

/** The part of the time limit that a run has while a hang is shrunk, and the least of it, in seconds. */
const IMPATIENCE = 0.1;
const LEAST_PATIENCE = 0.5;

/** How long shrinking may take, in seconds: each trace may take a process of its own. */
const SHRINK_SECONDS = 60;

/** A process and the runs that it was given. */
interface Worker {
  readonly process: AdapterProcess;
  readonly runs: PastRun[];
  /** Whether it is known that it ended. */
  reported: boolean;
}

/** What was sent for one run, and to whom. */
interface Sent {
  readonly worker: Worker;
  /** The index of the run in those of the worker. */
  readonly index: number;
  readonly batch: Promise<Batch>;
}

/**
 * An implementation in a process of its own, that speaks the trace language. The process is started when it is needed,
 * and again whenever it has ended.
 */
export class AdapterDriver implements Driver {
  readonly hello: Hello;
  readonly ahead = AHEAD;
  readonly shrinkSeconds = SHRINK_SECONDS;
  private readonly command: AdapterCommand;
  private readonly limits: AdapterLimits;
  private worker: Worker | undefined = undefined;
  private readonly retired: Promise<LateFinding | undefined>[] = [];
  private last: Sent | undefined = undefined;
  private interrupted = false;
  private impatient = false;

  /** `hello` is what the command has answered to it. */
  constructor(command: AdapterCommand, limits: AdapterLimits, hello: Hello) {
    this.command = command;
    this.limits = limits;
    this.hello = hello;
  }

  get earlier(): readonly PastRun[] {
    return this.last?.worker.runs.slice(0, this.last.index) ?? [];
  }

  get stderr(): string {
    return this.last?.worker.process.stderr ?? "";
  }

  runnerIn(space: Space): Runner {
    return new AdapterRunner(this, { space, hello: this.hello });
  }

  async renew(): Promise<LateFinding | undefined> {
    if (this.worker) this.retire(this.worker);
    const late = await Promise.all(this.retired.splice(0));
    return late.find((finding) => finding !== undefined);
  }

  beImpatient(impatient: boolean): void {
    this.impatient = impatient;
    // The time limit is that of a process.
    if (this.worker) this.retire(this.worker);
  }

  interrupt(): void {
    this.interrupted = true;
    this.worker?.process.kill();
  }

  /** Writes a run without waiting for anything. */
  send(script: Script, run: PastRun): Sent {
    const worker = this.workerForNext();
    const batch = worker.process.send(script.text, script.lines);
    worker.runs.push(run);
    return { worker, index: worker.runs.length - 1, batch };
  }

  /** Waits for what came of a run, which is done once more where the process had ended before. */
  async answersTo(script: Script, run: PastRun, sent: Sent): Promise<Batch | undefined> {
    let at = sent;
    let batch = await at.batch;
    while (batch.ending === NEVER_RUN && !this.interrupted) {
      at = this.send(script, run);
      batch = await at.batch;
    }
    if (this.interrupted) return undefined;
    if (batch.ending) at.worker.reported = true;
    this.last = at;
    return batch;
  }

  private workerForNext(): Worker {
    const { worker } = this;
    if (worker && !worker.reported && worker.runs.length < RUNS_OF_A_PROCESS) return worker;
    if (worker) this.retire(worker);
    const process = new AdapterProcess(this.command, this.limitsNow());
    // What it says was looked at before; that it says nothing shows in what follows.
    void process.send(GREETING.text, GREETING.lines);
    this.worker = { process, runs: [], reported: false };
    return this.worker;
  }

  private limitsNow(): AdapterLimits {
    const { seconds } = this.limits;
    return this.impatient
      ? { seconds: Math.min(seconds, Math.max(seconds * IMPATIENCE, LEAST_PATIENCE)) }
      : this.limits;
  }

  /** Has a process end, when it has done what it was given. */
  private retire(worker: Worker): void {
    this.worker = undefined;
    this.retired.push(
      worker.process.quit().then((ending) => {
        const run = worker.runs.at(-1);
        if (ending === undefined || worker.reported || run === undefined) return undefined;
        this.last = { worker, index: worker.runs.length - 1, batch: Promise.resolve(NOTHING) };
        return {
          ...run,
          finding: flawAt(run.requests.length - 1, { check: ending.kind, observed: ending.what }),
        };
      }),
    );
  }
}

const NOTHING: Batch = { bytes: new Uint8Array() };

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
    // Where the last line is no answer to the last request, the others may not be either.
    if (finding === undefined || finding.kind === "panic" || batch.ending || endsInStep(batch.bytes))
      return finding;
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

/** Whether the answers end with that to `sync`. */
function endsInStep(bytes: Uint8Array): boolean {
  return /(^|\n)ok\r?\n$/.test(Buffer.from(bytes.subarray(-5)).toString("latin1"));
}
