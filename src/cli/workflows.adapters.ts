/** actionlint and shellcheck, on all workflows and on all scripts that these and the adapters come with. */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ACTION } from "./action.fixture.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const LINTERS = join(ROOT, ".ci", "linters");
const BIN = join(LINTERS, ".venv", "bin");

/** A repository with nothing but the action and a workflow. */
const project = mkdtempSync(join(tmpdir(), "mapcheck-workflows-"));

/** Runs a program in the project. Gives its exit status with what it printed. */
function run(program: string, args: readonly string[], input = "") {
  const { PATH = "" } = process.env;
  const env = { ...process.env, PATH: `${BIN}:${PATH}` };
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: project,
    env,
    input,
    encoding: "utf8",
  });
  if (error) throw error;
  return { status, printed: stdout + stderr };
}

beforeAll(() => {
  const built = run(join(LINTERS, "build.sh"), []);
  expect(built.status, built.printed).toBe(0);
  copyFileSync(join(ROOT, "action.yml"), join(project, "action.yml"));
  mkdirSync(join(project, ".git"));
  mkdirSync(join(project, ".github", "workflows"), { recursive: true });
});

afterAll(() => rmSync(project, { recursive: true }));

const WORKFLOWS = [".github/workflows", "docs/workflows"].flatMap((folder) =>
  readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`),
);

/** The text of a workflow. What users take from elsewhere is here, so that its inputs can be looked at. */
function workflow(path: string): string {
  return readFileSync(join(ROOT, path), "utf8").replace("OWNER/mapcheck@v0", "./");
}

function actionlint(text: string) {
  writeFileSync(join(project, ".github", "workflows", "it.yml"), text);
  return run(join(LINTERS, "bin", "actionlint"), ["-no-color"]);
}

describe("actionlint", () => {
  test.each(WORKFLOWS)("has nothing to say of %s", (path) => {
    expect(actionlint(workflow(path))).toEqual({ status: 0, printed: "" });
  });

  test("looks at all four", () => {
    expect(WORKFLOWS).toHaveLength(4);
  });

  test.each([
    [
      "an input that the action doesn't have",
      "time: 1h",
      "tmie: 1h",
      'input "tmie" is not defined in action',
    ],
    ["a name that isn't there", "github.run_id", "github.run", 'property "run" is not defined'],
    ["a script that is wrong", "run: ./build.sh", 'run: ./build.sh "$', "shellcheck reported issue"],
    ["an unknown key", "timeout-minutes", "timeout", 'unexpected key "timeout"'],
  ])("sees %s", (_what, from, to, complaint) => {
    const text = workflow("docs/workflows/nightly.yml").replace(from, to);
    const { status, printed } = actionlint(text);
    expect(status).toBe(1);
    expect(printed).toContain(complaint);
  });
});

describe("shellcheck", () => {
  const shellcheck = (text: string) =>
    run(join(BIN, "shellcheck"), ["--shell=bash", "--color=never", "-"], text);
  const scripts = [
    ".ci",
    ".ci/linters",
    ...readdirSync(join(ROOT, "adapters")).map((name) => `adapters/${name}`),
  ]
    .flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`))
    .filter((path) => /(\/run|\.sh)$/.test(path));

  test.each(scripts)("has nothing to say of %s", (path) => {
    expect(shellcheck(readFileSync(join(ROOT, path), "utf8"))).toEqual({ status: 0, printed: "" });
  });

  test("looks at the scripts of CI, of the adapters and of the action", () => {
    expect(scripts).toEqual(
      expect.arrayContaining([".ci/run", ".ci/action.sh", "adapters/unicorn/run", "adapters/linux/build.sh"]),
    );
    const steps = ACTION.runs.steps.flatMap((step) => ("run" in step ? [step.run] : []));
    expect(steps.map(shellcheck)).toEqual(steps.map(() => ({ status: 0, printed: "" })));
  });

  test("sees a word that isn't quoted", () => {
    const script = readFileSync(join(ROOT, ".ci/action.sh"), "utf8");
    const { status, printed } = shellcheck(
      script.replace('touch "$directory/.begun"', "touch $directory/.begun"),
    );
    expect(status).toBe(1);
    expect(printed).toContain("SC2086");
  });
});
