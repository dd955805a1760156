import { discardEntry } from "../corpus/save.ts";
import type { Space } from "../trace/space.ts";
import { CorpusReplay, type SavedCases } from "./corpus-replay.ts";
import type { ExactEnd } from "./exact-end.ts";
import { type Budget, newTally, Search, type Suite, type Tally, unshrunk } from "./fuzz.ts";
import type { Pace } from "./pace.ts";
import {
  entryOf,
  fileOf,
  findingOf,
  type SessionFinding,
  saveDraft,
  saveIn,
  type WorkedOut,
} from "./session-finding.ts";

/** What a fuzzing session is to do. */
export interface Session extends SavedCases {
  /** Where the runs take place, in turn; the simplest first. */
  readonly spaces: readonly Space[];
  readonly seed: string;
  /** The longest trace, in requests. */
  readonly maxCommands: number;
  readonly budget: Budget;
  /** Traces that are run before the random ones. */
  readonly suite?: Suite;
  /** The end of shrinking, if it is to have one. */
  readonly exactEnd?: ExactEnd;
  /** The directory that findings are saved in; `undefined` when none is to be. */
  readonly saveTo: string | undefined;
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
  /** Whether it was told to stop, or lost the implementation. */
  readonly interrupted: boolean;
  /** Why the implementation can't be asked any more; `undefined` if it can. */
  readonly lost: string | undefined;
}

/** Is told of a finding before it is shrunk: what is saved of it meanwhile. */
export type Announce = (found: SessionFinding) => void;

/**
 * Replays the saved cases that concern the subject, then fuzzes, then saves what was found. Each finding is saved as it
 * was met too, and announced, for the time that shrinking takes: nobody has to wait for it, and it is not lost if
 * this process is killed.
 */
export async function runSession(
  session: Session,
  pace: Pace,
  tally: Tally = newTally(session.target.driver.hello.surface),
  announce: Announce = () => {},
): Promise<SessionResult> {
  const { driver } = session.target;
  const replays = new CorpusReplay(session, pace, tally);
  await replays.run();
  const { findings, problems } = replays;
  const search = new Search({ ...session, driver }, session.budget, pace, tally, replays.signatures);
  for (let met = await search.next(); met !== undefined; met = await search.next()) {
    const draft = await saveDraft(unshrunk(met), session.target, session.saveTo, session.seed);
    announce(findingOf(unshrunk(met), fileOf(draft), session.target));
    const found = await search.workOut(met);
    const isSafe = found === undefined || (await addFound(findings, found, session, problems));
    // A draft that couldn't be saved needs no word: the same will be said of what it becomes.
    const discarded = isSafe && draft?.ok ? await discardEntry(draft.value) : undefined;
    if (discarded?.ok === false) problems.push(discarded.error);
    tally.findings = findings.size;
    if (found && !session.keepGoing) break;
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
    lost: driver.lost,
  };
}

/**
 * Adds what fuzzing found, and says whether nothing of it can be lost any more. A saved case that it found again stays
 * one finding.
 */
async function addFound(
  findings: Map<string, SessionFinding>,
  found: WorkedOut,
  session: Session,
  problems: string[],
): Promise<boolean> {
  const entry = entryOf(found, session.target, session.seed);
  const known = findings.get(entry.id)?.file ?? null;
  const saved = await saveIn(session.saveTo, entry);
  if (saved?.ok === false) problems.push(saved.error);
  findings.delete(entry.id);
  findings.set(entry.id, findingOf(found, fileOf(saved) ?? known, session.target));
  return saved?.ok !== false;
}
