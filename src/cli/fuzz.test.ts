import { mkdtemp, readdir, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { FORMAT_NAMES } from "../trace/hardware.ts";
import { mapcheck } from "./program.fixture.ts";

const MEMORY_SET = ["--subject", "memory-set"];
const DEFECT = ["--subject", "defect:unmap-loses-right-part"];

let corpus = "";

beforeEach(async () => {
  corpus = await realpath(await mkdtemp(join(tmpdir(), "mapcheck-fuzz-")));
});

afterEach(async () => {
  await rm(corpus, { recursive: true });
});

/** The JSON object of a session, with all the keys that it has and no others. */
const REPORT = z.strictObject({
  outcome: z.enum(["agree", "finding"]),
  subject: z.string(),
  format: z.enum(FORMAT_NAMES).optional(),
  spaces: z.array(z.string()),
  seed: z.string(),
  suite: z.int(),
  runs: z.int(),
  commands: z.int(),
  seconds: z.number().positive(),
  interrupted: z.boolean(),
  findings: z.array(
    z.strictObject({
      id: z.string(),
      file: z.string().nullable(),
      space: z.string(),
      trace: z.array(z.string()),
      finding: z.strictObject({
        kind: z.string(),
        check: z.string(),
        at: z.int(),
        expected: z.string(),
        observed: z.string(),
        answer: z.string(),
      }),
      shrunkFrom: z.int().nullable(),
      run: z.int().nullable(),
      executions: z.int().nullable(),
      minimal: z
        .strictObject({
          pages: z.int(),
          flags: z.string(),
          commands: z.string(),
          backends: z.string(),
          merged: z.boolean(),
          transitions: z.int(),
        })
        .nullable(),
      before: z.array(z.array(z.string())),
      stable: z.boolean(),
      stderr: z.string(),
      also: z.array(z.string()),
      picture: z.array(z.string()),
      again: z.string(),
    }),
  ),
  problems: z.array(z.string()),
  statistics: z.strictObject({
    replayed: z.int(),
    unsuited: z.int(),
    known: z.array(z.string()),
    mended: z.array(z.string()),
    injections: z.strictObject({ traces: z.int(), injected: z.int() }).optional(),
    answers: z.record(z.string(), z.record(z.string(), z.int())),
    sometimes: z.record(z.string(), z.int()),
    risk: z.strictObject({
      behaviours: z.int(),
      once: z.int(),
      estimate: z.number(),
      bound: z.number().positive().max(1),
    }),
  }),
});

/** Runs a session with the corpus of the test and gives its exit status and its report. */
async function fuzz(...args: readonly string[]) {
  const { status, stdout, stderr } = await mapcheck("fuzz", "--corpus", corpus, "--json", ...args);
  expect(stderr).toBe("");
  return { status, report: REPORT.parse(JSON.parse(stdout)) };
}

/** The command line that `output` ends with, as arguments. */
function lastLine(output: string, label: string): readonly string[] {
  const line = output.trimEnd().split("\n").at(-1) ?? "";
  const prefix = `  ${label}: npm run -s mapcheck -- `;
  expect(line.slice(0, prefix.length)).toBe(prefix);
  return line.slice(prefix.length).split(" ");
}

describe("a session without a finding", () => {
  test("says what it does, what it met and that all agree", async () => {
    const { status, stdout, stderr } = await mapcheck(
      "fuzz",
      ...MEMORY_SET,
      "--corpus",
      corpus,
      "--runs",
      "3000",
      "--seed",
      "s",
    );
    expect([status, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    expect(lines[0]).toBe(
      "fuzzing memory-set: 16 pages of 0x1000 bytes, traces of up to 50 commands, seed s",
    );
    expect(stdout).toMatch(/\n {2}unmap +[1-9]/);
    expect(stdout).toContain("\n  BadState       failed: ");
    expect(stdout).toMatch(/\n +[\d,]+ {2}an unmap in the middle of an area leaves two\n/);
    expect(stdout).not.toContain("warning");
    expect(stdout).toMatch(
      /\n\nBehaviours seen \(.*\): \d+, \d+ of them in one run only\.\nThe next run is .*\n\n/,
    );
    expect(stdout).toMatch(
      /\n\nall agree: 0 saved cases, then 3,000 random runs with [\d,]+ commands in .* s, seed s\n$/,
    );
  });

  test("is a JSON object too", async () => {
    const { status, report } = await fuzz(...MEMORY_SET, "--runs", "200", "--seed", "s");
    expect(status).toBe(0);
    const expected = {
      outcome: "agree",
      subject: "memory-set",
      spaces: ["reset base=0x0 size=0x10000 page=0x1000 frames=0"],
      seed: "s",
      runs: 200,
      interrupted: false,
      findings: [],
      problems: [],
    };
    expect(report).toMatchObject(expected);
    const answers = Object.values(report.statistics.answers).flatMap((row) => Object.values(row));
    expect(answers.reduce((sum, count) => sum + count, 0)).toBe(report.commands);
  });

  test("ends when its time is up", async () => {
    const { status, report } = await fuzz("--time", "50ms");
    expect(status).toBe(0);
    expect(report.runs).toBeGreaterThan(0);
    expect(report.seed).toMatch(/^[0-9a-z]+$/);
  });

  test.each(["0.05", "5e-2"])(
    "ends when the next run is unlikely to show anything new (%s)",
    async (risk) => {
      const { status, report } = await fuzz(...MEMORY_SET, "--seed", "s", "--until-risk", risk);
      expect(status).toBe(0);
      const { once, behaviours, estimate, bound } = report.statistics.risk;
      expect(bound).toBeLessThan(0.05);
      expect([estimate, behaviours > once]).toEqual([once / report.runs, true]);
      // Before the last 256 runs it wasn't.
      const before = await fuzz(...MEMORY_SET, "--seed", "s", "--runs", `${report.runs - 256}`);
      expect(before.report.statistics.risk.bound).toBeGreaterThanOrEqual(0.05);
    },
  );

  test.each([
    ["--runs", "7"],
    ["--time", "50ms"],
  ])("ends at %s %s though something new is still to be expected", async (...limit) => {
    const { report } = await fuzz("--until-risk", "0.00001", ...limit);
    expect(report.statistics.risk.bound).toBeGreaterThan(0.00001);
    expect(report.statistics.risk.estimate).toBe(report.statistics.risk.once / report.runs);
  });

  test("shows on a terminal how far it is, and takes that away in the end", async () => {
    const { isTTY, columns } = process.stderr;
    Object.assign(process.stderr, { isTTY: true, columns: 80 });
    const { stderr } = await mapcheck("fuzz", "--corpus", corpus, "--time", "300ms");
    Object.assign(process.stderr, { isTTY, columns });
    const [first, ...others] = stripVTControlCharacters(stderr).split("\n");
    expect(first).toMatch(/^[\d,]+ runs?, [\d,]+ commands\/s, no findings, 0 s$/);
    expect(others.at(-1)).toBe("");
    const erased = stderr.slice(stderr.lastIndexOf("\n") + 1);
    expect(erased).toContain("\u001b[1A\u001b[2K");
  });

  test("runs in the space and with the traces that the options name", async () => {
    const size = ["--pages", "0x40", "--page", "256", "--max-commands", "1"];
    const { stdout } = await mapcheck(
      "fuzz",
      ...MEMORY_SET,
      "--corpus",
      corpus,
      "--runs",
      "30",
      "--seed",
      "it's \u001b",
      ...size,
    );
    expect(stdout).toMatch(
      /^fuzzing memory-set: 64 pages of 0x100 bytes, traces of up to 1 command, seed it's \\u\{1b\}\n/,
    );
    expect(stdout).toContain("30 random runs with 30 commands in ");
  });
});

describe("a finding", () => {
  test("is saved, shown, and replayed by the line that the report ends with", async () => {
    const { status, stdout, stderr } = await mapcheck("fuzz", "--corpus", corpus, ...DEFECT, "--seed", "s");
    expect([status, stderr]).toEqual([1, ""]);
    expect(stdout).toMatch(/\n\n1 finding: 0 saved cases, then .* seed s\n\nFINDING memory-set\/unmap-/);
    const replay = lastLine(stdout, "see it step by step");
    expect(replay[1]).toMatch(/memory-set\/unmap-[a-z0-9-]+\.json$/);
    expect(JSON.parse(await readFile(replay[1] ?? "", "utf8"))).toMatchObject({ origin: { seed: "s" } });
    expect(await mapcheck(...replay)).toMatchObject({ status: 1, stderr: "" });
    expect(await mapcheck("replay", replay[1] ?? "")).toMatchObject({ status: 0 });
  });

  test("that isn't saved is found again by the line that the report ends with", async () => {
    const size = ["--pages", "7", "--page", "0x80", "--max-commands", "30"];
    const unsaved = await mapcheck(
      "fuzz",
      "--corpus",
      corpus,
      ...DEFECT,
      "--seed",
      "a",
      ...size,
      "--no-save",
    );
    expect(unsaved.status).toBe(1);
    expect(await readdir(corpus)).toEqual([]);
    const again = await mapcheck(...lastLine(unsaved.stdout, "find it again"));
    const block = /\nFINDING [\s\S]*?\n {2}file/;
    expect(again.status).toBe(1);
    expect(again.stdout.match(block)?.[0]).toBe(unsaved.stdout.match(block)?.[0]);
  });

  test("is the same on every run with the same seed, also when the corpus holds it already", async () => {
    const first = await fuzz(...DEFECT, "--seed", "s");
    expect(first).toMatchObject({ status: 1, report: { outcome: "finding", statistics: { replayed: 0 } } });
    const again = await fuzz(...DEFECT, "--seed", "s");
    expect(again).toMatchObject({ status: 1, report: { statistics: { replayed: 1 } } });
    expect(again.report.findings).toEqual(first.report.findings);
    expect(again.report.runs).toBe(first.report.runs);
    // Saved cases say nothing of what comes up by chance.
    expect(again.report.statistics.risk).toEqual(first.report.statistics.risk);
    await rm(join(corpus, "memory-set"), { recursive: true });
    expect((await fuzz(...DEFECT, "--seed", "s")).report.findings).toEqual(first.report.findings);
  });

  test("of a saved case is one even if fuzzing finds nothing", async () => {
    const [found] = (await fuzz(...DEFECT, "--seed", "s")).report.findings;
    const { status, report } = await fuzz(...DEFECT, "--seed", "s", "--runs", "1", "--max-commands", "1");
    expect(status).toBe(1);
    expect(report).toMatchObject({ outcome: "finding", runs: 1 });
    expect(report.findings).toEqual([{ ...found, shrunkFrom: null, run: null, executions: null }]);
  });

  test("is saved in ./corpus unless told otherwise, which is made for it", async () => {
    const before = process.cwd();
    process.chdir(corpus);
    try {
      expect(await mapcheck("fuzz", ...MEMORY_SET, "--runs", "10", "--seed", "s")).toMatchObject({
        status: 0,
        stderr: "",
      });
      expect(await readdir(corpus)).toEqual([]);
      expect(await mapcheck("fuzz", ...DEFECT, "--seed", "s")).toMatchObject({ status: 1, stderr: "" });
      expect(await readdir("corpus/memory-set")).toHaveLength(1);
    } finally {
      process.chdir(before);
    }
  });
});
