/** The report of a session as Markdown, which reads well as plain text too. */
import { demandOf } from "../../properties/invariants.ts";
import type { SessionResult } from "../explore/session.ts";
import type { SessionFinding } from "../explore/session-finding.ts";
import { escapeText } from "../trace/escape.ts";
import { howToSee, minimalText, traceLines, UNSTABLE } from "./finding.ts";
import { originOf, outcomeText, placeOf, type SummaryView } from "./fuzz.ts";
import { type Paint, PLAIN } from "./paint.ts";
import { printedLines } from "./printed.ts";
import { describeSpace } from "./setting.ts";
import { count, counted, rounded } from "./statistics.ts";
import { terminalText } from "./terminal-text.ts";

/** What agrees and what doesn't, set off as Markdown does. */
const MARKED: Paint = { ...PLAIN, good: (text) => `**${text}**`, bad: (text) => `**${text}**` };

/**
 * The verdict, the facts of the session, and each finding. What comes from files, from the command line and from
 * implementations stands in code, which nothing in it can end. Findings that would take more than `room` bytes are only
 * counted.
 */
export function sessionMarkdown(
  result: SessionResult,
  view: SummaryView,
  command: "fuzz" | "verify",
  room = Number.POSITIVE_INFINITY,
): string {
  const head = [
    `## mapcheck ${command}: ${subjectOf(view)}`,
    `${outcomeText(result, MARKED)}.`,
    ...(result.lost === undefined ? [] : [`The implementation was lost: ${code(result.lost)}`]),
    table(factsOf(result, view)),
    ...listed("Problems:", result.problems),
    ...listed('Mended, so that their status can be changed to "regression":', result.mended),
    ...listed("Bugs that are known:", result.known),
  ].join("\n\n");
  const findings: string[] = [];
  let left = room - Buffer.byteLength(head);
  for (const found of result.findings) {
    const text = describe(found, result, view);
    left -= Buffer.byteLength(text) + 2;
    if (left < 0) break;
    findings.push(text);
  }
  const unshown = result.findings.length - findings.length;
  const rest = unshown === 0 ? [] : [`There is no room here for ${counted(unshown, "more finding")}.`];
  return `${[head, ...findings, ...rest].join("\n\n")}\n`;
}

function subjectOf({ session: { target } }: SummaryView): string {
  return target.format === undefined ? code(target.name) : `${code(target.name)} (${target.format})`;
}

function factsOf(
  { tally, seconds }: SessionResult,
  view: SummaryView,
): readonly (readonly [fact: string, value: string])[] {
  const { seed, spaces, maxCommands, target } = view.session;
  const { behaviours, once, estimate, bound } = tally.statistics.behaviours.risk();
  const { addrBits } = target.driver.hello;
  const places = spaces.map((space) => describeSpace(space, addrBits));
  return [
    ["subject", subjectOf(view)],
    ["seed", code(seed)],
    ["space", places.length === 1 ? places.join("") : `${counted(places.length, "space")} in turn`],
    ["random runs", `${count(tally.runs)}, of up to ${counted(maxCommands, "command")}`],
    ["commands", count(tally.statistics.requests)],
    ["time", `${seconds.toFixed(1)} s`],
    ["behaviours", `${count(behaviours)}, ${count(once)} of them in one run only`],
    ["new ones expected in the next run", rounded(estimate)],
    ["risk that it shows any", `at most ${rounded(bound)}, with 95 % confidence`],
  ];
}

function describe(found: SessionFinding, result: SessionResult, view: SummaryView): string {
  const { id, finding, stable, minimal, file, also } = found;
  const { session, lineFor, pictures } = view;
  const { expected, observed, check } = finding;
  const place = placeOf(found, session);
  const printed = printedLines(found.stderr);
  const picture = pictures.get(id) ?? [];
  const facts = [
    `expected: ${code(terminalText(expected))}`,
    `observed: ${code(terminalText(observed))}`,
    `check: ${code(check)} (${demandOf(check)})`,
    ...(place === undefined ? [] : [`space: ${place}`]),
    `origin: ${code(originOf(found, session.seed, result.interrupted))}`,
    ...(minimal === null ? [] : [`minimal: ${code(minimalText(minimal))}`]),
    `file: ${file === null ? "not saved" : code(file)}`,
    ...also.map((other) => `also in: ${code(other)}`),
  ];
  return [
    `### FINDING ${code(id)}`,
    ...(stable ? [] : [`**${UNSTABLE}**`]),
    fenced(traceLines(found, PLAIN)),
    facts.map((fact) => `- ${fact}`).join("\n"),
    ...(picture.length === 0 ? [] : ["Before, and on both sides after it:", fenced(picture)]),
    ...(printed.length === 0 ? [] : ["What the implementation printed last:", fenced(printed)]),
    `To ${howToSee(found)}:`,
    fenced([lineFor(found)], "sh"),
  ].join("\n\n");
}

/**
 * A table of two columns, whose first line has to be there and says nothing. Not all programs agree on what a backslash
 * before a | does to a cell, so it is written as what can't be seen is.
 */
function table(rows: readonly (readonly [string, string])[]): string {
  const cells = [["", ""], ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\u{7c}")));
  const widths = [0, 1].map((column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`);
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return lines.toSpliced(1, 0, rule).join("\n");
}

function listed(title: string, texts: readonly string[]): readonly string[] {
  return texts.length === 0 ? [] : [title, texts.map((text) => `- ${code(text)}`).join("\n")];
}

/** A text on one line, in which nothing means anything. */
function code(text: string): string {
  const shown = escapeText(text);
  if (shown.trim() === "") return "(empty)";
  const fence = "`".repeat(longestRun(shown) + 1);
  const gap = /^[` ]|[` ]$/.test(shown) ? " " : "";
  return `${fence}${gap}${shown}${gap}${fence}`;
}

/** Lines in which nothing means anything. */
function fenced(lines: readonly string[], language = "text"): string {
  const shown = lines.map(escapeText);
  const fence = "`".repeat(Math.max(3, longestRun(shown.join("\n")) + 1));
  return [`${fence}${language}`, ...shown, fence].join("\n");
}

/** The length of the longest run of backticks. */
function longestRun(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
}
