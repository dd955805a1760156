/** The report of a bounded check, as text for people and as JSON for programs. */
import type { Sometimes } from "../../properties/sometimes.ts";
import type { CheckPlan, CheckResult } from "../check/check.ts";
import type { ConformanceSuite } from "../check/conformance.ts";
import type { Cut, Survey } from "../check/exploration.ts";
import type { SuiteTally } from "../check/suite-tally.ts";
import type { SessionFinding } from "../explore/session-finding.ts";
import { escapeText, printJson } from "../trace/escape.ts";
import { printFlags, printSpace } from "../trace/print.ts";
import { findingText } from "./finding.ts";
import type { Paint } from "./paint.ts";
import { describeSpace, type FormattedTarget, titleOf } from "./setting.ts";
import { count, counted } from "./statistics.ts";

/** What the report needs to know besides the result. */
export interface CheckView {
  readonly plan: CheckPlan & { readonly target: FormattedTarget };
  readonly paint: Paint;
  /** Situations that had to come up. */
  readonly required: readonly Sometimes[];
  /** The command line that shows a finding again. */
  readonly lineFor: (finding: SessionFinding) => string;
}

/** What begins a check: what is tested, and the scope in words. */
export function checkOpening({ plan: { target, scope, paths, symmetry, bounds } }: CheckView): string {
  const { hello } = target.driver;
  const { space, flags, commands, backends, inject } = scope;
  const what = paths ? `sequence of up to ${counted(bounds.depth, "command")} on` : "state of";
  const lines = [
    `checking ${titleOf(target)} in every ${what} ${describeSpace(space, hello.addrBits)}`,
    `  commands  ${commands.join(" ")}${inject ? ", and each with each single failure" : ""}`,
    `  flags     ${flags.map(printFlags).join(" ")}`,
    ...(hello.surface === "memory-set" ? [] : [`  backends  ${backends.join(" ")}`]),
    ...(symmetry ? ["  symmetry  with flags exchanged, or mirrored, a state is the same"] : []),
  ];
  return `${lines.join("\n")}\n`;
}

/** What a suite is that was exported, for people or as one JSON object. */
export function suiteText(directory: string, suite: ConformanceSuite, asJson: boolean): string {
  const { traces, states, transitions } = suite;
  const commands = traces.reduce((sum, { length }) => sum + length, 0);
  const figures = { directory, traces: traces.length, commands, states, transitions };
  if (asJson) return `${printJson(figures)}\n`;
  return (
    `${counted(traces.length, "trace")} with ${counted(commands, "command")} in ${escapeText(directory)} ` +
    `cross all ${counted(transitions, "transition")} of ${counted(states, "state")}\n`
  );
}

/** How far a suite is. */
export function suiteProgress({ states, traces, saved }: SuiteTally, seconds: number): string {
  const written = `${counted(traces, "trace")}, ${count(saved)} of them written`;
  return `${counted(states, "state")}, ${written}, ${seconds.toFixed(0)} s`;
}

/** How far a survey is. */
export function checkProgress(survey: Survey, seconds: number): string {
  const { states, sequences, frontier, transitions, depth } = survey;
  const speed = count(Math.round(transitions / seconds));
  const all =
    states > 0
      ? `${counted(states, "state")} up to depth ${depth}, ${count(frontier)} to be expanded`
      : `${counted(sequences, "sequence")}, all of up to ${counted(depth, "command")}`;
  return `${all}, ${counted(transitions, "transition")}, ${speed} transitions/s, ${seconds.toFixed(0)} s`;
}

/** The summary that ends a check. */
export function checkSummary(result: CheckResult, view: CheckView): string {
  const { finding, seconds } = result;
  const parts = [
    `${verdict(result, view)}: ${sizeOf(result)}; ${seconds.toFixed(1)} s`,
    ...(result.tellsAll || finding ? [] : [ASSUMED]),
    ...(view.plan.symmetry ? [ASSUMED_ALIKE] : []),
    ...neverLines(result, view),
    ...(result.cut !== undefined && view.required.length > 0 ? [NOT_JUDGED] : []),
    ...(finding ? [`\n${describe(finding, view)}`] : []),
  ];
  return `\n${parts.join("\n")}\n`;
}

function sizeOf({ states, sequences, transitions, depth, memory }: CheckResult): string {
  if (states === 0) {
    const all = `${counted(sequences, "sequence")} with ${counted(transitions, "command")}`;
    return `${all}, all of up to ${counted(depth, "command")}`;
  }
  const size = `${counted(states, "state")}, ${counted(transitions, "transition")}`;
  return `${size}; the last new state at depth ${depth}; ${count(Math.ceil(memory / 1024))} KiB for the states`;
}

/** The one JSON object of `check --json`. */
export function checkJson(
  result: CheckResult,
  { plan: { target, scope, symmetry = false }, required }: CheckView,
): string {
  const {
    finding,
    cut,
    states,
    sequences,
    transitions,
    depth,
    seconds,
    frontier,
    memory,
    tellsAll,
    lost,
    never,
    problems,
  } = result;
  const { space, flags, commands, backends, inject } = scope;
  return `${printJson({
    outcome: outcomeOf(result, required),
    states,
    sequences,
    transitions,
    depth,
    seconds,
    cut,
    frontier,
    memory,
    subject: target.name,
    format: target.format,
    scope: {
      space: printSpace(space),
      flags: flags.map(printFlags),
      commands,
      backends,
      failures: inject,
    },
    tellsAll,
    symmetry,
    lost,
    never,
    missing: isJudged(result) ? missingOf(result, required) : undefined,
    findings: finding ? [{ ...finding, space: printSpace(finding.space) }] : [],
    problems,
  })}\n`;
}

function outcomeOf(result: CheckResult, required: readonly Sometimes[]): Outcome {
  if (result.finding) return "finding";
  if (result.cut !== undefined) return "partial";
  if (triesNothing(result)) return "vacuous";
  return missingOf(result, required).length > 0 ? "vacuous" : "agree";
}

type Outcome = "agree" | "finding" | "partial" | "vacuous";

/** Whether the scope was explored to its end: before it, what hasn't come up may still do so. */
function isJudged({ finding, cut }: CheckResult): boolean {
  return finding === undefined && cut === undefined;
}

/** Whether the scope has nothing that the implementation can be asked. */
export function triesNothing(result: CheckResult): boolean {
  return isJudged(result) && result.transitions === 0;
}

/** Which of the situations that were required never came up, whether or not the scope's commands could have led there. */
export function missingOf(result: CheckResult, required: readonly Sometimes[]): readonly Sometimes[] {
  return isJudged(result) ? required.filter((name) => !result.met.has(name)) : [];
}

function verdict({ finding, cut, states, frontier }: CheckResult, { paint }: CheckView): string {
  if (finding) return paint.bad("a finding");
  if (cut === undefined) return paint.good("agrees within the scope");
  // Sequences that are run each by itself lead to no states.
  const rest = states === 0 ? "" : `, ${counted(frontier, "state")} not expanded`;
  return `agrees as far as it was looked: ${WHY[cut]}${rest}`;
}

const WHY: { readonly [C in Cut]: string } = {
  depth: "the depth is reached",
  "max-states": "there are more states than --max-states",
  time: "the time is over",
  memory: "there is no more memory",
  interruption: "it was interrupted",
  model: "the model itself is wrong",
  lost: "it could not go on",
};

const ASSUMED =
  "assumed: what the implementation keeps to itself is the same where the model is (it has no fingerprint)";

// Said of a finding too: without the assumption there might be a shorter trace.
const ASSUMED_ALIKE =
  "assumed: the implementation treats all flags alike, and both ends of the space (--symmetry)";

const NOT_JUDGED = "not judged: --require, since not all of the scope was explored";

/** What a scope that was explored to its end never met, although its commands could have. */
function neverLines({ never }: CheckResult, { paint }: CheckView): string[] {
  if (never.length === 0) return [];
  return [
    `${paint.bad("never met")} in this scope, so nothing is proved of it:`,
    ...never.map((name) => `  ${name}`),
  ];
}

function describe(finding: SessionFinding, { paint, lineFor }: CheckView): string {
  const origin = `a check, shortest first; made as plain as can be (${counted(finding.executions ?? 0, "trace")} tried)`;
  return findingText(finding, { paint, origin, again: lineFor(finding) });
}
