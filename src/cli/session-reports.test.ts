import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { unprivileged } from "../corpus/save.fixture.ts";
import { schemaErrors } from "../report/junit.fixture.ts";
import { plainScript } from "../subjects/adapter/plain-script.fixture.ts";
import { mapcheck } from "./program.fixture.ts";

let place = "";
const before = process.cwd();

beforeEach(async () => {
  place = await realpath(await mkdtemp(join(tmpdir(), "mapcheck-reports-")));
  process.chdir(place);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  process.chdir(before);
  await rm(place, { recursive: true });
});

const SOUND = ["fuzz", "--subject", "memory-set", "--seed", "s", "--runs", "200", "--workers", "1"];
const DEFECT = ["fuzz", "--subject", "defect:fault-again-leaks-frame", "--seed", "demo", "--workers", "1"];
const FILES = ["--junit", "new/dir/junit.xml", "--markdown", "report.md"];

/** What `replay` and all reports show at the place where they differ. */
const PICTURE = [
  "                    0x0     0x1000",
  "     before   areas [r lazy]",
  "              pages  r#1",
  "              frames data=1 table=4",
  "     fault          <------>",
  "     expected areas [r lazy]",
  "              pages  r#1",
  "              frames data=1",
  "     observed areas [r lazy]",
  "              pages  r#1",
  "              frames data=2 table=4",
  "     differ   frames ^^^^^^",
];
const FILE = "corpus/address-space/fault-frames-1e553c47.json";
const AGAIN = `npm run -s mapcheck -- replay ${FILE} --subject defect:fault-again-leaks-frame`;

const FOUND = z.object({
  findings: z.array(z.object({ picture: z.array(z.string()), again: z.string() })),
});

async function reports() {
  const [junit, markdown] = await Promise.all(
    ["new/dir/junit.xml", "report.md"].map((file) => readFile(file, "utf8")),
  );
  return { junit: junit ?? "", markdown: markdown ?? "" };
}

describe("the reports of a session", () => {
  test("without a finding say that all agree", async () => {
    const plain = await mapcheck(...SOUND);
    const { status, stdout, stderr } = await mapcheck(...SOUND, ...FILES);
    expect([status, stderr]).toEqual([0, ""]);
    const untimed = (text: string) => text.replaceAll(/in \d+\.\d s/g, "");
    expect(untimed(stdout)).toBe(untimed(plain.stdout));
    const { junit, markdown } = await reports();
    expect(await schemaErrors(junit)).toEqual([]);
    expect(junit).toContain('tests="2" failures="0" errors="0" skipped="1"');
    expect(markdown).toContain("\n**all agree**: 0 saved cases, then 200 random runs with ");
    expect((await readdir(".")).sort()).toEqual(["new", "report.md"]);
  });

  test("with a finding have its trace, its picture, and the line that shows it again", async () => {
    const { status, stdout, stderr } = await mapcheck(...DEFECT, ...FILES);
    expect([status, stderr]).toEqual([1, ""]);
    expect(stdout).not.toContain("before   areas");
    expect(stdout.trimEnd().endsWith(`\n  see it step by step: ${AGAIN}`)).toBe(true);
    const { junit, markdown } = await reports();
    expect(await schemaErrors(junit)).toEqual([]);
    expect(junit).toContain('<testcase name="address-space/fault-frames-1e553c47"');
    const shown = junit.replaceAll("&lt;", "<").replaceAll("&gt;", ">");
    for (const text of [shown, markdown]) {
      expect(text).toContain(PICTURE.join("\n"));
      expect(text).toContain("\n  3  fault 0x0 r   <- here they differ\n");
      expect(text).toContain(AGAIN);
    }
    const { stdout: replayed } = await mapcheck(...AGAIN.split(" ").slice(5));
    expect(replayed).toContain(PICTURE.join("\n"));
  });

  test("are those of verify too, with its suite", async () => {
    const budget = ["--runs", "20", "--workers", "1", "--seed", "s"];
    const { status } = await mapcheck("verify", "--subject", "memory-set", ...budget, ...FILES);
    expect(status).toBe(0);
    const { junit, markdown } = await reports();
    expect(await schemaErrors(junit)).toEqual([]);
    expect(junit).toMatch(
      /<testcase name="traces across a small scope" classname="mapcheck.memory-set" time="[^"]*"\/>/,
    );
    expect(markdown).toMatch(/^## mapcheck verify: `memory-set`\n/);
  });

  test("as JSON have the picture and the line of each finding", async () => {
    const { stdout } = await mapcheck(...DEFECT, "--json");
    expect(FOUND.parse(JSON.parse(stdout)).findings).toEqual([{ picture: PICTURE, again: AGAIN }]);
  });

  test("of what isn't saved have a picture too", async () => {
    const { stdout } = await mapcheck(...DEFECT, "--json", "--no-save");
    const [found] = FOUND.parse(JSON.parse(stdout)).findings;
    expect(found?.picture).toEqual(PICTURE);
    expect(found?.again).toContain(" fuzz --subject defect:fault-again-leaks-frame --seed demo ");
  });

  test("of a command behind -- have a picture too, and leave no process behind", async () => {
    const loopback = await plainScript("loopback");
    onTestFinished(() => loopback.remove());
    const command = ["--", process.execPath, loopback.path, "defect:unmap-loses-right-part", place];
    const search = ["--seed", "s", "--pages", "4", "--markdown", "report.md"];
    const { status } = await mapcheck("fuzz", ...search, ...command);
    expect(status).toBe(1);
    const markdown = await readFile("report.md", "utf8");
    expect(markdown).toMatch(/\n {5}before {3}areas \[/);
    expect(markdown).toMatch(/\n {5}differ {3}areas /);
    expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain(loopback.path);
  }, 60_000);

  test("have errors where files of the corpus are broken", async () => {
    await mkdir("corpus");
    await writeFile("corpus/broken.json", "{");
    const { status } = await mapcheck(...SOUND, ...FILES);
    expect(status).toBe(2);
    const { junit, markdown } = await reports();
    expect(await schemaErrors(junit)).toEqual([]);
    expect(junit).toContain('errors="1"');
    expect(junit).toContain('<error type="problem" message="corpus/broken.json:1:2: ');
    expect(markdown).toContain("\nProblems:\n\n- `corpus/broken.json:1:2: ");
  });
});

describe("a file that can't be written", () => {
  test.each<[option: string, file: string, problem: string]>([
    ["--junit", ".", ".: there is something that is no file; name another file with --junit"],
    [
      "--markdown",
      "a-file/x.md",
      "a-file: a file where a directory is expected; move it away, or name another directory",
    ],
  ])("is found out before anything is run: %s %s", async (option, file, problem) => {
    await writeFile("a-file", "");
    const { status, stdout, stderr } = await mapcheck(...SOUND, option, file);
    expect([status, stdout, stderr]).toEqual([2, "", `mapcheck: ${problem}\n`]);
  });

  test("as two of the same name can't", async () => {
    const { status, stdout, stderr } = await mapcheck(...SOUND, "--junit", "x", "--markdown", "./x");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe("mapcheck: --junit and --markdown name the same file; name two\n");
  });

  test("because it is a pipe is found out before it is replaced", async () => {
    execFileSync("mkfifo", ["pipe"]);
    const { status, stdout, stderr } = await mapcheck(...SOUND, "--junit", "pipe");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(
      "mapcheck: pipe: there is something that is no file; name another file with --junit\n",
    );
    expect((await stat("pipe")).isFIFO()).toBe(true);
  });

  test("for want of permission is found out too", async () => {
    await chmod(place, 0o755);
    await mkdir("closed", { mode: 0o555 });
    const { status, stdout, stderr } = await unprivileged(() =>
      mapcheck(...SOUND, "--junit", "closed/x/j.xml"),
    );
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(
      "mapcheck: closed: can't be written: permission denied (EACCES); make the directory writable, or name another " +
        "file with --junit\n",
    );
  });

  /** A session during which the place of its reports is taken. */
  async function withPlaceTaken(answer: string) {
    const index = new URL("../index.ts", import.meta.url).pathname;
    await writeFile(
      "taker.mjs",
      `import { writeFileSync } from "node:fs";
      import { memorySetSubject } from ${JSON.stringify(index)};
      const stack = memorySetSubject();
      export default {
        hello: { ...stack.hello, name: "taker" },
        create(space) {
          writeFileSync(${JSON.stringify(join(place, "late"))}, "");
          const instance = stack.create(space);
          return {
            apply: (request) => ${answer},
            observe: (into) => instance.observe(into),
          };
        },
      };`,
    );
    const files = ["--junit", "late/junit.xml", "--markdown", "report.md"];
    const subject = ["--subject", join(place, "taker.mjs"), "--seed", "s", "--runs", "50", "--workers", "1"];
    return mapcheck("fuzz", ...subject, ...files);
  }

  const LATE =
    "mapcheck: late/junit.xml: the report can't be written: file already exists (EEXIST); make room, or name another " +
    "file with --junit\n";

  test("when all is done is complained about, and nothing is called right", async () => {
    const { status, stdout, stderr } = await withPlaceTaken("instance.apply(request)");
    expect([status, stderr]).toEqual([2, LATE]);
    expect(stdout).toContain("\nall agree: ");
    expect(await readFile("report.md", "utf8")).toContain("\n**all agree**: ");
  });

  test("loses nothing that was found", async () => {
    const wrong = '(request.op === "map" ? { kind: "err", name: "Unsupported" } : instance.apply(request))';
    const { status, stdout, stderr } = await withPlaceTaken(wrong);
    expect([status, stderr]).toEqual([1, LATE]);
    expect(stdout).toContain("\nFINDING memory-set/map-");
    expect(await readdir("corpus/memory-set")).toHaveLength(1);
    expect(await readFile("report.md", "utf8")).toContain("\n### FINDING `memory-set/map-");
  });
});

describe("under GitHub Actions", () => {
  beforeEach(() => {
    vi.stubEnv("GITHUB_ACTIONS", "true");
    vi.stubEnv("GITHUB_STEP_SUMMARY", join(place, "summary.md"));
    vi.stubEnv("GITHUB_WORKSPACE", place);
  });

  const ANNOTATION = new RegExp(
    `^::error file=${FILE},title=mapcheck%3A address-space/fault-frames-1e553c47::frames: expected .*%0A${AGAIN}$`,
    "m",
  );

  test("the summary is written without being asked for, with an annotation for each finding", async () => {
    await writeFile("summary.md", "before");
    const { status, stdout, stderr } = await mapcheck(...DEFECT, "--markdown", "report.md");
    expect([status, stderr]).toEqual([1, ""]);
    expect(stdout).toMatch(ANNOTATION);
    expect(await readFile("summary.md", "utf8")).toBe(`before\n${await readFile("report.md", "utf8")}`);
  });

  test("annotations stay out of the JSON object", async () => {
    const { stdout, stderr } = await mapcheck(...DEFECT, "--json");
    expect(FOUND.parse(JSON.parse(stdout)).findings).toHaveLength(1);
    expect(stderr).toMatch(ANNOTATION);
    expect(await readFile("summary.md", "utf8")).toContain(PICTURE.join("\n"));
  });

  test("there is nothing to annotate when all agree", async () => {
    const { status, stdout } = await mapcheck(...SOUND);
    expect([status, stdout.includes("::error")]).toEqual([0, false]);
    expect(await readFile("summary.md", "utf8")).toMatch(
      /^\n## mapcheck fuzz: `memory-set`\n\n\*\*all agree\*\*: /,
    );
  });

  test("a file of the corpus that can't be read is annotated, and not all agree", async () => {
    await mkdir("corpus");
    await writeFile("corpus/torn.json", "{");
    const { status, stdout } = await mapcheck(...SOUND);
    expect(status).toBe(2);
    expect(stdout).toMatch(/^::error title=mapcheck%3A corpus::corpus\/torn\.json:1:2: the JSON ends .*$/m);
    expect(await readFile("summary.md", "utf8")).toMatch(/\*\*no finding, but 1 problem\*\*: /);
  });

  test("so is what corpus check finds, at its file", async () => {
    await mkdir("corpus");
    await writeFile("corpus/torn.json", "{");
    const line =
      /^::error file=corpus\/torn\.json,title=mapcheck%3A corpus::broken: corpus\/torn\.json:1:2: .*$/m;
    const plain = await mapcheck("corpus", "check");
    expect([plain.status, plain.stderr]).toEqual([1, ""]);
    expect(plain.stdout).toMatch(line);
    const { stdout, stderr } = await mapcheck("corpus", "check", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ files: 1 });
    expect(stderr).toMatch(line);
  });

  test("a summary that can't be written is said, and changes no verdict", async () => {
    await mkdir("summary.md");
    const { status, stderr } = await mapcheck(...SOUND);
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^mapcheck: .*summary\.md: the summary of the job can't be written: .*\(EISDIR\); /,
    );
  });
});
