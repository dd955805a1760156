/** The report of a fuzzing session, as text for people and as JSON for programs. */
import { CHECKS } from "../../properties/invariants.ts";
import type { Session, SessionFinding, SessionResult } from "../explore/session.ts";
import { escapeText } from "../trace/escape.ts";
import type { Paint } from "./paint.ts";
import { answerTable, count, counted, situations } from "./statistics.ts";

/** What the summary needs to know besides the result. */
export interface SummaryView {
  readonly seed: string;
  readonly paint: Paint;
  /** The command line that shows a finding again. */
  readonly lineFor: (finding: SessionFinding) => string;
}

/** The line that begins a session: what is tested, and how. */
export function fuzzOpening({ target, space, maxCommands, seed }: Session): string {
  const pages = `${counted(space.size / space.page, "page")} of 0x${space.page.toString(16)} bytes`;
  const traces = `traces of up to ${counted(maxCommands, "command")}`;
  return `fuzzing ${target.name}: ${pages}, ${traces}, seed ${escapeText(seed)}\n`;
}

/** The summary that ends a session. What was found comes last, with the line that shows it again. */
export function fuzzSummary(result: SessionResult, view: SummaryView): string {
  const { tally, findings } = result;
  const met =
    tally.statistics.requests > 0 ? [answerTable(tally.statistics), situations(tally.statistics)] : [];
  const parts = [
    ...met,
    verdict(result, view),
    ...findings.map((found) => describeFinding(found, result, view)),
  ];
  return `\n${parts.join("\n\n")}\n`;
}

/** The one JSON object of `fuzz --json`. */
export function fuzzJson(result: SessionResult, seed: string): string {
  const { tally, seconds, findings, interrupted, problems, replayed } = result;
  const { statistics, runs } = tally;
  return `${JSON.stringify({
    outcome: findings.length === 0 ? "agree" : "finding",
    seed,
    runs,
    commands: statistics.requests,
    seconds,
    interrupted,
    findings,
    problems,
    statistics: {
      replayed,
      answers: Object.fromEntries(statistics.answerTable().map(({ op, answers }) => [op, answers])),
      sometimes: Object.fromEntries(statistics.sometimes().map((met) => [met.name, met.count])),
    },
  })}\n`;
}

function verdict(result: SessionResult, { seed, paint }: SummaryView): string {
  const { tally, seconds, findings, interrupted, replayed, problems } = result;
  const found = counted(findings.length, "finding");
  const outcome = findings.length === 0 ? paint.good("all agree") : paint.bad(found);
  const runs = `${counted(tally.runs, "random run")} with ${counted(tally.statistics.requests, "command")}`;
  const troubles = problems.length === 0 ? "" : `; ${counted(problems.length, "problem")} on standard error`;
  return (
    `${interrupted ? "interrupted, so far " : ""}${outcome}: ${counted(replayed, "saved case")}, then ${runs} ` +
    `in ${seconds.toFixed(1)} s, seed ${escapeText(seed)}${troubles}`
  );
}

function describeFinding(found: SessionFinding, { interrupted }: SessionResult, view: SummaryView): string {
  const { id, finding, trace, file } = found;
  const reached = trace.slice(0, finding.at + 1);
  const width = String(reached.length).length;
  const steps = reached.map((line, at) => {
    const mark = at === finding.at ? view.paint.bad("   <- here they differ") : "";
    return `  ${String(at + 1).padStart(width)}  ${line}${mark}`;
  });
  const rest = trace.length - reached.length;
  const again = view.lineFor(found);
  return [
    `${view.paint.bad("FINDING")} ${id}`,
    ...steps,
    ...(rest === 0 ? [] : [`  (${counted(rest, "more command")} not reached)`]),
    `  expected  ${escapeText(finding.expected)}`,
    `  observed  ${escapeText(finding.observed)}`,
    `  check     ${finding.check}: ${ruleOf(finding.check)}`,
    `  origin    ${originOf(found, view.seed, interrupted)}`,
    file === null ? "  file      not saved" : `  file      ${escapeText(file)}`,
    file === null ? `  find it again: ${again}` : `  see it step by step: ${again}`,
  ].join("\n");
}

function originOf(
  { run, shrunkFrom, trace, executions }: SessionFinding,
  seed: string,
  cut: boolean,
): string {
  if (run === null || shrunkFrom === null || executions === null) return "a saved case";
  const lengths = `shrunk from ${counted(shrunkFrom, "command")} to ${count(trace.length)}`;
  const effort = `${counted(executions, "trace")} tried${cut ? ", interrupted: a simpler one may exist" : ""}`;
  return `run ${run} of seed ${escapeText(seed)}, ${lengths} (${effort})`;
}

function ruleOf(check: string): string {
  return Object.entries(CHECKS).find(([name]) => name === check)?.[1] ?? "";
}
