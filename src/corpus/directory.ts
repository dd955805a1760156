import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Problem } from "./problem.ts";
import { describeSystemError, systemErrorCode } from "./system-error.ts";

/** A file to load, or a path below the directory that can't be loaded and why. */
export interface ListedFile {
  readonly file: string;
  readonly problem?: Problem;
}

/**
 * Every `*.json` file below `directory`, in code point order of its path, the same on every machine.
 * Other files are passed over, and so is what an interrupted save leaves behind, which never ends in
 * `.json`. A link to a file is read; a link to a directory is a problem rather than followed, since it
 * may lead in a circle.
 */
export async function listCorpusFiles(directory: string): Promise<readonly ListedFile[]> {
  const found: ListedFile[] = [];
  await collect(directory, found);
  return found
    .map((listed) => ({ listed, key: Buffer.from(listed.file.split(sep).join("/")) }))
    .sort((a, b) => Buffer.compare(a.key, b.key))
    .map(({ listed }) => listed);
}

async function collect(directory: string, found: ListedFile[]): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    found.push({ file: directory, problem: directoryProblem(error) });
    return [];
  });
  for (const entry of entries) {
    const file = join(directory, entry.name);
    const linked = entry.isSymbolicLink();
    // A link that leads nowhere is no directory; reading it will say why.
    const target = linked ? await stat(file).catch(() => undefined) : entry;
    if (target?.isDirectory()) {
      if (linked) found.push({ file, problem: LINKED });
      else await collect(file, found);
    } else if (entry.name.endsWith(".json")) {
      found.push(target === undefined || target.isFile() ? { file } : { file, problem: NOT_A_FILE });
    }
  }
}

const LINKED: Problem = {
  what: "a symbolic link to a directory, which is not followed",
  remedy: "name that directory itself on the command line, or copy its files here",
};

const NOT_A_FILE: Problem = { what: "not a regular file", remedy: "remove it from the corpus" };

function directoryProblem(error: unknown): Problem {
  switch (systemErrorCode(error)) {
    case "ENOENT":
      return { what: "there is no such directory", remedy: "correct the path, or create it with mkdir -p" };
    case "ENOTDIR":
      return { what: "a file where a directory is expected", remedy: "name the directory that it is in" };
    default:
      return { what: `can't be listed: ${describeSystemError(error)}`, remedy: "make it readable" };
  }
}
