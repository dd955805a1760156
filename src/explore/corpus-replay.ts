import type { CorpusEntry } from "../corpus/entry.ts";
import { type LoadedFile, loadDirectory } from "../corpus/load.ts";
import type { Counterexample } from "../shrink/same-finding.ts";
import { signatureOf } from "../shrink/signature.ts";
import type { Tally } from "./campaign.ts";
import { Ground } from "./ground.ts";
import { injectEverywhere } from "./inject.ts";
import type { Pace } from "./pace.ts";
import { describeStale, type FindingReplay, replayEntry, showsKnownBug } from "./replay.ts";
import { linesFor, linesOfRun, type SessionFinding } from "./session-finding.ts";
import { Shrinking } from "./shrinking.ts";
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
  // How long was spent on shrinking, in seconds.
  private shrinking = 0;
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
    // What is known first, and then what is simple: other cases may show the same.
    for (const loaded of all.toSorted((a, b) => this.placeOf(a) - this.placeOf(b))) {
      if (loaded.status === "broken") this.problems.push(loaded.problem);
      if (loaded.status === "stale") this.problems.push(loaded.reason);
      if (loaded.status !== "entry" || loaded.entry.surface !== target.driver.hello.surface) continue;
      if (pace.turnIsOver) await pace.breathe();
      if (pace.stopped) return;
      await this.replay(loaded.file, loaded.entry);
      tally.findings = this.findings.size;
    }
  }

  /** The lower, the sooner it is replayed. */
  private placeOf(loaded: LoadedFile): number {
    if (loaded.status !== "entry" || this.isKnown(loaded.entry)) return 0;
    return this.session.keepGoing ? loaded.entry.requests.length : 1;
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
        await this.noteShown(file, entry, result);
        break;
      case "agree": {
        if (isKnown) this.mended.push(file);
        if (!injectAll || isKnown) break;
        const runner = driver.runnerIn(entry.space);
        const failed = await injectEverywhere(entry.requests, runner, this.pace, this.tally.injections);
        if (failed) this.noteFinding(file, entry, failed, signatureOf(failed));
      }
    }
    if (!this.pace.stopped) this.replayed++;
  }

  /** Whether it holds a bug of this implementation that is known. */
  private isKnown({ status, implementation }: CorpusEntry): boolean {
    return status === "known" && implementation === this.session.target.name;
  }

  /** A known bug, of this case or of one that shows the same, or else a finding. */
  private async noteShown(file: string, entry: CorpusEntry, replay: FindingReplay): Promise<void> {
    const { name } = this.session.target;
    const shown = { ...entry, finding: replay.finding };
    const signature = await this.signatureFor(entry, shown, replay);
    const isKnown = showsKnownBug(entry, shown.finding, name) || this.knownSignatures.has(signature);
    if (isKnown) this.noteKnown(file, shown);
    else this.noteFinding(file, entry, shown, signature);
  }

  /**
   * The signature of what a case shows. One of another implementation need not be the simplest that shows it on this
   * one: where findings are to be told apart it is shrunk first, as long as all that takes no longer than one may.
   */
  private async signatureFor(
    { implementation, space, before = [] }: CorpusEntry,
    shown: Counterexample,
    { from }: FindingReplay,
  ): Promise<string> {
    const { pace } = this;
    const { keepGoing, target } = this.session;
    const { driver, name } = target;
    const signature = signatureOf(shown);
    const isPlain = !keepGoing || implementation === name || from === "answers";
    if (isPlain || this.firstWith.has(signature) || this.shrinking > driver.shrinkSeconds) return signature;
    const started = pace.seconds;
    const ground = new Ground(driver, space, shown.requests.length);
    const shrunk = await new Shrinking(driver, before, false, pace).shrink(shown, ground, []);
    this.shrinking += pace.seconds - started;
    return signatureOf(shrunk);
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
    signature: string,
  ): void {
    const { driver } = this.session.target;
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
