import { rm } from "node:fs/promises";
import { failure, type Result, success } from "../trace/result.ts";
import { casesIn, loadCorpus, problemsIn } from "./cases.ts";
import { type Covered, partCases } from "./covering.ts";
import { isThere } from "./load.ts";
import { describeProblem } from "./problem.ts";
import { describeSystemError } from "./system-error.ts";

/** What pruning came to. */
export interface Pruned {
  /** The cases that add nothing; they are gone now, unless that was only to be tried. */
  readonly removed: readonly Covered[];
  /** How many cases are left. */
  readonly kept: number;
  /** A line for each file that holds no case, or can't be removed. */
  readonly problems: readonly string[];
}

/**
 * Removes the cases below `directory` that add nothing to others; with `isTrial` it only finds them. The error, for a
 * directory that can't be listed, is one line that names it and the remedy.
 */
export async function pruneCorpus(directory: string, isTrial: boolean): Promise<Result<Pruned, string>> {
  const loaded = await loadCorpus(directory);
  if (!loaded.ok) return loaded;
  const { kept, covered } = partCases(casesIn(loaded.value));
  const { removed, problems } = isTrial ? { removed: covered, problems: [] } : await removeCovered(covered);
  return success({
    removed,
    kept: kept.length + covered.length - removed.length,
    problems: [...problemsIn(loaded.value), ...problems],
  });
}

/** What became of cases that were to be removed. */
export interface Removal {
  readonly removed: readonly Covered[];
  /** A line for each that can't be. */
  readonly problems: readonly string[];
}

/** Removes cases that add nothing. One stays where the case that covers it has gone meanwhile. */
export async function removeCovered(covered: readonly Covered[]): Promise<Removal> {
  const removed: Covered[] = [];
  const problems: string[] = [];
  for (const each of covered) {
    if (!(await isThere(each.by.file))) continue;
    const gone = await removeFile(each.saved.file);
    if (gone.ok) removed.push(each);
    else problems.push(gone.error);
  }
  return { removed, problems };
}

async function removeFile(file: string): Promise<Result<void, string>> {
  try {
    await rm(file, { force: true });
    return success(undefined);
  } catch (error) {
    const what = `can't be removed: ${describeSystemError(error)}`;
    return failure(describeProblem(file, { what, remedy: "make its directory writable" }));
  }
}
