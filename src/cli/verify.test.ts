import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import type { SessionResult } from "../explore/session.ts";
import { ended, start } from "./process.fixture.ts";

const { runSession } = vi.hoisted(() => ({
  runSession: vi.fn<typeof import("../explore/session.ts").runSession>(),
}));
vi.mock("../explore/session.ts", async (original) => {
  const real = await original<typeof import("../explore/session.ts")>();
  runSession.mockImplementation(real.runSession);
  return { ...real, runSession };
});

const { mapcheck } = await import("./program.fixture.ts");
const { newTally } = await import("../explore/campaign.ts");

let corpus = "";

beforeEach(async () => {
  corpus = await mkdtemp(join(tmpdir(), "mapcheck-verify-"));
  runSession.mockClear();
});

afterEach(() => rm(corpus, { recursive: true }));

const DEFECT = ["--subject", "defect:unmap-loses-right-part"];

/** A module with mistakes in three verbs. */
async function withThreeMistakes(): Promise<readonly string[]> {
  const path = join(corpus, "..", `${basename(corpus)}-mistaken.mjs`);
  const index = new URL("../index.ts", import.meta.url).pathname;
  const text = `import { memorySetSubject } from ${JSON.stringify(index)};
    const stack = memorySetSubject();
    function mistake({ op }) {
      if (op === "protect") return { kind: "err", name: "Unsupported" };
      if (op === "overlaps") return { kind: "ok" };
      if (op === "clear") throw new Error("clear");
      return undefined;
    }
    export default {
      hello: { ...stack.hello, name: "mistaken" },
      create(space) {
        const instance = stack.create(space);
        return {
          apply: (request) => mistake(request) ?? instance.apply(request),
          observe: (into) => instance.observe(into),
        };
      },
    };`;
  await writeFile(path, text);
  onTestFinished(() => rm(path));
  return ["--subject", path];
}

function verify(...args: readonly string[]) {
  return mapcheck("verify", "--corpus", corpus, "--seed", "s", ...args);
}

/** The budget of a session that isn't run, and whether it would go on after a finding. */
async function askedFor(command: string, ...args: readonly string[]) {
  const result: SessionResult = {
    findings: [],
    replayed: 0,
    unsuited: 0,
    known: [],
    mended: [],
    problems: [],
    tally: newTally("memory-set"),
    seconds: 1,
    interrupted: false,
    lost: undefined,
  };
  runSession.mockResolvedValueOnce(result);
  expect((await mapcheck(command, "--subject", "memory-set", "--corpus", corpus, ...args)).status).toBe(0);
  const [session] = runSession.mock.lastCall ?? [];
  return session && { ...session.budget, keepGoing: session.keepGoing };
}

const ENDLESS = Number.POSITIVE_INFINITY;

describe("it takes", () => {
  test.each<[args: readonly string[], runs: number, seconds: number]>([
    [[], ENDLESS, 60],
    [["--time", "10m"], ENDLESS, 600],
    [["--time", "250ms"], ENDLESS, 0.25],
    [["--runs", "7"], 7, ENDLESS],
    [["--runs", "7", "--time", "2s"], 7, 2],
    [["--inject", "all"], ENDLESS, 60],
    [["--inject", "all", "--runs", "3"], 3, ENDLESS],
  ])("%j", async (args, runs, seconds) => {
    expect(await askedFor("verify", ...args)).toEqual({ runs, seconds, keepGoing: true });
  });

  test("longer than fuzz, which ends at a finding unless it is told to go on", async () => {
    expect(await askedFor("fuzz")).toEqual({ runs: ENDLESS, seconds: 10, keepGoing: false });
    expect(await askedFor("fuzz", "--keep-going")).toEqual({ runs: ENDLESS, seconds: 10, keepGoing: true });
  });

  test("as long as its help says", async () => {
    expect((await mapcheck("verify", "--help")).stdout).toMatch(/this long: .*\(default:\s+60s\)/);
    expect((await mapcheck("fuzz", "--help")).stdout).toMatch(/this long: .*\(default:\s+10s\)/);
  });
});

const REPORT = z.object({
  outcome: z.enum(["agree", "finding"]),
  runs: z.int(),
  findings: z.array(z.object({ id: z.string(), file: z.string(), run: z.int().nullable() })),
  statistics: z.object({ replayed: z.int(), known: z.array(z.string()), mended: z.array(z.string()) }),
});

async function json(...args: readonly string[]) {
  const { status, stdout, stderr } = await verify("--json", ...args);
  expect(stdout).toMatch(/^\{[^\n]*\}\n$/);
  expect(stderr).toBe("");
  return { status, ...REPORT.parse(JSON.parse(stdout)) };
}

describe("its exit status is", () => {
  test("0 where all agree", async () => {
    const { status, stdout, stderr } = await verify("--subject", "memory-set", "--runs", "300");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /\nall agree: 0 saved cases, 40 traces across a small scope, then 300 random runs /,
    );
  });

  test("1 with findings, all of which are shown and saved; they are first from then on", async () => {
    const mistaken = await withThreeMistakes();
    // In a process of its own: the module imports the sources of this project, which must not be here twice.
    const json = async (...args: readonly string[]) => {
      const child = start(["verify", "--corpus", corpus, "--seed", "s", "--json", ...args]);
      const { status, stdout } = await ended(child);
      return { status, ...REPORT.parse(JSON.parse(stdout)) };
    };
    const first = await json(...mistaken, "--runs", "800");
    expect([first.status, first.outcome, first.runs]).toEqual([1, "finding", 800]);
    expect(first.findings.length).toBe(3);
    const names = (await readdir(join(corpus, "memory-set"))).map((name) => join(corpus, "memory-set", name));
    expect(names.sort()).toEqual(first.findings.map(({ file }) => file).sort());
    const again = await json(...mistaken, "--runs", "1");
    expect([again.status, again.statistics.replayed]).toEqual([1, names.length]);
    expect(again.findings.map(({ id }) => id).sort()).toEqual(first.findings.map(({ id }) => id).sort());
  });

  test("0 where all that is found is known, and where it is mended", async () => {
    const { findings } = await json(...DEFECT, "--runs", "300");
    for (const { file } of findings) {
      await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), status: "known" }));
    }
    const known = await json(...DEFECT, "--runs", "300", "--no-save");
    const files = findings.map(({ file }) => file).sort();
    expect([known.status, known.outcome, [...known.statistics.known].sort()]).toEqual([0, "agree", files]);
    const { stdout } = await verify(...DEFECT, "--runs", "1");
    expect(stdout).toContain(`${files.length} known bug`);
    // Only for the implementation with its name.
    expect(await json("--subject", "memory-set", "--runs", "1")).toMatchObject({
      status: 0,
      statistics: { known: [], mended: [] },
    });
  });

  test.each<[what: string, args: readonly string[]]>([
    ["an option that it hasn't", ["--keep-going"]],
    ["no such subject", ["--subject", "memory-sett"]],
    ["a command that can't be started", ["--", join("/", "nothing", "here")]],
    ["a command that doesn't greet", ["--", process.execPath, "-e", ""]],
  ])("2 with %s", async (_what, args) => {
    const { status, stdout, stderr } = await verify(...args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^mapcheck: [^\n]*\n$/);
    expect(runSession).not.toHaveBeenCalled();
  });

  test("2 with a corpus file that can't be read, when all else is done", async () => {
    await writeFile(join(corpus, "broken.json"), "{");
    const { status, stdout, stderr } = await verify("--subject", "memory-set", "--runs", "5");
    expect(status).toBe(2);
    expect(stdout).toContain("then 5 random runs");
    expect(stderr).toMatch(/^mapcheck: [^\n]*broken\.json[^\n]*\n$/);
  });

  test("1 with a finding and such a file", async () => {
    await writeFile(join(corpus, "broken.json"), "{");
    expect((await verify(...DEFECT, "--runs", "300")).status).toBe(1);
  });
});
