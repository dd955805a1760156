import { chmodSync, readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadDirectory, loadFile } from "../corpus/load.ts";
import { unprivileged } from "../corpus/save.fixture.ts";
import type { CorpusFile } from "../corpus/schema.ts";
import { InProcess } from "../execute/driver.ts";
import { findSubject, type NamedSubject } from "../subjects/registry.ts";
import { linesOf, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { Pace } from "./pace.ts";
import { type Announce, runSession, type Session, type SessionResult } from "./session.ts";

let corpus = "";

beforeEach(async () => {
  corpus = await mkdtemp(join(tmpdir(), "mapcheck-session-"));
});

afterEach(async () => {
  await rm(corpus, { recursive: true, force: true });
});

function subjectNamed(name: string): NamedSubject {
  const found = findSubject(name);
  if (found === undefined) throw new Error(`there is no subject ${name}`);
  return found;
}

const STACK = subjectNamed("memory-set");
const DEFECT = subjectNamed("defect:find-includes-end");
const OTHER = subjectNamed("defect:touching-overlaps");

/** A session on a corpus of its own, which it saves to. */
function session(target: NamedSubject, parts: Partial<Session> = {}): Session {
  return {
    target: { ...target, driver: new InProcess(target.subject) },
    spaces: [SIXTEEN_PAGES],
    injectAll: false,
    keepGoing: false,
    seed: "x",
    maxCommands: 50,
    budget: { runs: 20_000, seconds: Number.POSITIVE_INFINITY },
    corpus,
    saveTo: corpus,
    ...parts,
  };
}

function run(target: NamedSubject, parts: Partial<Session> = {}): Promise<SessionResult> {
  return runSession(session(target, parts), new Pace());
}

const ONLY_REPLAY = { budget: { runs: 0, seconds: Number.POSITIVE_INFINITY } };

async function savedFiles(): Promise<string[]> {
  const names = await readdir(corpus, { recursive: true });
  return names.filter((name) => name.includes(".json"));
}

describe("what is found", () => {
  test("is saved, and its file holds it", async () => {
    const { findings, problems, replayed, interrupted, tally } = await run(DEFECT);
    const [finding] = findings;
    expect([findings.length, problems, replayed, interrupted, tally.findings]).toEqual([1, [], 0, false, 1]);
    expect(finding?.trace).toEqual(["map 0x0 0x1000 - mock", "find 0x1000"]);
    expect(finding?.file).toBe(join(corpus, `${finding?.id}.json`));
    const loaded = await loadFile(finding?.file ?? "");
    expect(loaded).toMatchObject({
      status: "entry",
      entry: {
        id: finding?.id,
        implementation: DEFECT.name,
        space: SIXTEEN_PAGES,
        finding: finding?.finding,
        origin: { seed: "x", run: finding?.run, shrunkFrom: finding?.shrunkFrom },
        status: "regression",
      },
    });
    expect(loaded.status === "entry" && linesOf(loaded.entry.requests)).toEqual(finding?.trace);
  });

  test("is the same whenever the seed is the same", async () => {
    const parts = { saveTo: undefined, corpus: undefined };
    const [first, again] = [await run(DEFECT, parts), await run(DEFECT, parts)];
    expect(again.findings).toEqual(first.findings);
    expect(again.tally).toEqual(first.tally);
  });

  test("is saved once, however often it is found", async () => {
    const first = await run(DEFECT);
    const [file = ""] = await savedFiles();
    const before = await readFile(join(corpus, file), "utf8");
    const again = await run(DEFECT);
    const other = await run(DEFECT, { seed: "y" });
    expect(await savedFiles()).toHaveLength(1);
    expect(await readFile(join(corpus, file), "utf8")).toBe(before);
    // A saved case that is found again stays one finding, with what fuzzing knows of it.
    expect([again.findings, again.replayed, again.tally.findings]).toEqual([first.findings, 1, 1]);
    expect(other.findings).toMatchObject([{ id: first.findings[0]?.id, file: first.findings[0]?.file }]);
  });

  test("isn't saved where nothing is to be", async () => {
    const { findings, problems } = await run(DEFECT, { saveTo: undefined });
    expect([findings.length, findings[0]?.file, problems]).toEqual([1, null, []]);
    expect(await savedFiles()).toEqual([]);
  });

  test("has the file that holds it already where nothing is to be saved", async () => {
    const first = await run(DEFECT);
    const again = await run(DEFECT, { saveTo: undefined });
    expect(again.findings).toEqual(first.findings);
  });

  test("is saved as it was met while it is shrunk, and announced", async () => {
    const announced: unknown[] = [];
    const result = await runSession(session(DEFECT), new Pace(), undefined, ({ file, trace, stable }) => {
      const draft: CorpusFile = JSON.parse(readFileSync(file ?? "", "utf8"));
      announced.push([draft.id, draft.status, draft.trace.length, trace.length, stable]);
    });
    const [{ shrunkFrom, file } = { shrunkFrom: 0, file: "" }] = result.findings;
    const id = expect.stringMatching(/^memory-set\/find-answer-[0-9a-f]+-unshrunk$/);
    expect(announced).toEqual([[id, "unstable", shrunkFrom, shrunkFrom, false]]);
    expect(shrunkFrom).toBeGreaterThan(2);
    expect(await savedFiles()).toEqual([relative(corpus, file ?? "")]);
  });

  test("stays as it was met where what it is shrunk to can't be saved", async () => {
    await chmod(corpus, 0o777);
    const closing: Announce = ({ file }) => chmodSync(dirname(file ?? ""), 0o555);
    const { findings, problems } = await unprivileged(() =>
      runSession(session(DEFECT), new Pace(), undefined, closing),
    );
    expect(findings).toMatchObject([{ file: null }]);
    expect(problems).toEqual([expect.stringContaining("permission denied")]);
    expect(await savedFiles()).toEqual([expect.stringContaining("-unshrunk.json")]);
  });

  test("is told all the same when it can't be saved", async () => {
    const blocked = join(corpus, "a-file");
    await writeFile(blocked, "");
    const { findings, problems } = await run(DEFECT, { saveTo: blocked, corpus: undefined });
    expect([findings.length, findings[0]?.file]).toEqual([1, null]);
    expect(problems).toEqual([expect.stringContaining(blocked)]);
  });
});

describe("saved cases", () => {
  test("run first, and fail or not as the subject does", async () => {
    const [saved] = (await run(DEFECT)).findings;
    const failing = await run(DEFECT, ONLY_REPLAY);
    expect(failing.findings).toEqual([{ ...saved, shrunkFrom: null, run: null, executions: null }]);
    expect([failing.replayed, failing.tally.runs, failing.tally.findings]).toEqual([1, 0, 1]);
    const sound = await run(STACK, ONLY_REPLAY);
    expect([sound.findings, sound.replayed, sound.problems]).toEqual([[], 1, []]);
  });

  test("don't keep fuzzing from finding another", async () => {
    await run(DEFECT);
    const { findings, replayed } = await run(OTHER);
    expect([findings.length, replayed]).toEqual([1, 1]);
    expect(await savedFiles()).toHaveLength(2);
    const both = await run(STACK, ONLY_REPLAY);
    expect([both.replayed, both.findings]).toEqual([2, []]);
  });

  test("come before what fuzzing finds", async () => {
    const [saved] = (await run(OTHER)).findings;
    // A case that fails on the same subject in another way.
    const text = await readFile(saved?.file ?? "", "utf8");
    const id = "memory-set/written-by-hand";
    const trace = ["map 0x0 0x1000 r mock", "overlaps 0x1000 0x1000"];
    await rm(saved?.file ?? "");
    await writeFile(
      join(corpus, `${id}.json`),
      JSON.stringify({ ...JSON.parse(text), id, trace, finding: undefined }),
    );
    const { findings } = await run(OTHER);
    expect(findings.map((finding) => finding.id)).toEqual([id, saved?.id]);
    expect(findings.map(({ run }) => run === null)).toEqual([true, false]);
  });

  test("of the other surface are passed over", async () => {
    const [saved] = (await run(DEFECT)).findings;
    const file = JSON.parse(await readFile(saved?.file ?? "", "utf8"));
    const id = "address-space/other";
    await rm(join(corpus, "memory-set"), { recursive: true });
    await mkdir(join(corpus, "address-space"));
    await writeFile(join(corpus, `${id}.json`), JSON.stringify({ ...file, id, surface: "address-space" }));
    const { replayed, problems, findings } = await run(DEFECT, ONLY_REPLAY);
    expect([replayed, problems, findings]).toEqual([0, [], []]);
    expect(await loadDirectory(corpus)).toMatchObject([{ status: "entry" }]);
  });
});

describe("what is wrong with the corpus", () => {
  test.each<[what: string, change: (file: object, text: string) => string, problem: string]>([
    ["a file cut short", (_file, text) => text.slice(0, 50), ":"],
    [
      "a line that doesn't parse",
      (file) => JSON.stringify({ ...file, trace: ["map 0x0"], finding: undefined }),
      "trace[0]",
    ],
    [
      "a line that doesn't fit",
      (file) => JSON.stringify({ ...file, trace: ["clear", "unmap 0x1 0x1"], finding: undefined }),
      "trace[1]",
    ],
    [
      "a space that is none",
      (file) => JSON.stringify({ ...file, space: { base: "0x0", size: "0x1000", page: "0xc00", frames: 0 } }),
      "page",
    ],
  ])("%s is told in a line, and the rest goes on", async (_what, change, problem) => {
    const [saved] = (await run(DEFECT)).findings;
    const text = await readFile(saved?.file ?? "", "utf8");
    const id = "memory-set/odd";
    await writeFile(join(corpus, `${id}.json`), change({ ...JSON.parse(text), id }, text));
    const { problems, replayed, findings } = await run(DEFECT);
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expect(problems[0]).toContain(join(corpus, `${id}.json`));
    expect(problems[0]).not.toContain("\n");
    expect([replayed, findings.length]).toEqual([1, 1]);
  });
});

describe("an interruption", () => {
  test("before the corpus is read leaves all undone", async () => {
    await run(DEFECT);
    const pace = new Pace();
    pace.stop();
    const result = await runSession(session(DEFECT), pace);
    expect(result).toMatchObject({ findings: [], replayed: 0, problems: [], interrupted: true });
    expect(result.tally.runs).toBe(0);
  });

  test("while shrinking saves what there is", async () => {
    const pace = new Pace();
    let isFound = false;
    let after = 0;
    const stopping: NamedSubject = {
      ...DEFECT,
      subject: {
        hello: DEFECT.subject.hello,
        create: (space) => {
          // Two instances after the finding are to see it again, the third is one that shrinking asks for.
          if (isFound && after++ > 1) pace.stop();
          return DEFECT.subject.create(space);
        },
      },
    };
    const { findings, interrupted } = await runSession(session(stopping), pace, undefined, () => {
      isFound = true;
    });
    expect([interrupted, findings.length, findings[0]?.executions]).toEqual([true, 1, 1]);
    expect(await loadFile(findings[0]?.file ?? "")).toMatchObject({ status: "entry" });
    expect(findings[0]?.trace.length).toBeGreaterThan(2);
  });
});
