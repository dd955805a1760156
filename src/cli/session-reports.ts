/** The reports of a session that go to files, and those that a CI system reads by itself. */
import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type Command, Option } from "commander";
import { PIPE_CHECKS } from "../../properties/invariants.ts";
import { describeProblem } from "../corpus/problem.ts";
import { checkRoom, writeWhole } from "../corpus/save.ts";
import { describeSystemError } from "../corpus/system-error.ts";
import type { Driver, PastRun } from "../execute/driver.ts";
import type { Pace } from "../explore/pace.ts";
import { type Replayable, recordReplay } from "../explore/replay.ts";
import type { SessionResult } from "../explore/session.ts";
import type { SessionFinding } from "../explore/session-finding.ts";
import type { SummaryView } from "../report/fuzz.ts";
import { junitXml, type SessionFacts } from "../report/junit.ts";
import { sessionMarkdown } from "../report/markdown.ts";
import { PLAIN } from "../report/paint.ts";
import { findingPicture } from "../report/replay.ts";
import { parseTrace } from "../trace/parse.ts";
import { failure, type Result, success } from "../trace/result.ts";
import { complain } from "./exit-status.ts";
import {
  addToSummary,
  annotation,
  problemAnnotation,
  repositoryRoot,
  SUMMARY_ROOM,
  stepSummaryFile,
} from "./github.ts";
import { parsePath } from "./options.ts";

/** What the command line says of reports. */
export interface ReportOptions {
  readonly json?: boolean;
  /** The file that the report goes to as JUnit XML. */
  readonly junit?: string;
  /** The file that it goes to as Markdown. */
  readonly markdown?: string;
}

/** The characters in a line of a picture. */
const WIDTH = 80;

/** What there is where no report shows pictures. */
export const NO_PICTURES: SummaryView["pictures"] = new Map();

/** Adds `--json`, `--junit` and `--markdown`. */
export function addReportOptions(command: Command): void {
  command
    .option("--json", "print one JSON object on standard output, instead of text")
    .addOption(
      new Option("--junit <file>", "write the report to this file too, as JUnit XML").argParser(parsePath),
    )
    .addOption(
      new Option(
        "--markdown <file>",
        "write the report to this file too, as Markdown; under GitHub Actions it goes to the summary of the job in any case",
      ).argParser(parsePath),
    );
}

/** Finds out whether the files can be written, before anything is run. The error is one line with the remedy. */
export async function checkReportFiles(options: ReportOptions): Promise<Result<void, string>> {
  const { junit, markdown } = options;
  if (junit !== undefined && markdown !== undefined && resolve(junit) === resolve(markdown)) {
    return failure("--junit and --markdown name the same file; name two");
  }
  for (const { option, file } of filesOf(options)) {
    const remedy = `name another file with ${option}`;
    const isFile = await stat(file).then(
      (found) => found.isFile(),
      () => true,
    );
    if (!isFile)
      return failure(describeProblem(file, { what: "there is something that is no file", remedy }));
    const room = await checkRoom(dirname(file), `make the directory writable, or ${remedy}`);
    if (!room.ok) return room;
  }
  return success(undefined);
}

/** Whether any report shows pictures. That on a terminal has none: there is `replay`. */
export function wantsPictures({ json, junit, markdown }: ReportOptions): boolean {
  const isFor = [junit, markdown, stepSummaryFile(process.env)].some((file) => file !== undefined);
  return json === true || isFor;
}

/**
 * The pictures of findings, by their ids: each is replayed once more. There is none of a finding that didn't come back
 * or that is about a process rather than its state, and none where the session was interrupted, or lost who was tested.
 */
export async function picturesOf(
  { findings }: SessionResult,
  driver: Driver,
  pace: Pace,
): Promise<SummaryView["pictures"]> {
  const pictures = new Map<string, readonly string[]>();
  for (const found of findings) {
    if (pace.stopped) break;
    if (!found.stable || Object.hasOwn(PIPE_CHECKS, found.finding.check)) continue;
    const picture = await pictureOf(found, driver);
    if (picture !== undefined && picture.length > 0) pictures.set(found.id, picture);
  }
  await driver.renew();
  return pictures;
}

async function pictureOf(found: SessionFinding, driver: Driver): Promise<readonly string[] | undefined> {
  const entry = caseOf(found, driver);
  if (entry === undefined) return undefined;
  const { replay, steps } = await recordReplay(entry, driver);
  if (replay.status !== "finding") return undefined;
  const { at, check } = replay.finding;
  if (at !== found.finding.at || check !== found.finding.check) return undefined;
  const { addrBits } = driver.hello;
  return findingPicture(entry, replay, steps, { width: WIDTH, paint: PLAIN, addrBits });
}

/** The case of a finding, out of its lines. */
function caseOf({ trace, space, before }: SessionFinding, { hello }: Driver): Replayable | undefined {
  const own = parseTrace(trace.join("\n"));
  const earlier = before.flatMap((lines): readonly PastRun[] => {
    const run = parseTrace(lines.join("\n"));
    return run.ok && run.value.space ? [{ space: run.value.space, requests: run.value.requests }] : [];
  });
  if (!own.ok || earlier.length < before.length) return undefined;
  return { surface: hello.surface, space, requests: own.value.requests, before: earlier };
}

/** What a session is reported with. */
export interface Reporting extends SessionFacts {
  readonly options: ReportOptions;
  /** Writes to standard output. */
  readonly print: (text: string) => void;
}

/**
 * Writes the reports that were asked for, and those that GitHub Actions reads. Says whether what was asked for could be
 * written; what couldn't has been complained about.
 */
export async function writeReports(
  result: SessionResult,
  view: SummaryView,
  { options, print, ...facts }: Reporting,
): Promise<boolean> {
  let isWritten = true;
  for (const { option, file } of filesOf(options)) {
    const text =
      option === "--junit" ? junitXml(result, view, facts) : sessionMarkdown(result, view, facts.command);
    const written = await writeReport(file, text, option);
    if (!written.ok) complain(written.error);
    isWritten &&= written.ok;
  }
  const summary = stepSummaryFile(process.env);
  if (summary === undefined) return isWritten;
  const root = repositoryRoot(process.env);
  const annotations = [
    ...result.findings.map((found) => annotation(found, view.lineFor(found), root)),
    ...result.problems.map((problem) => problemAnnotation(problem, root)),
  ].join("");
  // The runner reads both streams, and standard output may be a JSON object that somebody else reads.
  if (options.json) process.stderr.write(annotations);
  else print(annotations);
  const added = await addToSummary(summary, sessionMarkdown(result, view, facts.command, SUMMARY_ROOM));
  if (!added.ok) complain(added.error);
  return isWritten;
}

function filesOf({ junit, markdown }: ReportOptions) {
  return [
    { option: "--junit", file: junit },
    { option: "--markdown", file: markdown },
  ].flatMap(({ option, file }) => (file === undefined ? [] : [{ option, file }]));
}

async function writeReport(file: string, text: string, option: string): Promise<Result<void, string>> {
  try {
    await writeWhole(file, text);
    return success(undefined);
  } catch (error) {
    const what = `the report can't be written: ${describeSystemError(error)}`;
    return failure(describeProblem(file, { what, remedy: `make room, or name another file with ${option}` }));
  }
}
