import { stat } from "node:fs/promises";
import { type Command, Option } from "commander";
import { describeProblem } from "../corpus/problem.ts";
import { checkWritable } from "../corpus/save.ts";
import { describeSystemError, systemErrorCode } from "../corpus/system-error.ts";
import { newTally } from "../explore/fuzz.ts";
import { Pace } from "../explore/pace.ts";
import { freshSeed } from "../explore/seeds.ts";
import { runSession, type Session, type SessionFinding, type SessionResult } from "../explore/session.ts";
import { DEFAULT_MAX_COMMANDS } from "../generate/trace.ts";
import { fuzzJson, fuzzOpening, fuzzSummary } from "../report/fuzz.ts";
import { type Paint, paintFor } from "../report/paint.ts";
import { progressOn } from "../report/progress.ts";
import type { NamedSubject } from "../subjects/registry.ts";
import { failure, type Result, success } from "../trace/result.ts";
import { complain, EXIT, type ExitStatus, type Finish } from "./exit-status.ts";
import { commandLine, PROGRAM } from "./invocation.ts";
import {
  MAX_COMMANDS,
  pageOption,
  pagesOption,
  parseCount,
  parseDuration,
  parseMaxCommands,
  parsePath,
  spaceOf,
  subjectOption,
} from "./options.ts";

/** What the command line asks of `fuzz`. */
export interface FuzzOptions {
  readonly subject: NamedSubject;
  readonly seed?: string;
  readonly runs?: number;
  /** Seconds. */
  readonly time?: number;
  readonly maxCommands: number;
  readonly pages: number;
  /** Bytes. */
  readonly page: number;
  readonly corpus?: string;
  readonly save: boolean;
  readonly json?: boolean;
}

/** Where the report goes; progress and problems go to standard error. */
export interface FuzzStreams {
  readonly print: (text: string) => void;
  readonly paint: Paint;
}

/** Where cases are saved unless told otherwise. */
const DEFAULT_CORPUS = "corpus";
/** How long a session without a budget of its own takes, in seconds. */
const DEFAULT_SECONDS = 10;
/**
 * The most that `--pages` times `--max-commands` may be: every page is compared after every command. At this
 * bound a run takes about a second, and it is between runs that the clock and Ctrl-C are looked at.
 */
const MAX_WORK = 2 ** 22;

const HELP = `
The saved cases of the corpus are run first. Then random traces are, each on a
fresh instance, and after every command its answer and the whole state are
compared with a model. The first difference is a finding: it ends the search,
is shrunk to the simplest trace that still shows it, saved in the corpus, and
printed with the line that replays it. Ctrl-C ends the search too, with its
report; a second Ctrl-C ends the program at once.

Examples:
  ${PROGRAM} fuzz
  ${PROGRAM} fuzz --time 10m --pages 64
  ${PROGRAM} fuzz --subject defect:unmap-loses-right-part --seed demo`;

/** `mapcheck fuzz`: saved cases first, then random traces. */
export function addFuzz(program: Command, finish: Finish): void {
  program
    .command("fuzz")
    .summary("run saved cases and random traces until one shows a difference")
    .description("Looks for a trace on which an implementation and the model differ.")
    .addOption(subjectOption())
    .option(
      "--seed <text>",
      "any text; the same seed gives the same traces, if the other options are the same too (default: a fresh one, which is printed)",
    )
    .addOption(new Option("--runs <count>", "stop after this many random traces").argParser(parseCount))
    .addOption(
      new Option("--time <duration>", "stop after this long: 500ms, 30s, 10m or 1h (default: 10s)")
        .argParser(parseDuration)
        .conflicts("runs"),
    )
    .addOption(
      new Option("--max-commands <count>", `the longest trace, in commands, at most ${MAX_COMMANDS}`)
        .default(DEFAULT_MAX_COMMANDS)
        .argParser(parseMaxCommands),
    )
    .addOption(pagesOption())
    .addOption(pageOption())
    .addOption(
      new Option(
        "--corpus <directory>",
        `where saved cases are read from and new ones go (default: ${DEFAULT_CORPUS}, made when needed)`,
      ).argParser(parsePath),
    )
    .option("--no-save", "do not save what is found")
    .option("--json", "print one JSON object on standard output, instead of text")
    .addHelpText("after", HELP)
    .action(async (options: FuzzOptions) => {
      const { stdout } = process;
      const print = (text: string) => stdout.write(text);
      finish(await runFuzz(options, { print, paint: paintFor(stdout) }));
    });
}

/** Runs a session to its end, or to the first Ctrl-C, and reports on it. */
export async function runFuzz(options: FuzzOptions, { print, paint }: FuzzStreams): Promise<ExitStatus> {
  const session = await sessionOf(options);
  if (!session.ok) return complain(session.error);
  const pace = new Pace(() => progress.update(tally, pace.seconds));
  const progress = progressOn(process.stderr);
  const tally = newTally();
  const signals = stopOnSignal(pace);
  if (!options.json) print(fuzzOpening(session.value));
  const result = await runSession(session.value, pace, tally);
  progress.done();
  for (const problem of result.problems) complain(problem);
  const view = { seed: session.value.seed, paint, lineFor: lineFor(session.value, options) };
  print(options.json ? fuzzJson(result, session.value.seed) : fuzzSummary(result, view));
  signals.release();
  return exitStatusOf(result);
}

function exitStatusOf({ findings, problems }: SessionResult): ExitStatus {
  if (findings.length > 0) return EXIT.finding;
  return problems.length > 0 ? EXIT.usage : EXIT.agree;
}

async function sessionOf(options: FuzzOptions): Promise<Result<Session, string>> {
  const space = spaceOf(options);
  if (!space.ok) return space;
  const { subject: target, seed = freshSeed(), maxCommands, pages, runs, time, save } = options;
  if (pages * maxCommands > MAX_WORK) return failure(tooMuchWork(pages, maxCommands));
  const corpus = await corpusOf(options);
  if (!corpus.ok) return corpus;
  const seconds = time ?? (runs === undefined ? DEFAULT_SECONDS : Number.POSITIVE_INFINITY);
  return success({
    target,
    space: space.value,
    seed,
    maxCommands,
    budget: { runs: runs ?? Number.POSITIVE_INFINITY, seconds },
    corpus: corpus.value,
    saveTo: save ? (options.corpus ?? DEFAULT_CORPUS) : undefined,
  });
}

function tooMuchWork(pages: number, maxCommands: number): string {
  return (
    `--pages ${pages} with --max-commands ${maxCommands} makes runs too long; ` +
    `lower one of them, so that their product is at most ${MAX_WORK}`
  );
}

/** The corpus to replay first. One that was asked for must be there, and one to save in must be writable. */
async function corpusOf({ corpus, save }: FuzzOptions): Promise<Result<string | undefined, string>> {
  const directory = corpus ?? DEFAULT_CORPUS;
  const isThere = await isDirectory(directory);
  if (!isThere.ok) return isThere;
  if (!isThere.value && corpus !== undefined) {
    const remedy = "correct the path, or create it with mkdir -p";
    return failure(describeProblem(directory, { what: "there is no such directory", remedy }));
  }
  const writable = save ? await checkWritable(directory) : success(undefined);
  if (!writable.ok) return writable;
  return success(isThere.value ? directory : undefined);
}

/** Whether there is a directory at `path`, or nothing at all; anything else is an error. */
async function isDirectory(path: string): Promise<Result<boolean, string>> {
  try {
    if ((await stat(path)).isDirectory()) return success(true);
    const problem = { what: "not a directory", remedy: "name one with --corpus" };
    return failure(describeProblem(path, problem));
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return success(false);
    const what = `can't be read: ${describeSystemError(error)}`;
    return failure(describeProblem(path, { what, remedy: "name another directory with --corpus" }));
  }
}

/** Lets the first Ctrl-C (or a request to terminate) end the session with its results, and a second one at once. */
function stopOnSignal(pace: Pace): { readonly release: () => void } {
  const release = () => {
    process.removeListener("SIGINT", stop);
    process.removeListener("SIGTERM", stop);
  };
  const stop = () => {
    release();
    pace.stop();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return { release };
}

/** The line that shows a finding again: by replaying its file, or else by finding it again. */
function lineFor({ target, space, seed, maxCommands }: Session, { corpus }: FuzzOptions) {
  return ({ file, run }: SessionFinding): string => {
    const subject = ["--subject", target.name];
    if (file !== null) return commandLine(["replay", file.replace(/^-/, "./-"), ...subject]);
    const size = ["--pages", `${space.size / space.page}`, "--page", `0x${space.page.toString(16)}`];
    const place = corpus === undefined ? [] : ["--corpus", corpus];
    const runs = ["--runs", `${(run ?? 0) + 1}`, "--max-commands", `${maxCommands}`];
    return commandLine(["fuzz", ...subject, "--seed", seed, ...runs, ...size, ...place]);
  };
}
