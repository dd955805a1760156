import { PIPE_CHECKS } from "../../properties/invariants.ts";
import { type CaseMisfit, MARKED_STALE, misfitOfCase, widest } from "../corpus/fit.ts";
import { describeProblem } from "../corpus/problem.ts";
import type { Driver, PastRun } from "../execute/driver.ts";
import type { Judge, Model } from "../execute/judge.ts";
import type { Watch } from "../execute/runner.ts";
import { sameFinding } from "../shrink/same-finding.ts";
import { type Answer, answerClass, sameAnswer } from "../trace/answer.ts";
import { ownManners } from "../trace/dialect.ts";
import type { Finding } from "../trace/finding.ts";
import { printAnswer, printRequest } from "../trace/print.ts";
import type { Request } from "../trace/request.ts";
import type { Hello, Space, Surface } from "../trace/space.ts";
import { type Snapshot, snapshotOfModel, snapshotOfObservation } from "./snapshot.ts";

/** A literal trace and where it runs. Every corpus entry is one. */
export interface Replayable {
  readonly surface: Surface;
  readonly space: Space;
  readonly requests: readonly Request[];
  /** Earlier runs without which an implementation in a process of its own doesn't show it. */
  readonly before?: readonly PastRun[];
  /** What it showed when it was saved. */
  readonly finding?: Finding;
  /** What each request must be answered, whatever the model says; as many as there are requests. */
  readonly answers?: readonly Answer[];
  /** `stale` for a case that was given up, `known` for a bug that waits to be mended. */
  readonly status?: string;
  /** What the finding was about. */
  readonly implementation?: string;
}

/** Whether `finding` is the bug of the implementation called `name` that the case was saved for as known. */
export function showsKnownBug(
  { status, implementation, requests, finding: saved }: Replayable,
  finding: Finding,
  name: string,
): boolean {
  if (status !== "known" || implementation !== name) return false;
  return saved === undefined || sameFinding({ requests, finding: saved }, { requests, finding });
}

/** What a replay came to. */
export type Replay = { readonly status: "agree" } | FindingReplay | StaleReplay | UnsuitedReplay;

/** A replay that ended in a finding. */
export interface FindingReplay {
  readonly status: "finding";
  readonly finding: Finding;
  /** What the implementation parted from: the model, or the answers that the case itself demands. */
  readonly from: "model" | "answers";
  /** The state that the contract wants after the request of the finding. */
  readonly model: Snapshot;
}

/** A case that doesn't fit the subject: nothing was run. */
export interface StaleReplay extends CaseMisfit {
  readonly status: "stale";
}

/**
 * A sound case that this implementation can't be asked: it is about the other surface, or its addresses are not
 * wide enough. Nothing was run.
 */
export interface UnsuitedReplay {
  readonly status: "unsuited";
  readonly reason: string;
}

/** One request of a replay: what it was answered and what showed after it. */
export interface ReplayedStep {
  readonly request: Request;
  readonly answer: Answer;
  /** How many injected failures fired in it. */
  readonly injected: number;
  /** What showed before it. */
  readonly before: Snapshot;
  /** What showed after it; absent after a panic, when nothing can be observed. */
  readonly after?: Snapshot;
}

/** A replay with everything that happened on the way, to be shown. */
export interface RecordedReplay {
  readonly replay: Replay;
  /** Up to the request of the finding, or all of them; none when the case is stale. */
  readonly steps: readonly ReplayedStep[];
}

/** The replay that agrees. */
const AGREE: Replay = { status: "agree" };

/**
 * Runs a literal trace on a fresh instance of `subject` and says whether all of it agrees with the model and
 * with the answers that the case itself demands. `watch` looks on up to the request of the finding.
 */
export async function replayEntry(entry: Replayable, driver: Driver, watch?: Watch): Promise<Replay> {
  const { hello } = driver;
  const stale = findStale(entry, hello);
  if (stale) return stale;
  const runner = driver.runnerIn(entry.space);
  const { judge } = runner;
  const demands = new Demands(entry, hello, judge.model);
  const { before = [] } = entry;
  if (before.length > 0) await driver.renew();
  for (const run of before) await driver.runnerIn(run.space).begin(run.requests)();
  const shown = await runner.begin(entry.requests)(undefined, (request, answer, observed) => {
    if (demands.broken) return;
    watch?.(request, answer, observed);
    demands.check(request, answer);
  });
  const finding = shown ?? (await lateFinding(entry, driver));
  const { broken } = demands;
  if (broken && (finding === undefined || broken.finding.at < finding.at)) return broken;
  if (finding === undefined) return AGREE;
  settle(judge, finding, entry.requests[finding.at]);
  return { status: "finding", finding, from: "model", model: snapshotOfModel(judge.model) };
}

/** What shows only when the implementation is told to end: looked for where that is what was found before. */
async function lateFinding({ requests, finding }: Replayable, driver: Driver): Promise<Finding | undefined> {
  if (finding === undefined || !Object.hasOwn(PIPE_CHECKS, finding.check)) return undefined;
  const late = await driver.renew();
  return late?.requests === requests ? late.finding : undefined;
}

/** As `replayEntry`, and keeps what the implementation answered and showed. */
export async function recordReplay(entry: Replayable, driver: Driver): Promise<RecordedReplay> {
  const steps: ReplayedStep[] = [];
  let before: Snapshot = { areas: [], pages: [] };
  const replay = await replayEntry(entry, driver, (request, answer, observed) => {
    if (answer.kind === "panic") steps.push({ request, answer, injected: 0, before });
    else {
      const after = snapshotOfObservation(observed, entry.space.page);
      steps.push({ request, answer, injected: observed.injected, before, after });
      before = after;
    }
  });
  return { replay, steps };
}

/**
 * Why nothing was run, as one line that names the place and the remedy, safe to print on a terminal. `file`
 * is where the case is, `placeOf` says where in it the request with some index stands.
 */
export function describeStale(
  { requests }: Replayable,
  { at, reason, remedy }: StaleReplay,
  file: string,
  placeOf: (at: number) => string,
): string {
  const request = at === undefined ? undefined : requests[at];
  if (at === undefined || request === undefined) return describeProblem(file, { what: reason, remedy });
  return describeProblem(placeOf(at), { what: `${printRequest(request)}: ${reason}`, remedy });
}

/** Why the case can't run on an implementation that says `hello` of itself. */
function findStale(entry: Replayable, hello: Hello): StaleReplay | UnsuitedReplay | undefined {
  const { surface, status } = entry;
  if (status === "stale") return { status, ...MARKED_STALE };
  if (surface !== hello.surface) {
    const reason = `the case is about the ${surface} surface and ${hello.name} offers ${hello.surface}`;
    return { status: "unsuited", reason };
  }
  const broken = misfitOfCase(entry, widest(hello));
  if (broken) return { status: "stale", ...broken };
  const misfit = misfitOfCase(entry, hello);
  if (misfit === undefined) return undefined;
  return { status: "unsuited", reason: `${hello.name} can't be asked this: ${misfit.reason}` };
}

/** Whether the answer is the demanded one. A system that knows no physical addresses leaves that of an access out. */
function meets(demanded: Answer, answer: Answer, { op }: Request): boolean {
  return (
    sameAnswer(demanded, answer) || (op === "access" && demanded.kind === "address" && answer.kind === "ok")
  );
}

/** The answers that a case demands by itself, so that a mistake that model and stack share is still seen. */
class Demands {
  /** The first answer that is not the demanded one, and the model right after it. */
  broken: FindingReplay | undefined = undefined;
  private at = 0;
  private readonly answers: readonly Answer[];
  private readonly addrBits: number;
  private readonly model: Model;

  constructor(entry: Replayable, hello: Hello, model: Model) {
    // They are written for the contract's own manners.
    const isPlain = Object.keys(ownManners(hello.dialect)).length === 0;
    this.answers = (isPlain && entry.answers) || [];
    this.addrBits = hello.addrBits;
    this.model = model;
  }

  check(request: Request, answer: Answer): void {
    const demanded = this.answers[this.at];
    if (demanded !== undefined && !meets(demanded, answer, request)) {
      const finding = {
        kind: "answer",
        check: "answer",
        at: this.at,
        expected: printAnswer(demanded, this.addrBits, request.op),
        observed: printAnswer(answer, this.addrBits, request.op),
        answer: answerClass(answer),
      } as const;
      this.broken = { status: "finding", finding, from: "answers", model: snapshotOfModel(this.model) };
    }
    this.at++;
  }
}

/** The checks that end a run before the model has carried out the command. */
const BEFORE_COMMIT: readonly string[] = ["answer", "panic", "injected"];

/** Brings the model of a run that is over to where the contract wants the state after the last request. */
function settle(judge: Judge, finding: Finding, request: Request | undefined): void {
  if (request !== undefined && BEFORE_COMMIT.includes(finding.check)) judge.settle(request);
}
