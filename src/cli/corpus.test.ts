import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { found, handWritten, idsIn, put, putText, unmapOfPages } from "../corpus/cases.fixture.ts";
import type { CorpusEntry } from "../corpus/entry.ts";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { mapcheck } from "./program.fixture.ts";

let root = "";
let corpus = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mapcheck-corpus-"));
  corpus = join(root, "corpus");
  await mkdir(corpus);
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

/** What the command line prints, with the files named from the temporary directory on. */
async function ran(...args: readonly string[]) {
  const { status, stdout, stderr } = await mapcheck("corpus", ...args);
  const short = (text: string) => text.replaceAll(`${root}/`, "").trimEnd().split("\n");
  return { status, out: short(stdout), err: short(stderr) };
}

const NOTHING = [""];
const SMALL = unmapOfPages(2, { id: "memory-set/small" });
const LARGE = unmapOfPages(4, { id: "memory-set/large" });
const SCENARIO = handWritten("scenario", "map 0x0 0x1000 r mock", "areas");
const KNOWN = found(["clear"], { id: "memory-set/known", status: "known", note: "line\u001b7" });
const MEMORY: CorpusEntry = { ...SCENARIO, id: "address-space/memory", surface: "address-space" };
const TORN =
  "mapcheck: corpus/memory-set/torn.json:1:2: the JSON ends in the middle (a truncated file); restore the file from version control, or delete it";
const NOWHERE = "mapcheck: nowhere: there is no such directory; correct the path, or create it with mkdir -p";

describe("corpus list", () => {
  test("has a line for each case, in columns, and counts them", async () => {
    await put(corpus, SMALL, SCENARIO, KNOWN, MEMORY);
    expect(await ran("list", corpus)).toEqual({
      status: 0,
      out: [
        "regression  address-space/memory  -      2 requests  -",
        "known       memory-set/known      areas  1 request   tested-1  line\\u{1b}7",
        "regression  memory-set/scenario   -      2 requests  -",
        "regression  memory-set/small      areas  2 requests  tested-1",
        "4 cases: 3 regression, 1 known",
      ],
      err: NOTHING,
    });
  });

  test("can be of one status, or of one surface", async () => {
    await put(corpus, SMALL, KNOWN, MEMORY);
    const known = await ran("list", corpus, "--status", "known");
    expect(known.out).toEqual([expect.stringContaining("memory-set/known"), "1 case: 1 known"]);
    const memory = await ran("list", corpus, "--surface", "address-space");
    expect(memory.out).toEqual([expect.stringContaining("address-space/memory"), "1 case: 1 regression"]);
    expect((await ran("list", corpus, "--status", "stale")).out).toEqual(["0 cases"]);
  });

  test("as JSON says the same, and which files hold no case", async () => {
    await put(corpus, SCENARIO, KNOWN);
    await putText(join(corpus, "memory-set/torn.json"), "{");
    const { stdout, status } = await mapcheck("corpus", "list", corpus, "--json");
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      entries: [
        {
          file: join(corpus, "memory-set/known.json"),
          id: "memory-set/known",
          status: "known",
          surface: "memory-set",
          check: "areas",
          requests: 1,
          implementation: "tested-1",
          note: "line\u001b7",
        },
        {
          file: join(corpus, "memory-set/scenario.json"),
          id: "memory-set/scenario",
          status: "regression",
          surface: "memory-set",
          check: null,
          requests: 2,
          implementation: null,
          note: null,
        },
      ],
      problems: [expect.stringContaining("torn.json:1:2: the JSON ends in the middle")],
    });
  });

  test("names what holds no case on standard error, and lists the rest", async () => {
    await put(corpus, SMALL);
    await putText(join(corpus, "memory-set/torn.json"), "{");
    expect(await ran("list", corpus)).toMatchObject({
      status: 2,
      out: [{}, "1 case: 1 regression"],
      err: [TORN],
    });
  });
});

describe("corpus show", () => {
  test("shows all that a case holds, and the line that runs it", async () => {
    const before = [{ space: SIXTEEN_PAGES, requests: requestsIn("clear") }];
    const full: CorpusEntry = {
      ...LARGE,
      requests: [...LARGE.requests, ...requestsIn("areas")],
      before,
      implementation: "memory-set",
      dialect: { boundaries: "free" },
      origin: { seed: "nightly-17", run: 8123, found: "2026-11-20", shrunkFrom: 37 },
      minimal: {
        pages: 2,
        flags: "r",
        commands: "map,unmap",
        backends: "mock",
        merged: true,
        transitions: 12,
      },
      note: "line 7",
    };
    const [file = ""] = await put(corpus, full);
    expect(await ran("show", file)).toEqual({
      status: 0,
      out: [
        "memory-set/large",
        "  after a run of  reset base=0x0 size=0x10000 page=0x1000 frames=0; clear",
        "  1  map 0x0 0x4000 r mock",
        "  2  unmap 0x0 0x3000   <- here they differ",
        "  3  areas",
        "  expected        0x0 in no area",
        "  observed        0x0 in 0x0-0x1000 r mock",
        "  finding         invariant, after the answer ok",
        expect.stringMatching(/^ {2}check {11}areas: \w.+/),
        "  status          regression",
        "  note            line 7",
        "  space           reset base=0x0 size=0x10000 page=0x1000 frames=0",
        "  dialect         boundaries=free",
        "  implementation  memory-set",
        "  origin          seed nightly-17, run 8123, found on 2026-11-20, shrunk from 37 requests",
        "  minimal         no shorter trace within 2 pages, flags r, commands map,unmap, backends mock; 12 transitions tried",
        "  file            corpus/memory-set/large.json",
        "  see it step by step: npm run -s mapcheck -- replay corpus/memory-set/large.json --subject memory-set",
      ],
      err: NOTHING,
    });
  });

  test("shows the answers of a case written by hand", async () => {
    const [file = ""] = await put(corpus, {
      ...SCENARIO,
      answers: [{ kind: "ok" }, { kind: "areas", areas: [] }],
    });
    const { out } = await ran("show", file);
    expect(out.slice(1, 4)).toEqual([
      "  1  map 0x0 0x1000 r mock  -> ok",
      "  2  areas  -> ok none",
      "  status          regression",
    ]);
    expect(out.at(-1)).toBe(
      "  see it step by step: npm run -s mapcheck -- replay corpus/memory-set/scenario.json",
    );
  });

  test("says what is missing from the line of a program of its own", async () => {
    const [file = ""] = await put(corpus, SMALL);
    const { out } = await ran("show", file);
    expect(out.at(-1)).toMatch(/small\.json \(and -- with the command that starts tested-1\)$/);
  });

  test("names what it can't read, and shows the rest", async () => {
    const [file = ""] = await put(corpus, SMALL);
    const torn = await putText(join(corpus, "memory-set/torn.json"), "{");
    const [odd = ""] = await put(corpus, handWritten("odd", "clear"));
    await writeFile(odd, JSON.stringify({ ...JSON.parse(TEXT), trace: ["clean"] }));
    const { status, out, err } = await ran("show", torn, odd, file);
    expect([status, out[0]]).toEqual([2, "memory-set/small"]);
    expect(err).toEqual([TORN, expect.stringContaining('trace[0], column 1: "clean" is not a request')]);
  });
});

/** A case as a file. */
const TEXT = JSON.stringify({
  mapcheck: 1,
  id: "memory-set/odd",
  surface: "memory-set",
  space: { base: "0x0", size: "0x10000", page: "0x1000", frames: 0 },
  dialect: {},
  trace: ["clear"],
  status: "regression",
});

describe("corpus merge", () => {
  test("says what became of each case, and of what was there", async () => {
    await put(corpus, LARGE, KNOWN);
    const from = join(root, "from");
    await put(from, { ...KNOWN, status: "regression" }, SMALL, unmapOfPages(5, { id: "memory-set/huge" }));
    expect(await ran("merge", from, "--into", corpus)).toEqual({
      status: 0,
      out: [
        "covered   from/memory-set/huge.json: the same finding as in corpus/memory-set/small.json (equal signatures)",
        "there     from/memory-set/known.json: it is in corpus/memory-set/known.json already (known of tested-1 there, regression of tested-1 here)",
        "added     from/memory-set/small.json: as corpus/memory-set/small.json",
        "replaced  corpus/memory-set/large.json: it was the same finding as in corpus/memory-set/small.json (equal signatures)",
        "3 read: 1 added, 1 there already, 1 covered by others; 1 replaced",
      ],
      err: NOTHING,
    });
    expect(await idsIn(corpus)).toEqual(["memory-set/known", "memory-set/small"]);
  });

  test("as JSON says the same, and what couldn't be read", async () => {
    await put(corpus, LARGE);
    const from = join(root, "from");
    const [small] = await put(from, SMALL);
    const { stdout, status } = await mapcheck("corpus", "merge", from, "nowhere", "--into", corpus, "--json");
    expect(status).toBe(2);
    const file = join(corpus, "memory-set/small.json");
    expect(JSON.parse(stdout)).toEqual({
      taken: [{ status: "added", from: small, file }],
      replaced: [{ file: join(corpus, "memory-set/large.json"), by: file, why: "signature" }],
      problems: [NOWHERE.replace("mapcheck: ", "")],
    });
  });

  test("names what it can't read, and merges the rest", async () => {
    const from = join(root, "from");
    await put(from, SMALL);
    const { status, out, err } = await ran("merge", "nowhere", from, "--into", corpus);
    expect([status, out.at(-1)]).toEqual([
      2,
      "1 read: 1 added, 0 there already, 0 covered by others; 0 replaced",
    ]);
    expect(err).toEqual([NOWHERE]);
  });

  test("goes nowhere but into a directory", async () => {
    const file = await putText(join(root, "file"), "");
    const { status, err } = await ran("merge", corpus, "--into", file);
    expect([status, err]).toEqual([
      2,
      ["mapcheck: file: a file where a directory is expected; name the directory that it is in"],
    ]);
  });
});

describe("corpus prune", () => {
  const LINE =
    "corpus/memory-set/large.json: the same finding as in corpus/memory-set/small.json (equal signatures)";

  test("says what it removes, and which case covers it", async () => {
    await put(corpus, SMALL, LARGE);
    const trial = await ran("prune", corpus, "--dry-run");
    expect(trial.out).toEqual([`would remove  ${LINE}`, "1 would be removed, 1 would be left"]);
    expect(await idsIn(corpus)).toHaveLength(2);
    expect(await ran("prune", corpus)).toEqual({
      status: 0,
      out: [`removed  ${LINE}`, "1 removed, 1 left"],
      err: NOTHING,
    });
    expect(await idsIn(corpus)).toEqual(["memory-set/small"]);
  });

  test("as JSON says the same", async () => {
    const [small, large] = await put(corpus, SMALL, LARGE);
    const { stdout } = await mapcheck("corpus", "prune", corpus, "--dry-run", "--json");
    const removed = [{ file: large, by: small, why: "signature" }];
    expect(JSON.parse(stdout)).toEqual({ dryRun: true, removed, kept: 1, problems: [] });
  });

  test("names what holds no case on standard error", async () => {
    await putText(join(corpus, "memory-set/torn.json"), "{");
    expect(await ran("prune", corpus)).toEqual({ status: 2, out: ["0 removed, 0 left"], err: [TORN] });
  });
});

describe("corpus check", () => {
  test("is content with a corpus in order", async () => {
    await put(corpus, SMALL, SCENARIO);
    expect(await ran("check", corpus)).toEqual({ status: 0, out: ["2 files: all in order"], err: NOTHING });
  });

  test("has a line for each flaw, and the exit status 1", async () => {
    await put(corpus, SMALL, LARGE, { ...SCENARIO, status: "stale" });
    await putText(join(corpus, "memory-set/torn.json"), "{");
    expect(await ran("check", corpus)).toEqual({
      status: 1,
      out: [
        "duplicate  corpus/memory-set/large.json: the same finding as in corpus/memory-set/small.json (equal signatures); " +
          "remove it, as mapcheck corpus prune does",
        "stale      corpus/memory-set/scenario.json:16:13: the case is marked as stale; delete it, or change its status",
        TORN.replace("mapcheck:", "broken    "),
        "4 files: 1 broken, 1 stale, 1 duplicate",
      ],
      err: NOTHING,
    });
  });

  test("as JSON says the same", async () => {
    const [small, large] = await put(corpus, SMALL, LARGE);
    const { stdout, status } = await mapcheck("corpus", "check", corpus, "--json");
    expect(status).toBe(1);
    const problem = expect.stringMatching(/large\.json: the same finding as in .+; remove it/);
    expect(JSON.parse(stdout)).toEqual({
      files: 2,
      flaws: [{ file: large, kind: "duplicate", problem, coveredBy: small }],
    });
  });
});

describe("wrong usage", () => {
  test.each<[words: string, complaint: string]>([
    ["lst", "unknown command 'lst' (did you mean list?); mapcheck corpus --help says what there is"],
    ["show", "missing required argument 'file'; mapcheck corpus show --help says what there is"],
    ["merge", "missing required argument 'from'; mapcheck corpus merge --help says what there is"],
    [
      "merge a --into=",
      "option '--into <directory>' argument '' is invalid; write a path, such as . for the current directory",
    ],
    [
      "list --status x",
      "option '--status <status>' argument 'x' is invalid; Allowed choices are regression, known, unstable, stale",
    ],
    [
      "list --surface x",
      "option '--surface <surface>' argument 'x' is invalid; Allowed choices are memory-set, address-space",
    ],
    ["list nowhere", NOWHERE.replace("mapcheck: ", "")],
    ["prune nowhere", NOWHERE.replace("mapcheck: ", "")],
    ["check nowhere", NOWHERE.replace("mapcheck: ", "")],
    [
      "check -- a",
      "a command behind -- can't be used here, as nothing is run; mapcheck corpus --help says what there is",
    ],
  ])("corpus %s", async (words, complaint) => {
    const { status, out, err } = await ran(...words.split(" "));
    expect({ status, out, err }).toEqual({ status: 2, out: NOTHING, err: [`mapcheck: ${complaint}`] });
  });

  test("a directory without a name", async () => {
    expect((await ran("list", "")).err).toEqual([
      "mapcheck: command-argument value '' is invalid; write a path, such as . for the current directory",
    ]);
  });

  test("no subcommand at all is answered with those that there are", async () => {
    const { status, err } = await ran();
    expect([status, err[0]]).toEqual([2, "Usage: mapcheck corpus [options] [command]"]);
  });
});

describe.each(["", "list", "show", "merge", "prune", "check"])("the help of corpus %s", (name) => {
  const words = ["corpus", ...name.split(" ").filter(Boolean)];

  test("has examples and the exit status, and fits", async () => {
    const { status, stdout, stderr } = await mapcheck(...words, "--help");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout.startsWith(`Usage: mapcheck ${words.join(" ")} `)).toBe(true);
    expect(stdout).toContain("Exit status: 0 all agree, 1 a finding,");
    expect(stdout.split("\n").filter((line) => line.length > 82)).toEqual([]);
  });

  test("has examples that are understood", async () => {
    const { stdout } = await mapcheck(...words, "--help");
    const examples = [...stdout.matchAll(/^ .* mapcheck -- (.*)$/gm)].map(([, line = ""]) => line.split(" "));
    expect(examples.length).toBeGreaterThan(0);
    for (const args of examples) {
      // Options are read in their order: nothing before this one was wrong.
      expect((await mapcheck(...args, "--nope")).stderr).toContain("unknown option '--nope'");
    }
  });
});
