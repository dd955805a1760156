import { discardEntry } from "../corpus/save.ts";
import type { Space } from "../trace/space.ts";
import { addCounts, type Budget, newTally, type Suite, type Tally } from "./campaign.ts";
import { CorpusReplay, type SavedCases } from "./corpus-replay.ts";
import type { ExactEnd } from "./exact-end.ts";
import { type HandsOf, Search, unshrunk } from "./fuzz.ts";
import type { KnownFindings } from "./novelty.ts";
import type { Pace } from "./pace.ts";
import type { CampaignState, ReplayTotals } from "./saved-campaign.ts";
import {
  entryOf,
  fileOf,
  findingOf,
  type SessionFinding,
  saveDraft,
  saveIn,
  type WorkedOut,
} from "./session-finding.ts";
import type { Shard } from "./units.ts";

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
  /** The part of all runs that it is to do, if not all of them. */
  readonly shard?: Shard;
  /** Whoever carries out the random runs; they take place in this thread unless told otherwise. */
  readonly handsOf?: HandsOf;
  /** How far it is already. */
  readonly resumed?: CampaignState;
  /** Keeps how far it is, so that another session can take it up: now and then, and in any case when `isLast`. */
  readonly keep?: (state: () => CampaignState, isLast: boolean) => Promise<void>;
  /** The directory that findings are saved in; `undefined` when none is to be. */
  readonly saveTo: string | undefined;
}

/** How a session ended. */
export interface SessionResult extends ReplayTotals {
  readonly findings: readonly SessionFinding[];
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

/** What there is when the search begins. */
interface Beginning {
  readonly replay: ReplayTotals;
  readonly known: KnownFindings;
  readonly stopsAtFinding: boolean;
  /** By their ids. */
  readonly findings: Map<string, SessionFinding>;
  readonly problems: string[];
  /** Whether nothing is to be looked for. */
  readonly isOver: boolean;
}

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
  const { target, budget, handsOf, resumed, keep } = session;
  const { driver } = target;
  const beginning = resumed ? resumeAt(resumed, tally) : await replayFirst(session, pace, tally);
  const { replay, known, stopsAtFinding, findings, problems } = beginning;
  const state = () => stateOf(search, beginning, tally, pace.seconds);
  const search = new Search({ ...session, driver }, budget, pace, tally, {
    known,
    stopsAtFinding,
    ...(handsOf && { handsOf }),
    ...(keep && { onSettled: () => keep(state, false) }),
  });
  const most = budget.findings ?? Number.POSITIVE_INFINITY;
  let isOver = beginning.isOver || findings.size >= most;
  while (!isOver) {
    const met = await search.next();
    if (met === undefined) break;
    const draft = await saveDraft(unshrunk(met), target, session.saveTo, session.seed);
    announce(findingOf(unshrunk(met), fileOf(draft), target));
    const found = await search.workOut(met);
    const isSafe = found === undefined || (await addFound(findings, found, session, problems));
    // A draft that couldn't be saved needs no word: the same will be said of what it becomes. One that was there was left
    // by a session that was killed at this finding, or is of one that is at it now: it isn't needed any more either.
    const discarded =
      isSafe && draft?.ok ? await discardEntry({ ...draft.value, existed: false }) : undefined;
    if (discarded?.ok === false) problems.push(discarded.error);
    tally.findings = findings.size;
    isOver = found !== undefined && (!session.keepGoing || findings.size >= most);
  }
  if (!beginning.isOver && search.isSettled) await keep?.(state, true);
  await search.dismiss();
  await driver.renew();
  return {
    ...replay,
    findings: [...findings.values()],
    problems,
    tally,
    seconds: pace.seconds,
    interrupted: pace.stopped,
    lost: driver.lost ?? search.lost,
  };
}

/** Replays the saved cases. */
async function replayFirst(session: Session, pace: Pace, tally: Tally): Promise<Beginning> {
  const replays = new CorpusReplay(session, pace, tally);
  await replays.run();
  const { replayed, unsuited, known, mended, findings, problems, signatures } = replays;
  return {
    replay: { replayed, unsuited, known, mended },
    known: { signatures: [...signatures], kinds: [] },
    stopsAtFinding: !session.keepGoing && signatures.size === 0,
    findings,
    problems,
    isOver: pace.stopped,
  };
}

/** Takes up what an earlier session has done. */
function resumeAt(state: CampaignState, tally: Tally): Beginning {
  const { replay, known, stopsAtFinding, counts, injections, done, suite } = state;
  addCounts(tally, counts, injections);
  for (const range of done) tally.done.add(range);
  tally.suite = suite;
  tally.findings = state.findings.length;
  const findings = new Map(state.findings.map((found) => [found.id, found]));
  const isOver = stopsAtFinding && state.findings.some(({ run }) => run !== null);
  return { replay, known, stopsAtFinding, findings, problems: [], isOver };
}

function stateOf(search: Search, beginning: Beginning, tally: Tally, seconds: number): CampaignState {
  const { replay, stopsAtFinding, findings } = beginning;
  return {
    seconds,
    done: tally.done.list,
    suite: tally.suite,
    counts: tally.statistics.counts(),
    injections: tally.injections,
    replay,
    stopsAtFinding,
    known: search.known,
    findings: [...findings.values()],
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
