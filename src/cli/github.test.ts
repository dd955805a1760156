import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { FOUND, HOSTILE } from "../report/session.fixture.ts";
import { addToSummary, annotation, stepSummaryFile } from "./github.ts";

test.each([
  [{}, undefined],
  [{ GITHUB_ACTIONS: "true" }, undefined],
  [{ GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: "" }, undefined],
  [{ GITHUB_ACTIONS: "", GITHUB_STEP_SUMMARY: "f" }, undefined],
  [{ GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: "f" }, "f"],
])("the summary of a step in %j is in %s", (environment, file) => {
  expect(stepSummaryFile(environment)).toBe(file);
});

test("a summary is added to what is there", async () => {
  const directory = await mkdtemp(join(tmpdir(), "mapcheck-github-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, "summary.md");
  for (const text of ["one\n", "two\n"])
    expect(await addToSummary(file, text)).toEqual({ ok: true, value: undefined });
  expect(await readFile(file, "utf8")).toBe("\none\n\ntwo\n");
  expect(await addToSummary(directory, "x")).toMatchObject({
    ok: false,
    error: expect.stringMatching(/the summary of the job can't be written: .*\(EISDIR\); name a file/),
  });
});

test("an annotation stands at the file of the case, with the trace and the line that shows it again", () => {
  expect(annotation(FOUND, "replay it", process.cwd())).toBe(
    "::error file=corpus/memory-set/unmap-panic-0123abcd.json,title=mapcheck%3A memory-set/unmap-panic-0123abcd" +
      "::panic: expected no panic, observed Error: oh%0A  1  map 0x0 0x1000 rw mock" +
      "%0A  2  unmap 0x0 0x1000   <- here they differ%0Areplay it\n",
  );
});

test.each<[file: string | null, root: string, shown: string]>([
  ["/repo/corpus/a.json", "/repo", "file=corpus/a.json,title="],
  ["/repo/..a.json", "/repo", "file=..a.json,title="],
  ["/repo/a,b:c%.json", "/repo", "file=a%2Cb%3Ac%25.json,title="],
  ["/elsewhere/a.json", "/repo", "title="],
  ["/repository/a.json", "/repo", "title="],
  [null, "/repo", "title="],
])("the file %s in %s is given as %s", (file, root, shown) => {
  const line = annotation({ ...FOUND, file }, "", root);
  expect(line.slice(0, 8 + shown.length)).toBe(`::error ${shown}`);
});

test("hostile text neither ends an annotation nor begins another", () => {
  const finding = { ...FOUND.finding, check: HOSTILE, expected: HOSTILE, observed: HOSTILE };
  const found = { ...FOUND, id: HOSTILE, file: HOSTILE, trace: [HOSTILE], before: [[HOSTILE]], finding };
  const line = annotation(found, HOSTILE, process.cwd());
  expect(line).toMatch(/^::error file=[^\n:,]*,title=[^\n:,]*::[^\n]*\n$/);
  expect(line).not.toMatch(/(?!\n)\p{C}/u);
  // What would be a line end is one that we wrote.
  expect(line.split("%0A")).toHaveLength(4);
  expect(line).toContain("%250A::error ::y");
});
