import { randomBytes } from "node:crypto";
import { access, link, mkdir, rename, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { failure, type Result, success } from "../trace/result.ts";
import { type CorpusEntry, entryToFile } from "./entry.ts";
import { describeProblem, type Problem, showValue } from "./problem.ts";
import { ENTRY_ID, SURFACES } from "./schema.ts";
import { describeSystemError, systemErrorCode } from "./system-error.ts";

/** Where a case was saved. `existed`: a file with its id was there already, and was left as it is. */
export interface Saved {
  readonly file: string;
  readonly existed: boolean;
}

/**
 * Saves `entry` as `<directory>/<id>.json`, making the directories that are missing. A file of that name
 * that is there already stays untouched. The error is one line that names the place and the remedy.
 *
 * The file appears whole or not at all, whenever the process is killed and however many save at once: the
 * text is written to a temporary file beside it and flushed to the disk, and only then gets its name, by a
 * hard link, which fails where the name is taken (a rename would replace what another process has just
 * saved). A killed process may leave a temporary file behind, `<id>.json.<pid>-<random>.tmp`; loading
 * passes over it, and it can be deleted at any time.
 */
export async function saveEntry(directory: string, entry: CorpusEntry): Promise<Result<Saved, string>> {
  if (!ENTRY_ID.test(entry.id)) return failure(describeProblem(directory, badId(entry.id)));
  const file = join(directory, `${entry.id}.json`);
  const text = `${JSON.stringify(entryToFile(entry), null, 2)}\n`;
  try {
    await mkdir(dirname(file), { recursive: true });
    return success({ file, existed: !(await publish(file, text)) });
  } catch (error) {
    return failure(describeProblem(dirname(file), writeProblem(error)));
  }
}

/**
 * Finds out, by making a file and removing it again, whether cases can be saved in `directory`, which must
 * be there, and in those of its directories that saving would use. The error is one line that names the
 * place and the remedy.
 */
export async function checkWritable(directory: string): Promise<Result<void, string>> {
  for (const place of [directory, ...Object.keys(SURFACES).map((surface) => join(directory, surface))]) {
    const temporary = temporaryFor(join(place, "writable"));
    try {
      await writeFile(temporary, "mapcheck\n", CREATE);
      await unlink(temporary);
    } catch (error) {
      const missing = place !== directory && systemErrorCode(error) === "ENOENT";
      if (!missing) return failure(describeProblem(place, writeProblem(error)));
    }
  }
  return success(undefined);
}

/** Such an id could lead out of the corpus. */
function badId(id: string): Problem {
  const what = `${showValue(id)} is no id of a corpus entry`;
  return { what, remedy: 'use a name such as "memory-set/unmap-areas-3f9c2b1e"' };
}

/** Fails where the file is there already; on the disk when it returns. */
const CREATE = { flag: "wx", flush: true };

/** A name beside `file` that no other save uses. It never ends in `.json`. */
function temporaryFor(file: string): string {
  return `${file}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
}

/** Whether `text` became the file; it doesn't when there is one already. */
async function publish(file: string, text: string): Promise<boolean> {
  const temporary = temporaryFor(file);
  try {
    await writeFile(temporary, text, CREATE);
    return await giveName(temporary, file);
  } finally {
    // It is gone already where it was renamed; what can't be removed does no harm.
    await unlink(temporary).catch(() => undefined);
  }
}

/** What `link` fails with on file systems that have no hard links, such as FAT and some shared folders. */
const NO_LINKS: readonly (string | undefined)[] = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"];

async function giveName(temporary: string, file: string): Promise<boolean> {
  try {
    await link(temporary, file);
    return true;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "EEXIST") return false;
    if (!NO_LINKS.includes(code)) throw error;
  }
  // Without links two savers of one id can get past this check together. Both hold the same case, and the
  // rename of the later one leaves a whole file too.
  if (await exists(file)) return false;
  await rename(temporary, file);
  return true;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function writeProblem(error: unknown): Problem {
  switch (systemErrorCode(error)) {
    case "ENOENT":
      return { what: "there is no such directory", remedy: "correct the path, or create it with mkdir -p" };
    case "ENOTDIR":
    case "EEXIST":
      return {
        what: "a file where a directory is expected",
        remedy: "move it away, or name another directory",
      };
    default: {
      const what = `can't be written: ${describeSystemError(error)}`;
      return { what, remedy: "make the directory writable, name another, or run without saving (--no-save)" };
    }
  }
}
