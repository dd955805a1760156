import { availableParallelism } from "node:os";
import { type Command, Option } from "commander";
import { Check, type CheckPlan } from "../check/check.ts";
import { LONGEST } from "../check/conformance.ts";
import type { Cut } from "../check/exploration.ts";
import { Pool } from "../check/pool.ts";
import { whyAsymmetric } from "../check/symmetry.ts";
import { Pace } from "../explore/pace.ts";
import type { SessionFinding } from "../explore/session-finding.ts";
import {
  type CheckView,
  checkJson,
  checkOpening,
  checkProgress,
  checkSummary,
  missingOf,
  triesNothing,
} from "../report/check.ts";
import { type Paint, paintFor } from "../report/paint.ts";
import { progressOn } from "../report/progress.ts";
import type { FormattedTarget } from "../report/setting.ts";
import { DEFAULT_SUBJECT } from "../subjects/registry.ts";
import { failure, type Result, success } from "../trace/result.ts";
import type { CheckSetup } from "./check-worker.ts";
import { addCorpusOptions, type CorpusOptions, corpusOf, saveTo } from "./corpus-options.ts";
import { complain, EXIT, type ExitStatus, type Finish } from "./exit-status.ts";
import { conflictWithExport, runExport } from "./export-suite.ts";
import { commandLine, PROGRAM } from "./invocation.ts";
import { parseCount, parseDuration, parsePath } from "./options.ts";
import { addRequireOption, complainOfMissing, type RequireOptions, requiredOf } from "./require-option.ts";
import { addScopeOptions, NOTHING, type ScopeOptions, scopeArguments, scopeOf } from "./scope-options.ts";
import { stopOnSignal } from "./signals.ts";
import { spaceArguments } from "./space-options.ts";
import {
  addTargetOptions,
  behindDashes,
  type CommandWords,
  choiceOf,
  type OpenTarget,
  openTarget,
  replayLine,
  type TargetOptions,
} from "./target.ts";
import { workerModule } from "./worker-module.ts";

/** What the command line asks of `check`. */
export interface CheckOptions extends ScopeOptions, TargetOptions, CorpusOptions, RequireOptions {
  readonly depth?: number;
  readonly maxStates?: number;
  /** Whether every sequence is run by itself. */
  readonly paths?: boolean;
  /** Whether states that mirror each other are taken for one. */
  readonly symmetry?: boolean;
  /** The directory that a suite is written to, in place of a check. */
  readonly exportSuite?: string;
  /** Threads. */
  readonly workers?: number;
  /** Seconds. */
  readonly time?: number;
  readonly json?: boolean;
}

/** How long the sequences of `--paths` are unless told otherwise. */
const DEFAULT_LENGTH = 3;

/** What threads run, beside this file. */
const WORKER = import.meta.url.replace(/check(\.[jt]s)$/, "check-worker$1");

/** What ends a check without a result. */
const FAILED: readonly Cut[] = ["interruption", "memory", "model", "lost"];

const HELP = `
Every command of the scope is tried in every state that any of them leads to,
the nearest states first: map with and without replace, unmap and protect of
every range of pages, and so on. After each one its answer and the whole state
are compared with a model. At the end there is a proof that no sequence of these
commands, of whatever length, shows a difference; or a shortest one that does,
which is saved.

Two histories lead to one state if model and implementation are then in the same
state, frames of memory being the same up to their names. A command behind --,
and a module that doesn't tell, may keep more to itself than it shows; that is
taken for the same, and said at the end. --symmetry takes more for the same: in a
memory set, also states with flags exchanged or with all of it mirrored. --paths
merges nothing: it runs every sequence of a few commands, each on a fresh
instance.

Examples:
  ${PROGRAM} check --subject memory-set
  ${PROGRAM} check --subject memory-set --pages 5 --flags r,rw,rx
  ${PROGRAM} check --subject memory-set --pages 6 --flags r,rw,rx --symmetry
  ${PROGRAM} check --frames 12 --commands map,unmap,fault,store,failures
  ${PROGRAM} check --subject defect:unmap-loses-right-part
  ${PROGRAM} check --pages 2 --time 1m -- adapters/template-c/run`;

/** `mapcheck check`: every state of a small scope. */
export function addCheck(program: Command, finish: Finish, words: CommandWords): void {
  const command = program
    .command("check")
    .usage("[options] [-- COMMAND...]")
    .summary("try every command in every state of a small scope")
    .description(
      "Proves that an implementation agrees with the model within a scope, or finds a shortest difference.",
    );
  addTargetOptions(command, DEFAULT_SUBJECT.name);
  addScopeOptions(command);
  command
    .addOption(
      new Option("--depth <count>", "stop at states that are so many commands away").argParser(parseCount),
    )
    .addOption(
      new Option(
        "--max-states <count>",
        "stop when there are more states; that is looked at once in a while, so there may be several times as many",
      ).argParser(parseCount),
    )
    .addOption(
      new Option("--time <duration>", "stop after this long: 500ms, 30s, 10m or 1h").argParser(parseDuration),
    );
  command.addOption(
    new Option(
      "--workers <count>",
      "how many threads work, each on an implementation of its own (default: as many as there are cores, and 1 behind --, where there can be no more)",
    ).argParser(parseCount),
  );
  command.option(
    "--paths",
    `try every sequence of up to --depth commands (default: ${DEFAULT_LENGTH}) by itself, and take no two histories for one state`,
  );
  command.option(
    "--symmetry",
    "assume that a memory set treats all --flags alike, and both ends of the space, and take states for one that differ only there; without failures",
  );
  addRequireOption(command);
  command.addOption(
    new Option(
      "--export-suite <directory>",
      `write saved cases of at most ${LONGEST} commands that together try every command in every state, as the model has these, and check nothing`,
    ).argParser(parsePath),
  );
  addCorpusOptions(command);
  command
    .option("--json", "print one JSON object on standard output, instead of text")
    .addHelpText("after", HELP)
    .action(async (options: CheckOptions) => {
      const { stdout } = process;
      finish(await runCheck(options, (text) => stdout.write(text), paintFor(stdout), words));
    });
}

/** Explores a scope to its end, or to a bound, or to the first Ctrl-C, and reports on it. */
async function runCheck(
  options: CheckOptions,
  print: (text: string) => void,
  paint: Paint,
  words: CommandWords,
): Promise<ExitStatus> {
  const target = await openTarget(options, words);
  if (!target.ok) return complain(target.error);
  const plan = await planOf(options, target.value, words);
  if (!plan.ok) return complain(plan.error);
  if (options.exportSuite !== undefined) return runExport(options.exportSuite, plan.value, options, print);
  const progress = progressOn(process.stderr);
  const pace = new Pace(() => progress.update(pace.seconds, () => checkProgress(check.survey, pace.seconds)));
  const check = new Check(plan.value, pace);
  const signals = stopOnSignal(pace, target.value.driver);
  const view: CheckView = {
    plan: plan.value,
    paint,
    required: requiredOf(options, target.value.driver.hello),
    lineFor: lineFor(plan.value, target.value),
  };
  if (!options.json) print(checkOpening(view));
  const result = await check.run();
  progress.done();
  for (const problem of result.problems) complain(problem);
  if (result.lost !== undefined) complain(`${target.value.name}: ${result.lost}`);
  const isEmpty = triesNothing(result);
  if (options.json) print(checkJson(result, view));
  else if (!isEmpty) print(checkSummary(result, view));
  signals.release();
  if (result.finding) return EXIT.finding;
  if (isEmpty) return complain(NOTHING);
  const missing = missingOf(result, view.required);
  if (missing.length > 0) return complainOfMissing(missing, result);
  if (result.cut !== undefined && FAILED.includes(result.cut)) return EXIT.environment;
  return result.problems.length > 0 ? EXIT.usage : EXIT.agree;
}

async function planOf(
  options: CheckOptions,
  target: OpenTarget,
  words: CommandWords,
): Promise<Result<CheckPlan & { readonly target: FormattedTarget }, string>> {
  const scope = scopeOf(options, target.driver.hello);
  if (!scope.ok) return scope;
  const corpus = await corpusOf(options);
  if (!corpus.ok) return corpus;
  const { depth, maxStates, time } = options;
  const endless = Number.POSITIVE_INFINITY;
  const { paths = false, symmetry = false } = options;
  const conflict = conflictIn(options, words);
  if (conflict !== undefined) return failure(conflict);
  const why = symmetry ? whyAsymmetric(scope.value, target.driver.hello) : undefined;
  if (why !== undefined) return failure(`--symmetry can't be used here: ${why}`);
  const bounds = {
    depth: depth ?? (paths ? DEFAULT_LENGTH : endless),
    states: maxStates ?? endless,
    seconds: time ?? endless,
  };
  // An adapter is one process unless more are asked for.
  const { workers = words.length > 0 || paths ? 1 : availableParallelism() } = options;
  const all = { ...scope.value, inject: scope.value.inject && !paths && !symmetry };
  const setup: CheckSetup = { choice: choiceOf(options, words), scope: all, symmetry };
  return success({
    target,
    scope: all,
    bounds,
    paths,
    symmetry,
    ...(workers > 1 && { crewOf: (alone) => new Pool(workerModule(WORKER), setup, workers, alone) }),
    saveTo: saveTo(options),
  });
}

/** Which options don't go together, in a line for the user. */
function conflictIn(options: CheckOptions, words: CommandWords): string | undefined {
  const { paths = false, symmetry = false, commands = [], maxStates, workers = 1 } = options;
  const exporting = options.exportSuite === undefined ? undefined : conflictWithExport(options);
  if (exporting !== undefined) return exporting;
  const failures = commands.includes("failures");
  if (paths && failures) return "--paths tries commands without failures; leave failures out of --commands";
  if (paths && maxStates !== undefined)
    return "--paths knows no states; leave --max-states out, and use --depth";
  if (paths && symmetry) return "--paths knows no states; leave --symmetry out";
  if (symmetry && failures)
    return "--symmetry: failures strike from the lower end on, so the two are not alike; leave failures out of --commands";
  if (words.length > 0 && workers > 1)
    return "--workers is about implementations in this process; leave it out with a command";
  return paths && workers > 1 ? "--paths runs in one thread; leave --workers out" : undefined;
}

/** The line that shows a finding again: by replaying its file, or else by finding it again. */
function lineFor({ scope, paths, symmetry = false, bounds }: CheckPlan, target: OpenTarget) {
  return ({ file }: SessionFinding): string => {
    if (file !== null) return replayLine(file, target);
    const { hello } = target.driver;
    const place = [...spaceArguments(scope.space, hello), ...scopeArguments(scope, hello)];
    const mode = [
      ...(paths ? ["--paths", "--depth", `${bounds.depth}`] : []),
      ...(symmetry ? ["--symmetry"] : []),
    ];
    return commandLine(["check", ...target.words, ...place, ...mode, ...behindDashes(target.command)]);
  };
}
