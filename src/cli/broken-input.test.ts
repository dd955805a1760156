import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { unprivileged } from "../corpus/save.fixture.ts";
import { OPS } from "../trace/request.ts";
import { mapcheck } from "./program.fixture.ts";

const MEMORY_SET = ["--subject", "memory-set"];

let corpus = "";

beforeEach(async () => {
  corpus = await mkdtemp(join(tmpdir(), "mapcheck-broken-"));
  await write("memory-set/good.json", JSON.stringify({ ...CASE, id: "memory-set/good" }));
});

afterEach(async () => {
  await rm(corpus, { recursive: true });
});

async function write(name: string, text: string): Promise<string> {
  const file = join(corpus, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

const CASE = {
  mapcheck: 1,
  id: "memory-set/bad",
  surface: "memory-set",
  space: { base: "0x0", size: "0x10000", page: "0x1000", frames: 0 },
  dialect: {},
  trace: ["map 0x0 0x3000 rw mock", "unmap 0x1000 0x1000"],
  status: "regression",
};

/** The text of a case, `changes` made to it. */
function textOf(changes: object): string {
  return JSON.stringify({ ...CASE, ...changes }, null, 2);
}

const TEXT = textOf({});
const CONFLICT = TEXT.replace('  "surface"', '<<<<<<< ours\n  "surface"');

/** What is wrong with a corpus file: its text, and what is said after its name. */
const BROKEN: readonly [string, string, string][] = [
  [
    "truncated",
    TEXT.slice(0, 100),
    ":6:16: the JSON ends in the middle (a truncated file); restore the file from version control, or delete it",
  ],
  ["empty", "", ":1:1: the file is empty; restore the file from version control, or delete it"],
  [
    "a merge conflict",
    CONFLICT,
    ":4:1: an unresolved merge conflict (<<<<<<<, =======, >>>>>>>); resolve the conflict and remove its markers",
  ],
  [
    "an unknown version",
    textOf({ mapcheck: 2 }),
    ":2:15: version 2 of the corpus file format; this program reads version 1; use the mapcheck that wrote the file, or save the case again with this one",
  ],
  ["a wrong type", textOf({ trace: "clear" }), ':12:12: "trace" must be an array, found "clear"; correct it'],
  [
    "a number out of range",
    textOf({ space: { ...CASE.space, frames: -1 } }),
    ':9:15: "space.frames" must be 0 or more, found -1; correct it',
  ],
  [
    "an address out of range",
    textOf({ space: { ...CASE.space, base: "0x10000000000000" } }),
    ':6:13: "space.base" must be below 0x10000000000000, found "0x10000000000000"; correct it',
  ],
  [
    "a line that doesn't parse",
    textOf({ trace: ["unmpa 0x0 0x0"] }),
    ':13:5: trace[0], column 1: "unmpa" is not a request (did you mean unmap?); correct the line, or delete the file if the case has had its day',
  ],
  [
    "a line that doesn't fit",
    textOf({ trace: ["unmap 0x80 0x0"] }),
    ": trace[0]: unmap 0x80 0x0: a start, size, hint or limit is no multiple of the page; correct the line, or delete the case",
  ],
  [
    "what a terminal obeys",
    textOf({ trace: ["\u001b[2J"] }),
    `:13:5: trace[0], column 1: "\\u{1b}[2J" is not a request (requests are ${OPS.join(", ")}); correct the line, or delete the file if the case has had its day`,
  ],
];

describe("a corpus file with", () => {
  test.each(BROKEN)("%s is one line, and all else goes on", async (_, text, problem) => {
    const line = (await write("memory-set/bad.json", text)) + problem;
    const fuzzed = await mapcheck("fuzz", ...MEMORY_SET, "--corpus", corpus, "--runs", "20", "--json");
    expect(fuzzed).toMatchObject({ status: 2, stderr: `mapcheck: ${line}\n` });
    expect(JSON.parse(fuzzed.stdout)).toMatchObject({
      outcome: "problem",
      runs: 20,
      findings: [],
      problems: [line],
      statistics: { replayed: 1 },
    });
    const replayed = await mapcheck("replay", corpus, "--json");
    expect(replayed).toMatchObject({ status: 2, stderr: fuzzed.stderr });
    expect(JSON.parse(replayed.stdout)).toMatchObject({ entries: [{ reason: line }, { status: "agree" }] });
  });
});

describe("of several broken files", () => {
  test("each is a line, and a finding counts before them", async () => {
    await write("memory-set/bad.json", "{");
    await write("memory-set/worse.json", "");
    const seen = ["--subject", "defect:unmap-loses-right-part", "--json"];
    const fuzzed = await mapcheck(
      "fuzz",
      "--corpus",
      corpus,
      "--runs",
      "1",
      // Too short to find anything else.
      "--max-commands",
      "1",
      "--no-save",
      ...seen,
    );
    expect(fuzzed.status).toBe(1);
    expect(fuzzed.stderr.split("\n").map((line) => line.split(":")[0])).toEqual(["mapcheck", "mapcheck", ""]);
    expect(JSON.parse(fuzzed.stdout)).toMatchObject({
      outcome: "finding",
      findings: [{ id: "memory-set/good" }],
    });
    const replayed = await mapcheck("replay", corpus, ...seen);
    expect(replayed).toMatchObject({ status: 1, stderr: fuzzed.stderr });
  });

  test("the text says how many there are", async () => {
    await write("memory-set/bad.json", "{");
    const { stdout } = await mapcheck(
      "fuzz",
      ...MEMORY_SET,
      "--corpus",
      corpus,
      "--runs",
      "5",
      "--seed",
      "s",
    );
    expect(stdout).toMatch(
      /\nno finding, but 1 problem: 1 saved case, then 5 random runs .* seed s; 1 problem on standard error\n$/,
    );
  });
});

describe("a corpus directory", () => {
  const NO_SAVE = "make the directory writable, name another, or run without saving (--no-save)";
  const MOVE_AWAY = "move it away, or name another directory";

  test.each<[what: string, name: string, problem: string]>([
    [
      "that isn't there",
      "none",
      "none: there is no such directory; correct the path, or create it with mkdir -p",
    ],
    ["that is a file", "file", "file: not a directory; name one with --corpus"],
    [
      "behind a file",
      "file/below",
      "file/below: can't be read: not a directory (ENOTDIR); name another directory with --corpus",
    ],
    [
      "with a file in the way",
      "blocked",
      `blocked/memory-set: a file where a directory is expected; ${MOVE_AWAY}`,
    ],
    [
      "that a terminal would obey",
      "\u001b[2J",
      "\\u{1b}[2J: there is no such directory; correct the path, or create it with mkdir -p",
    ],
  ])("%s is refused before anything runs", async (_, name, problem) => {
    await write("file", "");
    await write("blocked/memory-set", "");
    const { status, stdout, stderr } = await mapcheck(
      "fuzz",
      ...MEMORY_SET,
      "--json",
      "--corpus",
      join(corpus, name),
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toBe(`mapcheck: ${join(corpus, problem)}\n`);
  });

  test("that can't be written is refused, unless nothing is to be saved", async () => {
    await chmod(corpus, 0o555);
    const fuzz = ["fuzz", ...MEMORY_SET, "--json", "--runs", "5", "--corpus", corpus];
    const { status, stdout, stderr } = await unprivileged(() => mapcheck(...fuzz));
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toBe(`mapcheck: ${corpus}: can't be written: permission denied (EACCES); ${NO_SAVE}\n`);
    expect(await unprivileged(() => mapcheck(...fuzz, "--no-save"))).toMatchObject({ status: 0, stderr: "" });
  });
});
