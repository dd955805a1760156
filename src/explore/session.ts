import { type CorpusEntry, entryId } from "../corpus/entry.ts";
import { loadDirectory } from "../corpus/load.ts";
import { saveEntry } from "../corpus/save.ts";
import type { Driver, PastRun } from "../execute/driver.ts";
import type { Counterexample } from "../shrink/reduce.ts";
import { signatureOf } from "../shrink/signature.ts";
import { ownManners } from "../trace/dialect.ts";
import type { Finding } from "../trace/finding.ts";
import { printRequest, printSpace } from "../trace/print.ts";
import type { Request } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";
import { type Budget, type FoundByFuzzing, newTally, Search, type Tally } from "./fuzz.ts";
import { injectEverywhere } from "./inject.ts";
import type { Pace } from "./pace.ts";
import { describeStale, replayEntry, showsKnownBug } from "./replay.ts";

/** What is tested, and the name that saved cases know it by. */
export interface Target {
  readonly name: string;
  readonly driver: Driver;
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
  /** Whether to go on after a finding, to the next one that differs from all before. */
  readonly keepGoing: boolean;
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
  /** The earlier runs that it needs, as lines that begin with `reset`; mostly none. */
  readonly before: readonly (readonly string[])[];
  /** Whether it came back when it was run again. */
  readonly stable: boolean;
  /** What the implementation printed besides its answers. */
  readonly stderr: string;
}

/** How a session ended. */
export interface SessionResult {
  readonly findings: readonly SessionFinding[];
  /** How many saved cases were replayed before fuzzing; stale ones, and those for wider addresses, are not. */
  readonly replayed: number;
  /** How many saved cases of this surface the implementation can't be asked. */
  readonly unsuited: number;
  /** The files of bugs of this implementation that are known, and still there: no findings. */
  readonly known: readonly string[];
  /** The files of bugs of this implementation that are known, and no longer there. */
  readonly mended: readonly string[];
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
  tally: Tally = newTally(session.target.driver.hello.surface),
): Promise<SessionResult> {
  const { driver } = session.target;
  const replays = new CorpusReplay(session, pace, tally);
  await replays.run();
  const { findings, problems } = replays;
  const search = new Search({ ...session, driver }, session.budget, pace, tally, replays.signatures);
  for (let found = await search.next(); found !== undefined; found = await search.next()) {
    await addFound(findings, found, session, problems);
    tally.findings = findings.size;
    if (!session.keepGoing) break;
  }
  await driver.renew();
  const { replayed, unsuited, known, mended } = replays;
  return {
    findings: [...findings.values()],
    replayed,
    unsuited,
    known,
    mended,
    problems,
    tally,
    seconds: pace.seconds,
    interrupted: pace.stopped,
  };
}

/** The saved cases, replayed one after another, and what came of them. */
class CorpusReplay {
  readonly findings = new Map<string, SessionFinding>();
  readonly problems: string[] = [];
  readonly known: string[] = [];
  readonly mended: string[] = [];
  /** What a search need not report: bugs that are known and, where it goes on, those that saved cases have shown. */
  readonly signatures = new Set<string>();
  private readonly knownSignatures = new Set<string>();
  replayed = 0;
  unsuited = 0;
  private readonly session: Session;
  private readonly pace: Pace;
  private readonly tally: Tally;

  constructor(session: Session, pace: Pace, tally: Tally) {
    this.session = session;
    this.pace = pace;
    this.tally = tally;
  }

  async run(): Promise<void> {
    const { corpus, target } = this.session;
    const { pace, tally } = this;
    const all = corpus === undefined ? [] : await loadDirectory(corpus);
    // What is known first: other cases may show the same.
    const sorted = [
      ...all.filter((loaded) => loaded.status === "entry" && this.isKnown(loaded.entry)),
      ...all.filter((loaded) => loaded.status !== "entry" || !this.isKnown(loaded.entry)),
    ];
    for (const loaded of sorted) {
      if (loaded.status === "broken") this.problems.push(loaded.problem);
      if (loaded.status === "stale") this.problems.push(loaded.reason);
      if (loaded.status !== "entry" || loaded.entry.surface !== target.driver.hello.surface) continue;
      if (pace.turnIsOver) await pace.breathe();
      if (pace.stopped) return;
      await this.replay(loaded.file, loaded.entry);
      tally.findings = this.findings.size;
    }
  }

  private async replay(file: string, entry: CorpusEntry): Promise<void> {
    const { target, injectAll } = this.session;
    const { driver } = target;
    const isKnown = this.isKnown(entry);
    const result = await replayEntry(entry, driver);
    switch (result.status) {
      case "unsuited":
        this.unsuited++;
        return;
      case "stale":
        this.problems.push(describeStale(entry, result, file, (at) => `${file}: trace[${at}]`));
        return;
      case "finding":
        this.noteShown(file, entry, { ...entry, finding: result.finding });
        break;
      case "agree": {
        if (isKnown) this.mended.push(file);
        if (!injectAll || isKnown) break;
        const runner = driver.runnerIn(entry.space);
        const failed = await injectEverywhere(entry.requests, runner, this.pace, this.tally.injections);
        if (failed) this.noteFinding(file, entry, failed);
      }
    }
    if (!this.pace.stopped) this.replayed++;
  }

  /** Whether it holds a bug of this implementation that is known. */
  private isKnown({ status, implementation }: CorpusEntry): boolean {
    return status === "known" && implementation === this.session.target.name;
  }

  /** A known bug, of this case or of one that shows the same, or else a finding. */
  private noteShown(file: string, entry: CorpusEntry, shown: Counterexample): void {
    const { name } = this.session.target;
    const isKnown = showsKnownBug(entry, shown.finding, name) || this.knownSignatures.has(signatureOf(shown));
    if (isKnown) this.noteKnown(file, shown);
    else this.noteFinding(file, entry, shown);
  }

  private noteKnown(file: string, shown: Counterexample): void {
    this.known.push(file);
    this.knownSignatures.add(signatureOf(shown));
    this.signatures.add(signatureOf(shown));
  }

  private noteFinding(file: string, { id, space, before = [] }: CorpusEntry, shown: Counterexample): void {
    const { driver } = this.session.target;
    if (this.session.keepGoing) this.signatures.add(signatureOf(shown));
    this.findings.set(id, {
      id,
      file,
      space,
      trace: lines(shown.requests, driver),
      finding: shown.finding,
      shrunkFrom: null,
      run: null,
      executions: null,
      before: before.map((run) => linesOfRun(run, driver)),
      stable: true,
      stderr: driver.stderr,
    });
  }
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
  const { driver } = session.target;
  const known = findings.get(entry.id)?.file ?? null;
  const saved = session.saveTo === undefined ? undefined : await saveEntry(session.saveTo, entry);
  if (saved && !saved.ok) problems.push(saved.error);
  const file = saved?.ok ? saved.value.file : known;
  findings.delete(entry.id);
  findings.set(entry.id, {
    id: entry.id,
    file,
    space: found.space,
    trace: lines(found.requests, driver),
    finding,
    shrunkFrom,
    run,
    executions,
    before: found.before.map((run) => linesOfRun(run, driver)),
    stable: found.stable,
    stderr: found.stderr,
  });
}

function entryOf(found: FoundByFuzzing, { target, seed }: Session): CorpusEntry {
  const { space, requests, finding, run, shrunkFrom } = found;
  const { surface, dialect } = target.driver.hello;
  const manners = ownManners(dialect);
  return {
    id: entryId(surface, space, requests, finding),
    surface,
    space,
    ...(Object.keys(manners).length > 0 && { dialect: manners }),
    requests,
    finding,
    implementation: target.name,
    origin: { seed, run, found: new Date().toISOString().slice(0, 10), shrunkFrom },
    ...(found.before.length > 0 && { before: found.before }),
    status: found.stable ? "regression" : "unstable",
  };
}

/** A run as it is written to an implementation. */
function linesOfRun({ space, requests }: PastRun, driver: Driver): string[] {
  return [printSpace(space, driver.hello.addrBits), ...lines(requests, driver)];
}

/** As the implementation sees them, so that they can be given to it as they are. */
function lines(requests: readonly Request[], { hello }: Driver): string[] {
  return requests.map((request) => printRequest(request, hello.addrBits));
}
