import type { Command } from "commander";
import { recordReplay } from "../explore/replay.ts";
import { explanation } from "../report/explain.ts";
import { printedLines } from "../report/printed.ts";
import { titleOf } from "../report/setting.ts";
import { escapeText } from "../trace/escape.ts";
import { complain, EXIT, type ExitStatus, type Finish } from "./exit-status.ts";
import { PROGRAM } from "./invocation.ts";
import { type CaseStreams, openCases, resultOf, standardStreams } from "./replay-cases.ts";
import { type CaseInput, STDIN } from "./replay-input.ts";
import { addSpaceOptions, type SpaceOptions } from "./space-options.ts";
import {
  addTargetOptions,
  type CommandWords,
  type OpenTarget,
  replayLine,
  type TargetOptions,
} from "./target.ts";

/** What the command line asks of `explain`. */
export interface ExplainOptions extends SpaceOptions, TargetOptions {}

const HELP = `
The file is a corpus file (*.json) or a trace as text; - is a trace on standard
input. Each request is told in words, with what it changed, and drawn. Where
model and implementation part it says what should have happened, what did, and
what each layer (areas, page table, frames) has of the first page that shows it.
${PROGRAM} replay has the same pictures without the words.

Examples:
  ${PROGRAM} explain FILE.json --subject defect:fault-again-leaks-frame
  ${PROGRAM} explain FILE.json -- ./my-adapter
  echo "map 0x0 0x3000 rw alloc:lazy" | ${PROGRAM} explain -`;

/** `mapcheck explain`: a case in words and pictures. */
export function addExplain(program: Command, finish: Finish, words: CommandWords): void {
  const command = program
    .command("explain")
    .usage("[options] <file> [-- COMMAND...]")
    .summary("tell what happens in a case, and where and in which layer it goes wrong")
    .description("Explains a case to somebody who sees it for the first time.")
    .argument("<file>", "the case: a corpus file, a trace as text, or - for standard input");
  addTargetOptions(command, "the stack's own");
  addSpaceOptions(command);
  command.addHelpText("after", HELP).action(async (file: string, options: ExplainOptions) => {
    finish(await runExplain(file, options, standardStreams(), words));
  });
}

/** Explains the one case that `path` names. */
export async function runExplain(
  path: string,
  options: ExplainOptions,
  streams: CaseStreams,
  words: CommandWords = [],
): Promise<ExitStatus> {
  const opened = await openCases([path], options, streams.stdin, words);
  if (!opened.ok) return complain(opened.error);
  const { targets, inputs } = opened.value;
  const [input, ...others] = inputs;
  if (input === undefined || others.length > 0) {
    return complain(`${escapeText(path)}: not one case but ${inputs.length}; name the file of one`);
  }
  if (input.status !== "case") return complain(input.reason);
  return explainCase(input, targets.of(input.entry.surface), streams);
}

async function explainCase(
  input: CaseInput,
  target: OpenTarget,
  { print, paint, width }: CaseStreams,
): Promise<ExitStatus> {
  const { driver } = target;
  const { replay, steps } = await recordReplay(input.entry, driver);
  const { status, reason } = resultOf(input, target, replay);
  // All that it printed is there when it has ended.
  await driver.renew();
  if (driver.lost !== undefined) {
    complain(driver.lost);
    return EXIT.environment;
  }
  if (replay.status === "stale" || replay.status === "unsuited") return complain(reason ?? replay.reason);
  const isKnown = status === "known";
  const view = { paint, width, addrBits: driver.hello.addrBits, subject: titleOf(target), isKnown };
  const again = input.file === STDIN ? undefined : replayLine(input.file, target);
  const printed = replay.status === "finding" ? printedLines(driver.stderr) : [];
  print(explanation(input.entry, replay, steps, view, again));
  print(printed.map((line) => `${line}\n`).join(""));
  return replay.status === "finding" && !isKnown ? EXIT.finding : EXIT.agree;
}
