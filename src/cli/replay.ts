import type { Command } from "commander";
import { describeStale, type Replay, recordReplay } from "../explore/replay.ts";
import { type Paint, paintFor } from "../report/paint.ts";
import { renderReplay, verdictLine } from "../report/replay.ts";
import {
  outcomeOf,
  type ReplayOutcome,
  type ReplayResult,
  replayJson,
  replaySummary,
} from "../report/replay-result.ts";
import { titleOf } from "../report/setting.ts";
import { DEFAULT_SUBJECT, type NamedSubject, STACK } from "../subjects/registry.ts";
import { escapeText } from "../trace/escape.ts";
import type { FormatName } from "../trace/hardware.ts";
import { printSpace } from "../trace/print.ts";
import { type Result, success } from "../trace/result.ts";
import type { Surface } from "../trace/space.ts";
import { complain, EXIT, type ExitStatus, type Finish } from "./exit-status.ts";
import { PROGRAM } from "./invocation.ts";
import { formatOption, inFormat, subjectOption } from "./options.ts";
import { type ByteStream, type CaseInput, type ReplayInput, readInputs } from "./replay-input.ts";
import { addSpaceOptions, type SpaceOptions, spaceOf } from "./space-options.ts";

/** What the command line asks of `replay`. */
export interface ReplayOptions extends SpaceOptions {
  readonly subject?: NamedSubject;
  readonly format?: FormatName;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** Where a replay reads from and writes to; problems go to standard error. */
export interface ReplayStreams {
  readonly stdin: ByteStream;
  readonly print: (text: string) => void;
  readonly paint: Paint;
  /** The characters in a line. */
  readonly width: number;
}

/** The width where the terminal doesn't say. */
const DEFAULT_WIDTH = 80;

const HELP = `
A path is a corpus file (*.json), a directory with such files below it, any
other file with a trace as text, or - for a trace on standard input. A trace as
text has one request a line; lines with # are comments. Its first line may be a
reset that names the space; without one it runs in the one that --pages, --base,
--frames and --page give. Unless --subject says otherwise, saved cases run on
the stack's own subject of their surface, and text on address-space. Of several
cases only those with a finding are shown in full.

In the pictures [ is where an area begins, ] where it ends and = where it goes
on. Below it are the pages between two addresses: rw (all of them), rw *4
(four), r . rw (one by one), r 3/8 (three of eight), . (none). rw#1 is a page in
the frame of memory that was shown first, r=0x80000000 one of a linear area at
that physical address, r= one without room for it. frames counts the frames that
are handed out: for data, and for page tables.

Examples:
  ${PROGRAM} replay corpus
  ${PROGRAM} replay corpus --format aarch64
  ${PROGRAM} replay FILE.json --subject defect:unmap-loses-right-part
  echo "map 0x0 0x3000 rw alloc:lazy" | ${PROGRAM} replay -
  echo "clear" | ${PROGRAM} replay - --subject memory-set`;

/** `mapcheck replay`: saved cases and typed traces, step by step. */
export function addReplay(program: Command, finish: Finish): void {
  const command = program
    .command("replay")
    .summary("run saved cases or a trace of your own and show every step")
    .description("Runs saved cases or a trace of your own, and shows what happens at every step.")
    .argument("<path...>", "what to replay: files, directories, - for standard input")
    .addOption(subjectOption("the stack's own"))
    .addOption(formatOption())
    .option("-v, --verbose", "show every case in full, also of several that agree");
  addSpaceOptions(command);
  command
    .option("--json", "print one JSON object on standard output, instead of text")
    .addHelpText("after", HELP)
    .action(async (paths: string[], options: ReplayOptions) => {
      const { stdin, stdout } = process;
      const print = (text: string) => stdout.write(text);
      // Undefined where it is no terminal, and 0 where the terminal doesn't know.
      const width = stdout.columns || DEFAULT_WIDTH;
      finish(await runReplay(paths, options, { stdin, print, paint: paintFor(stdout), width }));
    });
}

/** Replays everything that `paths` name; what can't be replayed keeps nothing from the others. */
export async function runReplay(
  paths: readonly string[],
  options: ReplayOptions,
  streams: ReplayStreams,
): Promise<ExitStatus> {
  const targets = targetsOf(options);
  if (!targets.ok) return complain(targets.error);
  const { surface, subject } = targets.value.text;
  const space = spaceOf(options, subject.hello);
  if (!space.ok) return complain(space.error);
  const inputs = await readInputs(paths, { surface, space: space.value }, streams.stdin);
  const several = inputs.length !== 1;
  const results = inputs.map((input) => {
    const { result, text } = replayInput(input, targets.value, { ...options, several }, streams);
    if (result.reason !== undefined && result.status !== "unsuited") complain(result.reason);
    if (options.json !== true) streams.print(text);
    return result;
  });
  const outcome = outcomeOf(results);
  if (outcome === "unsuited") complain("nothing was run; --subject and --format name what else there is");
  if (options.json) streams.print(replayJson(results));
  else if (several) streams.print(`${replaySummary(results)}\n`);
  return exitStatusOf(outcome);
}

/** What cases run on. */
interface Targets {
  /** What a trace as text runs on. */
  readonly text: NamedSubject;
  /** What a case of this surface runs on. */
  readonly of: (surface: Surface) => NamedSubject;
}

function targetsOf({ subject, format }: ReplayOptions): Result<Targets, string> {
  const target = inFormat(subject ?? DEFAULT_SUBJECT, format);
  if (!target.ok) return target;
  const text = target.value;
  return success({ text, of: (surface) => (subject || surface === text.surface ? text : STACK[surface]) });
}

function exitStatusOf(outcome: ReplayOutcome): ExitStatus {
  switch (outcome) {
    case "agree":
      return EXIT.agree;
    case "finding":
      return EXIT.finding;
    case "stale":
    case "unreadable":
    case "unsuited":
      return EXIT.usage;
  }
}

/** What came of one case, and what there is to print about it. */
interface Replayed {
  readonly result: ReplayResult;
  readonly text: string;
}

function replayInput(
  input: ReplayInput,
  targets: Targets,
  { verbose, several }: { readonly verbose?: boolean; readonly several: boolean },
  { paint, width }: ReplayStreams,
): Replayed {
  if (input.status !== "case") return { result: input, text: "" };
  const { file, entry } = input;
  const target = targets.of(entry.surface);
  const { replay, steps } = recordReplay(entry, target.subject);
  const result = resultOf(input, target, replay);
  if (replay.status === "stale") return { result, text: "" };
  if (replay.status === "unsuited") {
    return { result, text: `unsuited ${escapeText(`${file}: ${replay.reason}`)}\n` };
  }
  if (several && !verbose && replay.status === "agree") {
    return { result, text: `${verdictLine(entry, replay, paint)}\n` };
  }
  const { addrBits } = target.subject.hello;
  const text = renderReplay(entry, replay, steps, { paint, width, addrBits, subject: titleOf(target) });
  return { result, text: several ? `${text}\n` : text };
}

function resultOf({ file, entry, placeOf }: CaseInput, target: NamedSubject, replay: Replay): ReplayResult {
  const known = {
    file,
    ...(entry.id !== undefined && { id: entry.id }),
    subject: target.name,
    ...(target.format !== undefined && { format: target.format }),
    space: printSpace(entry.space),
  };
  switch (replay.status) {
    case "agree":
      return { ...known, status: "agree" };
    case "finding":
      return { ...known, status: "finding", finding: replay.finding };
    case "stale":
      return { ...known, status: "stale", reason: describeStale(entry, replay, file, placeOf) };
    case "unsuited":
      return { ...known, status: "unsuited", reason: replay.reason };
  }
}
