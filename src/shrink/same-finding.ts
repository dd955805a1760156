/**
 * When two findings are the same for shrinking. Too strict, and a trace can't become the simple one that shows its bug:
 * what an `unmap` gets wrong a `clear` does too. Too lax, and shrinking slips from one bug to another.
 */
import type { AnswerClass } from "../trace/answer.ts";
import type { Finding } from "../trace/finding.ts";
import { isCommand, type Op, type Request } from "../trace/request.ts";

/** A counterexample: a trace and the finding that it ends in. */
export interface Counterexample {
  readonly requests: readonly Request[];
  readonly finding: Finding;
}

/**
 * Whether `other` shows the bug that `found` does: the same kind of finding and check, after the same kind of work, which
 * succeeded or failed alike. What shows when the instance is given up may be the work of any request: there the last
 * one, and its answer, say nothing; nor where failures are counted wrong, which is about what went before; nor where an
 * implementation in a process of its own fell silent, as answers may have been lost with it.
 *
 * Some things are wrong whoever did them, so that any request will do:
 *
 * - what is wrong in the page tables or in a TLB, and what lay in a frame before it could be read;
 * - a panic with the same words, but for numbers;
 * - a page outside of a command's range that is changed in the same way; more frames than there are; no memory where there
 *   is some; frames that a failed command leaves wrong; a failure that is answered as if there had been none;
 * - a request alone that should have been refused with the same error, or shouldn't have been at all. Where an argument
 *   should have been refused it makes no difference what was done instead, either.
 *
 * And some findings are only the consequence of others, which may take their place, but not the other way round:
 *
 * - a map that replaces is an unmap and a map: where the unmap alone goes wrong, in whatever way, it is the bug;
 * - where a command goes wrong by itself, it is not the failure injected into it that shows the bug; unless its first call
 *   fails, and what it leaves behind then is wrong: it has done nothing that it could do wrong by itself;
 * - what a protect opens may have been wrong before; what is answered later may come from a failure that was swallowed;
 *   and frames are counted wrong where pages are kept that should be gone. A query of whether a range is free is a part of a
 *   map there.
 */
export function sameFinding(found: Counterexample, other: Counterexample): boolean {
  const [a, b] = [found.finding, other.finding];
  const [before, after] = [requestOf(found), requestOf(other)];
  if (isVague(a)) return a.kind === b.kind && a.check === b.check;
  if (isVague(b) || after === undefined || before === undefined) return false;
  const isAlike = endsAlike(a, b) && areAlike(before, after);
  const shown = { found, other, a, b, before, after };
  if (isConsequence(shown, isAlike)) return true;
  return a.kind === b.kind && a.check === b.check && (isAlike || isWrongAnyway(shown));
}

/** Two counterexamples, their findings, and the requests after which these showed. */
interface Shown {
  readonly found: Counterexample;
  readonly other: Counterexample;
  readonly a: Finding;
  readonly b: Finding;
  readonly before: Request;
  readonly after: Request;
}

/** Whether what was found is only the consequence of the other finding. */
function isConsequence({ found, a, b, before, after }: Shown, isAlike: boolean): boolean {
  const isPart =
    isPartOf(before, after) && !failsAtOnce(before, a) && a.check !== "drop" && b.check !== "drop";
  return (
    isPart ||
    (wasHidden(before, a) && b.check === "outside" && changeOf(a) === changeOf(b)) ||
    wasSwallowed(found, after, b) ||
    (before.op === "overlaps" && after.op === "map" && overlapsAlike(a, b)) ||
    (isAlike && a.check === "frames" && IN_FRAMES.includes(b.check))
  );
}

/** Whether what both fail, the same check, is wrong whichever request shows it. */
function isWrongAnyway({ found, other, a, b, before, after }: Shown): boolean {
  switch (a.check) {
    case "drop":
    case "injected":
    case "walk":
    case "tlb":
      return true;
    case "outside":
      if (changeOf(a) === changeOf(b)) return true;
      break;
    case "bytes":
      if (!writes(before) && !writes(after)) return true;
      break;
    case "frames":
      if (exceedsLimit(a) && exceedsLimit(b)) return true;
      if (hasFailed(before, a) && hasFailed(after, b)) return true;
  }
  if (a.kind === "panic" && wordsOf(a.observed) === wordsOf(b.observed)) return true;
  if (lacksMemory(b) && (lacksMemory(a) || refusesFault(a))) return true;
  if (swallowsFailure(before, a) && swallowsFailure(after, b)) return true;
  return isAlone(found) && isAlone(other) && isSameRefusal(a, b);
}

/**
 * Whether both are the same operation alone, without a failure. Where there was nothing before it there is little that can
 * go wrong; in another space it may only show in another way.
 */
export function sameAlone(found: Counterexample, other: Counterexample): boolean {
  const [before, after] = [requestOf(found), requestOf(other)];
  if (!isAlone(found) || !isAlone(other) || !before || !after) return false;
  if (!isCommand(before) || !isCommand(after) || before.inject || after.inject) return false;
  return before.op === after.op && replaces(before) === replaces(after);
}

/** Whether what is wrong in the pages may have been so before, where nobody could see it. */
function wasHidden({ op }: Request, { check }: Finding): boolean {
  return op === "protect" && check === "pages";
}

/** Whether a map takes a range for free, or for taken, as a query does that is answered wrong. */
function overlapsAlike(a: Finding, b: Finding): boolean {
  if (a.check !== "answer" || b.check !== "answer") return false;
  return (a.expected === "ok true" ? b.expected : b.observed) === "err AlreadyExists";
}

/** Whether an earlier command of the trace carries a failure, and that is what the other one swallows. */
function wasSwallowed({ requests, finding }: Counterexample, after: Request, b: Finding): boolean {
  const carries = requests.slice(0, finding.at).some((each) => isInjected(each) && each.op === after.op);
  return carries && finding.check !== "drop" && b.check === "pages" && swallowsFailure(after, b);
}

/** Whether a failure was injected into the command, which did fail. */
function hasFailed(request: Request, { answer }: Finding): boolean {
  return isInjected(request) && answer !== "ok" && answer !== "true";
}

function isInjected(request: Request): boolean {
  return isCommand(request) && request.inject !== undefined;
}

function isAlone({ requests }: Counterexample): boolean {
  return requests.length === 1;
}

/** Whether both should have been refused with the same error, or were refused and shouldn't have been. */
function isSameRefusal(a: Finding, b: Finding): boolean {
  if (a.check !== "answer") return false;
  if (a.expected.startsWith("err ") || b.expected.startsWith("err ")) return a.expected === b.expected;
  return isNo(a.observed) && isNo(b.observed);
}

function isNo(observed: string): boolean {
  return observed === "ok false" || observed.startsWith("err ");
}

/** How what was observed of a page differs from what was expected: it is lost, added, has other flags, lies elsewhere. */
function changeOf({ expected, observed }: Finding): string {
  if (observed.startsWith("no page")) return "lost";
  if (expected.startsWith("no page")) return "added";
  const [was, is] = [flagsIn(expected), flagsIn(observed)];
  if (was === is) return "elsewhere";
  return [...is].every((flag) => was.includes(flag)) ? "fewer flags" : "other flags";
}

/** The letters behind the last colon. */
function flagsIn(page: string): string {
  return page.slice(page.lastIndexOf(":") + 1);
}

function writes({ op }: Request): boolean {
  return op === "store" || op === "write";
}

/** Whether it says that there is no memory where there is some. */
function lacksMemory({ check, answer }: Finding): boolean {
  return check === "answer" && answer === "NoMemory";
}

/** Whether it refuses a page fault that should be served, as it would without memory. */
function refusesFault({ check, expected, observed }: Finding): boolean {
  return check === "answer" && expected === "ok true" && observed === "ok false";
}

/** Whether more frames are handed out than there are. */
function exceedsLimit({ check, expected }: Finding): boolean {
  return check === "frames" && expected.startsWith("at most");
}

/** Whether a failure was injected into the command, which says that all is well. */
function swallowsFailure(request: Request, { answer }: Finding): boolean {
  return isInjected(request) && answer === "ok";
}

/** Whether what `part` does is a part of what `whole` does, and no more. */
function isPartOf(whole: Request, part: Request): boolean {
  if (!isCommand(whole) || !isCommand(part) || part.inject !== undefined) return false;
  if (replaces(whole) && part.op === "unmap") return true;
  return whole.inject !== undefined && whole.op === part.op && (replaces(whole) || !replaces(part));
}

/** Whether the bug is in what the command leaves behind when it fails before it has done anything. */
function failsAtOnce(request: Request, { check }: Finding): boolean {
  return check === "failure" && isCommand(request) && request.inject?.after === 0 && !replaces(request);
}

function replaces(request: Request): boolean {
  return request.op === "map" && request.replace;
}

function requestOf({ requests, finding }: Counterexample): Request | undefined {
  return requests[finding.at];
}

/** Whether the request of the finding is only the first without an answer: a later one may be the culprit. */
export function isVague({ kind }: Finding): boolean {
  return kind === "crash" || kind === "hang" || kind === "flood" || kind === "out-of-step";
}

/** Whether an implementation does the same for both, at least in part. */
function areAlike(a: Request, b: Request): boolean {
  return workOf(a).some((work) => workOf(b).includes(work));
}

/** What an implementation does for a request, in the words of the operation that does nothing else. */
function workOf(request: Request): readonly Op[] {
  switch (request.op) {
    case "map":
      return request.replace ? ["map", "unmap"] : ["map"];
    case "clear":
      return ["unmap"];
    case "access":
    case "load":
    case "store":
      return ["fault"];
    case "read":
    case "write":
      return ["translate"];
    case "unmap":
    case "fault":
    case "translate":
    case "protect":
    case "areas":
    case "pages":
    case "frames":
    case "injected":
    case "find":
    case "overlaps":
    case "find-free":
    case "can-access":
      return [request.op];
  }
}

const DONE: readonly string[] = ["ok", "true", "value"] satisfies AnswerClass[];
/** Which of them a failed command answers is up to the kind of failure. */
const FAILED: readonly string[] = ["BadState", "NoMemory"] satisfies AnswerClass[];
const NOT_THERE: readonly string[] = ["false", "none", "fault", "NotMapped"] satisfies AnswerClass[];

/** Checks of what is in frames, which say more than that their number is wrong. */
const IN_FRAMES: readonly string[] = ["pages", "identity"];

/** A text without its numbers. */
function wordsOf(text: string): string {
  return text.replace(/0x[0-9a-f]+|\d+/g, "#");
}

/** Whether what was to be done ended alike, or should have been refused with the same error. */
function endsAlike(a: Finding, b: Finding): boolean {
  if (endOf(a.answer) === endOf(b.answer)) return true;
  if (a.check === "answer") return a.expected.startsWith("err ") && a.expected === b.expected;
  return FAILED.includes(a.answer) && FAILED.includes(b.answer);
}

/** How an answer of this class ends what was to be done: each kind of request has words of its own for it. */
function endOf(answer: string): string {
  if (DONE.includes(answer)) return "done";
  return NOT_THERE.includes(answer) ? "not there" : answer;
}
