import { createInterface, type Interface } from "node:readline";
import { type Command, Option } from "commander";
import { type Paint, paintFor } from "../report/paint.ts";
import { DEFAULT_SUBJECT } from "../subjects/registry.ts";
import { DEFAULT_CORPUS } from "./corpus-options.ts";
import { complain, EXIT, type ExitStatus, type Finish } from "./exit-status.ts";
import { PROGRAM } from "./invocation.ts";
import { parsePath } from "./options.ts";
import { widthOf } from "./replay-cases.ts";
import { ShellSession } from "./shell-session.ts";
import { completionsOf } from "./shell-words.ts";
import { addSpaceOptions, type SpaceOptions, spaceOf } from "./space-options.ts";
import {
  addTargetOptions,
  type CommandWords,
  type OpenTarget,
  openTarget,
  type TargetOptions,
} from "./target.ts";

/** What the command line asks of `shell`. */
export interface ShellOptions extends SpaceOptions, TargetOptions {
  readonly corpus: string;
}

/** Where lines come from and what comes of them goes to; problems of lines that come from no terminal go to standard error. */
export interface ShellStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Whether somebody sits there and types. */
  readonly isTerminal: boolean;
  readonly paint: Paint;
  /** The characters in a line. */
  readonly width: number;
}

const PROMPT = "> ";

const HELP = `
Each line is a request of the trace language (docs/trace-language.md). It is
asked of the implementation and of the model; the answer and the state after it
are shown, and the first place where the two part. Each time the whole trace is
run anew on a fresh instance, so what shows is what replay would show. undo takes
lines back, save NAME keeps the trace in the corpus, help says what else there
is. Tab completes words, and the arrow keys bring earlier lines back.

Lines may come from a file as well. Then the exit status is 1 if model and
implementation part, and 2 if a line was not understood.

Examples:
  ${PROGRAM} shell
  ${PROGRAM} shell --format sv39 --frames 8
  ${PROGRAM} shell --subject defect:fault-again-leaks-frame
  printf 'map 0x0 0x3000 rw mock\\nunmap 0x1000 0x1000\\n' | ${PROGRAM} shell --subject memory-set`;

/** `mapcheck shell`: type requests, and see what comes of each. */
export function addShell(program: Command, finish: Finish, words: CommandWords): void {
  const command = program
    .command("shell")
    .usage("[options] [-- COMMAND...]")
    .summary("type requests and see the answer and the state after each")
    .description("Asks an implementation and the model what is typed, and shows both.");
  addTargetOptions(command, DEFAULT_SUBJECT.name);
  addSpaceOptions(command);
  command
    .addOption(
      new Option("--corpus <directory>", "where save puts cases, made when needed")
        .default(DEFAULT_CORPUS)
        .argParser(parsePath),
    )
    .addHelpText("after", HELP)
    .action(async (options: ShellOptions) => {
      const { stdin, stdout } = process;
      const isTerminal = stdin.isTTY === true && stdout.isTTY === true;
      const look = { isTerminal, paint: paintFor(stdout), width: widthOf(stdout) };
      finish(await runShell(options, { input: stdin, output: stdout, ...look }, words));
    });
}

/** Takes lines until there are no more. */
export async function runShell(
  options: ShellOptions,
  streams: ShellStreams,
  words: CommandWords = [],
): Promise<ExitStatus> {
  const target = await openTarget(options, words);
  if (!target.ok) return complain(target.error);
  const { driver } = target.value;
  const space = spaceOf(options, driver.hello);
  if (!space.ok) return complain(space.error);
  const { paint, width } = streams;
  const view = { paint, width, addrBits: driver.hello.addrBits };
  const session = new ShellSession({
    target: target.value,
    space: space.value,
    corpus: options.corpus,
    view,
  });
  streams.output.write(`${session.opening}\n`);
  const isWhole = await converse(session, target.value, streams);
  await driver.renew();
  if (driver.lost !== undefined) {
    complain(driver.lost);
    return EXIT.environment;
  }
  if (session.differs) return EXIT.finding;
  return isWhole || streams.isTerminal ? EXIT.agree : EXIT.usage;
}

/** Says whether all lines were understood. */
async function converse(session: ShellSession, target: OpenTarget, streams: ShellStreams): Promise<boolean> {
  const { output, isTerminal } = streams;
  const lines = linesOf(streams, target);
  let isWhole = true;
  if (isTerminal) lines.prompt();
  for await (const line of lines) {
    const reply = await session.enter(line);
    if (reply.kind === "over" || target.driver.lost !== undefined) break;
    if (reply.kind === "refused") isWhole = false;
    if (reply.kind === "refused" && !isTerminal) complain(reply.text);
    else if (reply.text !== "") output.write(`${reply.text}\n`);
    if (isTerminal) lines.prompt();
  }
  lines.close();
  return isWhole;
}

/** The lines that are typed. Ctrl-C ends them, and an implementation that is still at one. */
function linesOf({ input, output, isTerminal }: ShellStreams, { driver }: OpenTarget): Interface {
  const lines = createInterface({
    input,
    ...(isTerminal && { output }),
    terminal: isTerminal,
    prompt: PROMPT,
    completer: (line: string) => completionsOf(line, driver.hello),
  });
  lines.on("SIGINT", () => {
    driver.interrupt();
    lines.close();
  });
  return lines;
}
