import { readFile } from "node:fs/promises";
import { printRequest } from "../trace/print.ts";
import { casesIn } from "./cases.ts";
import { type Covered, describeCovering, partCases, type SavedCase, twinsIn } from "./covering.ts";
import { MARKED_STALE, misfitOfCase, widestOf } from "./fit.ts";
import { parseJson } from "./json.ts";
import type { LoadedFile } from "./load.ts";
import { describeProblem, type Place, type Problem } from "./problem.ts";

/**
 * What is wrong with a file of a corpus:
 * - `broken`: it is no corpus file, or is not where its id says.
 * - `stale`: it can't be asked of any implementation, or is marked as stale.
 * - `duplicate`: it adds nothing to another one.
 */
export interface Flaw {
  readonly file: string;
  readonly kind: "broken" | "stale" | "duplicate";
  /** One line that names the place and the remedy, safe to print on a terminal. */
  readonly problem: string;
  /** The file that has all that a duplicate has. */
  readonly coveredBy?: string;
}

/** All that is wrong with what was loaded from a corpus, file by file. Nothing is run. */
export async function findFlaws(loaded: readonly LoadedFile[]): Promise<readonly Flaw[]> {
  const cases = casesIn(loaded);
  const duplicates = new Map(duplicatesIn(cases).map((each) => [each.file, each]));
  const flaws: Flaw[] = [];
  for (const each of loaded) {
    const own = await flawOf(each);
    const duplicate = duplicates.get(each.file);
    if (own) flaws.push(own);
    if (duplicate) flaws.push(duplicate);
  }
  return flaws;
}

async function flawOf(loaded: LoadedFile): Promise<Flaw | undefined> {
  const { file } = loaded;
  switch (loaded.status) {
    case "broken":
      return { file, kind: "broken", problem: loaded.problem };
    case "stale":
      return { file, kind: "stale", problem: loaded.reason };
    case "entry": {
      const found = await staleness(loaded);
      return found && { file, kind: "stale", problem: describeProblem(file, found) };
    }
  }
}

/** Why no implementation can be asked this; `undefined` if one can. */
async function staleness({ file, entry }: SavedCase): Promise<Problem | undefined> {
  if (entry.status === "stale") {
    return located(file, ["status"], { what: MARKED_STALE.reason, remedy: MARKED_STALE.remedy });
  }
  const misfit = misfitOfCase(entry, widestOf(entry.surface, entry.dialect));
  if (misfit === undefined) return undefined;
  const { at, reason, remedy } = misfit;
  const request = at === undefined ? undefined : entry.requests[at];
  if (at === undefined || request === undefined) return { what: reason, remedy };
  return located(file, ["trace", at], { what: `${printRequest(request)}: ${reason}`, remedy });
}

/** The problem with the place of a part of the file, unless that has changed meanwhile. */
async function located(file: string, path: readonly PropertyKey[], problem: Problem): Promise<Problem> {
  const place = await placeIn(file, path);
  return { ...problem, ...(place && { place }) };
}

async function placeIn(file: string, path: readonly PropertyKey[]): Promise<Place | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  const json = parseJson(text);
  return json.ok ? json.value.placeOf(path) : undefined;
}

/** What pruning would remove, and cases that it would never remove but that are the same word for word. */
function duplicatesIn(cases: readonly SavedCase[]): readonly Flaw[] {
  const { kept, covered } = partCases(cases);
  return [
    ...covered.map((each) => duplicate(each, PRUNE)),
    ...twinsIn(kept).map((each) => duplicate(each, CHOOSE)),
  ];
}

const PRUNE = "remove it, as mapcheck corpus prune does";
const CHOOSE =
  "keep one of the two; both were written or marked by hand, so that nothing is removed by itself";

function duplicate({ saved, by, why }: Covered, remedy: string): Flaw {
  const { file } = saved;
  const problem = describeProblem(file, { what: describeCovering(why, by.file), remedy });
  return { file, kind: "duplicate", problem, coveredBy: by.file };
}
