import { type CorpusEntry, entryId } from "../corpus/entry.ts";
import { loadDirectory } from "../corpus/load.ts";
import { saveEntry } from "../corpus/save.ts";
import { Executor } from "../execute/executor.ts";
import type { Counterexample } from "../shrink/reduce.ts";
import type { Subject } from "../subjects/subject.ts";
import type { Finding } from "../trace/finding.ts";
import { printRequest } from "../trace/print.ts";
import type { Request } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";
import { type Budget, type FoundByFuzzing, fuzz, newTally, type Tally } from "./fuzz.ts";
import { type InjectionTally, injectEverywhere } from "./inject.ts";
import type { Pace } from "./pace.ts";
import { describeStale, replayEntry } from "./replay.ts";

/** What is tested, and the name that saved cases know it by. */
export interface Target {
  readonly name: string;
  readonly subject: Subject;
}

/** What a fuzzing session is to do. */
export interface Session {
  readonly target: Target;
  /** Where the runs take place, in turn; the simplest first. */
  readonly spaces: readonly Space[];
  readonly seed: string;
  /** The longest trace, in requests. */
  readonly maxCommands: number;
  readonly budget: Budget;
  /** Whether every trace, the saved ones too, is also run with every single failure of every command. */
  readonly injectAll: boolean;
  /** Where saved cases are, and new ones go; `undefined` when there is no corpus to begin with. */
  readonly corpus: string | undefined;
  /** The directory that findings are saved in; `undefined` when none is to be. */
  readonly saveTo: string | undefined;
}

/** One finding of a session, ready to be printed or written as JSON. */
export interface SessionFinding {
  readonly id: string;
  /** The corpus file that holds it. */
  readonly file: string | null;
  /** Where it takes place: for one that was shrunk, perhaps a simpler space than that of the run. */
  readonly space: Space;
  readonly trace: readonly string[];
  readonly finding: Finding;
  /** How many requests the trace had before it was shrunk; `null` for a saved case. */
  readonly shrunkFrom: number | null;
  /** The run that showed it; `null` for a saved case. */
  readonly run: number | null;
  /** How many traces shrinking tried; `null` for a saved case. */
  readonly executions: number | null;
}

/** How a session ended. */
export interface SessionResult {
  readonly findings: readonly SessionFinding[];
  /** How many saved cases were replayed before fuzzing; stale ones, and those for wider addresses, are not. */
  readonly replayed: number;
  /** How many saved cases of this surface the implementation can't be asked. */
  readonly unsuited: number;
  /** What was wrong with files of the corpus or with saving, a line each. */
  readonly problems: readonly string[];
  readonly tally: Tally;
  readonly seconds: number;
  readonly interrupted: boolean;
}

/** Replays the saved cases that concern the subject, then fuzzes, then saves what was found. */
export async function runSession(
  session: Session,
  pace: Pace,
  tally: Tally = newTally(session.target.subject.hello.surface),
): Promise<SessionResult> {
  const problems: string[] = [];
  const { findings, replayed, unsuited } = await replayCorpus(session, pace, tally, problems);
  const { target, budget } = session;
  const found = await fuzz({ ...session, subject: target.subject }, budget, pace, tally);
  if (found) await addFound(findings, found, session, problems);
  tally.findings = findings.size;
  return {
    findings: [...findings.values()],
    replayed,
    unsuited,
    problems,
    tally,
    seconds: pace.seconds,
    interrupted: pace.stopped,
  };
}

async function replayCorpus(
  { target, corpus, injectAll }: Session,
  pace: Pace,
  tally: Tally,
  problems: string[],
): Promise<
  Pick<SessionResult, "replayed" | "unsuited"> & { readonly findings: Map<string, SessionFinding> }
> {
  const findings = new Map<string, SessionFinding>();
  let replayed = 0;
  let unsuited = 0;
  for (const loaded of corpus === undefined ? [] : await loadDirectory(corpus)) {
    if (loaded.status === "broken") problems.push(loaded.problem);
    if (loaded.status === "stale") problems.push(loaded.reason);
    if (loaded.status !== "entry" || loaded.entry.surface !== target.subject.hello.surface) continue;
    const { file, entry } = loaded;
    if (pace.turnIsOver) await pace.breathe();
    if (pace.stopped) break;
    const result = replayEntry(entry, target.subject);
    switch (result.status) {
      case "unsuited":
        unsuited++;
        continue;
      case "stale":
        problems.push(describeStale(entry, result, file, (at) => `${file}: trace[${at}]`));
        continue;
      case "finding":
        findings.set(entry.id, savedFinding(file, entry, entry.requests, result.finding));
        break;
      case "agree": {
        const failed = injectAll ? await injectIntoSaved(entry, target, pace, tally.injections) : undefined;
        if (failed) findings.set(entry.id, savedFinding(file, entry, failed.requests, failed.finding));
      }
    }
    replayed++;
    tally.findings = findings.size;
  }
  return { findings, replayed, unsuited };
}

/** Runs a saved case with every single failure. */
function injectIntoSaved(
  { space, requests }: CorpusEntry,
  { subject }: Target,
  pace: Pace,
  tally: InjectionTally,
): Promise<Counterexample | undefined> {
  return injectEverywhere(requests, new Executor(subject, space), pace, tally);
}

/** Adds what fuzzing found. A saved case that it found again stays one finding. */
async function addFound(
  findings: Map<string, SessionFinding>,
  found: FoundByFuzzing,
  session: Session,
  problems: string[],
): Promise<void> {
  const entry = entryOf(found, session);
  const { run, shrunkFrom, executions, finding } = found;
  const known = findings.get(entry.id)?.file ?? null;
  const saved = session.saveTo === undefined ? undefined : await saveEntry(session.saveTo, entry);
  if (saved && !saved.ok) problems.push(saved.error);
  const file = saved?.ok ? saved.value.file : known;
  findings.delete(entry.id);
  findings.set(entry.id, {
    id: entry.id,
    file,
    space: found.space,
    trace: lines(found.requests),
    finding,
    shrunkFrom,
    run,
    executions,
  });
}

function entryOf(found: FoundByFuzzing, { target, seed }: Session): CorpusEntry {
  const { space, requests, finding, run, shrunkFrom } = found;
  const { surface } = target.subject.hello;
  return {
    id: entryId(surface, space, requests, finding),
    surface,
    space,
    requests,
    finding,
    implementation: target.name,
    origin: { seed, run, found: new Date().toISOString().slice(0, 10), shrunkFrom },
    status: "regression",
  };
}

function savedFinding(
  file: string,
  { id, space }: CorpusEntry,
  requests: readonly Request[],
  finding: Finding,
): SessionFinding {
  return { id, file, space, trace: lines(requests), finding, shrunkFrom: null, run: null, executions: null };
}

function lines(requests: readonly Request[]): string[] {
  return requests.map((request) => printRequest(request));
}
