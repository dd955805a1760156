import { stat } from "node:fs/promises";
import { type Command, Option } from "commander";
import { checkWritable } from "../corpus/save.ts";
import { newTally } from "../explore/fuzz.ts";
import { Pace } from "../explore/pace.ts";
import { freshSeed } from "../explore/seeds.ts";
import { runSession, type Session, type SessionResult } from "../explore/session.ts";
import { DEFAULT_MAX_COMMANDS } from "../generate/trace.ts";
import { fuzzJson, fuzzSummary } from "../report/fuzz.ts";
import { progressOnStderr } from "../report/progress.ts";
import type { NamedSubject } from "../subjects/registry.ts";
import { failure, type Result, success } from "../trace/result.ts";
import { complain, EXIT, type ExitStatus, type Finish } from "./exit-status.ts";
import { pageOption, pagesOption, parseCount, parseDuration, spaceOf, subjectOption } from "./options.ts";

/** Where cases are saved unless told otherwise. */
const DEFAULT_CORPUS = "corpus";
/** How long a campaign without a budget of its own takes, in seconds. */
const DEFAULT_SECONDS = 10;

interface FuzzOptions {
  readonly subject: NamedSubject;
  readonly seed?: string;
  readonly runs?: number;
  readonly time?: number;
  readonly maxCommands: number;
  readonly pages: number;
  readonly page: number;
  readonly corpus?: string;
  readonly save: boolean;
  readonly json?: boolean;
}

/** `mapcheck fuzz`: saved cases first, then random traces. */
export function addFuzz(program: Command, finish: Finish): void {
  program
    .command("fuzz")
    .description("replay the saved cases, then run random traces until one shows a finding or time is up")
    .addOption(subjectOption())
    .option("--seed <text>", "any text; the same seed gives the same traces (a fresh one unless given)")
    .addOption(new Option("--runs <count>", "stop after this many traces").argParser(parseCount))
    .addOption(
      new Option("--time <duration>", "stop after this long, such as 30s or 10m (10s unless given)")
        .argParser(parseDuration)
        .conflicts("runs"),
    )
    .addOption(
      new Option("--max-commands <count>", "the longest trace").default(DEFAULT_MAX_COMMANDS).argParser(parseCount),
    )
    .addOption(pagesOption())
    .addOption(pageOption())
    .option("--corpus <directory>", `where saved cases are and new ones go (./${DEFAULT_CORPUS} unless given)`)
    .option("--no-save", "do not save what is found")
    .option("--json", "print one JSON object on standard output")
    .action(async (options: FuzzOptions) => finish(await runFuzz(options)));
}

async function runFuzz(options: FuzzOptions): Promise<ExitStatus> {
  const session = await sessionOf(options);
  if (!session.ok) return complain(session.error);
  const { seed } = session.value;
  if (!options.json) process.stdout.write(opening(session.value));
  const result = await runWithProgress(session.value, options.json === true);
  for (const problem of result.problems) complain(problem);
  process.stdout.write(options.json ? fuzzJson(result, seed) : fuzzSummary(result, seed, replayLine(options)));
  if (result.findings.length > 0) return EXIT.finding;
  return result.problems.length > 0 ? EXIT.usage : EXIT.agree;
}

async function sessionOf(options: FuzzOptions): Promise<Result<Session, string>> {
  const space = spaceOf(options);
  if (!space.ok) return space;
  const corpus = await corpusOf(options);
  if (!corpus.ok) return corpus;
  const { subject: target, seed = freshSeed(), maxCommands, runs, time } = options;
  const seconds = time ?? (runs === undefined ? DEFAULT_SECONDS : Number.POSITIVE_INFINITY);
  return success({
    target,
    space: space.value,
    seed,
    maxCommands,
    budget: { runs: runs ?? Number.POSITIVE_INFINITY, seconds },
    corpus: corpus.value,
    saveTo: options.save ? (options.corpus ?? DEFAULT_CORPUS) : undefined,
  });
}

/** The corpus to replay first. One that was asked for must be there, and one to save in must be writable. */
async function corpusOf({ corpus, save }: FuzzOptions): Promise<Result<string | undefined, string>> {
  const directory = corpus ?? DEFAULT_CORPUS;
  const found = await stat(directory).catch(() => undefined);
  if (found === undefined && corpus === undefined) return success(undefined);
  if (found === undefined) return failure(`${directory}: there is no such directory; create it with mkdir -p`);
  if (!found.isDirectory()) return failure(`${directory}: not a directory; name one with --corpus`);
  const writable = save ? await checkWritable(directory) : success(undefined);
  return writable.ok ? success(directory) : writable;
}

/** Runs the session with progress shown; the first Ctrl-C ends it with its results, a second at once. */
async function runWithProgress(session: Session, quiet: boolean): Promise<SessionResult> {
  const progress = progressOnStderr();
  const tally = newTally();
  const pace = new Pace(() => {
    if (!quiet) progress.update(tally, pace);
  });
  const stop = () => pace.stop();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const result = await runSession(session, pace, tally);
  process.removeListener("SIGINT", stop);
  process.removeListener("SIGTERM", stop);
  progress.done();
  return result;
}

function opening({ target, space, maxCommands, seed }: Session): string {
  const pages = `${space.size / space.page} pages of 0x${space.page.toString(16)} bytes`;
  return `fuzzing ${target.name}: ${pages}, traces of up to ${maxCommands} commands, seed ${seed}\n`;
}

/** How this program was called, so that the line can be pasted as it is. */
function replayLine({ subject }: FuzzOptions): (file: string) => string {
  const program = import.meta.url.endsWith(".ts") ? "npm run -s mapcheck --" : "npx mapcheck";
  return (file) => `${program} replay ${file} --subject ${subject.name}`;
}
