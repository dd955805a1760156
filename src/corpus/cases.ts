import { failure, type Result, success } from "../trace/result.ts";
import type { SavedCase } from "./covering.ts";
import { type LoadedFile, loadDirectory } from "./load.ts";

/** As `loadDirectory`; the error, for a directory that can't be listed itself, is one line with the remedy. */
export async function loadCorpus(directory: string): Promise<Result<readonly LoadedFile[], string>> {
  const loaded = await loadDirectory(directory);
  const unlisted = loaded.find(({ file }) => file === directory);
  return unlisted?.status === "broken" ? failure(unlisted.problem) : success(loaded);
}

/** The cases among what was loaded. */
export function casesIn(loaded: readonly LoadedFile[]): readonly SavedCase[] {
  return loaded.flatMap((each) => (each.status === "entry" ? [{ file: each.file, entry: each.entry }] : []));
}

/** A line for each file among what was loaded that holds no case that this version can read. */
export function problemsIn(loaded: readonly LoadedFile[]): readonly string[] {
  return loaded.flatMap((each) => problemOf(each) ?? []);
}

function problemOf(loaded: LoadedFile): string | undefined {
  switch (loaded.status) {
    case "entry":
      return undefined;
    case "stale":
      return loaded.reason;
    case "broken":
      return loaded.problem;
  }
}
