/** A replayed case as text: every step with its picture, and the place where model and implementation part. */
import { demandOf } from "../../properties/invariants.ts";
import type { FindingReplay, Replay, Replayable, ReplayedStep } from "../explore/replay.ts";
import type { Snapshot } from "../explore/snapshot.ts";
import { escapeText } from "../trace/escape.ts";
import { printAnswer, printRequest } from "../trace/print.ts";
import { isCommand, type Request } from "../trace/request.ts";
import { type Column, columnsOf, rangeOf } from "./columns.ts";
import { FrameNames } from "./frame-names.ts";
import type { Paint } from "./paint.ts";
import { sameSnapshot } from "./same-snapshot.ts";
import { describeSpace } from "./setting.ts";
import { counted } from "./statistics.ts";
import { type Band, type Canvas, drawStrips } from "./strip.ts";
import { terminalText } from "./terminal-text.ts";

/** A case as it was given on the command line. */
export interface ReplayCase extends Replayable {
  /** Its path, or `-` for standard input. */
  readonly file: string;
  readonly id?: string;
  readonly note?: string;
}

/** What pictures are drawn on, whatever the case. */
export type Background = Omit<Canvas, "page" | "frames">;

/** What a report is drawn on, and for whom. */
export interface ReplayView extends Background {
  /** The name of the subject, with the format of its page tables where it has them. */
  readonly subject: string;
  /** Whether what was found is a bug that was saved as known. */
  readonly isKnown: boolean;
}

/** A replay that was carried out. */
export type JudgedReplay = Extract<Replay, { readonly status: "agree" | "finding" }>;

/** The whole case: heading, steps, the finding if there is one, and the verdict. */
export function renderReplay(
  entry: ReplayCase,
  replay: JudgedReplay,
  steps: readonly ReplayedStep[],
  view: ReplayView,
): string {
  const found = replay.status === "finding" ? replay : undefined;
  const { canvas, columns } = layOut(entry, found, steps, view);
  const numberWidth = String(entry.requests.length).length + 2;
  const story = steps.flatMap((step, at) => {
    const head = `${view.paint.faint(String(at + 1).padStart(numberWidth))}  ${headOf(step, canvas)}`;
    const picture =
      at === found?.finding.at
        ? findingLines(found, step, columns, canvas)
        : stepLines(step, columns, canvas);
    return picture.length === 0 ? [head] : [head, ...picture, ""];
  });
  if (story.at(-1) !== "") story.push("");
  return [
    ...heading(entry, view),
    "",
    ...story,
    verdictLine(entry, replay, view.isKnown, view.paint),
    "",
  ].join("\n");
}

/**
 * The picture of the step after which a finding showed, line by line: what was there before it, and what should be and
 * is there after it. Frames have the names that the report on the whole case gives them.
 */
export function findingPicture(
  entry: Replayable,
  found: FindingReplay,
  steps: readonly ReplayedStep[],
  view: Background,
): readonly string[] {
  const { canvas, columns } = layOut(entry, found, steps, view);
  const pictures = steps.map((step, at) =>
    at === found.finding.at ? drawBothSides(found, step, columns, canvas) : stepLines(step, columns, canvas),
  );
  return pictures[found.finding.at] ?? [];
}

/**
 * What came of the last request, line by line: what it was answered, and what it changed, or the state that it left as it
 * was. Frames have the names that the report on the whole case gives them.
 */
export function lastStep(
  entry: Replayable,
  replay: JudgedReplay,
  steps: readonly ReplayedStep[],
  view: Background,
): readonly string[] {
  const found = replay.status === "finding" ? replay : undefined;
  const { canvas, columns } = layOut(entry, found, steps, view);
  const stories = steps.map((step, at) => [
    headOf(step, canvas),
    ...(at === found?.finding.at
      ? findingLines(found, step, columns, canvas)
      : stateLines(step, columns, canvas)),
  ]);
  const at = found?.finding.at ?? steps.length - 1;
  const request = entry.requests[at];
  // Who dies or says nothing answers no request: there is no step then.
  if (found && request && stories[at] === undefined) {
    return [terminalText(printRequest(request, view.addrBits)), ...findingWords(found, canvas)];
  }
  return stories[at] ?? [];
}

/** What all pictures of a replay have in common. */
export function layOut(
  { space, requests }: Replayable,
  found: FindingReplay | undefined,
  steps: readonly ReplayedStep[],
  view: Background,
): { readonly canvas: Canvas; readonly columns: readonly Column[] } {
  const canvas = { ...view, page: space.page, frames: new FrameNames() };
  const shown = steps.flatMap(({ before, after }) => (after ? [before, after] : [before]));
  return { canvas, columns: columnsOf(requests, found ? [...shown, found.model] : shown, canvas) };
}

/** The verdict on one case, in a line. `isKnown` says that the finding is a known bug. */
export function verdictLine(entry: ReplayCase, replay: JudgedReplay, isKnown: boolean, paint: Paint): string {
  const file = escapeText(entry.file);
  const steps = entry.requests.length;
  if (replay.status === "agree") return `${paint.good("agree")}    ${file}: ${counted(steps, "step")}`;
  const { at, check, expected, observed } = replay.finding;
  const difference = terminalText(`${check}: expected ${expected}, observed ${observed}`);
  const word = isKnown ? "known  " : "FINDING";
  return `${isKnown ? paint.faint(word) : paint.bad(word)}  ${file}: step ${at + 1} of ${steps}, ${difference}`;
}

/** What the case is, where it takes place, and what it runs on. */
export function heading(entry: ReplayCase, { subject, paint, addrBits }: ReplayView): string[] {
  const { file, id, status, note, space } = entry;
  const facts = [
    ["case", id === undefined ? file : `${id}${status === undefined ? "" : ` (${status})`}`],
    ["file", id === undefined ? "" : file],
    ["note", note ?? ""],
    ["space", describeSpace(space, addrBits)],
    ["subject", subject],
  ].filter(([, fact]) => fact !== "");
  return facts.map(([name = "", fact = ""]) => `${paint.faint(name.padEnd(9))}${escapeText(fact)}`);
}

/** A request with its answer, and what the picture doesn't say of it. */
export function headOf(step: ReplayedStep, { paint, addrBits }: Canvas): string {
  const { request, answer, injected } = step;
  const line = paint.strong(terminalText(printRequest(request, addrBits)));
  const fired = injected > 0 && isCommand(request) ? ` (${counted(injected, "injected failure")} fired)` : "";
  const still = changesNothing(step) ? ", nothing changes" : "";
  return `${line}  -> ${terminalText(printAnswer(answer, addrBits, request.op))}${fired}${still}`;
}

/** Whether a command left everything as it was. The bytes that one may have written show nowhere. */
function changesNothing({ request, answer, before, after }: ReplayedStep): boolean {
  if (!isCommand(request) || after === undefined || !sameSnapshot(before, after)) return false;
  return !((request.op === "write" || request.op === "store") && answer.kind === "ok");
}

/** The picture of a step, where it changes something. */
export function stepLines(
  { request, before, after }: ReplayedStep,
  columns: readonly Column[],
  canvas: Canvas,
): string[] {
  if (after === undefined || sameSnapshot(before, after)) return [];
  const bands: Band[] = [
    { kind: "side", label: "before", snapshot: before },
    ...rangeBand(request, canvas),
    { kind: "side", label: "after", snapshot: after },
  ];
  return drawStrips(bands, columns, canvas);
}

/** As `stepLines`, and the state where nothing changes. */
function stateLines(step: ReplayedStep, columns: readonly Column[], canvas: Canvas): string[] {
  const { request, before, after } = step;
  if (after === undefined || !sameSnapshot(before, after)) return stepLines(step, columns, canvas);
  return drawStrips(stateBands(after, request, canvas), columns, canvas);
}

/** What is wrong after the last step, in words and as a picture of both sides. */
function findingLines(
  found: FindingReplay,
  step: ReplayedStep,
  columns: readonly Column[],
  canvas: Canvas,
): string[] {
  const picture = drawBothSides(found, step, columns, canvas);
  return [...findingWords(found, canvas), ...(picture.length === 0 ? [] : ["", ...picture])];
}

function findingWords({ finding, from }: FindingReplay, { paint }: Canvas): string[] {
  const byModel = from === "model";
  const headline = byModel ? "here model and implementation part" : "not the answer that the case demands";
  return [
    paint.bad(`  >> FINDING: ${headline}`),
    `     ${escapeText(finding.check)}: ${byModel ? demandOf(finding.check) : DEMANDED}`,
    `     expected  ${terminalText(finding.expected)}`,
    `     observed  ${terminalText(finding.observed)}`,
  ];
}

/** The picture of the step that showed a finding: what was there before, and what should be and is there after it. */
export function drawBothSides(
  { model }: FindingReplay,
  step: ReplayedStep,
  columns: readonly Column[],
  canvas: Canvas,
): string[] {
  return drawStrips(bothSides(step, model, canvas), columns, canvas);
}

function bothSides({ request, before, after }: ReplayedStep, model: Snapshot, canvas: Canvas): Band[] {
  const range = rangeBand(request, canvas);
  const expected: Band = { kind: "side", label: "expected", snapshot: model };
  const start: Band = { kind: "side", label: "before", snapshot: before };
  if (after === undefined) return [start, ...range, expected];
  if (sameSnapshot(before, after) && sameSnapshot(model, after)) return stateBands(after, request, canvas);
  const observed: Band = { kind: "side", label: "observed", snapshot: after };
  return [start, ...range, expected, observed, { kind: "difference", label: "differ" }];
}

/** A state that a request leaves as it was. */
function stateBands(snapshot: Snapshot, request: Request, canvas: Canvas): Band[] {
  return [{ kind: "side", label: "state", snapshot }, ...rangeBand(request, canvas)];
}

const DEMANDED = "model and implementation agree, and the case itself demands another answer";

function rangeBand(request: Request, { page }: Canvas): Band[] {
  const range = rangeOf(request, page);
  return range ? [{ kind: "range", label: request.op, range }] : [];
}
