import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appendRecord, lineOf, readRecords } from "./records.ts";
import type { TrialRecord } from "./trial.ts";

const RECORD: TrialRecord = {
  defect: "defect:touching-overlaps",
  space: "large",
  strategy: "commands-max",
  seed: 12,
  budget: 1000,
  check: null,
  commands: 1012,
  milliseconds: 3.25,
};

let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "mapcheck-power-"));
});

afterAll(() => rm(directory, { recursive: true }));

test("what is appended is read again, in order", async () => {
  const file = join(directory, "appended.jsonl");
  const found = { ...RECORD, seed: 13, check: "answer" };
  expect(await readRecords(file)).toEqual({ ok: true, value: [] });
  for (const record of [RECORD, found]) expect((await appendRecord(file, record)).ok).toBe(true);
  expect(await readRecords(file)).toEqual({ ok: true, value: [RECORD, found] });
  expect(await readFile(file, "utf8")).toBe(lineOf(RECORD) + lineOf(found));
});

describe("a file is complained about", () => {
  test.each([
    ["is no JSON", `${lineOf(RECORD)}oops\n`, 2],
    ["is empty", `${lineOf(RECORD)}\n${lineOf(RECORD)}`, 2],
    ["was cut off", lineOf(RECORD) + lineOf(RECORD).slice(0, 40), 2],
    ["lacks its end", lineOf(RECORD).trimEnd(), 1],
    ["has no seed", `${JSON.stringify({ ...RECORD, seed: undefined })}\n`, 1],
    ["has another strategy", `${JSON.stringify({ ...RECORD, strategy: "theirs" })}\n`, 1],
    ["has one key more", `${JSON.stringify({ ...RECORD, more: 1 })}\n`, 1],
    ["took no commands", `${JSON.stringify({ ...RECORD, commands: 0 })}\n`, 1],
  ])("of which a line %s", async (what, text, line) => {
    const file = join(directory, `${what}.jsonl`);
    await writeFile(file, text);
    expect(await readRecords(file)).toEqual({
      ok: false,
      error: `${file}: line ${line} is no trial; delete it`,
    });
  });

  test("that can't be read, or written", async () => {
    const read = await readRecords(directory);
    expect(read).toMatchObject({ ok: false, error: expect.stringContaining("can't be read: ") });
    const written = await appendRecord(directory, RECORD);
    expect(written).toMatchObject({ ok: false, error: expect.stringContaining("can't be written: ") });
  });
});
