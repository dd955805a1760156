import type { Command } from "commander";
import { describeStale, recordReplay } from "../explore/replay.ts";
import { type Paint, paintFor } from "../report/paint.ts";
import { renderReplay, verdictLine } from "../report/replay.ts";
import { outcomeOf, type ReplayResult, replayJson, replaySummary } from "../report/replay-result.ts";
import type { NamedSubject } from "../subjects/registry.ts";
import { complain, EXIT, type ExitStatus, type Finish } from "./exit-status.ts";
import { PROGRAM } from "./invocation.ts";
import { pageOption, pagesOption, spaceOf, subjectOption } from "./options.ts";
import { type ByteStream, type ReplayInput, readInputs } from "./replay-input.ts";

/** What the command line asks of `replay`. */
export interface ReplayOptions {
  readonly subject: NamedSubject;
  readonly pages: number;
  readonly page: number;
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
reset that names the space; without one it runs in the one that --pages and
--page give. Of several cases only those with a finding are shown in full.

In the pictures [ is where an area begins, ] where it ends and = where it goes
on. Below it are the pages between two addresses: rw (all of them), rw *4
(four), r . rw (one by one), r 3/8 (three of eight), . (none).

Examples:
  ${PROGRAM} replay corpus
  ${PROGRAM} replay FILE.json --subject defect:unmap-loses-right-part
  echo "map 0x0 0x3000 rw mock" | ${PROGRAM} replay -`;

/** `mapcheck replay`: saved cases and typed traces, step by step. */
export function addReplay(program: Command, finish: Finish): void {
  program
    .command("replay")
    .summary("run saved cases or a trace of your own and show every step")
    .description("Runs saved cases or a trace of your own, and shows what happens at every step.")
    .argument("<path...>", "what to replay: files, directories, - for standard input")
    .addOption(subjectOption())
    .option("-v, --verbose", "show every case in full, also of several that agree")
    .addOption(pagesOption())
    .addOption(pageOption())
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
  const space = spaceOf(options);
  if (!space.ok) return complain(space.error);
  const { surface } = options.subject;
  const inputs = await readInputs(paths, { surface, space: space.value }, streams.stdin);
  const several = inputs.length !== 1;
  const results = inputs.map((input) => {
    const { result, text } = replayInput(input, options, several, streams);
    if (result.reason !== undefined) complain(result.reason);
    if (options.json !== true) streams.print(text);
    return result;
  });
  if (options.json) streams.print(replayJson(results));
  else if (several) streams.print(`${replaySummary(results)}\n`);
  return exitStatusOf(results);
}

function exitStatusOf(results: readonly ReplayResult[]): ExitStatus {
  switch (outcomeOf(results)) {
    case "agree":
      return EXIT.agree;
    case "finding":
      return EXIT.finding;
    case "stale":
    case "unreadable":
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
  { subject, verbose }: ReplayOptions,
  several: boolean,
  { paint, width }: ReplayStreams,
): Replayed {
  if (input.status !== "case") return { result: input, text: "" };
  const { file, entry } = input;
  const { replay, steps } = recordReplay(entry, subject.subject);
  const known = { file, ...(entry.id !== undefined && { id: entry.id }) };
  if (replay.status === "stale") {
    const reason = describeStale(entry, replay, file, input.placeOf);
    return { result: { ...known, status: "stale", reason }, text: "" };
  }
  const result =
    replay.status === "agree"
      ? { ...known, status: replay.status }
      : { ...known, status: replay.status, finding: replay.finding };
  if (several && !verbose && replay.status === "agree") {
    return { result, text: `${verdictLine(entry, replay, paint)}\n` };
  }
  const view = { paint, width, addrBits: subject.subject.hello.addrBits, subject: subject.name };
  const text = renderReplay(entry, replay, steps, view);
  return { result, text: several ? `${text}\n` : text };
}
