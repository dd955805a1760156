import { describeProblem } from "../corpus/problem.ts";
import { failure, type Result, success } from "../trace/result.ts";
import { readEquivalents } from "./equivalents.ts";
import { mutantsIn } from "./report.ts";
import { complaintsAbout } from "./survivors.ts";

/** A file: its path from the root, and what it holds. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** What a run comes to. */
export interface Verdict {
  /** What is not in order, a line each. */
  readonly complaints: readonly string[];
  /** The score and how many mutants came to what, in a line. */
  readonly summary: string;
}

/** What a report of Stryker comes to beside the list of equivalents. The error says which of them can't be read, and why. */
export function judgeReport(report: TextFile, list: TextFile): Result<Verdict, string> {
  const mutants = mutantsIn(report.text);
  if (!mutants.ok) return failure(`${report.path}: ${mutants.error}`);
  const equivalents = readEquivalents(list.text);
  if (!equivalents.ok) return failure(describeProblem(list.path, equivalents.error));
  const complaints = complaintsAbout(mutants.value, equivalents.value, list.path);
  const total = mutants.value.length;
  const detected = mutants.value.filter((mutant) => mutant.detected).length;
  const unexplained = complaints.filter(({ file }) => file !== list.path).length;
  const files = new Set(mutants.value.map(({ file }) => file)).size;
  return success({
    complaints: complaints.map((complaint) => describeProblem(complaint.file, complaint)),
    summary:
      `mutation score ${((100 * detected) / total).toFixed(1)} %: of ${total} mutants in ${files} files ` +
      `${detected} are noticed, ${total - detected - unexplained} explained, ${unexplained} neither`,
  });
}
