import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { SCOPE_COMMANDS } from "../generate/scope.ts";
import { type PlainScript, plainScript } from "../subjects/adapter/plain-script.fixture.ts";
import { mapcheck } from "./program.fixture.ts";

let corpus = "";

beforeEach(async () => {
  corpus = await mkdtemp(join(tmpdir(), "mapcheck-check-"));
});

afterEach(() => rm(corpus, { recursive: true }));

const RANGES = ["--commands", "map,replace,unmap,protect"];
const STACK = ["--subject", "memory-set", ...RANGES];
const DEFECT = ["--subject", "defect:unmap-loses-right-part"];

const REPORT = z.object({
  outcome: z.enum(["agree", "partial", "finding"]),
  states: z.int(),
  transitions: z.int(),
  depth: z.int(),
  cut: z.string().optional(),
  frontier: z.int(),
  tellsAll: z.boolean(),
  symmetry: z.boolean(),
  never: z.array(z.string()),
  findings: z.array(
    z.object({ file: z.string().nullable(), trace: z.array(z.string()), stable: z.boolean() }),
  ),
  problems: z.array(z.string()),
});

function check(...args: readonly string[]) {
  return mapcheck("check", "--corpus", corpus, ...args);
}

async function json(...args: readonly string[]) {
  const { status, stdout, stderr } = await check("--json", ...args);
  expect(stdout).toMatch(/^\{[^\n]*\}\n$/);
  expect(stderr).toBe("");
  return { status, ...REPORT.parse(JSON.parse(stdout)) };
}

function scope(pages: number, flags: string): string[] {
  return [...STACK, "--pages", String(pages), "--flags", flags];
}

/** The command that the report ends with. */
function lastLine(stdout: string, label: string): readonly string[] {
  const [, line = ""] = new RegExp(`\\n +${label}: npm run -s mapcheck -- (.*)\\n+$`).exec(stdout) ?? [];
  return line.split(" ");
}

describe("all of a memory set's scope is explored", () => {
  test.each<[pages: number, flags: string, states: number, transitions: number]>([
    [3, "r,rw", 41, 1_722],
    [4, "r,rw", 153, 10_710],
    [5, "r,rw", 571, 59_955],
    [3, "r,rw,rx", 91, 5_460],
    [4, "r,rw,rx", 436, 43_600],
  ])("%i pages and %s: %i states, %i transitions", async (pages, flags, states, transitions) => {
    expect(await json(...scope(pages, flags))).toMatchObject({
      status: 0,
      outcome: "agree",
      states,
      transitions,
      frontier: 0,
      tellsAll: true,
      findings: [],
      problems: [],
    });
  });

  test("which is said in words, without --json", async () => {
    const { status, stdout, stderr } = await check(...scope(3, "r,rw"));
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^checking memory-set in every state of 0x0-0x3000, 3 pages of 0x1000 bytes\n/);
    expect(stdout).toMatch(/\nagrees within the scope: 41 states, 1,722 transitions; .* at depth 3; /);
    expect(stdout).not.toContain("assumed");
  });

  test("with a failure in each call of the backend too, which leads to no other states", async () => {
    // Counted apart: each area that an unmap, a replace or an effective protect touches, and each one that is mapped.
    const calls = 1_672;
    const report = await json(...scope(3, "r,rw"), "--commands", "map,replace,unmap,protect,failures");
    expect(report).toMatchObject({ status: 0, outcome: "agree", states: 41, transitions: 1_722 + calls });
  });
});

describe("a planted defect", () => {
  test("is found by a shortest trace, which is saved, and the line that is printed replays it", async () => {
    const { status, stdout, stderr } = await check(...DEFECT);
    expect([status, stderr]).toEqual([1, ""]);
    expect(stdout).toContain("\n  2  unmap 0x1000 0x1000   <- here they differ\n");
    expect(stdout).not.toContain("\n  3  ");
    const [name = "none"] = await readdir(join(corpus, "memory-set"));
    const again = lastLine(stdout, "see it step by step");
    expect(again).toEqual(["replay", join(corpus, "memory-set", name), ...DEFECT]);
    const replayed = await mapcheck(...again);
    expect(replayed.status).toBe(1);
    expect(replayed.stdout).toContain("unmap 0x1000 0x1000");
  });

  test("comes back, and is in the report for programs", async () => {
    const { status, outcome, findings, never } = await json(...DEFECT);
    expect([status, outcome, never]).toEqual([1, "finding", []]);
    const file = expect.stringContaining(join(corpus, "memory-set"));
    const trace = [expect.stringMatching(/^map 0x0 0x3000 /), "unmap 0x1000 0x1000"];
    expect(findings).toEqual([{ file, trace, stable: true }]);
  });

  test("that isn't saved is found again by the line that is printed", async () => {
    const first = await check(...DEFECT, "--pages", "3", "--no-save");
    expect(await readdir(corpus)).toEqual([]);
    const again = await mapcheck(...lastLine(first.stdout, "find it again"), "--no-save");
    expect([first.status, again.status]).toEqual([1, 1]);
    const found = /\nFINDING .*?\n {2}check/s;
    expect(found.exec(again.stdout)?.[0]).toContain("unmap 0x1000 0x1000");
    expect(found.exec(again.stdout)?.[0]).toBe(found.exec(first.stdout)?.[0]);
  });

  test("that the scope has no command for is not found", async () => {
    expect(await json(...DEFECT, "--commands", "map,protect")).toMatchObject({ status: 0, outcome: "agree" });
  });
});

describe("what is cut short agrees as far as it was looked:", () => {
  const partial = { status: 0, outcome: "partial", never: [], findings: [] };

  test.each<[cut: string, bound: string]>([
    ["depth", "1"],
    ["max-states", "20"],
  ])("--%s %s", async (cut, bound) => {
    const expected = { ...partial, cut, states: 21, transitions: 70, depth: 1, frontier: 20 };
    expect(await json(...scope(4, "r,rw"), `--${cut}`, bound)).toMatchObject(expected);
  });

  test("--time 1ms", async () => {
    const { frontier, ...rest } = await json(...scope(5, "r,rw,rx"), "--time", "1ms");
    expect(rest).toMatchObject({ ...partial, cut: "time" });
    expect(frontier).toBeGreaterThan(0);
  });

  test("bounds beyond the last state cut nothing", async () => {
    const bounds = ["--depth", "4", "--max-states", "41", "--time", "1h"];
    expect(await json(...scope(3, "r,rw"), ...bounds)).toMatchObject({ outcome: "agree", states: 41 });
  });

  test("in words", async () => {
    const { stdout } = await check(...scope(4, "r,rw"), "--depth", "1");
    expect(stdout).toContain(
      "\nagrees as far as it was looked: the depth is reached, 20 states not expanded: 21 states, ",
    );
  });
});

test.each<[args: readonly string[], line: string]>([
  [["--flags", "rq"], "--flags <list>"],
  [["--flags", "r,r"], "each set once"],
  [["--commands", "map,unmpa"], "(did you mean unmap?)"],
  [["--commands", "map,map"], "each at most once"],
  [["--commands", "failures"], "--commands names no command; name one of those that --help lists"],
  [["--commands", "map,fault"], "--commands fault can't be used here: memory-set has no such command"],
  [["--backends", "lazy"], "backends are mock,linear,alloc:eager,alloc:lazy"],
  [["--backends", "alloc:lazy"], "--backends alloc:lazy can't be used here: memory-set has none"],
  [["--pages", "0"], "--pages"],
  [["--depth", "0"], "--depth"],
  [["--max-states", "few"], "--max-states"],
  [["--time", "1"], "--time"],
  [["--corpus", join("/", "nothing", "here")], "nothing"],
  [["--seed", "s"], "--seed"],
  [["--require", "a dragon"], "--require"],
  [["--paths", "--commands", "map,failures"], "leave failures out"],
  [["--paths", "--max-states", "9"], "leave --max-states out"],
  [["--symmetry", "--paths"], "--paths knows no states; leave --symmetry out"],
  [["--symmetry", "--commands", "map,failures"], "leave failures out of --commands"],
  [["--symmetry", "--export-suite", "suite"], "leave --symmetry out"],
  [
    ["--symmetry", "--flags", "r,rwu"],
    "--symmetry can't be used here: protect leaves u, d and n as they are",
  ],
  [["--symmetry", "--subject", "address-space"], "--symmetry can't be used here: in an address space"],
])("%j is refused in one line", async (args, line) => {
  const { status, stdout, stderr } = await check("--subject", "memory-set", ...args);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^mapcheck: [^\n]*\n$/);
  expect(stderr).toContain(line);
});

describe("what never came up", () => {
  test("is listed where the scope is too small for it", async () => {
    const name = "an unmap in the middle of an area leaves two";
    const { status, never } = await json(...scope(1, "r,rw"));
    expect([status, never.length]).toEqual([0, 7]);
    expect(never).toContain(name);
    const { stdout } = await check(...scope(1, "r,rw"));
    expect(stdout).toContain(`\nnever met in this scope, so nothing is proved of it:\n  ${name}\n`);
  });

  test("is nothing within four pages", async () => {
    expect((await json(...scope(4, "r,rw"))).never).toEqual([]);
    expect((await check(...scope(4, "r,rw"))).stdout).not.toContain("never met");
  });

  test("is nothing that the scope has no command for", async () => {
    const { never } = await json(...scope(1, "r"), "--commands", "map,protect");
    expect(never).toContain("a protect splits an area in three");
    expect(never.filter((name) => /unmap|replace|clear|injected/.test(name))).toEqual([]);
  });
});

describe("what must come up", () => {
  const split = ["--require", "in the middle of an area leaves two"];

  test("makes a scope that is too small for it wrong usage", async () => {
    const { status, stderr } = await check(...scope(2, "r,rw"), ...split);
    expect(status).toBe(2);
    expect(stderr).toBe(
      "mapcheck: an unmap in the middle of an area leaves two: never came up; widen the scope\n",
    );
  });

  test("is nothing to worry about where it comes up", async () => {
    expect(await json(...scope(3, "r,rw"), ...split)).toMatchObject({ status: 0, outcome: "agree" });
  });
});

describe("with --paths", () => {
  const REPORT_OF_PATHS = REPORT.extend({ sequences: z.int() });

  test("every sequence up to a length is run, and none of them is merged with another", async () => {
    const { stdout } = await check("--json", ...scope(2, "r,rw"), "--paths", "--depth", "2");
    const [commands, pairs] = [21, 21 * 21];
    expect(REPORT_OF_PATHS.parse(JSON.parse(stdout))).toMatchObject({
      outcome: "agree",
      states: 0,
      sequences: commands + pairs,
      transitions: commands + 2 * pairs,
      depth: 2,
    });
  });

  test("a shortest trace is found, and found again by the line that is printed", async () => {
    const first = await check(...DEFECT, ...scope(3, "r").slice(2), "--paths", "--no-save");
    expect([first.status, first.stderr]).toEqual([1, ""]);
    expect(first.stdout).toContain("\n  2  unmap 0x1000 0x1000   <- here they differ\n");
    const again = await mapcheck(...lastLine(first.stdout, "find it again"), "--no-save");
    expect(again.stdout).toContain("\n  2  unmap 0x1000 0x1000   <- here they differ\n");
  });
});

describe("with --symmetry", () => {
  test("states with flags exchanged, or mirrored, are one, and the report says that it was assumed", async () => {
    const expected = { status: 0, outcome: "agree", states: 14, transitions: 588, symmetry: true, never: [] };
    expect(await json(...scope(3, "r,rw"), "--symmetry")).toMatchObject(expected);
    const { stdout } = await check(...scope(3, "r,rw"), "--symmetry");
    expect(stdout).toContain("\n  symmetry  with flags exchanged, or mirrored, a state is the same\n");
    expect(stdout).toContain("\nagrees within the scope: 14 states, 588 transitions; ");
    expect(stdout).toContain("\nassumed: the implementation treats all flags alike, and both ends ");
  });

  test("it is off unless asked for", async () => {
    expect(await json(...scope(3, "r,rw"))).toMatchObject({ states: 41, symmetry: false });
    expect((await check(...scope(3, "r,rw"))).stdout).not.toMatch(/symmetry|assumed/);
  });

  test("failures are left out, unless they are named, which is refused", async () => {
    const { states, transitions } = await json("--subject", "memory-set", "--pages", "3", "--symmetry");
    expect([states, transitions]).toEqual([14, 14 * 43]);
  });

  test("a finding is one, replays, and is found again by the line that is printed", async () => {
    const first = await check(...DEFECT, "--pages", "3", "--symmetry", "--no-save");
    expect([first.status, first.stderr]).toEqual([1, ""]);
    expect(first.stdout).toContain("\n  2  unmap 0x1000 0x1000   <- here they differ\n");
    expect(first.stdout).toContain("\nassumed: ");
    const line = lastLine(first.stdout, "find it again");
    expect(line).toContain("--symmetry");
    const again = await mapcheck(...line, "--no-save");
    expect(again.stdout.replaceAll(/[\d.]+ s\n/g, "")).toBe(first.stdout.replaceAll(/[\d.]+ s\n/g, ""));
    const saved = await json(...DEFECT, "--pages", "3", "--symmetry");
    expect(saved.findings).toMatchObject([{ stable: true }]);
    expect((await mapcheck("replay", saved.findings[0]?.file ?? "", ...DEFECT)).status).toBe(1);
  });
});

test("the help names every option and every command of a scope", async () => {
  const { status, stdout } = await mapcheck("check", "--help");
  expect(status).toBe(0);
  const names =
    "subject format timeout flags commands backends pages base frames page depth max-states time paths symmetry require";
  for (const name of `${names} corpus no-save json`.split(" ")) expect(stdout).toContain(`\n  --${name} `);
  for (const word of [...SCOPE_COMMANDS, "failures"]) expect(stdout).toContain(word);
  expect(stdout.replaceAll(/\s+/g, " ")).toContain("there may be several times as many");
});

describe("what keeps its state to itself gives the same counts, and says what is assumed:", () => {
  const silent = { status: 0, outcome: "agree", tellsAll: false };
  let loopback: PlainScript | undefined;

  beforeAll(async () => {
    loopback = await plainScript("loopback");
  }, 60_000);

  afterAll(() => loopback?.remove());

  test("a module without fingerprint and snapshot", async () => {
    const path = join(corpus, "mine.mjs");
    await writeFile(
      path,
      `import { memorySetSubject } from ${JSON.stringify(new URL("../index.ts", import.meta.url).pathname)};
       const { hello, create } = memorySetSubject();
       export default {
         hello: { ...hello, name: "mine-1.0" },
         create(space) {
           const instance = create(space);
           return {
             apply: (request) => instance.apply(request),
             observe: (into) => instance.observe(into),
           };
         },
       };`,
    );
    const mine = ["--subject", path, ...RANGES, "--pages", "3"];
    expect(await json(...mine)).toMatchObject({ ...silent, states: 41, transitions: 1_722 });
    expect((await check(...mine)).stdout).toContain("\nassumed: what the implementation keeps to itself ");
  });

  test("a command behind --", { timeout: 60_000 }, async () => {
    const behind = [...RANGES, "--pages", "2", "--", process.execPath, loopback?.path ?? "", "memory-set"];
    expect(await json(...behind)).toMatchObject({ ...silent, states: 11, transitions: 231 });
    expect(await json("--symmetry", ...behind)).toMatchObject({ ...silent, states: 5, transitions: 105 });
    const { stdout } = await check("--symmetry", ...behind);
    expect(stdout.match(/^assumed: /gm)).toHaveLength(2);
  });

  test("a defect behind --", { timeout: 60_000 }, async () => {
    const [, name = ""] = DEFECT;
    const behind = ["--pages", "3", "--", process.execPath, loopback?.path ?? "", name];
    const { status, findings } = await json(...behind);
    expect(status).toBe(1);
    expect(findings).toMatchObject([{ trace: [expect.any(String), "unmap 0x1000 0x1000"], stable: true }]);
  });
});
