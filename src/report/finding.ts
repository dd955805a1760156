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
}

/** The trace up to where it differs, both sides of the difference, and how to see it again. */
export function findingText(found: SessionFinding, { paint, origin, again, place }: FindingView): string {
  const { id, finding, trace, file } = found;
  const reached = trace.slice(0, finding.at + 1);
  const width = String(reached.length).length;
  const steps = reached.map((line, at) => {
    const mark = at === finding.at ? paint.bad("   <- here they differ") : "";
    return `  ${String(at + 1).padStart(width)}  ${terminalText(line)}${mark}`;
  });
  const rest = trace.length - reached.length;
  return [
    `${paint.bad("FINDING")} ${id}`,
    ...(found.stable ? [] : [`  ${UNSTABLE}`]),
    ...found.before.map((run) => `  after a run of  ${run.map(terminalText).join("; ")}`),
    ...steps,
    ...(rest === 0 ? [] : [`  (${counted(rest, "more command")} not reached)`]),
    `  expected  ${terminalText(finding.expected)}`,
    `  observed  ${terminalText(finding.observed)}`,
    `  check     ${finding.check}: ${demandOf(finding.check)}`,
    ...printedLines(found.stderr),
    ...(place === undefined ? [] : [`  space     ${place}`]),
    `  origin    ${origin}`,
    ...(found.minimal === null ? [] : [`  minimal   ${minimalText(found.minimal)}`]),
    file === null ? "  file      not saved" : `  file      ${escapeText(file)}`,
    ...found.also.map((other) => `  also in   ${escapeText(other)}`),
    file === null ? `  find it again: ${again}` : `  see it step by step: ${again}`,
  ].join("\n");
}

/** What was looked through for a shorter trace, in words. */
export function minimalText({ pages, flags, commands, backends, merged, transitions }: Certificate): string {
  const within = `${counted(pages, "page")}, flags ${flags || "none"}, commands ${commands}, backends ${backends || "none"}`;
  const how = merged ? "" : ", every sequence by itself";
  return escapeText(`no shorter trace within ${within}${how}; ${counted(transitions, "transition")} tried`);
}

const UNSTABLE =
  "unstable: it did not come back when it was run again, with the earlier runs or without them";
