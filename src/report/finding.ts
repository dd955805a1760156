/** One finding, as text for people. */
import { demandOf } from "../../properties/invariants.ts";
import type { Certificate } from "../corpus/schema.ts";
import type { SessionFinding } from "../explore/session-finding.ts";
import { escapeText } from "../trace/escape.ts";
import type { Paint } from "./paint.ts";
import { printedLines } from "./printed.ts";
import { counted } from "./statistics.ts";
import { terminalText } from "./terminal-text.ts";

/** What there is to say of a finding besides what it holds. */
export interface FindingView {
  readonly paint: Paint;
  /** Where it came from, in words. */
  readonly origin: string;
  /** The command line that shows it again. */
  readonly again: string;
  /** Where it takes place, if that has to be said. */
  readonly place?: string;
  /** The picture of the place where it differs, line by line, if it is to be shown. */
  readonly picture?: readonly string[];
}

/** The trace up to where it differs, both sides of the difference, and how to see it again. */
export function findingText(found: SessionFinding, view: FindingView): string {
  const { id, finding, file } = found;
  const { paint, origin, again, place, picture = [] } = view;
  return [
    `${paint.bad("FINDING")} ${escapeText(id)}`,
    ...(found.stable ? [] : [`  ${UNSTABLE}`]),
    ...traceLines(found, paint),
    `  expected  ${terminalText(finding.expected)}`,
    `  observed  ${terminalText(finding.observed)}`,
    `  check     ${escapeText(finding.check)}: ${demandOf(finding.check)}`,
    ...(picture.length === 0 ? [] : ["", ...picture.map(escapeText), ""]),
    ...printedLines(found.stderr),
    ...(place === undefined ? [] : [`  space     ${place}`]),
    `  origin    ${origin}`,
    ...(found.minimal === null ? [] : [`  minimal   ${minimalText(found.minimal)}`]),
    file === null ? "  file      not saved" : `  file      ${escapeText(file)}`,
    ...found.also.map((other) => `  also in   ${escapeText(other)}`),
    `  ${howToSee(found)}: ${again}`,
  ].join("\n");
}

/** The runs that it needs before it, and the trace up to where it differs, a line each. */
export function traceLines({ before, finding, trace }: SessionFinding, paint: Paint): string[] {
  const reached = trace.slice(0, finding.at + 1);
  const width = String(reached.length).length;
  const steps = reached.map((line, at) => {
    const mark = at === finding.at ? paint.bad("   <- here they differ") : "";
    return `  ${String(at + 1).padStart(width)}  ${terminalText(line)}${mark}`;
  });
  const rest = trace.length - reached.length;
  return [
    ...before.map((run) => `  after a run of  ${run.map(terminalText).join("; ")}`),
    ...steps,
    ...(rest === 0 ? [] : [`  (${counted(rest, "more command")} not reached)`]),
  ];
}

/** What the line that shows it again does. */
export function howToSee({ file }: SessionFinding): string {
  return file === null ? "find it again" : "see it step by step";
}

/** What was looked through for a shorter trace, in words. */
export function minimalText({ pages, flags, commands, backends, merged, transitions }: Certificate): string {
  const within = `${counted(pages, "page")}, flags ${flags || "none"}, commands ${commands}, backends ${backends || "none"}`;
  const how = merged ? "" : ", every sequence by itself";
  return escapeText(`no shorter trace within ${within}${how}; ${counted(transitions, "transition")} tried`);
}

/** What is said of a finding that did not come back. */
export const UNSTABLE =
  "unstable: it did not come back when it was run again, with the earlier runs or without them";
