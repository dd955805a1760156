/** What the judges of both surfaces say, and how they say it. */
import type { Check } from "../../properties/invariants.ts";
import { type Answer, answerClass } from "../trace/answer.ts";
import type { Finding } from "../trace/finding.ts";
import { NO_FRAMES, type Observation } from "../trace/observation.ts";

/** What became of a command: refused or failed ones leave their range as it was, or half-way. */
export type Outcome = "done" | "refused" | "failed";

/** What an implementation threw, as an answer. */
export type Panic = Answer & { readonly kind: "panic" };

/** A finding at the request with index `at`, which was answered `answer`. */
export function findingAt(
  at: number,
  check: Check,
  answer: Answer,
  expected: string,
  observed: string,
): Finding {
  const kind = check === "answer" || check === "panic" ? check : "invariant";
  return { kind, check, at, expected, observed, answer: answerClass(answer) };
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

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}
