import { basename, join, relative } from "node:path";
import { listCorpusFiles } from "../corpus/directory.ts";
import { type CorpusEntry, caseOf, hashOf } from "../corpus/entry.ts";
import { describeProblem } from "../corpus/problem.ts";
import { saveEntry } from "../corpus/save.ts";
import type { Interruption } from "../shrink/reduce.ts";
import { printRequest } from "../trace/print.ts";
import { failure, type Result, success } from "../trace/result.ts";
import type { Hello } from "../trace/space.ts";
import type { ConformanceSuite } from "./conformance.ts";
import type { SuiteTally } from "./suite-tally.ts";

/** What the files of suites are called, to tell them from other cases. */
const SUITE_FILE = /^suite-\d+-[0-9a-f]{8}\.json$/;

/**
 * Saves each trace of a suite as a case of a corpus, unless `pace` is stopped before the end. `tally` is told how many are
 * saved. Those that are there already stay; next to those of another suite nothing is saved, for the two would look like
 * one. The error is one line that names the place and the remedy.
 */
export async function exportSuite(
  directory: string,
  suite: ConformanceSuite,
  hello: Hello,
  pace: Interruption,
  tally: SuiteTally,
): Promise<Result<void, string>> {
  const entries = entriesOf(suite, hello);
  const other = await otherSuiteIn(directory, entries);
  if (other !== undefined) {
    const what = `there is another suite, with ${other}`;
    return failure(
      describeProblem(directory, { what, remedy: "remove that one, or name another directory" }),
    );
  }
  for (const entry of entries) {
    if (pace.turnIsOver) await pace.breathe();
    if (pace.stopped) break;
    const done = await saveEntry(directory, entry);
    if (!done.ok) return done;
    tally.saved++;
  }
  return success(undefined);
}

function entriesOf({ traces, space }: ConformanceSuite, hello: Hello): readonly CorpusEntry[] {
  const width = String(traces.length).length;
  return traces.map((requests, index) => {
    const made = caseOf(hello, space, requests);
    const lines = requests.map((request) => printRequest(request));
    const hash = hashOf([made.surface, space, made.dialect, lines]);
    const id = `${made.surface}/suite-${String(index + 1).padStart(width, "0")}-${hash}`;
    return { id, ...made, status: "regression" };
  });
}

/** A file in `directory` that belongs to a suite, and not to this one. */
async function otherSuiteIn(directory: string, entries: readonly CorpusEntry[]): Promise<string | undefined> {
  const own = new Set(entries.map(({ id }) => join(directory, `${id}.json`)));
  const files = (await listCorpusFiles(directory)).map(({ file }) => file);
  const other = files.find((file) => SUITE_FILE.test(basename(file)) && !own.has(file));
  return other && relative(directory, other);
}
