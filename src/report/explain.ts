/** A case explained: what each request asks for, what it did, and where and in which layer the two sides part. */
import { demandOf } from "../../properties/invariants.ts";
import type { FindingReplay, ReplayedStep } from "../explore/replay.ts";
import type { Snapshot } from "../explore/snapshot.ts";
import { escapeText } from "../trace/escape.ts";
import { printAddr } from "../trace/print.ts";
import type { Column } from "./columns.ts";
import { firstDifference } from "./page-changes.ts";
import {
  drawBothSides,
  heading,
  headOf,
  type JudgedReplay,
  layOut,
  type ReplayCase,
  type ReplayView,
  stepLines,
  verdictLine,
} from "./replay.ts";
import { changesInWords, layersAt, type Naming, pageInWords } from "./story.ts";
import type { Canvas } from "./strip.ts";
import { terminalText } from "./terminal-text.ts";
import { requestInWords } from "./wording.ts";

/** What explains a case to somebody who hasn't seen it before, as text. `again` is the line that replays it. */
export function explanation(
  entry: ReplayCase,
  replay: JudgedReplay,
  steps: readonly ReplayedStep[],
  view: ReplayView,
  again: string | undefined,
): string {
  const found = replay.status === "finding" ? replay : undefined;
  const { canvas, columns } = layOut(entry, found, steps, view);
  const story = steps.flatMap((step, at) => [
    `${view.paint.faint(`${at + 1}`.padStart(3))}  ${headOf(step, canvas)}`,
    ...told(requestInWords(step.request, canvas), ...situation(step, canvas)),
    ...(at === found?.finding.at
      ? parting(found, step, columns, canvas)
      : [...told(...effects(step, canvas)), ...stepLines(step, columns, canvas), ""]),
  ]);
  const isDrawn = found === undefined || steps[found.finding.at] !== undefined;
  return [
    ...heading(entry, view),
    "",
    ...story,
    ...(isDrawn ? [] : [...demand(found, canvas), ""]),
    verdictLine(entry, replay, view.isKnown, view.paint),
    ...(again === undefined ? [] : [`  see it step by step: ${escapeText(again)}`]),
    "",
  ].join("\n");
}

/** Where the two part: what the contract wants, what happened, and the first page that shows it. */
function parting(
  found: FindingReplay,
  step: ReplayedStep,
  columns: readonly Column[],
  canvas: Canvas,
): readonly string[] {
  const { model } = found;
  const { before, after } = step;
  return [
    ...demand(found, canvas),
    ...(after === undefined ? [] : sides(before, model, after, canvas)),
    "",
    ...drawBothSides(found, step, columns, canvas),
    "",
  ];
}

function demand({ finding, from }: FindingReplay, { paint }: Canvas): readonly string[] {
  const whose = from === "model" ? demandOf(finding.check) : "the case itself demands another answer";
  return [
    `     ${paint.bad("Here the two sides part")} (${escapeText(finding.check)}: ${whose}).`,
    `     expected  ${terminalText(finding.expected)}`,
    `     observed  ${terminalText(finding.observed)}`,
  ];
}

/** What should have happened and what did, in words, and the layers of the first page where they are not the same. */
function sides(before: Snapshot, model: Snapshot, after: Snapshot, canvas: Canvas): readonly string[] {
  const [wanted, seen] = [changesInWords(before, model, canvas), changesInWords(before, after, canvas)];
  const at = firstDifference(model, after);
  if (wanted.join() === seen.join() && at === undefined) return [];
  return [
    ...labelled("It should be:", wanted),
    ...labelled("It is:", seen),
    ...layers(at, model, after, canvas),
  ];
}

function labelled(label: string, sentences: readonly string[]): readonly string[] {
  const [first = "nothing changes", ...others] = sentences;
  return [`     ${label.padEnd(14)}${first}`, ...others.map((sentence) => `${" ".repeat(19)}${sentence}`)];
}

/** The three layers of a page, expected beside observed, with a mark where they differ. */
function layers(
  at: number | undefined,
  expected: Snapshot,
  observed: Snapshot,
  naming: Naming & Pick<Canvas, "paint">,
): readonly string[] {
  // Frames that are lost are no page's: then the counts say all.
  const addr = at ?? -1;
  const [wanted, seen] = [layersAt(expected, addr, naming), layersAt(observed, addr, naming)];
  const rows = [
    ...(at === undefined
      ? []
      : [
          ["area", wanted.area, seen.area],
          ["page table", wanted.page, seen.page],
        ]),
    ...(wanted.frames === "" ? [] : [["frames", wanted.frames, seen.frames]]),
  ];
  const title = at === undefined ? "layer" : `page ${printAddr(at, naming.addrBits)}`;
  const table = [[title, "expected", "observed"], ...rows];
  const widths = [0, 1].map((column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  const lines = table.map(([name = "", left = "", right = ""], row) => {
    const mark = row > 0 && left !== right ? naming.paint.bad("  <- differs") : "";
    return `     ${name.padEnd(widths[0] ?? 0)}  ${left.padEnd(widths[1] ?? 0)}  ${right}${mark}`;
  });
  return ["", ...lines];
}

/** How the page stood that a step is about, if it is about one. */
function situation({ request, before }: ReplayedStep, naming: Naming): readonly string[] {
  return "addr" in request ? [pageInWords(before, request.addr, naming)] : [];
}

/** What a step did to the state. */
function effects({ before, after }: ReplayedStep, naming: Naming): readonly string[] {
  if (after === undefined) return [];
  return changesInWords(before, after, naming);
}

function told(...sentences: readonly string[]): readonly string[] {
  return sentences.map(
    (sentence) =>
      `     ${sentence[0]?.toUpperCase() ?? ""}${sentence.slice(1)}${sentence.endsWith("?") ? "" : "."}`,
  );
}
