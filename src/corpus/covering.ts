/**
 * When a saved case adds nothing to another one. Both must be about the same implementation: the same trace, or one of the
 * same shape, may show two bugs of two implementations, and one of them can't always be asked what the other can.
 */
import { compareTraces } from "../shrink/order.ts";
import { sameFinding } from "../shrink/same-finding.ts";
import { signatureOf } from "../shrink/signature.ts";
import { printAnswer, printRequest, printSpace } from "../trace/print.ts";
import type { Request } from "../trace/request.ts";
import { type CorpusEntry, isDraft } from "./entry.ts";
import type { EntryStatus } from "./schema.ts";

/** A case and its file. */
export interface SavedCase {
  readonly file: string;
  readonly entry: CorpusEntry;
}

/**
 * What another case has that makes one needless:
 * - `run`: the same requests, in the same space and after the same earlier runs.
 * - `signature`: a finding with the same signature, in a trace that is no less simple.
 * - `draft`: what became of a finding that was saved as it was met, or a part of its trace that shows the same.
 */
export type Sameness = "run" | "signature" | "draft";

/** A case that adds nothing, the one that has all of it, and why. */
export interface Covered {
  readonly saved: SavedCase;
  readonly by: SavedCase;
  readonly why: Sameness;
}

/** Cases, parted into those that add something and those that don't. */
export interface Parted {
  readonly kept: readonly SavedCase[];
  /** Each is covered by one that is kept. */
  readonly covered: readonly Covered[];
}

/**
 * Parts the cases of a corpus. Which case covers another is decided by an order in which no two are equal, so any number
 * of processes that look at the same files come to the same end, and the first of those that are alike always stays.
 */
export function partCases(cases: readonly SavedCase[]): Parted {
  const kept: SavedCase[] = [];
  const covered: Covered[] = [];
  for (const group of groupsOf(cases)) {
    const staying: Judged[] = [];
    for (const judged of group.toSorted(byWorth)) {
      const found = coverOf(judged, staying);
      if (found) covered.push({ saved: judged.saved, ...found });
      else staying.push(judged);
    }
    kept.push(...staying.map(({ saved }) => saved));
  }
  return { kept, covered };
}

/**
 * Cases that are the same run of the same implementation as another one, which doesn't cover them only because people have
 * said something about both.
 */
export function twinsIn(kept: readonly SavedCase[]): readonly Covered[] {
  const twins: Covered[] = [];
  for (const group of groupsOf(kept)) {
    const first = new Map<string, SavedCase>();
    for (const { saved, run } of group.toSorted(byWorth)) {
      const by = first.get(run);
      if (by) twins.push({ saved, by, why: "run" });
      else first.set(run, saved);
    }
  }
  return twins;
}

/** What a case is that adds nothing to the one in `file`, in words. */
export function describeCovering(why: Sameness, file: string): string {
  switch (why) {
    case "run":
      return `the same trace as in ${file}`;
    case "signature":
      return `the same finding as in ${file} (equal signatures)`;
    case "draft":
      return `a finding as it was met, which is shrunk in ${file}`;
  }
}

/** Whether both are the same run: the same requests, in the same space and after the same earlier runs. */
export function isSameRun(a: CorpusEntry, b: CorpusEntry): boolean {
  return a.surface === b.surface && runOf(a) === runOf(b);
}

/** Whether both are the same run, and demand the same answers. */
export function isSameCase(a: CorpusEntry, b: CorpusEntry): boolean {
  return isSameRun(a, b) && answersOf(a) === answersOf(b);
}

/** A case, and what it is compared by, worked out once. */
interface Judged {
  readonly saved: SavedCase;
  readonly run: string;
  /** `undefined` for a case without a finding. */
  readonly signature: string | undefined;
}

/** Cases of the same surface and implementation, with the same manners and pages. No other ones are compared. */
function groupsOf(cases: readonly SavedCase[]): Iterable<readonly Judged[]> {
  const groups = new Map<string, Judged[]>();
  for (const saved of cases) {
    const { entry } = saved;
    const { surface, implementation = null, dialect = {}, space, requests, finding } = entry;
    const key = JSON.stringify([surface, implementation, dialect, space.page]);
    const signature = finding && signatureOf({ requests, finding });
    const group = groups.get(key) ?? [];
    group.push({ saved, run: runOf(entry), signature });
    groups.set(key, group);
  }
  return groups.values();
}

function coverOf(judged: Judged, staying: readonly Judged[]): Omit<Covered, "saved"> | undefined {
  for (const other of staying) {
    const why = samenessOf(judged, other);
    if (why !== undefined) return { by: other.saved, why };
  }
  return undefined;
}

/** What `other`, which comes first, has of `judged`; `undefined` where that isn't all of it. */
function samenessOf(judged: Judged, other: Judged): Sameness | undefined {
  const [entry, first] = [judged.saved.entry, other.saved.entry];
  if (!mayStandFor(first, entry)) return undefined;
  if (judged.run === other.run) return "run";
  if (judged.signature !== undefined && judged.signature === other.signature) return "signature";
  return isDraft(entry) && !isDraft(first) && isMadeOf(first, entry) ? "draft" : undefined;
}

/** Whether nothing that a person said with `entry` is lost with it. Without a finding it is a person's as a whole. */
function mayStandFor(first: CorpusEntry, entry: CorpusEntry): boolean {
  if (entry.finding === undefined) return false;
  if (entry.status === "known" && first.status !== "known") return false;
  if (entry.note !== undefined && !isDraft(entry) && entry.note !== first.note) return false;
  return entry.answers === undefined || answersOf(entry) === answersOf(first);
}

/** Whether `entry` is what shrinking made of `draft`, or could have. */
function isMadeOf(entry: CorpusEntry, draft: CorpusEntry): boolean {
  if (!entry.finding || !draft.finding) return false;
  const [shown, met] = [
    { requests: entry.requests, finding: entry.finding },
    { requests: draft.requests, finding: draft.finding },
  ];
  if (!sameFinding(met, shown)) return false;
  return (
    isSameSearchRun(entry, draft) || (isSameSpace(entry, draft) && isPart(entry.requests, draft.requests))
  );
}

/** Whether both came from the same run of the same seed, with a trace of the same length. */
function isSameSearchRun({ origin: a }: CorpusEntry, { origin: b }: CorpusEntry): boolean {
  if (a?.seed === undefined || a.run === undefined) return false;
  return a.seed === b?.seed && a.run === b.run && a.shrunkFrom === b.shrunkFrom;
}

function isSameSpace(a: CorpusEntry, b: CorpusEntry): boolean {
  return printSpace(a.space) === printSpace(b.space);
}

/** Whether all of `part` comes up in `whole`, in this order. */
function isPart(part: readonly Request[], whole: readonly Request[]): boolean {
  const wanted = linesOf(part);
  let met = 0;
  for (const line of linesOf(whole)) if (line === wanted[met]) met++;
  return met === wanted.length;
}

/** Below 0 when `a` comes first: what is said of it counts for more, or it is simpler. */
function byWorth({ saved: a }: Judged, { saved: b }: Judged): number {
  const { page } = a.entry.space;
  return (
    rankOf(a.entry) - rankOf(b.entry) ||
    runsBefore(a.entry) - runsBefore(b.entry) ||
    compareTraces(a.entry.requests, b.entry.requests, page) ||
    wordsOn(b.entry) - wordsOn(a.entry) ||
    compareText(a.entry.id, b.entry.id) ||
    compareText(a.file, b.file)
  );
}

const RANKS: { readonly [S in EntryStatus]: number } = { known: 0, regression: 1, unstable: 2, stale: 4 };

function rankOf(entry: CorpusEntry): number {
  return entry.status === "unstable" && isDraft(entry) ? 3 : RANKS[entry.status];
}

function runsBefore({ before = [] }: CorpusEntry): number {
  return before.length;
}

/** How much of it people have written. */
function wordsOn(entry: CorpusEntry): number {
  return (entry.answers === undefined ? 0 : 2) + (entry.note === undefined ? 0 : 1);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Everything that is run, as text. */
function runOf({ space, requests, before = [] }: CorpusEntry): string {
  const runs = [...before, { space, requests }];
  return runs.map((run) => [printSpace(run.space), ...linesOf(run.requests)].join("\n")).join("\n");
}

function linesOf(requests: readonly Request[]): readonly string[] {
  return requests.map((request) => printRequest(request));
}

function answersOf({ answers = [] }: CorpusEntry): string {
  return answers.map((answer) => printAnswer(answer)).join("\n");
}
