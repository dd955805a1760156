/** What GitHub Actions reads of the output of a step: workflow commands, and the file of the job's summary. */
import { appendFile } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { describeProblem } from "../corpus/problem.ts";
import { describeSystemError } from "../corpus/system-error.ts";
import type { SessionFinding } from "../explore/session-finding.ts";
import { traceLines } from "../report/finding.ts";
import { PLAIN } from "../report/paint.ts";
import { escapeText } from "../trace/escape.ts";
import { failure, type Result, success } from "../trace/result.ts";

/** The most that is written to the summary, in bytes: GitHub takes no more than 1 MiB of a step. */
export const SUMMARY_ROOM = 900 * 1024;

/** The file that the summary of this step of a job is added to, under GitHub Actions. */
export function stepSummaryFile({
  GITHUB_ACTIONS: isJob,
  GITHUB_STEP_SUMMARY: file,
}: NodeJS.ProcessEnv): string | undefined {
  return isJob === "true" && file !== "" ? file : undefined;
}

/** Adds to the summary of this step. The error is one line. */
export async function addToSummary(file: string, markdown: string): Promise<Result<void, string>> {
  try {
    // What other programs of the step wrote need not end with its line.
    await appendFile(file, `\n${markdown}`);
    return success(undefined);
  } catch (error) {
    const what = `the summary of the job can't be written: ${describeSystemError(error)}`;
    return failure(describeProblem(file, { what, remedy: "name a file with --markdown as well" }));
  }
}

/**
 * The line that has GitHub show a finding at its corpus file. `root` is the directory that paths in the repository start
 * from; a file that is not below it is left out, and so is one that there isn't.
 */
export function annotation(found: SessionFinding, again: string, root: string): string {
  const { id, finding, file } = found;
  const message = [
    `${finding.check}: expected ${finding.expected}, observed ${finding.observed}`,
    ...traceLines(found, PLAIN),
    again,
  ];
  return errorLine(`mapcheck: ${id}`, message, file === null ? undefined : pathBelow(root, file));
}

/** The line that has GitHub show what is wrong with a corpus, at its file if that is known. */
export function problemAnnotation(problem: string, root: string, file?: string): string {
  return errorLine("mapcheck: corpus", [problem], file === undefined ? undefined : pathBelow(root, file));
}

/** The directory that paths in the repository start from. */
export function repositoryRoot({ GITHUB_WORKSPACE: workspace }: NodeJS.ProcessEnv): string {
  return workspace || process.cwd();
}

function errorLine(title: string, message: readonly string[], path: string | undefined): string {
  const place = path === undefined ? "" : `file=${asProperty(path)},`;
  return `::error ${place}title=${asProperty(title)}::${asData(message)}\n`;
}

function pathBelow(root: string, file: string): string | undefined {
  const path = relative(root, resolve(file));
  const isBelow = path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path);
  return isBelow ? path.replaceAll(sep, "/") : undefined;
}

function asProperty(text: string): string {
  return asData([text]).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function asData(lines: readonly string[]): string {
  return lines.map((line) => escapeText(line).replaceAll("%", "%25")).join("%0A");
}
