import { randomInt } from "node:crypto";
import { link, lstat, mkdir, mkdtemp, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { printJson } from "../trace/escape.ts";
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
 * that is there already stays untouched. The error is one line that names the place and the remedy, which is `remedy`
 * where nothing but permission or room is missing.
 *
 * The file appears whole or not at all, whenever the process is killed. Of several that save the same id at the same
 * moment one writes it, and for the others it existed. A killed process may leave a temporary file behind,
 * `<id>.json.<number>`; loading passes over it, and it can be deleted at any time.
 */
export async function saveEntry(
  directory: string,
  entry: CorpusEntry,
  remedy = WRITABLE,
): Promise<Result<Saved, string>> {
  if (!ENTRY_ID.test(entry.id)) return failure(describeProblem(directory, badId(entry.id)));
  const file = join(directory, `${entry.id}.json`);
  if (await exists(file)) return success({ file, existed: true });
  try {
    const isNew = await writeNew(file, `${printJson(entryToFile(entry), 2)}\n`);
    return success({ file, existed: !isNew });
  } catch (error) {
    return failure(describeProblem(dirname(file), writeProblem(error, remedy)));
  }
}

/** Removes a case that was saved, unless it was there before. The error is one line that names it and the remedy. */
export async function discardEntry({ file, existed }: Saved): Promise<Result<void, string>> {
  if (existed) return success(undefined);
  try {
    await rm(file, { force: true });
    return success(undefined);
  } catch (error) {
    return failure(describeProblem(file, writeProblem(error)));
  }
}

/**
 * Finds out, by making a directory and removing it again, whether cases can be saved in `directory` and in
 * those of its directories that saving would use. Where it is missing, the nearest one above it that is there
 * is tried. The error is one line that names the place and the remedy.
 */
export async function checkWritable(directory: string): Promise<Result<void, string>> {
  const places = [directory];
  for (const surface of Object.keys(SURFACES)) {
    const place = join(directory, surface);
    if (await exists(place)) places.push(place);
  }
  for (const place of places) {
    const room = await checkRoom(place, WRITABLE);
    if (!room.ok) return room;
  }
  return success(undefined);
}

/**
 * As `checkWritable`, for any one directory. The error names what there is of it, and the remedy, which is `remedy` where
 * nothing but permission or room is missing.
 */
export async function checkRoom(directory: string, remedy: string): Promise<Result<void, string>> {
  let nearest = directory;
  while (!(await exists(nearest)) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    await rmdir(await mkdtemp(join(nearest, "writable-")));
    return success(undefined);
  } catch (error) {
    return failure(describeProblem(nearest, writeProblem(error, remedy)));
  }
}

/** Such an id could lead out of the corpus. */
function badId(id: string): Problem {
  const what = `${showValue(id)} is no id of a corpus entry`;
  return { what, remedy: 'use a name such as "memory-set/unmap-areas-3f9c2b1e"' };
}

/**
 * Writes `file` unless there is one by then, and says whether it did. A second name for a file that is whole is what can
 * be given atomically, but only to a name that is free.
 */
async function writeNew(file: string, text: string): Promise<boolean> {
  const temporary = `${file}.${randomInt(2 ** 47)}`;
  await writeWhole(temporary, text);
  try {
    await link(temporary, file);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    // Some file systems have no second names. There the last of several that save at once wins.
    await rename(temporary, file);
    return true;
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * Writes to a temporary file beside `file`, flushes it to the disk and renames it, so that `file` has the whole text or
 * what it had before, and makes the directories that are missing; throws where that fails. The text is written by node: write-file-atomic takes it for written when
 * the disk had room for a part of it only.
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFileAtomic(file, "", { tmpfileCreated: (temporary) => writeFile(temporary, text) });
}

/** Whether there is anything at `path`, a link that leads nowhere too. */
async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** What to do where a search can't save. */
const WRITABLE = "make the directory writable, name another, or run without saving (--no-save)";

function writeProblem(error: unknown, remedy = WRITABLE): Problem {
  const code = systemErrorCode(error);
  if (code === "ENOTDIR" || code === "EEXIST") {
    return {
      what: "a file where a directory is expected",
      remedy: "move it away, or name another directory",
    };
  }
  const what = `can't be written: ${describeSystemError(error)}`;
  return { what, remedy };
}
