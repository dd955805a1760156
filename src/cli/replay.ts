import type { Command } from "commander";
import { recordReplay } from "../explore/replay.ts";
import { printedLines } from "../report/printed.ts";
import { renderReplay, verdictLine } from "../report/replay.ts";
import {
  outcomeOf,
  type ReplayOutcome,
  type ReplayResult,
  replayJson,
  replaySummary,
} from "../report/replay-result.ts";
import { titleOf } from "../report/setting.ts";
import { escapeText } from "../trace/escape.ts";
import { complain, EXIT, type ExitStatus, type Finish } from "./exit-status.ts";
import { PROGRAM } from "./invocation.ts";
import { type CaseStreams, openCases, resultOf, standardStreams, type Targets } from "./replay-cases.ts";
import type { ReplayInput } from "./replay-input.ts";
import { addSpaceOptions, type SpaceOptions } from "./space-options.ts";
import { addTargetOptions, type CommandWords, type TargetOptions } from "./target.ts";

/** What the command line asks of `replay`. */
export interface ReplayOptions extends SpaceOptions, TargetOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

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
export function addReplay(program: Command, finish: Finish, words: CommandWords): void {
  const command = program
    .command("replay")
    .usage("[options] <path...> [-- COMMAND...]")
    .summary("run saved cases or a trace of your own and show every step")
    .description("Runs saved cases or a trace of your own, and shows what happens at every step.")
    .argument("<path...>", "what to replay: files, directories, - for standard input");
  addTargetOptions(command, "the stack's own");
  command.option("-v, --verbose", "show every case in full, also of several that agree");
  addSpaceOptions(command);
  command
    .option("--json", "print one JSON object on standard output, instead of text")
    .addHelpText("after", HELP)
    .action(async (paths: string[], options: ReplayOptions) => {
      finish(await runReplay(paths, options, standardStreams(), words));
    });
}

/** Replays everything that `paths` name; what can't be replayed keeps nothing from the others. */
export async function runReplay(
  paths: readonly string[],
  options: ReplayOptions,
  streams: CaseStreams,
  words: CommandWords = [],
): Promise<ExitStatus> {
  const opened = await openCases(paths, options, streams.stdin, words);
  if (!opened.ok) return complain(opened.error);
  const { targets, inputs } = opened.value;
  const several = inputs.length !== 1;
  const results: ReplayResult[] = [];
  for (const input of inputs) {
    const { result, text } = await replayInput(input, targets, { ...options, several }, streams);
    if (result.reason !== undefined && result.status !== "unsuited") complain(result.reason);
    if (options.json !== true) streams.print(text);
    results.push(result);
  }
  await targets.text.driver.renew();
  const outcome = outcomeOf(results);
  if (outcome === "unsuited") complain(nothingWasRun(words));
  if (options.json) streams.print(replayJson(results));
  else if (several) streams.print(`${replaySummary(results)}\n`);
  const { lost } = targets.text.driver;
  if (lost === undefined) return exitStatusOf(outcome);
  complain(lost);
  return EXIT.environment;
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

async function replayInput(
  input: ReplayInput,
  targets: Targets,
  { verbose, several }: { readonly verbose?: boolean; readonly several: boolean },
  { paint, width }: CaseStreams,
): Promise<Replayed> {
  if (input.status !== "case") return { result: input, text: "" };
  const { file, entry } = input;
  const target = targets.of(entry.surface);
  const { replay, steps } = await recordReplay(entry, target.driver);
  const result = resultOf(input, target, replay);
  if (replay.status === "stale") return { result, text: "" };
  if (replay.status === "unsuited") {
    return { result, text: `unsuited ${escapeText(`${file}: ${replay.reason}`)}\n` };
  }
  const isKnown = result.status === "known";
  if (several && !verbose && (replay.status === "agree" || isKnown)) {
    return { result, text: `${verdictLine(entry, replay, isKnown, paint)}\n` };
  }
  const { addrBits } = target.driver.hello;
  // All that it printed is there when it has ended.
  await target.driver.renew();
  const printed = replay.status === "finding" ? printedLines(target.driver.stderr) : [];
  const story = renderReplay(entry, replay, steps, {
    paint,
    width,
    addrBits,
    subject: titleOf(target),
    isKnown,
  });
  const text = [story, ...printed.map((line) => `${line}\n`)].join("");
  return { result, text: several ? `${text}\n` : text };
}

function nothingWasRun(words: CommandWords): string {
  return words.length > 0
    ? "nothing was run: the command can't be asked any of this"
    : "nothing was run; --subject and --format name what else there is";
}
