/** Files of trials: JSON Lines, to which each trial is appended as soon as it has ended. */
import { appendFile, readFile } from "node:fs/promises";
import { z } from "zod";
import { describeSystemError, systemErrorCode } from "../corpus/system-error.ts";
import { printJson } from "../trace/escape.ts";
import { failure, type Result, success } from "../trace/result.ts";
import { SPACE_SIZES } from "./space-size.ts";
import { STRATEGY_NAMES } from "./strategies.ts";
import type { TrialRecord } from "./trial.ts";

const count = z.int().nonnegative();

const RECORD = z.strictObject({
  defect: z.string(),
  space: z.enum(SPACE_SIZES),
  strategy: z.enum(STRATEGY_NAMES),
  seed: count,
  budget: count.min(1),
  check: z.string().nullable(),
  commands: count.min(1),
  milliseconds: z.number().nonnegative(),
});

/** A trial as a line. */
export function lineOf(record: TrialRecord): string {
  return `${printJson(record)}\n`;
}

/** The trials of a file; none where there is no file. The error is a line for the user. */
export async function readRecords(file: string): Promise<Result<readonly TrialRecord[], string>> {
  let text = "";
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return success([]);
    return failure(`${file}: can't be read: ${describeSystemError(error)}`);
  }
  const lines = text.split("\n");
  // What is behind the last line is empty, unless that was cut off.
  const records: TrialRecord[] = [];
  for (const [index, line] of lines.entries()) {
    const isEnd = index === lines.length - 1;
    if (isEnd && line === "") break;
    const record = isEnd ? undefined : recordOf(line);
    if (record === undefined) return failure(`${file}: line ${index + 1} is no trial; delete it`);
    records.push(record);
  }
  return success(records);
}

/** Appends a trial to a file. The error is a line for the user. */
export async function appendRecord(file: string, record: TrialRecord): Promise<Result<void, string>> {
  try {
    await appendFile(file, lineOf(record));
    return success(undefined);
  } catch (error) {
    return failure(`${file}: can't be written: ${describeSystemError(error)}`);
  }
}

function recordOf(line: string): TrialRecord | undefined {
  try {
    return RECORD.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
