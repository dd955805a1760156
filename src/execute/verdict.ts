/** What the judges of both surfaces say, and how they say it. */
import { joined } from "../../models/boundaries.ts";
import { ANY_CHANGED, STOPPED } from "../../models/manners.ts";
import type { Check } from "../../properties/invariants.ts";
import { type Answer, answerClass, sameAnswer } from "../trace/answer.ts";
import type { Finding } from "../trace/finding.ts";
import { NO_FRAMES, type Observation } from "../trace/observation.ts";
import type { Hello } from "../trace/space.ts";

/**
 * What became of a command. A refused one leaves all as it was, a failed one too unless the implementation is only
 * `consistent`. A partial one may leave its range half-way, whatever the implementation promises of failures: so
 * says its dialect.
 */
export type Outcome = "done" | "refused" | "failed" | "partial";

/** Whether the expected answer is that of a command that does something, all of it or as far as the first hole. */
export function isCarriedOut(expected: Answer): boolean {
  return expected.kind === "ok" || (expected.kind === "truth" && expected.truth) || expected === STOPPED;
}

/**
 * What became of a command for which the model says `expected`; `undefined` where the contract doesn't allow the
 * answer. `right`: it is what the model says. `limited`: a limit of the system's own may have caused it. `failed`:
 * a failed call, or frames that ran out, may have.
 */
export function outcomeOf(
  expected: Answer,
  right: boolean,
  limited: boolean,
  failed: boolean,
): Outcome | undefined {
  if (expected === ANY_CHANGED) return right || limited ? "partial" : failed ? "failed" : undefined;
  const begins = isCarriedOut(expected);
  if (limited) return begins ? "partial" : "refused";
  if (!right) return failed && begins ? "failed" : undefined;
  if (!begins) return "refused";
  // What stopped at a hole looks as if it had failed before it.
  return failed ? "partial" : "done";
}

/** Whether the model takes over what shows of a command: what it did is for the implementation to say, within bounds. */
export function isTakenOver(outcome: Outcome, { failure }: Hello): boolean {
  return outcome === "partial" || (outcome === "failed" && failure === "consistent");
}

/** Where state and model part, as both surfaces say it. */
interface Difference {
  readonly view: Check | "area-order" | "page-order";
  readonly page: number;
  readonly boundary: boolean;
}

/**
 * The check that a difference fails. `range` are the pages that the request is about, `undefined` for a query. Whether
 * an area begins at its end is still the range's affair.
 */
export function checkOf(
  { view, page, boundary }: Difference,
  range: { readonly from: number; readonly to: number } | undefined,
  outcome: Outcome,
): Check {
  if (view === "area-order" || view === "page-order") return "order";
  if (view === "identity") return view;
  if (outcome === "refused" || range === undefined) return "refusal";
  const { from, to } = range;
  if (page < from || page > to || (page === to && !boundary)) return "outside";
  return outcome === "done" ? view : "failure";
}

/** Whether two answers to `areas` are the same but for boundaries inside what could be one area. */
export function sameButForBoundaries(a: Answer, b: Answer): boolean {
  if (a.kind !== "areas" || b.kind !== "areas") return false;
  return sameAnswer({ kind: "areas", areas: joined(a.areas) }, { kind: "areas", areas: joined(b.areas) });
}

/** What an implementation threw, as an answer. */
export type Panic = Answer & { readonly kind: "panic" };

/** What a subject threw, as the answer that the contract has for it. */
export function panicOf(error: unknown): Panic {
  return { kind: "panic", text: textOf(error).replaceAll(/\s+/g, " ").trim() };
}

/** What was thrown may be anything, also what throws when it is looked at. */
function textOf(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return "something that can't be shown";
  }
}

/** A finding at the request with index `at`, which was answered `answer`. */
export function findingAt(
  at: number,
  check: Check,
  answer: Answer,
  expected: string,
  observed: string,
): Finding {
  const kind = check === "answer" || check === "panic" ? check : "invariant";
  return { kind, check, at, expected: cut(expected), observed: cut(observed), answer: answerClass(answer) };
}

/** The longest text of a finding, in characters: more than the longest answer that the contract can want. */
const MAX_TEXT = 20_000;

/** A text that an implementation may have made as long as it likes. */
function cut(text: string): string {
  if (text.length <= MAX_TEXT) return text;
  return `${text.slice(0, MAX_TEXT)}… and ${text.length - MAX_TEXT} characters more`;
}

/** The finding that the implementation threw. */
export function panicAt(at: number, panic: Panic): Finding {
  return findingAt(at, "panic", panic, "no panic", panic.text);
}

/** The finding that frames are still handed out after the instance was given up, if it counts them and some are. */
export function framesLeft(
  at: number,
  answer: Answer,
  { dataFrames, tableFrames }: Observation,
): Finding | undefined {
  const data = dataFrames === NO_FRAMES ? 0 : dataFrames;
  const table = tableFrames === NO_FRAMES ? 0 : tableFrames;
  if (data === 0 && table === 0) return undefined;
  return findingAt(at, "drop", answer, "frames data=0 table=0", `frames data=${data} table=${table}`);
}

/**
 * Why the number of injected failures that is shown after a command can't be true, in words for both sides:
 * one fires only where it `may`, and then once for each call that fails.
 */
export function wrongInjected(
  injected: number,
  may: boolean,
): { readonly expected: string; readonly observed: string } | undefined {
  if (injected === 0 || (may && isCount(injected))) return undefined;
  const expected = may ? "injected as often as a call failed" : "injected 0";
  return { expected, observed: `injected ${injected}` };
}

/** The finding that a query has changed how many injected failures are said to have fired, if it has. */
export function injectedByQuery(
  at: number,
  answer: Answer,
  before: number,
  { injected }: Observation,
): Finding | undefined {
  if (injected === before) return undefined;
  return findingAt(at, "injected", answer, `injected ${before}`, `injected ${injected}`);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}
