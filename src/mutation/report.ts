/** The report that Stryker writes, in the parts that count here: the schema "mutation-testing-report" of Stryker. */
import { z } from "zod";
import { failure, type Result, success } from "../trace/result.ts";

/** What became of a mutant whose text the report shows. */
export interface Mutant {
  /** From the root of the project, with `/`. */
  readonly file: string;
  /** Where it begins, from 1 on. */
  readonly line: number;
  /** The kind of change, as Stryker calls it: `EqualityOperator`, say. */
  readonly mutator: string;
  /** The line that it begins in. In this text and in the next two any white space is one blank. */
  readonly text: string;
  /** What was replaced. */
  readonly original: string;
  /** What by. */
  readonly replacement: string;
  /** Whether a test failed or hung. Whatever else became of it, nobody noticed. */
  readonly detected: boolean;
}

const PLACE = z.object({ line: z.int().min(1), column: z.int().min(1) });

const REPORT = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.string(),
      mutants: z.array(
        z.object({
          mutatorName: z.string(),
          replacement: z.string().default(""),
          status: z.string(),
          location: z.object({ start: PLACE, end: PLACE }),
        }),
      ),
    }),
  ),
});

type Report = z.infer<typeof REPORT>;
type ReportedMutant = Report["files"][string]["mutants"][number];

const DETECTED = ["Killed", "Timeout"];

/** The mutants of a report, by file and in the order of the report. The error says why there are none. */
export function mutantsIn(text: string): Result<readonly Mutant[], string> {
  const report = reportIn(text);
  if (report === undefined) return failure("is no report of Stryker");
  const all = Object.entries(report.files).flatMap(([file, { source, mutants }]) => {
    const lines = source.split("\n");
    return mutants.map((mutant) => mutantOf(file, lines, mutant));
  });
  return all.length === 0 ? failure("has no mutants") : success(all);
}

function reportIn(text: string): Report | undefined {
  try {
    return REPORT.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function mutantOf(file: string, lines: readonly string[], mutant: ReportedMutant): Mutant {
  const { start, end } = mutant.location;
  const inside = lines.slice(start.line - 1, end.line);
  // The end first: the first line may be the last one too.
  inside.push((inside.pop() ?? "").slice(0, end.column - 1));
  inside.unshift((inside.shift() ?? "").slice(start.column - 1));
  return {
    file,
    line: start.line,
    mutator: mutant.mutatorName,
    text: onOneLine(lines[start.line - 1] ?? ""),
    original: onOneLine(inside.join("\n")),
    replacement: onOneLine(mutant.replacement),
    detected: DETECTED.includes(mutant.status),
  };
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
