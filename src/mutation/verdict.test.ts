import { describe, expect, test } from "vitest";
import { judgeReport } from "./verdict.ts";

const FILE = "src/memory/area.ts";
const SOURCE = ["class Area {", "  get size() {", "    return this.end - this.start;", "  }", "}"].join("\n");
const LIST = "src/mutation/equivalents.json";

/** `this.end - this.start` becomes a sum. */
const SUM = {
  id: "1",
  mutatorName: "ArithmeticOperator",
  replacement: "this.end + this.start",
  status: "Survived",
  location: { start: { line: 3, column: 12 }, end: { line: 3, column: 33 } },
};

/** The body of `size` goes. */
const BODY = {
  id: "2",
  mutatorName: "BlockStatement",
  replacement: "{}",
  status: "Killed",
  location: { start: { line: 2, column: 14 }, end: { line: 4, column: 4 } },
};

const EXPLAINED = {
  file: FILE,
  mutator: "ArithmeticOperator",
  text: "return this.end - this.start;",
  original: "this.end - this.start",
  replacement: "this.end + this.start",
  reason: "areas begin at 0",
};

function judge(mutants: readonly object[], equivalents: readonly object[] = [], source = SOURCE) {
  const report = JSON.stringify({ schemaVersion: "1.0", files: { [FILE]: { source, mutants } } });
  return judgeReport(
    { path: "report.json", text: report },
    { path: LIST, text: JSON.stringify({ equivalents }, undefined, 2) },
  );
}

function complaintsAbout(...given: Parameters<typeof judge>): readonly string[] {
  const verdict = judge(...given);
  if (!verdict.ok) throw new Error(verdict.error);
  return verdict.value.complaints;
}

describe("a mutant", () => {
  test.each(["Killed", "Timeout"])("that is noticed is in order: %s", (status) => {
    expect(complaintsAbout([{ ...SUM, status }, BODY])).toEqual([]);
  });

  test.each(["Survived", "NoCoverage", "RuntimeError", "CompileError", "Ignored", "Pending", "Whatever"])(
    "that nobody notices and nobody explains is not: %s",
    (status) => {
      expect(complaintsAbout([{ ...SUM, status }, BODY])).toEqual([
        `${FILE}:3:1: nobody notices the ArithmeticOperator that makes "this.end + this.start" of "this.end - this.start"; ` +
          `have a property fail with it, simplify the code, or say in ${LIST} why nobody can notice`,
      ]);
    },
  );

  test("is known by its text over several lines, whatever the indentation", () => {
    const body = {
      ...EXPLAINED,
      mutator: "BlockStatement",
      text: "get size() {",
      original: "{ return this.end - this.start; }",
      replacement: "{}",
    };
    expect(complaintsAbout([{ ...BODY, status: "Survived" }], [body])).toEqual([]);
  });

  test("without a replacement is one that is replaced by nothing", () => {
    const { replacement: _, ...removed } = SUM;
    expect(complaintsAbout([removed], [{ ...EXPLAINED, replacement: "" }])).toEqual([]);
  });
});

describe("an explanation", () => {
  test("is enough for a survivor, wherever its line has moved", () => {
    const moved = { start: { line: 13, column: 12 }, end: { line: 13, column: 33 } };
    expect(complaintsAbout([SUM], [EXPLAINED])).toEqual([]);
    expect(
      complaintsAbout([{ ...SUM, location: moved }], [EXPLAINED], `${"\n".repeat(10)}${SOURCE}`),
    ).toEqual([]);
  });

  test("of a mutant that is noticed is stale", () => {
    expect(complaintsAbout([{ ...SUM, status: "Killed" }], [EXPLAINED])).toEqual([
      `${LIST}:3:1: the ArithmeticOperator that makes "this.end + this.start" of "this.end - this.start" in ${FILE} is noticed or gone; remove the entry`,
    ]);
  });

  test.each(["mutator", "text", "original", "replacement"])("of another %s explains nothing", (key) => {
    expect(complaintsAbout([SUM], [{ ...EXPLAINED, [key]: "another" }])).toHaveLength(2);
  });

  test("explains one survivor, not another like it", () => {
    expect(complaintsAbout([SUM, SUM], [EXPLAINED])).toEqual([
      expect.stringMatching(/^src\/memory\/area\.ts:3:1: nobody notices/),
    ]);
  });

  test("explains as many as it says, no fewer and no more", () => {
    const twice = [{ ...EXPLAINED, times: 2 }];
    expect(complaintsAbout([SUM, SUM], twice)).toEqual([]);
    expect(complaintsAbout([SUM], twice)).toEqual([
      expect.stringMatching(/survives 1 times, not 2; correct its times$/),
    ]);
    expect(complaintsAbout([SUM, SUM, SUM], twice)).toHaveLength(1);
  });

  test("is left alone where no mutant of its file was run", () => {
    expect(complaintsAbout([SUM], [EXPLAINED, { ...EXPLAINED, file: "src/memory/mock.ts" }])).toEqual([]);
  });

  test("must give a reason", () => {
    const { reason: _, ...unexplained } = EXPLAINED;
    expect(judge([SUM], [unexplained])).toEqual({
      ok: false,
      error: `${LIST}:3:5: key "equivalents[0].reason" is missing; add it`,
    });
    expect(judge([SUM], [{ ...EXPLAINED, reason: "" }])).toMatchObject({ ok: false });
  });
});

test("the summary counts what became of all", () => {
  const verdict = judge(
    [SUM, BODY, { ...BODY, status: "Timeout" }, { ...SUM, replacement: "0" }],
    [EXPLAINED],
  );
  expect(verdict).toMatchObject({
    value: {
      summary: "mutation score 50.0 %: of 4 mutants in 1 files 2 are noticed, 1 explained, 1 neither",
    },
  });
});

test.each(["", "{", "{}", '{"files":{"a.ts":{}}}'])("%j is no report", (text) => {
  expect(judgeReport({ path: "report.json", text }, { path: LIST, text: "{}" })).toEqual({
    ok: false,
    error: "report.json: is no report of Stryker",
  });
});

test("an empty report proves nothing", () => {
  expect(judge([])).toMatchObject({ ok: false });
});
