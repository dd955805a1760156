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
 * What is wrong in the page tables, or in a TLB, is wrong there whoever wrote it; and what panics with the same words, but
 * for numbers, panics in the same place. Where an argument should have been refused it makes no difference what was done
 * instead.
 *
 * A map that replaces is an unmap and a map: where the unmap alone goes wrong, in whatever way, it is the bug. And where
 * a command goes wrong by itself, it is not the failure injected into it that shows the bug; unless its first call fails,
 * and what it leaves behind then is wrong: it has done nothing that it could do wrong by itself.
 */
export function sameFinding(found: Counterexample, other: Counterexample): boolean {
  const [a, b] = [found.finding, other.finding];
  const [before, after] = [requestOf(found), requestOf(other)];
  if (isVague(a)) return a.kind === b.kind && a.check === b.check;
  if (isVague(b) || after === undefined || before === undefined) return false;
  if (isPartOf(before, after) && !failsAtOnce(before, a) && a.check !== "drop" && b.check !== "drop")
    return true;
  if (a.kind !== b.kind || a.check !== b.check) return false;
  if (a.check === "drop" || a.check === "injected" || ON_HARDWARE.includes(a.check)) return true;
  if (a.kind === "panic" && wordsOf(a.observed) === wordsOf(b.observed)) return true;
  return endsAlike(a, b) && areAlike(before, after);
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

/** Checks of what a processor goes by, however it came there. */
const ON_HARDWARE: readonly string[] = ["walk", "tlb"];

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
