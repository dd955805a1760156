/** Sessions that go on after a finding, and those on implementations that aren't the same in every run. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadFile } from "../corpus/load.ts";
import { type Driver, InProcess, type PastRun } from "../execute/driver.ts";
import type { Runner } from "../execute/runner.ts";
import { signatureOf } from "../shrink/signature.ts";
import { memorySetSubject } from "../subjects/memory-set.ts";
import { findSubject } from "../subjects/registry.ts";
import type { Instance, Subject } from "../subjects/subject.ts";
import { PLAIN_DIALECT } from "../trace/dialect.ts";
import { linesOf, requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { isCommand, type Request } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";
import { Pace } from "./pace.ts";
import { runSession, type Session, type SessionResult } from "./session.ts";
import type { SessionFinding } from "./session-finding.ts";

let corpus = "";

beforeEach(async () => {
  corpus = await mkdtemp(join(tmpdir(), "mapcheck-going-"));
});

afterEach(async () => {
  await rm(corpus, { recursive: true, force: true });
});

const STACK = memorySetSubject();
const NAME = "some 1.0";

/** The stack's memory set, with something else done before each request. */
function withMistakes(mistake: (request: Request) => ReturnType<Instance["apply"]> | undefined): Subject {
  return {
    hello: STACK.hello,
    create: (space) => {
      const instance = STACK.create(space);
      return {
        apply: (request) => mistake(request) ?? instance.apply(request),
        observe: (into) => instance.observe(into),
      };
    },
  };
}

/** Three mistakes in three verbs. The first is met all the time. */
const THREE = withMistakes(({ op }) => {
  if (op === "protect") return { kind: "err", name: "Unsupported" };
  if (op === "overlaps") return { kind: "ok" };
  if (op === "clear") throw new Error("clear");
  return undefined;
});

function run(driver: Driver | Subject, parts: Partial<Session> = {}): Promise<SessionResult> {
  const target = { name: NAME, driver: "create" in driver ? new InProcess(driver) : driver };
  const session: Session = {
    target,
    spaces: [SIXTEEN_PAGES],
    injectAll: false,
    keepGoing: true,
    seed: "x",
    maxCommands: 20,
    budget: { runs: 400, seconds: Number.POSITIVE_INFINITY },
    corpus,
    saveTo: corpus,
    ...parts,
  };
  return runSession(session, new Pace());
}

const ONLY_REPLAY = { budget: { runs: 0, seconds: Number.POSITIVE_INFINITY } };

function signatures(findings: readonly SessionFinding[]): string[] {
  return findings.map(({ trace, finding }) => signatureOf({ requests: requestsIn(...trace), finding }));
}

/** Changes the file of a finding. */
async function rewrite({ file }: SessionFinding, changes: object): Promise<void> {
  const entry = JSON.parse(await readFile(file ?? "", "utf8"));
  await writeFile(file ?? "", JSON.stringify({ ...entry, ...changes }));
}

describe("a session that goes on", () => {
  test("tells findings apart, shows each once and saves each", async () => {
    const result = await run(THREE);
    const kinds = new Set(
      result.findings.map(({ trace, finding }) => `${finding.check}: ${trace[finding.at]?.split(" ")[0]}`),
    );
    expect(kinds).toEqual(new Set(["answer: protect", "answer: overlaps", "panic: clear"]));
    const found = signatures(result.findings);
    expect(new Set(found).size).toBe(found.length);
    expect(found).toEqual(expect.arrayContaining(["answer ok overlaps", "panic panic clear"]));
    expect([result.tally.findings, result.tally.runs, result.problems]).toEqual([found.length, 400, []]);
    for (const { file, id } of result.findings) {
      expect(await loadFile(file ?? "")).toMatchObject({
        status: "entry",
        entry: { id, status: "regression" },
      });
    }
  });

  test("shows once what several saved cases show", async () => {
    const { findings } = await run(THREE);
    const panic = findings.find(({ finding }) => finding.check === "panic");
    const file = panic?.file ?? "";
    const id = `${panic?.id}-again`;
    const again = file.replace(".json", "-again.json");
    await writeFile(again, (await readFile(file, "utf8")).replace(`${panic?.id}`, id));
    const { findings: shown } = await run(THREE, ONLY_REPLAY);
    expect(shown).toHaveLength(findings.length);
    expect(shown.find(({ finding }) => finding.check === "panic")).toMatchObject({
      file: again,
      also: [file],
    });
    // Without going on each case is one.
    const { findings: all } = await run(THREE, { ...ONLY_REPLAY, keepGoing: false });
    expect(all).toHaveLength(findings.length + 1);
  });

  test("ends at the first finding unless it was asked to go on", async () => {
    const [first] = (await run(THREE, { saveTo: undefined })).findings;
    const { findings, tally } = await run(THREE, { saveTo: undefined, keepGoing: false });
    expect(findings).toEqual([first]);
    expect(tally.runs).toBeLessThan(400);
  });

  test("finds the same again with the same seed, and not with another", async () => {
    const parts = { corpus: undefined, saveTo: undefined };
    const [first, again, other] = [
      await run(THREE, parts),
      await run(THREE, parts),
      await run(THREE, { ...parts, seed: "y" }),
    ];
    expect(again.findings).toEqual(first.findings);
    expect(again.tally).toEqual(first.tally);
    expect(other.findings.map(({ run }) => run)).not.toEqual(first.findings.map(({ run }) => run));
  });

  test("finds nothing new where saved cases have shown it all", async () => {
    const first = await run(THREE);
    const again = await run(THREE);
    expect(again.findings.map(({ id }) => id).sort()).toEqual(first.findings.map(({ id }) => id).sort());
    expect(again.findings.every(({ run }) => run === null)).toBe(true);
    expect([again.replayed, again.known, again.mended]).toEqual([first.findings.length, [], []]);
  });

  test("tells the shapes of one planted defect apart", async () => {
    const defect = findSubject("defect:unmap-four-areas-at-most")?.subject ?? STACK;
    const budget = { runs: 3000, seconds: Number.POSITIVE_INFINITY };
    const found = signatures((await run(defect, { budget })).findings);
    expect(found.length).toBeGreaterThan(1);
    expect(new Set(found).size).toBe(found.length);
  });
});

describe("what shows all the time", () => {
  /** Answers every `unmap`, `protect` and query wrongly, and throws at a `clear` that comes after twenty other commands. */
  const hiding: Subject = {
    hello: STACK.hello,
    create: (space) => {
      let commands = 0;
      return withMistakes((request) => {
        if (request.op === "clear" && commands >= 20) throw new Error("clear");
        if (request.op === "unmap" || request.op === "protect" || !isCommand(request))
          return { kind: "err", name: "Unsupported" };
        commands++;
        return undefined;
      }).create(space);
    },
  };

  test("hides nothing that comes after it", async () => {
    const budget = { runs: 60, seconds: Number.POSITIVE_INFINITY };
    const alone = { corpus: undefined, saveTo: undefined };
    const { findings, tally } = await run(hiding, { ...alone, budget, maxCommands: 50 });
    expect(signatures(findings).some((signature) => signature.startsWith("panic panic "))).toBe(true);
    // What lies beyond a finding is no run of its own.
    expect(tally.runs).toBe(60);
  });
});

describe("a saved case of another implementation", () => {
  const LONG = ["map 0x0 0x1000 r mock", "find 0x0", "overlaps 0x5000 0x2000"];

  /** The saved case of `overlaps` goes, and one of another implementation comes, which shows the same later. */
  async function withLongCase(): Promise<{ readonly file: string | null }> {
    const { findings } = await run(THREE);
    const overlaps = findings.find(({ trace }) => trace[0]?.startsWith("overlaps"));
    if (overlaps === undefined) throw new Error("no overlaps");
    const name = overlaps.file?.replace(".json", "-long.json") ?? "";
    const saved = JSON.parse(await readFile(overlaps.file ?? "", "utf8"));
    const { minimal: _, finding: __, ...rest } = saved;
    await writeFile(
      name,
      JSON.stringify({ ...rest, id: `${saved.id}-long`, implementation: "another 1.0", trace: LONG }),
    );
    return overlaps;
  }

  test("is the finding that it shrinks to, and told beside it", async () => {
    const { file } = await withLongCase();
    const { findings } = await run(THREE, ONLY_REPLAY);
    const long = file?.replace(".json", "-long.json");
    expect(findings.find((finding) => finding.file === file)).toMatchObject({ also: [long] });
    expect(findings.filter((finding) => finding.file === long)).toEqual([]);
  });

  test("is a finding where nothing else shows that, and then no news", async () => {
    const { file } = await withLongCase();
    await rm(file ?? "");
    const { findings } = await run(THREE, { saveTo: undefined });
    const [shown, ...others] = findings.filter(({ trace }) => trace.at(-1)?.startsWith("overlaps"));
    expect(shown).toMatchObject({ file: file?.replace(".json", "-long.json"), trace: LONG, run: null });
    expect(others).toEqual([]);
  });
});

describe("a known bug", () => {
  test.each([true, false])("is no finding, and its file is listed; going on: %j", async (keepGoing) => {
    const { findings } = await run(THREE);
    for (const finding of findings) await rewrite(finding, { status: "known" });
    const again = await run(THREE, { keepGoing });
    expect(again).toMatchObject({ findings: [], mended: [], problems: [], replayed: findings.length });
    expect([...again.known].sort()).toEqual(findings.map(({ file }) => file).sort());
    expect([again.tally.findings, again.tally.runs]).toEqual([0, 400]);
  });

  test("leaves the others to be found", async () => {
    const { findings } = await run(THREE);
    const panic = findings.find(({ finding }) => finding.kind === "panic");
    if (panic === undefined) throw new Error("nothing panicked");
    await rewrite(panic, { status: "known" });
    const again = await run(THREE, { corpus: corpus, saveTo: undefined });
    expect(again.known).toEqual([panic.file]);
    expect(again.findings.map(({ id }) => id)).not.toContain(panic.id);
    expect(again.findings.length).toBe(findings.length - 1);
  });

  test("also covers the same in another place, which the search comes upon", async () => {
    const { findings } = await run(THREE);
    const overlaps = findings.find(({ trace }) => trace[0]?.startsWith("overlaps"));
    if (overlaps === undefined) throw new Error("no overlaps");
    await rewrite(overlaps, { status: "known", trace: ["overlaps 0x5000 0x2000"] });
    const again = await run(THREE, { saveTo: undefined });
    expect(again.known).toEqual([overlaps.file]);
    expect(again.findings).toHaveLength(findings.length - 1);
    expect(signatures(again.findings)).not.toContain("answer ok overlaps");
  });

  test("of another implementation is a finding", async () => {
    const [first] = (await run(THREE, { keepGoing: false })).findings;
    if (first === undefined) throw new Error("nothing was found");
    await rewrite(first, { status: "known", implementation: "some 1.1" });
    const { findings, known, mended } = await run(THREE, ONLY_REPLAY);
    expect([findings.map(({ id }) => id), known, mended]).toEqual([[first.id], [], []]);
    const sound = await run(STACK, ONLY_REPLAY);
    expect([sound.known, sound.mended]).toEqual([[], []]);
  });

  test("that is mended is told", async () => {
    const { findings } = await run(THREE);
    for (const finding of findings) await rewrite(finding, { status: "known" });
    const { known, mended, findings: none } = await run(STACK);
    expect([known, [...mended].sort(), none]).toEqual([[], findings.map(({ file }) => file).sort(), []]);
    const all = await run(STACK, { injectAll: true, ...ONLY_REPLAY });
    expect([all.mended.length, all.tally.injections.traces]).toEqual([findings.length, 0]);
  });
});

test("a finding that doesn't come back is saved as unstable, as it was", async () => {
  let fired = false;
  const once = withMistakes(({ op }) => {
    if (op !== "unmap" || fired) return undefined;
    fired = true;
    return { kind: "err", name: "BadState" };
  });
  const { findings, tally } = await run(once, { corpus: undefined });
  expect(findings).toMatchObject([
    { stable: false, before: [], executions: 0, finding: { check: "answer" } },
  ]);
  const [{ file, trace, shrunkFrom } = { file: "", trace: [], shrunkFrom: 0 }] = findings;
  expect([trace.length, tally.runs]).toEqual([shrunkFrom, 400]);
  expect(await loadFile(file ?? "")).toMatchObject({ status: "entry", entry: { status: "unstable" } });
  // It is replayed as any other, and shows when it shows.
  const quiet = await run(once, ONLY_REPLAY);
  expect([quiet.replayed, quiet.findings, quiet.mended]).toEqual([1, [], []]);
  fired = false;
  expect((await run(once, ONLY_REPLAY)).findings).toMatchObject([{ file, run: null }]);
});

/** Answers `find` wrongly in every run after one with a `clear` in it, until it is renewed. */
class Keeping implements Driver {
  readonly interrupted = false;
  readonly lost = undefined;
  readonly hello = { ...STACK.hello, dialect: { ...PLAIN_DIALECT, boundaries: "free" } as const };
  readonly ahead = 1;
  readonly lifetime = 4096;
  readonly stderr = "printed";
  readonly shrinkSeconds = Number.POSITIVE_INFINITY;
  private poisoned = false;
  private runs: PastRun[] = [];

  get earlier(): readonly PastRun[] {
    return this.runs.slice(0, -1);
  }

  runnerIn(space: Space): Runner {
    const inner = new InProcess({ ...this.subject(), hello: this.hello }).runnerIn(space);
    const { terms, judge } = inner;
    return {
      terms,
      judge,
      begin: (requests) => {
        const flight = inner.begin(requests);
        return (statistics, watch) => {
          this.runs.push({ space, requests });
          const finding = flight(statistics, watch);
          this.poisoned ||= requests.some(({ op }) => op === "clear");
          return finding;
        };
      },
    };
  }

  async renew(): Promise<undefined> {
    this.poisoned = false;
    this.runs = [];
  }

  beImpatient(): void {}

  interrupt(): void {}

  onLost(): void {}

  private subject(): Subject {
    return withMistakes(({ op }) => (op === "find" && this.poisoned ? { kind: "fault" } : undefined));
  }
}

describe("a finding that needs an earlier run", () => {
  const reset = "reset base=0x0 size=0x10000 page=0x1000 frames=0";

  test("is shown, saved, loaded and replayed with it", async () => {
    const { findings } = await run(new Keeping(), { keepGoing: false });
    expect(findings).toMatchObject([{ trace: ["find 0x0"], stable: true, stderr: "printed" }]);
    const [{ file, before } = { file: "", before: [] }] = findings;
    expect(before).toHaveLength(1);
    expect(before[0]?.[0]).toBe(reset);
    expect(before[0]?.some((line) => line.startsWith("clear"))).toBe(true);

    const loaded = await loadFile(file ?? "");
    if (loaded.status !== "entry") throw new Error(loaded.status);
    const { entry } = loaded;
    expect(entry).toMatchObject({ status: "regression", dialect: { boundaries: "free" } });
    expect(entry.before?.map(({ space, requests }) => [space, linesOf(requests)])).toEqual([
      [SIXTEEN_PAGES, before[0]?.slice(1)],
    ]);

    const again = await run(new Keeping(), ONLY_REPLAY);
    expect(again.findings).toMatchObject([{ file, trace: ["find 0x0"], before, run: null }]);
    expect((await run(STACK, ONLY_REPLAY)).findings).toEqual([]);
  });

  test("doesn't show without it", async () => {
    const { findings } = await run(new Keeping(), { keepGoing: false });
    const [{ file } = { file: "" }] = findings;
    const { before: _, ...alone } = JSON.parse(await readFile(file ?? "", "utf8"));
    await writeFile(file ?? "", JSON.stringify(alone));
    expect(await run(new Keeping(), ONLY_REPLAY)).toMatchObject({ findings: [], replayed: 1 });
  });
});

test("a session ends with as many findings as it may have, saved cases among them", async () => {
  const budget = { runs: 400, seconds: Number.POSITIVE_INFINITY, findings: 2 };
  const first = await run(THREE, { budget });
  expect(first.findings).toHaveLength(2);
  const again = await run(THREE, { budget });
  expect([again.findings.length, again.replayed, again.tally.runs]).toEqual([2, 2, 0]);
  expect((await run(THREE, { budget: { ...budget, findings: 3 } })).findings).toHaveLength(3);
});
