import { hostname } from "node:os";
import { type Command, Option } from "commander";
import { newTally } from "../explore/campaign.ts";
import { Pace } from "../explore/pace.ts";
import { runSession, type SessionResult } from "../explore/session.ts";
import type { SessionFinding } from "../explore/session-finding.ts";
import {
  discoveryLine,
  type FormattedSession,
  fuzzJson,
  fuzzOpening,
  fuzzSummary,
  type SummaryView,
} from "../report/fuzz.ts";
import { type Paint, paintFor } from "../report/paint.ts";
import { progressLine, progressOn } from "../report/progress.ts";
import { DEFAULT_SUBJECT } from "../subjects/registry.ts";
import { complain, EXIT, type ExitStatus, type Finish } from "./exit-status.ts";
import { sessionOf } from "./fuzz-session.ts";
import { commandLine, PROGRAM } from "./invocation.ts";
import { parseCount, parseRisk } from "./options.ts";
import { takeUp } from "./resume.ts";
import { addSearchOptions, DEFAULT_INJECTED_RUNS, type FuzzOptions } from "./search-options.ts";
import {
  checkReportFiles,
  NO_PICTURES,
  picturesOf,
  type Reporting,
  wantsPictures,
  writeReports,
} from "./session-reports.ts";
import { stopOnSignal } from "./signals.ts";
import { spaceArguments } from "./space-options.ts";
import {
  addTargetOptions,
  behindDashes,
  type CommandWords,
  type OpenTarget,
  openTarget,
  replayLine,
} from "./target.ts";

/** Where the report goes; progress and problems go to standard error. */
export interface FuzzStreams {
  readonly print: (text: string) => void;
  readonly paint: Paint;
}

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
    .addOption(
      new Option("--max-findings <count>", "go on after a finding, until there are so many").argParser(
        parseCount,
      ),
    )
    .addHelpText("after", HELP)
    .action(async (options: FuzzOptions) => {
      const { stdout } = process;
      const print = (text: string) => stdout.write(text);
      finish(await runFuzz(options, { print, paint: paintFor(stdout) }, words));
    });
}

/** Runs a session to its end, or to the first Ctrl-C, and reports on it. */
export async function runFuzz(
  given: FuzzOptions,
  { print, paint }: FuzzStreams,
  behind: CommandWords = [],
): Promise<ExitStatus> {
  const taken = await takeUp(given, behind);
  if (!taken.ok) return complain(taken.error);
  const { options, command: words, campaign } = taken.value;
  const files = await checkReportFiles(options);
  if (!files.ok) return complain(files.error);
  const began = new Date();
  const target = await openTarget(options, words);
  if (!target.ok) return complain(target.error);
  const session = await sessionOf(options, target.value, campaign);
  if (!session.ok) return complain(session.error);
  const before = session.value.resumed?.seconds ?? 0;
  const show = () => progress.update(pace.seconds, () => progressLine(tally, pace.seconds));
  const pace = new Pace(show, before);
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
  const view = {
    session: session.value,
    paint,
    lineFor: lineFor(session.value, target.value, options),
    pictures: wantsPictures(options) ? await picturesOf(result, target.value.driver, pace) : NO_PICTURES,
  };
  const status = await report(result, view, { options, print, began });
  signals.release();
  return status;
}

/** Reports on a session everywhere. A report that was asked for and couldn't be written is no reason to call it right. */
async function report(
  result: SessionResult,
  view: SummaryView,
  { options, print, began }: Pick<Reporting, "print" | "began"> & { readonly options: FuzzOptions },
): Promise<ExitStatus> {
  print(options.json ? fuzzJson(result, view) : fuzzSummary(result, view));
  const isGate = options.isGate === true;
  const command = isGate ? "verify" : "fuzz";
  const isWritten = await writeReports(result, view, { options, print, began, host: hostname(), command });
  const status = exitStatusOf(result, isGate);
  return status === EXIT.agree && !isWritten ? EXIT.usage : status;
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

/** The line that shows a finding again: by replaying its file, or else by finding it again. */
function lineFor(
  { spaces, seed, maxCommands, shard, keepGoing }: FormattedSession,
  target: OpenTarget,
  options: FuzzOptions,
) {
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
      ...(shard === undefined ? [] : ["--shard", `${shard.index}/${shard.count}`]),
      ...(keepGoing && !isGate ? ["--keep-going"] : []),
      ...place,
      ...behindDashes(target.command),
    ]);
  };
}
