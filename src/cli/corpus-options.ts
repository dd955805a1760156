/** The options that choose a corpus. */
import { stat } from "node:fs/promises";
import { Argument, type Command, Option } from "commander";
import { describeProblem } from "../corpus/problem.ts";
import { checkWritable } from "../corpus/save.ts";
import { describeSystemError, systemErrorCode } from "../corpus/system-error.ts";
import { failure, type Result, success } from "../trace/result.ts";
import { parsePath } from "./options.ts";

/** What the command line says of the corpus. */
export interface CorpusOptions {
  readonly corpus?: string;
  readonly save: boolean;
}

/** Where cases are saved unless told otherwise. */
export const DEFAULT_CORPUS = "corpus";

/** The directory of saved cases that a subcommand is about. */
export function corpusArgument(what: string): Argument {
  return new Argument("[directory]", what).default(DEFAULT_CORPUS).argParser(parsePath);
}

/** Adds `--corpus` and `--no-save`. */
export function addCorpusOptions(command: Command): void {
  command
    .addOption(
      new Option(
        "--corpus <directory>",
        `where saved cases are read from and new ones go; one that is named must be there (default: ${DEFAULT_CORPUS}, made when needed)`,
      ).argParser(parsePath),
    )
    .option("--no-save", "do not save what is found");
}

/** The directory that findings go to; `undefined` when they are not to be saved. */
export function saveTo({ corpus, save }: CorpusOptions): string | undefined {
  return save ? (corpus ?? DEFAULT_CORPUS) : undefined;
}

/** The corpus to replay first. One that was asked for must be there, and one to save in must be writable. */
export async function corpusOf({ corpus, save }: CorpusOptions): Promise<Result<string | undefined, string>> {
  const directory = corpus ?? DEFAULT_CORPUS;
  const isThere = await isDirectory(directory);
  if (!isThere.ok) return isThere;
  if (!isThere.value && corpus !== undefined) {
    const remedy = "correct the path, or create it with mkdir -p";
    return failure(describeProblem(directory, { what: "there is no such directory", remedy }));
  }
  const writable = save ? await checkWritable(directory) : success(undefined);
  if (!writable.ok) return writable;
  return success(isThere.value ? directory : undefined);
}

/** Whether there is a directory at `path`, or nothing at all; anything else is an error. */
async function isDirectory(path: string): Promise<Result<boolean, string>> {
  try {
    if ((await stat(path)).isDirectory()) return success(true);
    const problem = { what: "not a directory", remedy: "name one with --corpus" };
    return failure(describeProblem(path, problem));
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return success(false);
    const what = `can't be read: ${describeSystemError(error)}`;
    return failure(describeProblem(path, { what, remedy: "name another directory with --corpus" }));
  }
}
