import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runBench } from "./program.ts";

const PART = ["--only", "touching-overlaps", "--space", "small", "--budget", "500"];

let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "mapcheck-power-"));
});

afterAll(() => rm(directory, { recursive: true }));

/** Runs the power bench inside the test. */
async function bench(...args: readonly string[]) {
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  try {
    return { status: await runBench(args), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

describe("a file of trials", () => {
  test("is added to until it has all of them, and makes the table", async () => {
    const file = join(directory, "trials.jsonl");
    const first = await bench(...PART, "--seeds", "1", "--out", file);
    expect(first).toMatchObject({ status: 0, stderr: "" });
    const lines = async () => (await readFile(file, "utf8")).split("\n").slice(0, -1);
    const before = await lines();
    expect(before).toHaveLength(4);

    const second = await bench(...PART, "--seeds", "2", "--out", file, "--json", "--workers", "1");
    const after = await lines();
    expect(after.slice(0, 4)).toEqual(before);
    expect(after).toHaveLength(8);
    expect(second.stdout.split("\n").slice(0, -1).sort()).toEqual(after.toSorted());

    const table = await bench("--table", file, "--only", "touching-overlaps", "--space", "small");
    expect(table.stdout).toContain("small space: 1 defect, 2 seeds, budget 500 commands\n");
    expect(table.stdout).not.toContain("incomplete");
    const whole = await bench("--table", file);
    expect(whole.stdout).toMatch(/\nincomplete: 8 of [\d,]+ trials\n/);
  });

  test("which have missed something makes no table of a larger budget", async () => {
    const file = join(directory, "missed.jsonl");
    await bench(...PART, "--seeds", "4", "--budget", "1", "--strategies", "ours", "--out", file);
    expect(await readFile(file, "utf8")).toContain('"check":null');
    const { status, stdout, stderr } = await bench("--table", file, "--budget", "2");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^mapcheck: --budget is at most 1 for these files/);
  });
});

describe("it complains about", () => {
  test("a file that can't be written, after the first trial", async () => {
    const file = join(directory, "missing", "trials.jsonl");
    const { status, stdout, stderr } = await bench(...PART, "--seeds", "3", "--out", file);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(`${file}: can't be written: `);
  });

  test.each([
    ["a word that there isn't", ["--space", "medium"], "spaces are small,large, each at most once"],
    ["a number that is none", ["--seeds", "0"], "write a whole number above 0"],
    ["an option that there isn't", ["--speed"], "unknown option"],
    ["no defects", ["--only", "no-such-defect"], "--only chooses no defect"],
    ["a file that isn't there", ["--table", "nowhere.jsonl"], "nowhere.jsonl: there are no trials"],
  ])("%s", async (_, args, complaint) => {
    const { status, stdout, stderr } = await bench(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(complaint);
  });

  test("a file that holds something else, before it runs anything", async () => {
    const file = join(directory, "other.jsonl");
    await writeFile(file, "{}\n");
    const { status, stderr } = await bench("--out", file);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: `mapcheck: ${file}: line 1 is no trial; delete it\n`,
    });
  });
});

test("--help says what there is", async () => {
  const { status, stdout } = await bench("--help");
  expect(status).toBe(0);
  for (const option of ["--only", "--space", "--strategies", "--seeds", "--budget", "--out", "--table"]) {
    expect(stdout).toContain(option);
  }
});
