/**
 * The action, carried out as on GitHub: built in a checkout of its own, and run in the workspace of a user. The workflows
 * call the same steps, with more time.
 */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type PlainScript, plainScript } from "../subjects/adapter/plain-script.fixture.ts";
import { ACTION, type ActionRun, Checkout, SHA } from "./action.fixture.ts";

const root = mkdtempSync(join(tmpdir(), "mapcheck-action-"));
const checkout = new Checkout(root);
const { workspace } = checkout;

const DEFECT = "defect:unmap-loses-right-part";

/** As many traces as there is time for in a test, however slow the machine. */
const SHORT = { time: "5m", verify: "--runs 100 --workers 1" };

const [BUILD, ...STEPS] = ACTION.runs.steps;

/** Runs the action, once it is built. */
function run(inputs: Readonly<Record<string, string>>): ActionRun {
  return checkout.run({ ...SHORT, ...inputs }, STEPS);
}

/** Runs git and gives what it prints. */
function git(...args: readonly string[]): string {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"];
  const { status, stdout, stderr } = spawnSync("git", [...identity, ...args], {
    cwd: workspace,
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

/** The files below a directory, in order. */
function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}

const readOutput = ({ outputs }: ActionRun, name: string) =>
  readFileSync(join(outputs.directory, name), "utf8");

beforeAll(() => {
  mkdirSync(workspace);
  expect(BUILD).toMatchObject({ name: "Build mapcheck" });
  const built = checkout.run({}, ACTION.runs.steps.slice(0, 1));
  expect(built.status, built.log).toBe(0);
});

beforeEach(() => {
  rmSync(workspace, { recursive: true });
  mkdirSync(workspace);
  writeFileSync(join(workspace, "README"), "");
  git("init", "--quiet");
  git("add", "README");
  git("commit", "--quiet", "--message", "a workspace");
});

afterAll(() => rmSync(root, { recursive: true }));

test("what agrees passes, with the reports of both searches as the artifact", () => {
  const agreed = run({ subject: "memory-set", check: "--pages 2\n --flags\tr " });
  expect(agreed.status, agreed.log).toBe(0);
  expect(agreed.outputs).toMatchObject({ findings: "0", patch: "" });
  expect(agreed.artifact).toEqual({ name: "mapcheck", path: agreed.outputs.directory });
  expect(readOutput(agreed, "check.txt")).toContain("in every state of 0x0-0x2000");
  expect(readOutput(agreed, "verify.txt")).toContain(`seed ${SHA}\n`);
  expect(agreed.log).toContain(readOutput(agreed, "verify.txt"));
  const reports = ["check.txt", "junit.xml", "report.md", "verify.txt"];
  expect(filesIn(agreed.outputs.directory).filter((name) => !name.startsWith("."))).toEqual(reports);
  expect(git("status", "--porcelain")).toBe("");
});

test("a finding fails, and comes as a case and as a patch that adds it", () => {
  const found = run({ subject: DEFECT, check: "--pages 4", corpus: "tests/cases" });
  expect(found.status, found.log).toBe(1);
  // Both searches came upon it.
  expect(readOutput(found, "check.txt")).toContain("FINDING ");
  expect(readOutput(found, "verify.txt")).toContain("FINDING ");
  expect(found.outputs.findings).toBe("1");
  const { patch, directory } = found.outputs;
  expect(found.artifact).toEqual({ name: "mapcheck", path: directory });
  expect(patch).toBe(join(directory, "corpus.patch"));

  const cases = filesIn(join(workspace, "tests", "cases"));
  expect(cases).toHaveLength(1);
  expect(filesIn(join(directory, "corpus"))).toEqual(cases);
  // The workspace's own index knows nothing of it.
  expect(git("status", "--porcelain")).toBe("?? tests/\n");
  const saved = readFileSync(join(workspace, "tests", "cases", cases[0] ?? ""), "utf8");
  rmSync(join(workspace, "tests"), { recursive: true });
  git("apply", patch);
  expect(filesIn(join(workspace, "tests", "cases"))).toEqual(cases);
  expect(readFileSync(join(workspace, "tests", "cases", cases[0] ?? ""), "utf8")).toBe(saved);

  git("add", "tests");
  git("commit", "--quiet", "--message", "the patch");
  const mended = run({ subject: "memory-set", corpus: "tests/cases" });
  expect(mended.log).toContain("all agree: 1 saved case");
  expect(mended).toMatchObject({ status: 0, outputs: { findings: "0", patch: "" } });
  const again = run({ subject: DEFECT, corpus: "tests/cases" });
  expect(again).toMatchObject({ status: 1, outputs: { findings: "1", patch: "" } });
  expect(filesIn(join(again.outputs.directory, "corpus"))).toEqual([]);
});

test("a finding of the check alone fails too", () => {
  // Of an option that comes twice the last one counts.
  const check = `--subject ${DEFECT} --no-save`;
  const found = run({ subject: "memory-set", check });
  expect(found).toMatchObject({ status: 1, outputs: { findings: "1", patch: "" } });
  expect(readOutput(found, "verify.txt")).toContain("all agree");
});

test("without a repository there are cases, and no patch", () => {
  rmSync(join(workspace, ".git"), { recursive: true });
  const found = run({ subject: DEFECT });
  expect(found).toMatchObject({ status: 1, outputs: { findings: "1", patch: "" } });
  expect(found.log).toContain("the corpus is in no git repository");
  expect(filesIn(join(found.outputs.directory, "corpus"))).toHaveLength(1);
});

test("a wrong option ends with 2, and what there is is kept", () => {
  const refused = run({ subject: "memory-set", check: "--pages 0" });
  expect(refused).toMatchObject({
    status: 2,
    outputs: { findings: "0", patch: "" },
    artifact: { name: "mapcheck" },
  });
  expect(refused.log).toContain("mapcheck: option '--pages <count>' argument '0' is invalid");
});

test("a corpus that can't be made ends with 3, and nothing is kept", () => {
  expect(run({ subject: "memory-set", corpus: "README/corpus" })).toEqual({
    status: 3,
    outputs: { findings: "", directory: "", patch: "" },
    log: expect.stringContaining("mkdir: "),
  });
});

test("an artifact without a name is none", () => {
  expect(run({ subject: "memory-set", artifact: "" })).not.toHaveProperty("artifact");
});

describe("a command", () => {
  let adapter: PlainScript | undefined;

  beforeAll(async () => {
    adapter = await plainScript("loopback");
  });

  afterAll(() => adapter?.remove());

  test("has its lines as words, as they stand", () => {
    const words = [process.execPath, adapter?.path, DEFECT, "$(touch x)  'a \"b`"];
    const found = run({ command: `\n${words.join("\n")}\n\n` });
    expect(found.status, found.log).toBe(1);
    expect(found.log).toContain(`'$(touch x)  '\\''a "b\`'`);
    expect(existsSync(join(workspace, "x"))).toBe(false);
  });
});

/** What would make the file `x` if a shell read it, or write another output. */
const HOSTILE = "a'b\"$(touch x)`touch x`;touch x\n::set-output name=x::y\nfindings=99 * $IFS {{ x }}";

describe("hostile input is only text:", () => {
  test.each([
    ["seed", 0, `seed a'b"$(touch x)`],
    ["corpus", 0, "all agree"],
    ["artifact", 0, "all agree"],
    ["subject", 2, "mapcheck: "],
    ["format", 2, "mapcheck: "],
    ["time", 2, "mapcheck: "],
    ["check", 2, "mapcheck: "],
    ["verify", 2, "mapcheck: "],
    ["command", 2, "mapcheck: "],
  ])("%s", (input, status, said) => {
    const target = input === "command" ? {} : { subject: "memory-set" };
    const result = run({ ...target, [input]: HOSTILE });
    expect(result.status, result.log).toBe(status);
    expect(result.log).toContain(said);
    expect(result.outputs).toMatchObject({ findings: "0", patch: "" });
    expect(existsSync(join(workspace, "x"))).toBe(false);
    const made = input === "corpus" ? [HOSTILE] : ["corpus"];
    expect(readdirSync(workspace).sort()).toEqual([".git", "README", ...made].sort());
  });

  test("what stands for all of them is covered", () => {
    expect(Object.keys(ACTION.inputs)).toHaveLength(9);
  });
});
