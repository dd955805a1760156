import { lstat, readFile, realpath } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { listCorpusFiles } from "./directory.ts";
import type { CorpusEntry } from "./entry.ts";
import { parseCorpusFile } from "./parse.ts";
import { describeProblem, type Problem } from "./problem.ts";
import { describeSystemError, systemErrorCode } from "./system-error.ts";

/**
 * What loading one path came to:
 * - `entry`: a saved case, ready to replay.
 * - `stale`: a sound corpus file that this version can't replay (a line of the trace or an answer that
 *   doesn't parse, a dialect that it doesn't know).
 * - `broken`: no corpus file at all, or one that can't be read.
 *
 * `reason` and `problem` are one line each, `file:line:column: what; remedy`, safe to print on a terminal.
 */
export type LoadedFile =
  | { readonly file: string; readonly status: "entry"; readonly entry: CorpusEntry }
  | { readonly file: string; readonly status: "stale"; readonly reason: string }
  | { readonly file: string; readonly status: "broken"; readonly problem: string };

/** Loads one corpus file, whatever its name and wherever it is. */
export async function loadFile(file: string): Promise<LoadedFile> {
  return load(file);
}

/**
 * Loads every `*.json` file below `directory`, in code point order of their paths. Here each file's id
 * must be the end of its path. One that is stale or broken takes nothing from the others; a directory that
 * can't be listed is a broken path itself. A file that another process removes meanwhile is passed over.
 */
export async function loadDirectory(directory: string): Promise<readonly LoadedFile[]> {
  const root = await realpath(directory).catch(() => resolve(directory));
  const loaded: LoadedFile[] = [];
  for (const { file, problem } of await listCorpusFiles(directory)) {
    const path = join(root, relative(directory, file)).split(sep).join("/");
    const found = problem === undefined ? await load(file, path) : broken(file, problem);
    if (found.status !== "broken" || problem !== undefined || (await isThere(file))) loaded.push(found);
  }
  return loaded;
}

/** Whether there is anything at `file`, a link that leads nowhere too, or no telling whether there is. */
export async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    (error: unknown) => systemErrorCode(error) !== "ENOENT",
  );
}

async function load(file: string, path?: string): Promise<LoadedFile> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return broken(file, readProblem(error));
  }
  const parsed = parseCorpusFile(bytes, path);
  switch (parsed.status) {
    case "entry":
      return { file, status: "entry", entry: parsed.entry };
    case "stale":
      return { file, status: "stale", reason: describeProblem(file, parsed.problem) };
    case "broken":
      return broken(file, parsed.problem);
  }
}

function broken(file: string, problem: Problem): LoadedFile {
  return { file, status: "broken", problem: describeProblem(file, problem) };
}

function readProblem(error: unknown): Problem {
  switch (systemErrorCode(error)) {
    case "ENOENT":
      return { what: "there is no such file", remedy: "correct the path" };
    case "EISDIR":
      return { what: "a directory where a file is expected", remedy: "name a file in it" };
    default:
      return {
        what: `can't be read: ${describeSystemError(error)}`,
        remedy: "make it readable, or remove it",
      };
  }
}
