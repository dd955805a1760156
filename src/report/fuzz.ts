/** The report of a fuzzing session, as text for people and as JSON for programs. */
import { CHECKS } from "../../properties/invariants.ts";
import type { Statistics } from "../execute/statistics.ts";
import type { SessionFinding, SessionResult } from "../explore/session.ts";
import { ANSWER_CLASSES } from "../trace/answer.ts";

/** The summary that ends a session, findings first. `replay` is the command that replays a file. */
export function fuzzSummary(result: SessionResult, seed: string, replay: (file: string) => string): string {
  const { tally, seconds, findings, interrupted } = result;
  const { requests } = tally.statistics;
  const parts = findings.map((finding) => describeFinding(finding, seed, replay));
  if (requests > 0) parts.push(answerTable(tally.statistics), situations(tally.statistics));
  const verdict =
    findings.length === 0 ? "all agree" : `${findings.length} finding${findings.length === 1 ? "" : "s"}`;
  const ended = interrupted ? ", interrupted" : "";
  parts.push(
    `${verdict}: ${count(tally.runs)} runs, ${count(requests)} commands in ${seconds.toFixed(1)} s${ended}, ` +
      `${result.replayed} saved cases, seed ${seed}`,
  );
  return `${parts.join("\n\n")}\n`;
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

/** A number with its thousands apart. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

function describeFinding(found: SessionFinding, seed: string, replay: (file: string) => string): string {
  const { finding, trace, file, run } = found;
  const width = String(trace.length).length;
  const steps = trace.map((line, at) => {
    const mark = at === finding.at ? "   <- here" : "";
    return `  ${String(at + 1).padStart(width)}  ${line}${mark}`;
  });
  const origin =
    run === null
      ? "a saved case that fails"
      : `found in run ${run} of seed ${seed}, shrunk from ${found.shrunkFrom} commands to ${trace.length} ` +
        `(${found.executions} traces tried)`;
  return [
    `FINDING ${found.id}`,
    `  ${finding.check}: ${ruleOf(finding.check)}`,
    ...steps,
    `  expected  ${finding.expected}`,
    `  observed  ${finding.observed}`,
    `  ${origin}`,
    ...(file === null ? ["  not saved"] : [`  saved in ${file}`, `  replay it with: ${replay(file)}`]),
  ].join("\n");
}

function ruleOf(check: string): string {
  return Object.entries(CHECKS).find(([name]) => name === check)?.[1] ?? "";
}

function answerTable(statistics: Statistics): string {
  const rows = statistics.answerTable();
  const columns = ANSWER_CLASSES.filter((name) => rows.some(({ answers }) => answers[name] !== undefined));
  const cells = [
    ["answers", ...columns],
    ...rows.map(({ op, answers }) => [op, ...columns.map((name) => count(answers[name] ?? 0))]),
  ];
  const widths = ["answers", ...columns].map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells
    .map((row) => row.map((cell, column) => align(cell, widths[column] ?? 0, column === 0)).join("  "))
    .join("\n");
}

function align(cell: string, width: number, left: boolean): string {
  return left ? cell.padEnd(width) : cell.padStart(width);
}

function situations(statistics: Statistics): string {
  const all = statistics.sometimes();
  const met = all.filter((situation) => situation.count > 0);
  const missed = all.filter((situation) => situation.count === 0);
  const width = Math.max(...all.map((situation) => count(situation.count).length));
  return [
    `met ${met.length} of ${all.length} situations that a run should meet`,
    ...met.map((situation) => `  ${count(situation.count).padStart(width)}  ${situation.name}`),
    ...missed.map((situation) => `  warning: never met: ${situation.name}`),
  ].join("\n");
}
