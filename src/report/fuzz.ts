/** The report of a fuzzing session, as text for people and as JSON for programs. */
import { PIPE_CHECKS } from "../../properties/invariants.ts";
import type { Session, SessionResult } from "../explore/session.ts";
import type { SessionFinding } from "../explore/session-finding.ts";
import { escapeText, printJson } from "../trace/escape.ts";
import { printSpace } from "../trace/print.ts";
import { findingText } from "./finding.ts";
import type { Paint } from "./paint.ts";
import { describeSpace, type FormattedTarget, titleOf } from "./setting.ts";
import { answerTable, count, counted, riskText, situations } from "./statistics.ts";
import { terminalText } from "./terminal-text.ts";

/** A session that says what format the page tables have, where there are any. */
export interface FormattedSession extends Session {
  readonly target: FormattedTarget;
}

/** What the summary needs to know besides the result. */
export interface SummaryView {
  readonly session: FormattedSession;
  readonly paint: Paint;
  /** The command line that shows a finding again. */
  readonly lineFor: (finding: SessionFinding) => string;
  /** The pictures of findings by their ids, line by line, as far as there are any. */
  readonly pictures: ReadonlyMap<string, readonly string[]>;
}

/** What begins a session: what is tested, and how. */
export function fuzzOpening({ target, spaces, maxCommands, seed }: FormattedSession): string {
  const how = `traces of up to ${counted(maxCommands, "command")}, seed ${escapeText(seed)}`;
  const { addrBits } = target.driver.hello;
  const [first, ...others] = spaces;
  if (first === undefined || others.length > 0) {
    const places = spaces.map((space) => `  ${describeSpace(space, addrBits)}\n`).join("");
    return `fuzzing ${titleOf(target)}: ${how}, in turn in ${counted(spaces.length, "space")}:\n${places}`;
  }
  const pages = `${counted(first.size / first.page, "page")} of 0x${first.page.toString(16)} bytes`;
  const place = target.driver.hello.surface === "memory-set" ? pages : describeSpace(first, addrBits);
  return `fuzzing ${titleOf(target)}: ${place}, ${how}\n`;
}

/**
 * What is told of a finding before it is shrunk: one line, for what a process did besides answering. To see that again
 * and again takes a while; of other findings nothing is told before the end. `seconds` is how long it may take.
 */
export function discoveryLine({ finding, file, run }: SessionFinding, seconds: number): string {
  if (!Object.hasOwn(PIPE_CHECKS, finding.check)) return "";
  const place = file === null ? "" : `saved as ${escapeText(file)}, `;
  const met = `${finding.kind} at request ${finding.at + 1} of ${run === null ? "a trace of the suite" : `run ${run}`}: ${terminalText(finding.observed)}`;
  return `${met} (${place}being shrunk, for up to ${seconds} s)\n`;
}

/** The summary that ends a session. What was found comes last, with the line that shows it again. */
export function fuzzSummary(result: SessionResult, view: SummaryView): string {
  const findings = result.findings.map((found) => describeFinding(found, result, view));
  return `\n${[overview(result, view), ...findings].join("\n\n")}\n`;
}

/** What a session met and what it came to, without its findings. */
export function overview(result: SessionResult, view: SummaryView): string {
  const { statistics } = result.tally;
  const { hello } = view.session.target.driver;
  const met =
    statistics.requests > 0 ? [answerTable(statistics, hello.surface), situations(statistics, hello)] : [];
  const risk = statistics.behaviours.risk();
  return [
    ...met,
    ...(risk.behaviours > 0 ? [riskText(risk)] : []),
    [...injectionLines(result, view), ...mendedLines(result, view), verdict(result, view)].join("\n"),
  ].join("\n\n");
}

/** The one JSON object of `fuzz --json`. */
export function fuzzJson(
  result: SessionResult,
  { session, lineFor, pictures }: Omit<SummaryView, "paint">,
): string {
  const { target, spaces, seed, injectAll } = session;
  const { tally, seconds, findings, interrupted, problems, replayed, unsuited, known, mended } = result;
  const { statistics, runs, injections } = tally;
  return `${printJson({
    outcome: outcomeOf(result),
    subject: target.name,
    format: target.format,
    spaces: spaces.map((space) => printSpace(space)),
    seed,
    runs,
    suite: tally.suite,
    commands: statistics.requests,
    seconds,
    interrupted,
    findings: findings.map((found) => ({
      ...found,
      space: printSpace(found.space),
      picture: pictures.get(found.id) ?? [],
      again: lineFor(found),
    })),
    problems,
    statistics: {
      replayed,
      unsuited,
      known,
      mended,
      injections: injectAll ? injections : undefined,
      answers: Object.fromEntries(statistics.answerTable().map(({ op, answers }) => [op, answers])),
      risk: statistics.behaviours.risk(),
      sometimes: Object.fromEntries(statistics.sometimes().map((met) => [met.name, met.count])),
    },
  })}\n`;
}

/** What a session came to, in a word. */
function outcomeOf({ findings, interrupted, problems }: SessionResult) {
  if (findings.length > 0) return "finding";
  if (interrupted) return "interrupted";
  return problems.length > 0 ? "problem" : "agree";
}

/** What injecting every single failure came to, where that was asked for. */
function injectionLines({ tally, findings }: SessionResult, { session }: SummaryView): string[] {
  if (!session.injectAll) return [];
  const { traces, injected } = tally.injections;
  const outcome = findings.length === 0 ? `, all ${session.target.driver.hello.failure}` : "";
  return [
    `every single failure: ${counted(traces, "trace")}, ${counted(injected, "injection")} tried${outcome}`,
  ];
}

/** Bugs that are known and no longer there: somebody has mended them, and the files should say so. */
function mendedLines({ mended }: SessionResult, { paint }: SummaryView): string[] {
  return mended.map(
    (file) => `${paint.good("mended")}: ${escapeText(file)} agrees now; change its status to "regression"`,
  );
}

function verdict(result: SessionResult, { session, paint }: SummaryView): string {
  if (wasNothing(result)) return outcomeText(result, paint);
  const { problems } = result;
  const troubles = problems.length === 0 ? "" : `; ${counted(problems.length, "problem")} on standard error`;
  return `${outcomeText(result, paint)}, seed ${escapeText(session.seed)}${troubles}`;
}

/** What a session came to, in words and numbers of our own alone. */
export function outcomeText(result: SessionResult, paint: Paint): string {
  if (wasNothing(result)) return paint.bad("interrupted before anything was run");
  const { tally, seconds, findings, interrupted, problems, replayed, unsuited, known } = result;
  const found = paint.bad(counted(findings.length, "finding"));
  // What couldn't be read may be what doesn't agree.
  const trouble = paint.bad(`no finding, but ${counted(problems.length, "problem")}`);
  const outcome = findings.length > 0 ? found : problems.length > 0 ? trouble : paint.good("all agree");
  const others = unsuited === 0 ? "" : ` (${count(unsuited)} more can't be asked of it)`;
  const bugs = known.length === 0 ? "" : `, ${counted(known.length, "known bug")} among them`;
  const suite = tally.suite === 0 ? "" : `, ${counted(tally.suite, "trace")} across a small scope`;
  const runs = `${counted(tally.runs, "random run")} with ${counted(tally.statistics.requests, "command")}`;
  return (
    `${interrupted ? "interrupted, so far " : ""}${outcome}: ${counted(replayed, "saved case")}${bugs}${others}${suite}, ` +
    `then ${runs} in ${seconds.toFixed(1)} s`
  );
}

/** Whether a session was interrupted before it came to anything. */
function wasNothing({ interrupted, findings, replayed, tally }: SessionResult): boolean {
  return interrupted && findings.length + replayed + tally.suite + tally.runs === 0;
}

/** One finding of a session, as text; with its picture if that is to be shown. */
export function describeFinding(
  found: SessionFinding,
  result: SessionResult,
  view: SummaryView,
  picture: readonly string[] = [],
): string {
  const { session, paint, lineFor } = view;
  const place = placeOf(found, session);
  return findingText(found, {
    paint,
    origin: originOf(found, session.seed, result.interrupted),
    again: lineFor(found),
    ...(place !== undefined && { place }),
    picture,
  });
}

/** Where a finding takes place, if the session has several spaces. */
export function placeOf({ space }: SessionFinding, { spaces, target }: FormattedSession): string | undefined {
  return spaces.length > 1 ? describeSpace(space, target.driver.hello.addrBits) : undefined;
}

/** Where a finding came from. `cut` says that the session was interrupted, and shrinking with it. */
export function originOf(
  { run, shrunkFrom, trace, executions }: SessionFinding,
  seed: string,
  cut: boolean,
): string {
  if (shrunkFrom === null || executions === null) return "a saved case";
  const lengths = `shrunk from ${counted(shrunkFrom, "command")} to ${count(trace.length)}`;
  const effort = `${counted(executions, "trace")} tried${cut ? ", interrupted: a simpler one may exist" : ""}`;
  const source = run === null ? "a trace of the suite" : `run ${run} of seed ${escapeText(seed)}`;
  return `${source}, ${lengths} (${effort})`;
}
