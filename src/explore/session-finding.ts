import { type CorpusEntry, caseOf, draftId, entryId } from "../corpus/entry.ts";
import { type Saved, saveEntry } from "../corpus/save.ts";
import type { Certificate } from "../corpus/schema.ts";
import type { Driver, PastRun } from "../execute/driver.ts";
import { upToFinding } from "../shrink/reduce.ts";
import type { Counterexample } from "../shrink/same-finding.ts";
import type { Finding } from "../trace/finding.ts";
import { printRequest, printSpace } from "../trace/print.ts";
import type { Request } from "../trace/request.ts";
import type { Result } from "../trace/result.ts";
import type { Space } from "../trace/space.ts";
import type { Recurrence } from "./recurrence.ts";
import type { Target } from "./target.ts";

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
  /** That no shorter trace shows the same, as far as was looked; `null` where nobody looked, or had not the time. */
  readonly minimal: Certificate | null;
  /** The earlier runs that it needs, as lines that begin with `reset`; mostly none. */
  readonly before: readonly (readonly string[])[];
  /** Whether it came back when it was run again. */
  readonly stable: boolean;
  /** What the implementation printed besides its answers. */
  readonly stderr: string;
  /** Other corpus files that show the same. */
  readonly also: readonly string[];
}

/** A counterexample, where it takes place, and what it took to get there. */
export interface WorkedOut extends Counterexample, Recurrence {
  readonly space: Space;
  /** How many requests the trace had before it was shrunk. */
  readonly shrunkFrom: number;
  /** The run that showed it; `null` where it wasn't a random one. */
  readonly run: number | null;
  /** How many traces shrinking tried. */
  readonly executions: number;
  /** That no shorter trace shows the same, as far as was looked. */
  readonly certificate?: Certificate;
  /** What the implementation printed besides its answers. */
  readonly stderr: string;
}

/** A finding as it was met. That it comes back is not known yet. */
export function asMet({ requests, finding }: Counterexample, space: Space, run: number | null): WorkedOut {
  const reached = upToFinding(requests, finding);
  return {
    ...reached,
    space,
    run,
    shrunkFrom: reached.requests.length,
    executions: 0,
    before: [],
    stable: false,
    stderr: "",
  };
}

/** The case that a finding is saved as. `seed` is that of its run. */
export function entryOf(found: WorkedOut, target: Target, seed?: string): CorpusEntry {
  const { space, requests, finding, run, shrunkFrom } = found;
  const { hello } = target.driver;
  return {
    id: entryId(hello.surface, space, requests, finding),
    ...caseOf(hello, space, requests),
    finding,
    implementation: target.name,
    origin: {
      ...(seed !== undefined && { seed }),
      ...(run !== null && { run }),
      found: new Date().toISOString().slice(0, 10),
      shrunkFrom,
    },
    ...(found.certificate && { minimal: found.certificate }),
    ...(found.before.length > 0 && { before: found.before }),
    status: found.stable ? "regression" : "unstable",
  };
}

/** A finding as it is told. `file` is the corpus file that holds it. */
export function findingOf(found: WorkedOut, file: string | null, target: Target): SessionFinding {
  const { driver } = target;
  const { space, finding, run, shrunkFrom, executions, stable, stderr } = found;
  return {
    id: entryOf(found, target).id,
    file,
    space,
    trace: linesFor(found.requests, driver),
    finding,
    shrunkFrom,
    run,
    executions,
    minimal: found.certificate ?? null,
    before: found.before.map((run) => linesOfRun(run, driver)),
    stable,
    stderr,
    also: [],
  };
}

/** Saves a case in a corpus, where there is one to save in. */
export async function saveIn(
  directory: string | undefined,
  entry: CorpusEntry,
): Promise<Result<Saved, string> | undefined> {
  return directory === undefined ? undefined : saveEntry(directory, entry);
}

/** Saves a finding as it was met, under a name of its own, as long as it may still be lost. */
export function saveDraft(
  met: WorkedOut,
  target: Target,
  directory: string | undefined,
  seed?: string,
): Promise<Result<Saved, string> | undefined> {
  const entry = entryOf(met, target, seed);
  const note = "as it was met: neither seen again nor shrunk before mapcheck was killed";
  return saveIn(directory, { ...entry, id: draftId(entry.id), note });
}

/** The file of a case that was saved. */
export function fileOf(saved: Result<Saved, string> | undefined): string | null {
  return saved?.ok ? saved.value.file : null;
}

/** A run as it is written to an implementation. */
export function linesOfRun({ space, requests }: PastRun, driver: Driver): string[] {
  return [printSpace(space, driver.hello.addrBits), ...linesFor(requests, driver)];
}

/** Requests as the implementation sees them, so that they can be given to it as they are. */
export function linesFor(requests: readonly Request[], { hello }: Driver): string[] {
  return requests.map((request) => printRequest(request, hello.addrBits));
}
