import type { CorpusEntry } from "../corpus/entry.ts";
import { loadDirectory } from "../corpus/load.ts";
import type { Counterexample } from "../shrink/same-finding.ts";
import { signatureOf } from "../shrink/signature.ts";
import type { Tally } from "./fuzz.ts";
import { injectEverywhere } from "./inject.ts";
import type { Pace } from "./pace.ts";
import { describeStale, replayEntry, showsKnownBug } from "./replay.ts";
import { linesFor, linesOfRun, type SessionFinding } from "./session-finding.ts";
import type { Target } from "./target.ts";

/** Which saved cases are replayed, and how. */
export interface SavedCases {
  readonly target: Target;
  /** Whether every trace, the saved ones too, is also run with every single failure of every command. */
  readonly injectAll: boolean;
  /** Whether to go on after a finding, to the next one that differs from all before. */
  readonly keepGoing: boolean;
  /** Where saved cases are; `undefined` when there is no corpus to begin with. */
  readonly corpus: string | undefined;
}

/** The saved cases, replayed one after another, and what came of them. */
export class CorpusReplay {
  readonly findings = new Map<string, SessionFinding>();
  readonly problems: string[] = [];
  readonly known: string[] = [];
  readonly mended: string[] = [];
  /** What a search need not report: bugs that are known and, where it goes on, those that saved cases have shown. */
  readonly signatures = new Set<string>();
  // The ids of the first findings with each signature.
  private readonly firstWith = new Map<string, string>();
  private readonly knownSignatures = new Set<string>();
  replayed = 0;
  unsuited = 0;
  private readonly session: SavedCases;
  private readonly pace: Pace;
  private readonly tally: Tally;

  constructor(session: SavedCases, pace: Pace, tally: Tally) {
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

  private noteFinding(
    file: string,
    { id, space, before = [], minimal }: CorpusEntry,
    shown: Counterexample,
  ): void {
    const { driver } = this.session.target;
    const signature = signatureOf(shown);
    const first = this.findings.get(this.firstWith.get(signature) ?? "");
    if (this.session.keepGoing && first !== undefined) {
      this.findings.set(first.id, { ...first, also: [...first.also, file] });
      return;
    }
    this.firstWith.set(signature, id);
    if (this.session.keepGoing) this.signatures.add(signature);
    this.findings.set(id, {
      id,
      file,
      space,
      trace: linesFor(shown.requests, driver),
      finding: shown.finding,
      shrunkFrom: null,
      run: null,
      executions: null,
      minimal: minimal ?? null,
      before: before.map((run) => linesOfRun(run, driver)),
      stable: true,
      stderr: driver.stderr,
      also: [],
    });
  }
}
