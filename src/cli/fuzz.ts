import { type Command, InvalidArgumentError, Option } from "commander";
import { conformanceSuite, smallScope } from "../check/conformance.ts";
import { BreadthFirst, QUICK } from "../check/exact-end.ts";
import { type Budget, newTally } from "../explore/fuzz.ts";
import { Pace } from "../explore/pace.ts";
import { freshSeed } from "../explore/seeds.ts";
import { runSession, type SessionResult } from "../explore/session.ts";
import type { SessionFinding } from "../explore/session-finding.ts";
import { standardSpaces } from "../explore/spaces.ts";
import { DEFAULT_MAX_COMMANDS } from "../generate/trace.ts";
import { discoveryLine, type FormattedSession, fuzzJson, fuzzOpening, fuzzSummary } from "../report/fuzz.ts";
import { type Paint, paintFor } from "../report/paint.ts";
import { progressLine, progressOn } from "../report/progress.ts";
import { DEFAULT_SUBJECT } from "../subjects/registry.ts";
import { failure, type Result, success } from "../trace/result.ts";
import type { Hello, Space } from "../trace/space.ts";
import { addCorpusOptions, type CorpusOptions, corpusOf, saveTo } from "./corpus-options.ts";
import { complain, EXIT, type ExitStatus, type Finish } from "./exit-status.ts";
import { commandLine, PROGRAM } from "./invocation.ts";
import { MAX_COMMANDS, parseCount, parseDuration, parseMaxCommands, parseRisk } from "./options.ts";
import { stopOnSignal } from "./signals.ts";
import {
  addSpaceOptions,
  choosesSpace,
  type SpaceOptions,
  spaceArguments,
  spaceOf,
} from "./space-options.ts";
import {
  addTargetOptions,
  behindDashes,
  type CommandWords,
  type OpenTarget,
  openTarget,
  replayLine,
  type TargetOptions,
} from "./target.ts";

/** What the command line asks of `fuzz`. */
export interface FuzzOptions extends SpaceOptions, TargetOptions, CorpusOptions {
  readonly seed?: string;
  readonly runs?: number;
  /** Seconds. */
  readonly time?: number;
  /** The search ends when the next run shows a new behaviour with a probability below this. */
  readonly untilRisk?: number;
  readonly maxCommands: number;
  /** `all`: each trace is run again with every single failure of every command. */
  readonly inject?: "all";
  /** How findings are shrunk: by small changes only, or until none can be shorter, however long it takes. */
  readonly minimize?: "greedy" | "exact";
  /** Whether to go on after a finding. */
  readonly keepGoing?: boolean;
  /** Whether an interruption means failure. */
  readonly isGate?: boolean;
  readonly json?: boolean;
}

/** Where the report goes; progress and problems go to standard error. */
export interface FuzzStreams {
  readonly print: (text: string) => void;
  readonly paint: Paint;
}

/** How long a session without a budget of its own takes, in seconds. */
const DEFAULT_SECONDS = 10;
/** How many random traces a session without a budget of its own runs when every failure is injected. */
const DEFAULT_INJECTED_RUNS = 1000;
/**
 * The most that `--pages` times `--max-commands` may be on the memory-set surface: every page is compared after
 * every command. At this bound a run takes about a second, and it is between runs that the clock and Ctrl-C are
 * looked at.
 */
const MAX_WORK = 2 ** 22;

const HELP = `
The saved cases of the corpus are run first. Then random traces are, each on a
fresh instance, and after every command its answer and the whole state are
compared with a model. The first difference is a finding: it ends the search,
is shrunk to the simplest trace that still shows it, saved in the corpus, and
printed with the line that replays it. Ctrl-C ends the search too, with its
report; a second Ctrl-C ends the program at once.

The address space is small in one run and 256 GiB in another, lies on either
side of the middle of all addresses, and has as many frames of memory as it
wants, or few. Any of --pages, --base and --frames chooses one space for all
runs, in which the others have their defaults.

With --keep-going the search goes on, to findings that differ from all before,
and beyond each one: a run is run again without the command that showed it. That
is the way to find several planted defects, --subject defect:NAME+NAME, at once.

With --until-risk RISK the search ends when there is hardly anything new to be
seen: when the probability that the next run shows a behaviour that no run has
shown is below RISK, with 95 % confidence (docs/risk.md). That takes at least
3 / RISK runs, and there is no other limit of runs or time unless --runs or
--time sets one; then it ends by whichever comes first.

A command behind -- is a program that speaks the trace language on its standard
input and output (docs/adapters.md). It is started without a shell, again as
often as needed, and never left behind. --inject all runs ${DEFAULT_INJECTED_RUNS} random traces,
unless --runs or --time says otherwise.

Examples:
  ${PROGRAM} fuzz
  ${PROGRAM} fuzz --format sv39 --time 10m
  ${PROGRAM} fuzz --pages 64 --frames 40 --seed demo
  ${PROGRAM} fuzz --inject all
  ${PROGRAM} fuzz --subject memory-set --until-risk 1e-3
  ${PROGRAM} fuzz --keep-going -- adapters/template-c/run
  ${PROGRAM} fuzz --subject defect:unmap-loses-right-part --seed demo`;

/** `mapcheck fuzz`: saved cases first, then random traces. */
export function addFuzz(program: Command, finish: Finish, words: CommandWords): void {
  const command = program
    .command("fuzz")
    .usage("[options] [-- COMMAND...]")
    .summary("run saved cases and random traces until one shows a difference")
    .description("Looks for a trace on which an implementation and the model differ.");
  addTargetOptions(command, DEFAULT_SUBJECT.name);
  addSearchOptions(command);
  command
    .addOption(
      new Option(
        "--until-risk <risk>",
        "stop when the next run shows a new behaviour with a probability below this, such as 1e-5 (no other limit unless --runs or --time sets one)",
      ).argParser(parseRisk),
    )
    .option("--keep-going", "go on after a finding, to the next one that differs from all before")
    .addHelpText("after", HELP)
    .action(async (options: FuzzOptions) => {
      const { stdout } = process;
      const print = (text: string) => stdout.write(text);
      finish(await runFuzz(options, { print, paint: paintFor(stdout) }, words));
    });
}

/** Adds the options of a search: seed, budget, space, corpus and report. */
export function addSearchOptions(command: Command, seconds = DEFAULT_SECONDS): void {
  command
    .option(
      "--seed <text>",
      "any text; the same seed gives the same traces, if the other options are the same too (default: a fresh one, which is printed)",
    )
    .addOption(new Option("--runs <count>", "stop after this many random traces").argParser(parseCount))
    .addOption(
      new Option("--time <duration>", `stop after this long: 500ms, 30s, 10m or 1h (default: ${seconds}s)`)
        .argParser(parseDuration)
        .conflicts("runs"),
    )
    .addOption(
      new Option("--max-commands <count>", `the longest trace, in commands, at most ${MAX_COMMANDS}`)
        .default(DEFAULT_MAX_COMMANDS)
        .argParser(parseMaxCommands),
    )
    .addOption(
      new Option(
        "--inject <failures>",
        `all: also run each trace with every single failure of every command, one at a time`,
      ).argParser(parseInject),
    )
    .addOption(
      new Option(
        "--minimize <how>",
        "how findings are shrunk: greedy, by small changes; exact, and then, within 8 pages in this process, until it is proved that none is shorter (default: exact where it takes no more than about a second)",
      ).choices(["greedy", "exact"]),
    );
  addSpaceOptions(command);
  addCorpusOptions(command);
  command.option("--json", "print one JSON object on standard output, instead of text");
}

function parseInject(text: string): "all" {
  if (text === "all") return text;
  throw new InvalidArgumentError("write all");
}

/** Runs a session to its end, or to the first Ctrl-C, and reports on it. */
export async function runFuzz(
  options: FuzzOptions,
  { print, paint }: FuzzStreams,
  words: CommandWords = [],
): Promise<ExitStatus> {
  const target = await openTarget(options, words);
  if (!target.ok) return complain(target.error);
  const session = await sessionOf(options, target.value);
  if (!session.ok) return complain(session.error);
  const pace = new Pace(() => progress.update(pace.seconds, () => progressLine(tally, pace.seconds)));
  const progress = progressOn(process.stderr);
  const tally = newTally(session.value.target.driver.hello.surface);
  const signals = stopOnSignal(pace, target.value.driver);
  if (!options.json) print(fuzzOpening(session.value));
  const announce = (found: SessionFinding) => {
    progress.done();
    process.stderr.write(discoveryLine(found, target.value.driver.shrinkSeconds));
  };
  const result = await runSession(session.value, pace, tally, announce);
  progress.done();
  for (const problem of result.problems) complain(problem);
  if (result.lost !== undefined)
    complain(`${target.value.name}: ${result.lost}; what was found before is kept`);
  const view = { session: session.value, paint, lineFor: lineFor(session.value, target.value, options) };
  print(options.json ? fuzzJson(result, session.value) : fuzzSummary(result, view));
  signals.release();
  return exitStatusOf(result, options.isGate === true);
}

/** A gate that was interrupted is not passed, and who has run nothing has nothing to say. */
function exitStatusOf(result: SessionResult, isGate: boolean): ExitStatus {
  const { findings, problems, lost, interrupted, replayed, tally } = result;
  if (findings.length > 0) return EXIT.finding;
  if (lost !== undefined) return EXIT.environment;
  if (problems.length > 0) return EXIT.usage;
  const isEmpty = replayed + tally.suite + tally.runs === 0;
  return interrupted && (isGate || isEmpty) ? EXIT.environment : EXIT.agree;
}

async function sessionOf(
  options: FuzzOptions,
  target: OpenTarget,
): Promise<Result<FormattedSession, string>> {
  const { seed = freshSeed(), maxCommands, keepGoing = false, minimize } = options;
  const spaces = spacesOf(options, target.driver.hello);
  if (!spaces.ok) return spaces;
  const corpus = await corpusOf(options);
  if (!corpus.ok) return corpus;
  const { hello } = target.driver;
  const suite = options.isGate ? await conformanceSuite(smallScope(hello), hello, new Pace()) : undefined;
  return success({
    target,
    spaces: spaces.value,
    seed,
    maxCommands,
    budget: budgetOf(options),
    injectAll: options.inject !== undefined,
    keepGoing,
    corpus: corpus.value,
    saveTo: saveTo(options),
    ...(minimize !== "greedy" && {
      exactEnd: new BreadthFirst(minimize === "exact" ? Number.POSITIVE_INFINITY : QUICK),
    }),
    ...(suite && { suite }),
  });
}

/** The space that was chosen, or those that the surface has. */
function spacesOf(options: FuzzOptions, hello: Hello): Result<readonly Space[], string> {
  const chosen = spaceOf(options, hello);
  if (!chosen.ok) return chosen;
  if (hello.surface === "address-space") {
    return success(choosesSpace(options) ? [chosen.value] : standardSpaces(hello));
  }
  const { size, page } = chosen.value;
  const { maxCommands } = options;
  if ((size / page) * maxCommands > MAX_WORK) return failure(tooMuchWork(size / page, maxCommands));
  return success([chosen.value]);
}

/** When the session ends, if nothing is found before. */
export function budgetOf({
  runs,
  time,
  untilRisk,
  inject,
}: Pick<FuzzOptions, "runs" | "time" | "untilRisk" | "inject">): Budget {
  const endless = {
    runs: Number.POSITIVE_INFINITY,
    seconds: Number.POSITIVE_INFINITY,
    ...(untilRisk !== undefined && { risk: untilRisk }),
  };
  if (runs !== undefined) return { ...endless, runs };
  if (time !== undefined) return { ...endless, seconds: time };
  if (untilRisk !== undefined) return endless;
  return inject === undefined
    ? { ...endless, seconds: DEFAULT_SECONDS }
    : { ...endless, runs: DEFAULT_INJECTED_RUNS };
}

function tooMuchWork(pages: number, maxCommands: number): string {
  return (
    `--pages ${pages} with --max-commands ${maxCommands} makes runs too long; ` +
    `lower one of them, so that their product is at most ${MAX_WORK}`
  );
}

/** The line that shows a finding again: by replaying its file, or else by finding it again. */
function lineFor({ spaces, seed, maxCommands }: FormattedSession, target: OpenTarget, options: FuzzOptions) {
  const { words: subject, driver } = target;
  return ({ file, run }: SessionFinding): string => {
    const isGate = options.isGate === true;
    if (file !== null) return replayLine(file, target);
    const runs = ["--runs", `${(run ?? 0) + 1}`, "--max-commands", `${maxCommands}`];
    const [space, ...others] = spaces;
    const size = space && others.length === 0 ? spaceArguments(space, driver.hello) : [];
    const inject = options.inject === undefined ? [] : ["--inject", options.inject];
    const place = options.corpus === undefined ? [] : ["--corpus", options.corpus];
    return commandLine([
      isGate ? "verify" : "fuzz",
      ...subject,
      "--seed",
      seed,
      ...runs,
      ...size,
      ...inject,
      ...(options.keepGoing === true && !isGate ? ["--keep-going"] : []),
      ...place,
      ...behindDashes(target.command),
    ]);
  };
}
